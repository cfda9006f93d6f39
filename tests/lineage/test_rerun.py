"""Whether claims are told right and wrong from codes, hints and a second answer."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fingerprints import Fingerprints
from index.values import Box, Channel, Codes, Interval
from lineage import rerun
from lineage.derivations import Relation
from lineage.findings import Finding, Kind
from lineage.rerun import Outcome, Stretch, Verdict
from lineage.rerun.codes import Likeness, judged
from lineage.rerun.files import shared
from lineage.values import Hint, Report, Segment, Tell
from tests.archives import digest
from tests.prints import column, prints
from tests.reports import asset, media, related, report, segment, source

FILM = digest("film")
RATE = 6
STRETCH = Stretch(FILM, Channel.PICTURE, Interval(0, 4), Interval(10, 14), 1.0)


def film(seconds: float, *, seed: int = 1) -> Codes:
    """Return codes of pictures that all differ; uint8 (n, 32)."""
    return np.random.default_rng(seed).integers(0, 256, (round(seconds * RATE), 32), np.uint8)


def seen(codes: Codes) -> Fingerprints:
    times = np.arange(len(codes)) / RATE
    return prints(column(Channel.PICTURE, times, codes), duration=len(codes) / RATE)


SOURCE = film(30)
QUOTE = SOURCE[10 * RATE : 14 * RATE]


def by_codes(stretch: Stretch, query: Codes = QUOTE, source: Codes = SOURCE) -> Verdict | None:
    told = rerun.by_codes(stretch, seen(query), seen(source))
    return None if told is None else told.verdict


def test_true_stretch_holds_by_codes() -> None:
    assert by_codes(STRETCH) is Verdict.CONFIRMED


@pytest.mark.parametrize("shift", [5.0, -5.0, 1.5])
def test_shifted_stretch_is_contradicted_by_codes(shift: float) -> None:
    start = 10 + shift

    assert by_codes(replace(STRETCH, source=Interval(start, start + 4))) is Verdict.CONTRADICTED


def test_contradiction_by_codes_says_where_it_is_instead() -> None:
    told = rerun.by_codes(replace(STRETCH, source=Interval(15, 19)), seen(QUOTE), seen(SOURCE))

    assert told is not None
    assert "5.0 s earlier in the source" in told.because
    assert told.firm


def test_stretch_of_other_footage_says_nothing_by_codes() -> None:
    assert by_codes(STRETCH, query=film(4, seed=2)) is None


def test_stretch_past_the_end_of_its_source_is_contradicted_whatever_it_shows() -> None:
    past = replace(STRETCH, source=Interval(28, 32))

    assert by_codes(past, query=film(4, seed=2)) is Verdict.CONTRADICTED


def test_stretch_of_footage_that_never_changes_stays_open() -> None:
    still = np.repeat(film(1)[:1], 30 * RATE, axis=0)

    assert by_codes(STRETCH, query=still[: 4 * RATE], source=still) is Verdict.OPEN


def test_stretch_played_backwards_holds_by_codes() -> None:
    assert by_codes(replace(STRETCH, rate=-1.0), query=QUOTE[::-1]) is Verdict.CONFIRMED


def test_negative_pictures_hold_by_codes() -> None:
    assert by_codes(STRETCH, query=~QUOTE) is Verdict.CONFIRMED


def test_codes_measured_another_way_are_not_compared() -> None:
    other = column(Channel.PICTURE, np.arange(len(SOURCE)) / RATE, SOURCE, recipe="test/2")

    told = rerun.by_codes(STRETCH, seen(QUOTE), prints(other, duration=30))

    assert told is not None
    assert told.verdict is Verdict.OPEN
    assert "test/2" in told.because


def test_sound_that_is_elsewhere_is_contradicted() -> None:
    times = np.arange(len(SOURCE)) / RATE
    heard = prints(sound=column(Channel.SOUND, times, SOURCE), duration=30)
    quote = prints(sound=column(Channel.SOUND, times[: len(QUOTE)], QUOTE), duration=4)
    claim = replace(STRETCH, channel=Channel.SOUND)

    verdicts = [
        told.verdict
        for told in (
            rerun.by_codes(claim, quote, heard),
            rerun.by_codes(replace(claim, source=Interval(20, 24)), quote, heard),
        )
        if told is not None
    ]

    assert verdicts == [Verdict.CONFIRMED, Verdict.CONTRADICTED]


def test_source_with_times_of_a_stranger_is_answered_soon() -> None:
    far = prints(column(Channel.PICTURE, np.array([0.0, 400_000.0]), SOURCE[:2]), duration=428_400)
    claim = replace(STRETCH, source=Interval(10, 400_000), rate=1e9)

    assert rerun.by_codes(claim, seen(QUOTE), far) is None


@given(st.floats(0, 256), st.floats(0, 256))
def test_codes_never_both_confirm_and_contradict_when_sides_are_swapped(a: float, b: float) -> None:
    one = judged([Likeness(a, b, 3.0)], 68.0)
    other = judged([Likeness(b, a, 3.0)], 68.0)

    verdicts = [told.verdict for told in (one, other) if told is not None]
    assert verdicts.count(Verdict.CONFIRMED) <= 1
    assert verdicts.count(Verdict.CONTRADICTED) <= 1


@given(st.floats(0, 50), st.floats(0.1, 50), st.floats(0, 50), st.floats(0.1, 50))
def test_shared_time_is_a_share_and_the_same_both_ways(
    a: float, long: float, b: float, wide: float
) -> None:
    one, other = Interval(a, a + long), Interval(b, b + wide)

    assert 0 <= shared(one, other) <= 1
    assert shared(one, other) == shared(other, one)


def test_other_versions_excuse_what_rests_on_pixels() -> None:
    assert Outcome(Verdict.CONTRADICTED, "").excused().verdict is Verdict.DIFFERS


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(Verdict.CONTRADICTED, "", firm=True),
        Outcome(Verdict.CONFIRMED, ""),
        Outcome(Verdict.OPEN, ""),
    ],
)
def test_other_versions_excuse_nothing_else(outcome: Outcome) -> None:
    assert outcome.excused() == outcome


def again(*segments: Segment, findings: tuple[Finding, ...] = ()) -> Report:
    """Return an answer about a clip that shows these stretches of the film."""
    archived = asset(1, "film.mp4", 60)
    found = source(archived, segments, duration=10)
    return replace(report([found], facts=media(10)), findings=findings)


TRACED = again(segment((0, 4), (10, 14)))
CLAIM = replace(STRETCH, digest=asset(1, "film.mp4", 60).digest)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (CLAIM, Verdict.CONFIRMED),
        (replace(CLAIM, source=Interval(10.08, 14.08)), Verdict.CONFIRMED),
        (replace(CLAIM, source=Interval(10.2, 14.2)), Verdict.CONTRADICTED),
        (replace(CLAIM, query=Interval(0, 10), source=Interval(10, 20)), Verdict.CONTRADICTED),
        (replace(CLAIM, query=Interval(5, 9)), Verdict.CONTRADICTED),
        (replace(CLAIM, digest=FILM), Verdict.CONTRADICTED),
        (replace(CLAIM, channel=Channel.SOUND), Verdict.CONTRADICTED),
    ],
)
def test_stretch_is_compared_with_what_is_found_again(claim: Stretch, verdict: Verdict) -> None:
    assert rerun.stretch(claim, TRACED).verdict is verdict


def test_stretch_that_is_seconds_off_is_excused_by_no_version() -> None:
    off = rerun.stretch(replace(CLAIM, source=Interval(15, 19)), TRACED)
    little = rerun.stretch(replace(CLAIM, source=Interval(10.2, 14.2)), TRACED)

    assert (off.excused().verdict, little.excused().verdict) == (
        Verdict.CONTRADICTED,
        Verdict.DIFFERS,
    )


PATCH = Finding(
    Kind.OVERLAY_ADDED,
    Channel.PICTURE,
    Interval(1, 3),
    0.9,
    source_index=0,
    box=Box(0.1, 0.1, 0.3, 0.3),
)
PATCHED = again(segment((0, 4), (10, 14)), findings=(PATCH,))


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (PATCH, Verdict.CONFIRMED),
        (replace(PATCH, query=Interval(1.2, 3)), Verdict.CONFIRMED),
        (replace(PATCH, query=Interval(3, 4)), Verdict.CONTRADICTED),
        (replace(PATCH, box=Box(0.6, 0.6, 0.9, 0.9)), Verdict.CONTRADICTED),
        (replace(PATCH, kind=Kind.FACE_REPLACED), Verdict.CONTRADICTED),
    ],
)
def test_finding_is_compared_with_what_is_found_again(claim: Finding, verdict: Verdict) -> None:
    assert rerun.finding(claim, CLAIM.digest, PATCHED).verdict is verdict


def test_finding_of_another_source_is_contradicted() -> None:
    assert rerun.finding(PATCH, FILM, PATCHED).verdict is Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("claim", "backwards", "verdict"),
    [
        (Relation.DERIVED, False, Verdict.CONFIRMED),
        (Relation.DERIVED, True, Verdict.CONTRADICTED),
        (Relation.SIBLINGS, False, Verdict.CONTRADICTED),
    ],
)
def test_relation_is_compared_with_what_is_found_again(
    claim: Relation,
    backwards: bool,  # noqa: FBT001 # a parameter of the test
    verdict: Verdict,
) -> None:
    told = related()
    digest = told.sources[0].asset.digest

    outcome = rerun.relation(claim, digest, told, backwards=backwards, channel="picture")

    assert outcome.verdict is verdict


def test_hint_near_the_claimed_place_confirms_it() -> None:
    outcome = rerun.by_hints(CLAIM, [hint(Interval(10.9, 14.9))])

    assert outcome.verdict is Verdict.CONFIRMED
    assert "3 of 4 moments" in outcome.because


def test_hint_elsewhere_contradicts_nothing() -> None:
    assert rerun.by_hints(CLAIM, [hint(Interval(30, 34))]).verdict is Verdict.OPEN


def test_hint_of_another_file_says_nothing() -> None:
    other = replace(CLAIM, digest=FILM)

    assert rerun.by_hints(other, [hint(Interval(10, 14))]).verdict is Verdict.OPEN


def test_codes_that_are_kept_of_sources_are_looked_up() -> None:
    quote = column(Channel.PICTURE, np.arange(len(QUOTE)) / RATE, QUOTE, recipe="test/1")
    whole = column(Channel.PICTURE, np.arange(len(SOURCE)) / RATE, SOURCE, recipe="test/1")

    found = rerun.hints(prints(quote, duration=4), {FILM: prints(whole, duration=30)})

    assert [one.asset.digest for one in found] == [FILM]
    assert found[0].source.start == pytest.approx(10, abs=0.5)


def hint(place: Interval) -> Hint:
    """Return a candidate for the first four seconds of the clip in the film."""
    return Hint(
        asset=asset(1, "film.mp4", 60),
        channel=Channel.PICTURE,
        tell=Tell.FEATURES,
        variant="plain",
        query=Interval(0, 4),
        source=place,
        rate=1.0,
        moments=3,
        asked=4,
        bits=20.0,
        votes=3.0,
    )
