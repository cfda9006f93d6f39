from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.archive import Archive
from index.errors import BadMediaError
from index.fingerprints import Fingerprints
from index.hashing import pictures
from index.values import AssetRow, Channel, Codes, Hits, Interval
from lineage import coarse, lookups
from lineage.coarse import CoarseParams, Least
from lineage.params import TraceParams
from lineage.values import Candidate, Hint, Tell
from tests import archives, prints, reports

FILMS = range(1, 6)
COUNT = 20


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = archives.filled(tmp_path_factory.mktemp("coarse"), FILMS, count=COUNT)
    with Archive.open(folder) as opened:
        yield opened


def quoted(codes: Codes, *, recipe: str = archives.RECIPE) -> Fingerprints:
    """Return the fingerprint of a clip whose frames, half a second apart, have these codes."""
    times = np.arange(len(codes), dtype=np.float64) / 2
    picture = prints.column(Channel.PICTURE, times, codes, recipe=recipe)
    return prints.prints(picture, duration=times[-1] + 0.5)


def film(seed: int) -> Codes:
    return archives.codes(seed, COUNT)


def rows(hits: Hits) -> list[object]:
    """Return all that hits say."""
    columns = (hits.query_times, hits.assets, hits.times, hits.holds, hits.distances, hits.common)
    return [hits.variant, hits.asked, hits.near, *(column.tolist() for column in columns)]


def hint(
    query: tuple[float, float],
    source: tuple[float, float],
    *,
    number: int = 1,
    votes: float = 5.0,
    rate: float = 1.0,
) -> Hint:
    return Hint(
        asset=reports.asset(number, f"{number}.mp4", 1000.0),
        channel=Channel.PICTURE,
        tell=Tell.FRAMES,
        variant="plain",
        query=Interval(*query),
        source=Interval(*source),
        rate=rate,
        moments=10,
        asked=12,
        bits=20.0,
        votes=votes,
    )


def test_a_quote_is_a_candidate_at_its_place(archive: Archive) -> None:
    found = coarse.lookup(quoted(film(2)[4:12]), archive)

    (only,) = found.hints
    assert only.asset.name == "2.mp4"
    assert only.query.start == 0.0
    assert only.source.start == pytest.approx(2.0, abs=0.01)
    assert (only.moments, only.asked, only.bits, only.rate) == (8, 8, 0.0, 1.0)
    assert (only.tell, only.variant) == (Tell.FRAMES, "plain")


def test_a_stranger_has_no_candidate(archive: Archive) -> None:
    found = coarse.lookup(quoted(film(77)), archive)

    assert found.hints == ()
    assert found.summary.startswith("No candidate")


@pytest.mark.parametrize("variant", ["mirror", "flip", "turn", "negative"])
def test_a_turned_quote_is_told_as_turned(archive: Archive, variant: str) -> None:
    found = coarse.lookup(quoted(pictures.turned(film(3)[5:15])[variant]), archive)

    assert [(one.asset.name, one.variant) for one in found.hints] == [("3.mp4", variant)]


@pytest.mark.parametrize("variant", ["plain", "mirror", "flip", "turn", "negative"])
def test_a_turned_quote_some_bits_off_is_told_with_how_many(archive: Archive, variant: str) -> None:
    noise = np.packbits(np.arange(256) % 7 == 0)

    found = coarse.lookup(quoted(pictures.turned(film(3)[5:15] ^ noise)[variant]), archive)

    assert [(one.asset.name, one.variant, one.bits) for one in found.hints] == [
        ("3.mp4", variant, 37.0)
    ]


def test_codes_turned_together_are_found_as_each_alone(archive: Archive) -> None:
    codes = pictures.turned(np.concatenate([film(1)[:8], film(4)[:8] ^ 0x55, ~film(2)[:4]]))
    clip = quoted(codes["plain"]).picture
    wanted = {name: replace(clip, codes=turned) for name, turned in codes.items()}

    together = lookups.either(wanted, [Interval(0, 9)], archive, radius=68)

    alone = lookups.alike(wanted, [Interval(0, 9)], archive, radius=68)
    assert [rows(each) for each in together] == [rows(each) for each in alone]
    assert [len(each) for each in together] == [8, 8, 0, 0, 2]


def test_a_quote_played_backwards_is_told_so(archive: Archive) -> None:
    found = coarse.lookup(quoted(film(3)[::-1]), archive)

    (only,) = found.hints
    assert only.rate == -1.0
    assert only.source.start < 0.5


