"""What was read to findings: captions that were added, taken out, or are no captions."""

from dataclasses import replace

import pytest

from index.values import Box, Interval
from lineage.derive import DEFAULT
from lineage.derive.captions import Caption, caption
from lineage.evidence.values import Lines, Track, Words
from lineage.findings import Kind, Significance
from lineage.report import explained
from tests.lineage.test_regions import TRACK, found, kinds

OVERLAY, REGION = replace(TRACK, detail=3.0), replace(TRACK, detail=0.9)
NOTHING = Lines()


def lines(*inside: str, near: tuple[str, ...] = ()) -> Lines:
    return Lines(inside, (*inside, *near))


def saying(track: Track, *words: tuple[Lines, Lines]) -> Track:
    return replace(track, words=tuple(Words(*each) for each in words))


def read(kind: Kind, *words: tuple[Lines, Lines]) -> Caption | None:
    return caption(kind, saying(TRACK, *words), DEFAULT)


def test_text_that_the_source_lacks_was_added() -> None:
    (told,) = found(saying(OVERLAY, (lines("They knew"), NOTHING)))

    assert (told.kind, told.text, told.covered) == (Kind.CAPTION_ADDED, "They knew", None)
    assert explained(told, []) == "A caption was added: “They knew”."
    assert told.significance is Significance.MAY_ALTER


def test_text_that_only_the_source_has_was_taken_out() -> None:
    (told,) = found(saying(REGION, (NOTHING, lines("They knew"))))

    assert (told.kind, told.text) == (Kind.CAPTION_REMOVED, "They knew")
    assert explained(told, []) == "A caption of the source was taken out: “They knew”."
    assert told.significance is Significance.MAY_ALTER


def test_other_text_in_both_is_a_caption_put_over_the_sources() -> None:
    (told,) = found(saying(REGION, (lines("He lied"), lines("They knew"))))

    assert (told.kind, told.text, told.covered) == (Kind.CAPTION_ADDED, "He lied", "They knew")
    assert explained(told, []) == "A caption was put over the source's “They knew”: “He lied”."


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lines("They knew"), lines("They knew")),
        (lines("They knew about it"), lines("They knew ab0ut it")),
        (lines("THEY KNEW!"), lines("they knew")),
        (lines("They knew", "about it"), lines("They knew about it")),
        (lines("They knew"), lines(near=("They knew",))),
        (NOTHING, NOTHING),
    ],
)
def test_what_both_say_is_no_caption(ours: Lines, theirs: Lines) -> None:
    assert kinds(found(saying(OVERLAY, (ours, theirs)))) == [Kind.OVERLAY_ADDED]


def test_word_that_was_left_out_is_not_misread() -> None:
    told = read(Kind.REGION_CHANGED, (lines("Guilty"), lines("Not guilty")))

    assert told == Caption(Kind.CAPTION_ADDED, "Guilty", "Not guilty")


def test_lines_that_both_have_are_not_part_of_a_caption() -> None:
    told = read(Kind.OVERLAY_ADDED, (lines("LIVE", "He lied"), lines("LIVE", "They knew")))

    assert told == Caption(Kind.CAPTION_ADDED, "He lied", "They knew")


def test_captions_that_follow_one_another_are_told_in_their_order() -> None:
    said = [(lines(text), NOTHING) for text in ("First of all", "First of al", "and then")]

    assert read(Kind.OVERLAY_ADDED, *said) == Caption(Kind.CAPTION_ADDED, "First of all / and then")


def test_thing_laid_over_letters_of_the_scene_is_not_a_caption_taken_out() -> None:
    assert read(Kind.OVERLAY_ADDED, (NOTHING, lines("Exit"))) is None
    assert read(Kind.REGION_REMOVED, (NOTHING, lines("Exit"))) is not None


def test_words_of_one_caption_that_differ_apart_are_one_finding() -> None:
    left = saying(OVERLAY, (lines("They knew about it"), NOTHING))
    right = replace(left, box=Box(0.6, 0.2, 0.9, 0.6), query=Interval(2.4, 4.4), strength=20.0)
    after = replace(left, query=Interval(4.5, 6))

    (told,) = found(left, right, after)

    assert (told.box, told.query) == (Box(0.2, 0.2, 0.9, 0.6), Interval(2, 6))
    assert (told.text, told.measures["strength"]) == ("They knew about it", 20.0)


@pytest.mark.parametrize("other", [Interval(5, 7), Interval(2, 4)])
def test_captions_at_other_times_or_with_other_words_stay_apart(other: Interval) -> None:
    first = saying(OVERLAY, (lines("They knew about it"), NOTHING))
    text = "They knew about it" if other.start > 4 else "LIVE"
    second = saying(replace(OVERLAY, query=other), (lines(text), NOTHING))

    assert len(found(first, second)) == 2
