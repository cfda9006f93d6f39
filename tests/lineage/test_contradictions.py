"""What contradicts a file's own words, and what honest files may say without being contradicted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from index.values import (
    Action,
    Carried,
    Channel,
    Credentials,
    Ingredient,
    Interval,
    Manifest,
    Standing,
    Tag,
)
from lineage.contradictions import contradictions
from lineage.derivations import Derivation, Direction, Relation
from lineage.findings import Contradiction, Finding, Kind, Significance
from lineage.values import Query, Source
from tests import reports

CAPTURED = Action("c2pa.created", source_type="digitalCapture")
OPENED, TRANSCODED = Action("c2pa.opened"), Action("c2pa.transcoded")
CAMERA = Manifest("camera", actions=(CAPTURED,), binding="bytes of the camera")
NOW = datetime(2026, 5, 1, tzinfo=UTC)
FACE = Finding(
    Kind.FACE_REPLACED, Channel.PICTURE, Interval(1, 3), 0.97, Interval(11, 13), source_index=0
)
DERIVED = Derivation(0, Channel.PICTURE, Relation.DERIVED, 0.96, odds=Direction(0.96, 0.03, 0.01))
BACKWARDS = replace(DERIVED, odds=Direction(0.03, 0.96, 0.01))
UNKNOWN = Derivation(0, Channel.PICTURE, Relation.UNDETERMINED, 0.9)


def child(
    *actions: Action, parent: str | None = "camera", title: str = "rush.mp4", complete: bool = True
) -> Manifest:
    """Return the manifest of a file that says it was made from another."""
    made = Ingredient(title, "parentOf", manifest=parent)
    return Manifest(
        "child", actions=actions or (OPENED, TRANSCODED), ingredients=(made,), complete=complete
    )


def holding(*manifests: Manifest, codes: Sequence[str] = ()) -> Carried:
    standing = Standing.INVALID if codes else Standing.VALID
    return Carried(credentials=Credentials(standing, manifests, tuple(codes)))


def dated(time: datetime | str, *, camera: str | None = None) -> Carried:
    stamp = time if isinstance(time, str) else time.isoformat()
    made = [Tag("creation_time", stamp)] + ([Tag("model", camera)] if camera else [])
    return Carried(tuple(made))


def asked(carried: Carried | None) -> Query:
    return replace(reports.single().query, carried=carried)


def film(carried: Carried | None = None, *, name: str = "film.mxf") -> Source:
    archived = reports.asset(1, name, 60)
    found = reports.source(archived, [reports.segment((0, 9), (10, 19))], duration=9)
    return replace(found, carried=carried)


def ways(found: Sequence[Finding]) -> list[Contradiction | None]:
    return [one.contradiction for one in found]


def test_a_file_that_says_nothing_is_not_contradicted() -> None:
    for carried in (None, Carried(), dated("rubbish"), holding(CAMERA)):
        assert contradictions(asked(carried), [film()], [FACE], [UNKNOWN], at=NOW) == []


@pytest.mark.parametrize(
    ("code", "way"),
    [
        ("assertion.bmffHash.mismatch", Contradiction.ALTERED),
        ("assertion.dataHash.mismatch", Contradiction.ALTERED),
        ("claimSignature.mismatch", Contradiction.BROKEN),
        ("assertion.hashedURI.mismatch", Contradiction.BROKEN),
    ],
)
def test_bytes_that_are_not_those_that_were_signed_are_told(code: str, way: Contradiction) -> None:
    query = asked(holding(CAMERA, codes=["signingCredential.untrusted", code]))

    [told] = contradictions(query, [], [], [])

    assert (told.kind, told.contradiction) == (Kind.PROVENANCE_CONTRADICTED, way)
    assert told.query == Interval(0, query.media.duration)
    assert told.significance is Significance.MAY_ALTER
    assert told.source_index is None


@pytest.mark.parametrize(
    "code",
    [
        "signingCredential.untrusted",
        "signingCredential.expired",
        "signingCredential.ocsp.revoked",
        "timeStamp.untrusted",
        "algorithm.unsupported",
    ],
)
def test_a_signer_that_is_not_vouched_for_contradicts_nothing(code: str) -> None:
    assert contradictions(asked(holding(CAMERA, codes=[code])), [], [], []) == []


def test_an_edit_that_manifests_back_to_a_camera_do_not_name_is_told() -> None:
    query = asked(holding(child(), CAMERA))

    [told] = contradictions(query, [film()], [FACE], [DERIVED])

    assert told.contradiction is Contradiction.EDITS
    assert (told.claim, told.against) == ("opened, transcoded, created", "face replaced")
    assert (told.query, told.source, told.source_index) == (FACE.query, FACE.source, 0)
    assert told.confidence < FACE.confidence  # the camera's own does not say it names all


@pytest.mark.parametrize("derivation", [UNKNOWN, DERIVED])
def test_an_edit_to_the_very_file_that_manifests_lead_back_to_is_told(
    derivation: Derivation,
) -> None:
    query = asked(holding(child(), CAMERA))

    [told] = contradictions(query, [film(holding(CAMERA))], [FACE], [derivation])

    assert (told.contradiction, told.source_index) == (Contradiction.EDITS, 0)


def test_an_edit_to_the_file_that_is_named_as_parent_is_told_less_surely() -> None:
    query = asked(holding(child(parent=None, title="FILM.mxf")))

    [told] = contradictions(query, [film()], [FACE], [UNKNOWN])

    assert told.contradiction is Contradiction.EDITS
    assert told.confidence == pytest.approx(0.8 * FACE.confidence)


@pytest.mark.parametrize(
    ("carried", "findings", "derivation"),
    [
        pytest.param(
            holding(child(OPENED, Action("c2pa.edited")), CAMERA), [FACE], DERIVED, id="edited"
        ),
        pytest.param(
            holding(child(OPENED, Action("com.maker.filter")), CAMERA), [FACE], DERIVED, id="own"
        ),
        pytest.param(
            holding(child(), CAMERA), [replace(FACE, confidence=0.7)], DERIVED, id="not sure"
        ),
        pytest.param(
            holding(child(), CAMERA), [replace(FACE, kind=Kind.CROPPED)], DERIVED, id="technical"
        ),
        pytest.param(
            holding(child(OPENED, Action("c2pa.trimmed")), CAMERA),
            [replace(FACE, kind=Kind.FRAMES_REMOVED)],
            DERIVED,
            id="trimmed",
        ),
        pytest.param(holding(child(), CAMERA), [FACE], UNKNOWN, id="who knows from what"),
        pytest.param(holding(child(), CAMERA), [FACE], BACKWARDS, id="source made from it"),
        pytest.param(holding(child(), CAMERA), [], DERIVED, id="nothing was done"),
        pytest.param(
            holding(child(parent=None, title="film.mxf")), [FACE], BACKWARDS, id="as named"
        ),
        pytest.param(holding(child(parent=None)), [FACE], DERIVED, id="of another file"),
        pytest.param(holding(child(parent="lost")), [FACE], DERIVED, id="gap"),
        pytest.param(
            holding(child(), replace(CAMERA, actions=(Action("c2pa.created"),))),
            [FACE],
            DERIVED,
            id="no camera",
        ),
    ],
)
def test_manifests_that_may_be_true_are_not_contradicted_by_edits(
    carried: Carried, findings: Sequence[Finding], derivation: Derivation
) -> None:
    assert contradictions(asked(carried), [film()], findings, [derivation]) == []


def test_broken_manifests_are_not_taken_at_their_word() -> None:
    query = asked(holding(child(), CAMERA, codes=["assertion.bmffHash.mismatch"]))

    found = contradictions(query, [film()], [FACE], [DERIVED])

    assert ways(found) == [Contradiction.ALTERED]


def test_a_capture_that_was_made_from_something_is_told() -> None:
    [told] = contradictions(asked(holding(CAMERA)), [film()], [], [DERIVED])

    assert (told.contradiction, told.confidence) == (Contradiction.CAPTURE, DERIVED.confidence)


@pytest.mark.parametrize("derivation", [UNKNOWN, BACKWARDS])
def test_a_capture_that_may_be_one_is_not_contradicted(derivation: Derivation) -> None:
    assert contradictions(asked(holding(CAMERA)), [film()], [], [derivation]) == []


def test_two_captures_of_the_same_pictures_are_told() -> None:
    other = holding(Manifest("other", actions=(CAPTURED,), binding="other bytes"))

    [told] = contradictions(asked(holding(child(), CAMERA)), [film(other)], [], [UNKNOWN])

    assert told.contradiction is Contradiction.CAPTURES


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(holding(CAMERA), id="same manifest"),
        pytest.param(holding(replace(CAMERA, label="again")), id="same bytes"),
        pytest.param(holding(replace(child(), label="copy"), CAMERA), id="same camera"),
        pytest.param(
            holding(Manifest("o", actions=(CAPTURED,)), codes=["claimSignature.mismatch"]),
            id="broken",
        ),
        pytest.param(holding(Manifest("o", actions=(OPENED,))), id="no capture"),
        pytest.param(None, id="none"),
    ],
)
def test_sources_that_may_be_of_the_same_camera_contradict_nothing(other: Carried | None) -> None:
    query = asked(holding(child(), CAMERA))

    assert contradictions(query, [film(other)], [], [UNKNOWN]) == []


def test_a_clip_older_than_the_recording_it_was_made_from_is_told() -> None:
    recorded = datetime(2019, 3, 15, 11, tzinfo=UTC)
    query = asked(dated(recorded - timedelta(days=400)))

    [told] = contradictions(query, [film(dated(recorded, camera="Maker 7"))], [], [DERIVED])

    assert (told.contradiction, told.source_index) == (Contradiction.EARLIER, 0)
    assert (told.claim, told.against) == ("2018-02-08", "2019-03-15")
    assert told.confidence <= 0.6


@pytest.mark.parametrize(
    ("earlier", "camera", "derivation"),
    [
        pytest.param(timedelta(days=400), None, DERIVED, id="source is a copy"),
        pytest.param(timedelta(days=400), "Maker 7", UNKNOWN, id="who knows"),
        pytest.param(timedelta(days=400), "Maker 7", BACKWARDS, id="source made from it"),
        pytest.param(timedelta(hours=25), "Maker 7", DERIVED, id="another zone"),
        pytest.param(timedelta(0), "Maker 7", DERIVED, id="date kept"),
    ],
)
def test_dates_that_may_be_true_are_not_contradicted(
    earlier: timedelta, camera: str | None, derivation: Derivation
) -> None:
    recorded = datetime(2019, 3, 15, 11, tzinfo=UTC)
    query = asked(dated(recorded - earlier))

    assert contradictions(query, [film(dated(recorded, camera=camera))], [], [derivation]) == []


def test_a_clock_that_was_never_set_contradicts_nothing() -> None:
    recorded = dated(datetime(2019, 3, 15, tzinfo=UTC), camera="Maker 7")

    for unset in ("1970-01-01T00:00:00Z", "1904-01-01T00:00:00Z", "", "yesterday"):
        assert contradictions(asked(dated(unset)), [film(recorded)], [], [DERIVED], at=NOW) == []


def test_a_date_to_come_is_told_where_the_time_is_known() -> None:
    query = asked(dated(NOW + timedelta(days=3)))

    [told] = contradictions(query, [], [], [], at=NOW)

    assert (told.contradiction, told.claim) == (Contradiction.FUTURE, "2026-05-04")
    assert contradictions(query, [], [], []) == []


@given(hours=some.floats(-1e5, 26))
def test_no_date_up_to_the_farthest_zone_is_one_to_come(hours: float) -> None:
    query = asked(dated(NOW + timedelta(hours=hours)))

    assert contradictions(query, [], [], [], at=NOW) == []


@given(parents=some.lists(some.sampled_from("abcd"), min_size=4, max_size=4))
def test_manifests_that_name_one_another_in_a_ring_come_to_an_end(parents: list[str]) -> None:
    manifests = [
        Manifest(label, ingredients=(Ingredient(None, "parentOf", manifest=parent),))
        for label, parent in zip("abcd", parents, strict=True)
    ]

    chain = Credentials(Standing.VALID, tuple(manifests)).chain()

    assert len({one.label for one in chain}) == len(chain)