def test_two_films_are_two_candidates(archive: Archive) -> None:
    found = coarse.lookup(quoted(np.concatenate([film(1)[:8], film(4)[:8]])), archive)

    assert sorted((one.asset.name, one.query.start) for one in found.hints) == [
        ("1.mp4", 0.0),
        ("4.mp4", 4.0),
    ]


def test_one_moment_alone_is_not_enough(archive: Archive) -> None:
    lone = np.concatenate([film(77)[:5], film(2)[:1], film(78)[:5]])

    assert coarse.lookup(quoted(lone), archive).hints == ()


def test_what_is_looked_up_in_parts_is_told_in_one(archive: Archive) -> None:
    parts = CoarseParams(trace=TraceParams(part=3.0))

    found = coarse.lookup(quoted(film(5)), archive, params=parts)

    (only,) = found.hints
    assert only.moments == COUNT
    assert only.query.length > 9


def test_codes_of_another_recipe_are_refused(archive: Archive) -> None:
    with pytest.raises(
        BadMediaError,
        match=r"^suspect\.mp4 has picture codes of test/2, which.*the archive's test/1\.$",
    ):
        coarse.lookup(quoted(film(2), recipe="test/2"), archive)


def test_an_answer_says_that_nothing_is_proven(archive: Archive) -> None:
    found = coarse.lookup(quoted(film(2)), archive)

    assert "Nothing here is proven" in found.summary
    assert "Nothing here is proven" in found.limits[0]


def test_sound_that_was_not_compared_is_said(archive: Archive) -> None:
    codes = archives.codes(1)
    sound = prints.column(Channel.SOUND, np.arange(4.0), codes, recipe="sound/1")

    found = coarse.lookup(prints.prints(sound=sound), archive)

    assert any("sound was not compared" in limit for limit in found.limits)


def test_an_empty_archive_is_said(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", create=True) as empty:
        found = coarse.lookup(quoted(film(2)), empty)

    assert found.summary.startswith("Nothing was searched")


@pytest.mark.parametrize(
    ("times", "agreeing", "told"),
    [
        ([5.0, 6.0, 7.0], [8, 8, 8], True),
        ([5.0, 5.0, 5.0], [8, 8, 8], False),
        ([5.0, 6.0, 7.0], [5, 5, 8], False),
        ([5.0, 6.0], [8, 8], False),
    ],
)
def test_local_features_must_agree_on_several_frames(
    times: list[float], agreeing: list[int], *, told: bool
) -> None:
    count = len(times)
    hits = Hits(
        np.arange(count, dtype=np.float64),
        np.ones(count, np.int64),
        np.array(times),
        np.zeros(count),
        np.full(count, 30, np.uint16),
        Channel.FEATURE,
        agreeing=np.array(agreeing),
        maps=np.zeros((count, 2, 3)),
    )
    seen = Interval(0.0, 9.0)
    candidate = Candidate(AssetRow(1), "plain", seen, seen, 1.0, 9.0, count, hits)

    assert coarse.enough(candidate, Least(moments=3, stored=2, agreeing=6)) == told


def test_hints_that_follow_each_other_are_one() -> None:
    whole = coarse.joined([hint((0, 10), (50, 60)), hint((10.2, 20), (60.2, 70))])

    assert [(one.query, one.source, one.moments) for one in whole] == [
        (Interval(0, 20), Interval(50, 70), 20)
    ]


def test_hints_whose_source_jumps_stay_apart() -> None:
    assert len(coarse.joined([hint((0, 10), (50, 60)), hint((10.2, 20), (90, 100))])) == 2


def test_backwards_hints_that_follow_each_other_are_one() -> None:
    first = hint((0, 10), (60, 70), rate=-1.0)

    (whole,) = coarse.joined([first, hint((10, 20), (50, 60), rate=-1.0)])

    assert whole.source == Interval(50, 70)


def test_of_lines_through_one_asset_only_the_best_is_told() -> None:
    best, weaker = hint((0, 10), (50, 60), votes=9), hint((1, 9), (20, 28), votes=4)

    assert coarse.distinct([weaker, best]) == [best]


def test_another_asset_is_told_beside_the_best() -> None:
    best, other = hint((0, 10), (50, 60), votes=9), hint((1, 9), (20, 28), number=2, votes=4)

    assert coarse.distinct([other, best]) == [best, other]


def test_pictures_do_not_hide_sound() -> None:
    seen = hint((0, 10), (50, 60))
    heard = replace(seen, channel=Channel.SOUND, tell=Tell.SOUND, votes=1.0)

    assert coarse.distinct([heard, seen]) == [seen, heard]
