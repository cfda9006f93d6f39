"""What is told of a pair, from what was measured."""

from dataclasses import replace

import pytest

from index.values import Channel, Interval
from lineage.prove import ProveParams
from lineage.sound import SoundParams
from lineage.steps import archive, pictures, sounds
from lineage.steps.values import Contest, Look, Pair, Standing, Step, nearest_first
from lineage.steps.verdict import Account, verdict
from lineage.steps.ways import looked
from lineage.values import Segment

MOVING = Segment(
    query=Interval(0.0, 3.0),
    source=Interval(6.0, 9.0),
    rate=1.0,
    channel=Channel.PICTURE,
    variant="plain",
    confidence=0.9,
    frame_exact=True,
    likeness=0.95,
    motion=0.9,
)
STILL = replace(MOVING, motion=None, frame_exact=False)
WAY = "whole frames, as they are or mirrored"


def standing(place: int | None, *, asked: bool = True, told: bool = False) -> Standing:
    return Standing(WAY, asked, candidates=40, place=place, reach=24, told=told)


def numbers(step: Step) -> dict[str, float]:
    return {one.name: one.value for one in step.measures}


@pytest.mark.parametrize(
    ("segment", "proven", "sentence"),
    [
        (MOVING, True, "what moves in them moves in step"),
        (replace(MOVING, motion=0.3), False, "the same place or camera at another time"),
        (replace(MOVING, likeness=0.5), False, "What moves does so in step, but the pictures"),
        (replace(MOVING, likeness=0.5, motion=0.3), False, "another scene"),
        (STILL, True, "Nothing moves, and the pictures are as good as equal"),
        (replace(STILL, likeness=0.8), False, "Nothing moves, and the pictures differ"),
        (replace(STILL, query=Interval(0.0, 0.6)), False, "for too short a time"),
    ],
)
def test_each_way_to_fail_a_proof_has_its_sentence(
    segment: Segment, *, proven: bool, sentence: str
) -> None:
    step = pictures.laid(Look(WAY, segment, proven), params=ProveParams())

    assert sentence in step.sentence
    assert step.passed == proven


def test_what_a_stretch_was_measured_by_is_told_where_more_was_changed() -> None:
    name = "of that, with nothing changed in it"
    whole, part = (
        numbers(pictures.laid(Look(WAY, one, proven=True), params=ProveParams()))
        for one in (MOVING, replace(MOVING, clear=1.6))
    )

    assert name not in whole
    assert part[name] == pytest.approx(1.6)


def test_a_threshold_that_was_missed_is_told_with_by_how_much() -> None:
    look = Look(WAY, replace(MOVING, motion=0.45), proven=False)

    found = numbers(pictures.laid(look, params=ProveParams(moving=0.6)))

    assert found["motion in step missed by"] == pytest.approx(0.15)
    assert "likeness missed by" not in found


def test_too_few_agreeing_bits_are_told_with_by_how_much() -> None:
    segment = replace(MOVING, channel=Channel.SOUND, likeness=None, motion=None, agreement=0.6)
    look = Look("sound as it is", segment, proven=False, heard=4.0)

    found = numbers(sounds.laid(look, params=SoundParams(loosest=0.38, strictest=0.08)))

    assert found["bits that agree"] == 60
    assert found["bits that must agree over that length"] == 66
    assert found["missed by"] == pytest.approx(6)


def test_a_file_out_of_reach_is_told_where_codes_say_too_little() -> None:
    step = pictures.unlaid(Pair(reached=False))

    assert "not where it was indexed" in step.sentence


@pytest.mark.parametrize(
    ("stood", "others", "reason"),
    [
        (standing(4, told=True), ("a.mp4",), "a.mp4 had explained the same time"),
        (standing(31), (), "so many others looked likelier"),
        (standing(None), (), "too many other files"),
        (standing(None, asked=False), ("a.mp4",), "a.mp4 had explained the same time already"),
        (standing(1), (), "too little of it was left"),
    ],
)
def test_what_stood_in_the_way_is_told(
    stood: Standing, others: tuple[str, ...], reason: str
) -> None:
    step = archive.stood(Contest(47, (), others, (stood,)))

    assert not step.passed
    assert reason in step.sentence


def test_a_moment_that_is_only_like_that_of_a_surer_source_is_said_to_be() -> None:
    step = archive.stood(Contest(47, (), ("film.mp4",), like=True))

    assert not step.passed
    assert "film.mp4 surely shows the same time" in step.sentence


def test_a_source_found_beside_others_names_them() -> None:
    others = ("a.mp4", "b.mp4", "c.mp4", "d.mp4")

    step = archive.stood(Contest(47, (MOVING,), others))

    assert step.passed
    assert step.sentence.endswith("as well, beside a.mp4, b.mp4, c.mp4 and 1 other.")


def test_the_same_stretch_is_told_once_and_proven_ones_first() -> None:
    other = replace(MOVING, query=Interval(5.0, 8.0), motion=0.2)
    looks = [
        Look(WAY, other, proven=False),
        *(Look(way, MOVING, proven=True) for way in (WAY, "details")),
    ]

    assert nearest_first(looks) == (looks[1], looks[0])


def test_several_stretches_are_counted_in_the_verdict() -> None:
    later = replace(MOVING, query=Interval(5.0, 8.0))
    account = Account(Channel.PICTURE, (Step("proof", "So."),), (MOVING, later))

    assert verdict([account], "film.mp4") == (
        "Found: 2 stretches of the clip, 6.0 s in all, show film.mp4."
    )


def test_both_channels_that_were_lost_are_told() -> None:
    picture = Account(Channel.PICTURE, (Step("hits", "No frame is alike.", passed=False),))
    sound = Account(Channel.SOUND, (Step("proof", "Too few bits agree.", passed=False),))

    assert verdict([picture, sound], "film.mp4") == (
        "Lost, the picture at the hits and the sound at the proof: too few bits agree."
    )


def test_a_way_of_looking_that_is_new_is_named_by_its_variants() -> None:
    assert looked(Channel.PICTURE, ["left"]) == "whole frames, left"
