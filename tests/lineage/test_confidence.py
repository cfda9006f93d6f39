"""What the evidence of a proof says of how sure it is."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage import confidence
from lineage.confidence import MOVING, SOUND, STILL, Curve
from lineage.prove import ProveParams

CORRELATIONS = st.floats(-1.0, 1.0)
SECONDS = st.floats(0.0, 1e5)
SHARES = st.floats(0.0, 1.0)


@given(CORRELATIONS, CORRELATIONS, st.none() | CORRELATIONS, SECONDS)
def test_more_alike_is_never_less_sure(
    one: float, other: float, motion: float | None, seconds: float
) -> None:
    found = [confidence.pictures(likeness, motion, seconds) for likeness in sorted((one, other))]

    assert found == sorted(found)


@given(CORRELATIONS, CORRELATIONS, CORRELATIONS, SECONDS)
def test_more_in_step_is_never_less_sure(
    likeness: float, one: float, other: float, seconds: float
) -> None:
    found = [confidence.pictures(likeness, motion, seconds) for motion in sorted((one, other))]

    assert found == sorted(found)


@given(CORRELATIONS, st.none() | CORRELATIONS, SECONDS, SECONDS)
def test_longer_is_never_less_sure(
    likeness: float, motion: float | None, one: float, other: float
) -> None:
    found = [confidence.pictures(likeness, motion, seconds) for seconds in sorted((one, other))]

    assert found == sorted(found)


@given(SHARES, SHARES, SECONDS, SECONDS)
def test_sound_that_agrees_more_or_longer_is_never_less_sure(
    one: float, other: float, seconds: float, further: float
) -> None:
    less, more = sorted((one, other))
    shorter, longer = sorted((seconds, further))

    assert confidence.sound(less, shorter) <= confidence.sound(more, shorter)
    assert confidence.sound(less, shorter) <= confidence.sound(less, longer)


@given(CORRELATIONS, st.none() | CORRELATIONS, SECONDS)
def test_pictures_stay_between_nothing_and_their_bound(
    likeness: float, motion: float | None, seconds: float
) -> None:
    bound = STILL.bound if motion is None else MOVING.bound

    assert 0.0 <= confidence.pictures(likeness, motion, seconds) <= bound < 1.0


@given(SHARES, SECONDS)
def test_sound_stays_between_nothing_and_its_bound(agreement: float, seconds: float) -> None:
    assert 0.0 <= confidence.sound(agreement, seconds) <= SOUND.bound < 1.0


@pytest.mark.parametrize(
    ("strong", "weak"),
    [
        (
            confidence.pictures(0.98, 0.97, 5.0),
            confidence.pictures(0.65, 0.62, 0.5),
        ),
        (
            confidence.pictures(0.99, None, 5.0),
            confidence.pictures(0.95, None, 1.0),
        ),
        (confidence.sound(0.9, 5.0), confidence.sound(0.68, 1.0)),
    ],
    ids=["moving", "still", "sound"],
)
def test_strong_proof_is_clearly_surer_than_a_scant_one(strong: float, weak: float) -> None:
    assert strong > weak + 0.02


def test_chance_is_not_believed() -> None:
    needed = ProveParams()

    assert confidence.pictures(needed.alike, needed.moving / 2, 2.0) < 0.1
    assert confidence.sound(0.5, 2.0) < 0.1


def test_length_beyond_what_was_measured_says_no_more() -> None:
    assert confidence.octaves(inf) == confidence.octaves(confidence.LONGEST)


def test_evidence_of_another_number_of_measures_is_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        Curve(0.0, (1.0, 1.0), 0.9).at(0.5)
