import re
from dataclasses import replace

import pytest

from index.values import Box, Channel, Interval
from lineage.findings import Finding, Kind
from lineage.report import (
    Phrase,
    because,
    clock,
    evidence,
    limits,
    manner,
    parts,
    percent,
    phrases,
    readable,
    shortened,
    source_span,
    summary,
)
from lineage.values import Query, Reason, Registration, Report, Searched, Source, Unexplained
from tests import reports

ALL = {
    "rich": reports.rich(),
    "supercut": reports.supercut(),
    "single": reports.single(),
    "nothing": reports.nothing(),
    "sound": reports.sound_only(),
    "common": reports.common(),
}
VERDICTS = re.compile(
    r"\b(genuine|authentic|fakes?|faked|originals?|real|manipulated)\b", re.IGNORECASE
)


def told(*sources: Source, gaps: tuple[Unexplained, ...] = (), duration: float = 18.4) -> str:
    report = reports.report(sources, gaps, facts=reports.media(duration))
    return report.summary


def one(*segments: tuple[tuple[float, float], tuple[float, float]]) -> Source:
    archived = reports.asset(1, "protest.mp4", 200)
    return reports.source(archived, [reports.segment(*ends) for ends in segments], duration=18.4)


def test_a_stretch_is_told_with_its_source_its_place_and_its_manner() -> None:
    archived = reports.asset(1, "briefing.mxf", 200)
    turned = reports.segment((0, 11.9), (41, 64.8), variant="mirror")

    sentence = told(
        reports.source(archived, [turned], duration=18.4), gaps=(reports.gap(11.9, 13.1),)
    )

    assert sentence == (
        "0:00.0–0:11.9 shows briefing.mxf from 0:41.0, mirrored, at double speed. "
        "0:11.9–0:13.1 was not found."
    )


def test_a_reversed_stretch_starts_where_the_query_does() -> None:
    archived = reports.asset(1, "briefing.mxf", 200)
    turned = reports.segment((0, 4), (41, 45), backwards=True)

    assert told(reports.source(archived, [turned], duration=4)) == (
        "0:00.0–0:04.0 shows briefing.mxf from 0:45.0, backwards."
    )


@pytest.mark.parametrize(
    ("stretches", "words"),
    [
        ([(0, 10)], "with other sound."),
        ([(3, 8)], "with other sound at 0:03.0–0:08.0."),
        ([(1, 3), (5, 7)], "partly with other sound."),
        ([(12, 14)], "from 0:41.0."),
    ],
)
def test_other_sound_is_told_with_the_picture(
    stretches: list[tuple[float, float]], words: str
) -> None:
    archived = reports.asset(1, "briefing.mxf", 200)
    source = reports.source(archived, [reports.segment((0, 10), (41, 51))], duration=18.4)
    answer = reports.report([source])
    findings = [
        Finding(Kind.SOUND_REPLACED, Channel.SOUND, Interval(*one), 0.9) for one in stretches
    ]

    sentence = summary(
        answer.query, [source], unexplained=(), searched=answer.searched, findings=findings
    )

    assert sentence.endswith(words)


def test_a_held_frame_is_told_as_a_still() -> None:
    archived = reports.asset(1, "briefing.mxf", 200)
    held = replace(reports.segment((0, 4), (41, 41.04)), rate=0.0)

    assert told(reports.source(archived, [held], duration=4)) == (
        "0:00.0–0:04.0 shows briefing.mxf at 0:41.0, as a still."
    )


def test_a_picture_file_is_told_as_a_picture() -> None:
    first, second = (
        reports.source(
            reports.asset(number, f"take-{number}.mp4", 60),
            [replace(reports.segment((0, 0.04), (7, 7.04)), rate=0.0)],
            duration=0.04,
        )
        for number in (1, 2)
    )

    assert told(first, second) == (
        "The picture shows take-1.mp4 at 0:07.0, as a still. "
        "The picture also shows take-2.mp4 at 0:07.0, as a still."
    )


def test_a_second_source_of_the_same_stretch_is_told_as_such() -> None:
    first, second = (
        reports.source(
            reports.asset(number, f"take-{number}.mp4", 60),
            [reports.segment((0, 4), (7, 11))],
            duration=4,
        )
        for number in (1, 2)
    )

    assert told(first, second) == (
        "0:00.0–0:04.0 shows take-1.mp4 from 0:07.0. "
        "0:00.0–0:04.0 also shows take-2.mp4 from 0:07.0."
    )


def test_a_supercut_is_told_in_one_sentence_of_bounded_length() -> None:
    short, long = reports.supercut(12, 6), reports.supercut(300, 60, length=3000)

    assert short.summary == (
        "12 stretches come from 6 sources: tape-01.mxf, tape-02.mxf, tape-03.mxf and 3 more. "
        "The longest, 0:00.0–0:04.0, shows tape-01.mxf from 0:30.0."
    )
    assert len(long.summary) < len(short.summary) + 10


def test_the_source_that_explains_most_is_named_first() -> None:
    names = [phrase.text for phrase in phrases_of(reports.rich()) if phrase.source is not None]

    assert names[:2] == ["council-briefing-raw.mxf", "street-protest-2019.mp4"]


def test_one_asset_on_two_channels_counts_as_one_source() -> None:
    picture = one(*(((n, n + 1), (10 * n, 10 * n + 1)) for n in range(5)))
    sound = replace(
        picture,
        channel=Channel.SOUND,
        segments=tuple(replace(s, channel=Channel.SOUND) for s in picture.segments),
    )

    assert told(sound, picture).startswith(
        "5 stretches come from protest.mp4. The longest, 0:00.0–0:01.0, shows protest.mp4 from "
        "0:00.0, with its sound."
    )


def test_sound_from_elsewhere_has_its_own_sentence() -> None:
    picture = one(((0, 4), (10, 14)))
    (segment,) = picture.segments
    later = replace(segment, channel=Channel.SOUND, source=Interval(30, 34))
    sound = replace(picture, channel=Channel.SOUND, segments=(later,))

    assert told(picture, sound) == (
        "0:00.0–0:04.0 shows protest.mp4 from 0:10.0. "
        "The sound of 0:00.0–0:04.0 comes from protest.mp4 from 0:30.0."
    )


def test_an_intro_of_many_files_is_told_with_one_of_them_and_no_source() -> None:
    assert reports.common().summary == (
        "No single source among the 41,208 files searched can be named. 0:06.0–0:09.6 was not "
        "found. 0:00.0–0:06.0 looks like what 14 searched files show, such as "
        "evening-news-0412.mxf at 0:03.2."
    )
    assert because(reports.common().unexplained[0]) == (
        "It looks like what 14 searched files show, such as evening-news-0412.mxf at 0:03.2, so it "
        "points to none of them."
    )


def test_evidence_of_sound_speaks_of_sound() -> None:
    (segment,) = one(((0, 4), (10, 14))).segments
    heard = replace(segment, channel=Channel.SOUND, likeness=None, motion=None, agreement=0.93)

    assert evidence(heard) == (
        "0:00.000–0:04.000 of the query sounds like 0:10.000–0:14.000, bits of their sounds agree "
        "at 0.93, checked sound against sound."
    )


def test_rest_of_sound_is_told_in_words_of_sound() -> None:
    gap = Unexplained(Channel.SOUND, Interval(0, 4), Reason.NO_MATCH)

    assert because(gap) == "No searched file was found to sound like this."


@pytest.mark.parametrize(
    ("gaps", "words"),
    [
        ([(4, 5)], "0:04.0–0:05.0 was not found."),
        ([(4, 5), (6, 7)], "0:04.0–0:05.0 and 0:06.0–0:07.0 were not found."),
        ([(4, 5), (6, 7), (8, 9), (10, 12)], "5.0 s in 4 places was not found."),
    ],
)
def test_many_gaps_are_told_together(gaps: list[tuple[float, float]], words: str) -> None:
    unexplained = tuple(reports.gap(*ends) for ends in gaps)

    assert told(one(((0, 4), (1, 5))), gaps=unexplained).endswith(words)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_its_words(reason: Reason) -> None:
    sentence = told(one(((0, 4), (1, 5))), gaps=(reports.gap(4, 5, reason),))

    assert "0:04.0–0:05.0 " in sentence


def test_no_source_is_told_as_not_in_these_archives() -> None:
    assert reports.nothing().summary == (
        "Not in these archives: none of the 41,208 files searched was found to be a source of "
        "this clip."
    )


@pytest.mark.parametrize(
    ("files", "words"), [(0, "Nothing was searched"), (1, "the one file searched")]
)
def test_an_archive_of_none_or_one_is_told_as_such(files: int, words: str) -> None:
    searched = Searched("a", files, 60.0 * files, 30 * files, (Channel.PICTURE,))

    assert words in reports.report(searched=searched).summary


def test_sound_that_was_not_compared_is_not_told_as_missing() -> None:
    report = reports.sound_only()

    assert report.summary == (
        "This clip has no picture, and its sound was not compared: "
        "whether it is in these archives is not known."
    )
    assert any(limit.startswith("The sound was not compared: ") for limit in report.limits)


@pytest.mark.parametrize("name", ALL)
def test_no_sentence_judges_a_clip(name: str) -> None:
    report = ALL[name]

    assert VERDICTS.findall(" ".join([report.summary, *report.limits])) == []


@pytest.mark.parametrize("name", ALL)
def test_the_phrases_make_the_summary_and_name_sources_that_are_there(name: str) -> None:
    report = ALL[name]
    runs = phrases_of(report)

    assert "".join(phrase.text for phrase in runs) == report.summary
    assert {phrase.source for phrase in runs} <= {None, *range(len(report.sources))}


def test_times_that_were_not_checked_are_a_limit() -> None:
    assert any("1 stretch were not checked" in limit for limit in reports.rich().limits)
    assert not any("not checked" in limit for limit in reports.single().limits)


def test_sound_that_the_clip_lacks_is_no_limit() -> None:
    report = reports.report(facts=reports.media(9, sound=False))

    assert not any("sound" in limit for limit in report.limits)


def test_what_could_not_be_read_is_a_limit() -> None:
    report = reports.report(facts=reports.media(9, losses=("12 frames are damaged.",)))

    assert report.limits[-1] == "The clip was not read in full: 12 frames are damaged."


@pytest.mark.parametrize(
    ("revealed", "said"),
    [(0.0, "were not looked for"), (0.6, "in 60\xa0% of what"), (1.0, "were looked for.")],
)
def test_a_match_is_not_told_as_the_absence_of_changes(revealed: float, said: str) -> None:
    one = reports.single()

    told = limits(one.query, one.sources, unexplained=[], searched=one.searched, revealed=revealed)

    (limit,) = (each for each in told if "does not say that nothing was changed" in each)
    assert said in limit


def test_confidence_beyond_the_size_it_was_measured_in_is_a_limit() -> None:
    small = reports.report(
        reports.single().sources,
        searched=Searched("3f9a17c2", 40, 500.0, 9000, (Channel.PICTURE,)),
    )

    assert any("more looks alike" in limit for limit in reports.single().limits)
    assert not any("more looks alike" in limit for limit in small.limits)
    assert not any("more looks alike" in limit for limit in reports.report().limits)


def test_parts_stand_in_the_order_of_the_query() -> None:
    starts = [part.segment.query.start for part in parts(reports.rich().sources)]

    assert starts == sorted(starts)


def test_a_crop_is_told_by_its_share_and_a_rounding_error_is_not() -> None:
    cropped = reports.segment((0, 4), (1, 5), box=Box(0, 0, 0.5, 1))
    whole = reports.segment((0, 4), (1, 5), box=Box(0, 0.01, 1, 1))

    assert manner(cropped) == [f"cropped to {percent(0.5)} of its picture"]
    assert manner(whole) == []


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (1.0, []),
        (1.01, []),
        (1.0417, ["at 1.04× speed"]),
        (0.5, ["at half speed"]),
        (-2.0, ["backwards", "at double speed"]),
        (12.0, ["at 12× speed"]),
    ],
)
def test_speed_is_told_when_it_can_be_seen(rate: float, words: list[str]) -> None:
    assert manner(replace(reports.segment((0, 4), (1, 5)), rate=rate)) == words


def test_a_reversed_source_span_runs_downwards() -> None:
    assert source_span(reports.segment((0, 2), (5, 7), backwards=True)) == "0:07.0–0:05.0"


def test_evidence_says_what_agrees_and_how_it_was_checked() -> None:
    assert evidence(reports.segment((0, 2), (5, 7), variant="turn", exact=False)) == (
        "0:00.000–0:02.000 of the query shows 0:05.000–0:07.000, turned upside down, "
        "pictures correlate at 0.94, what moves in them at 0.88, not checked frame by frame."
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Registration(0.998, 0.031, 1.0), ", laid over the source to 0.031 pixels."),
        (Registration(0.93, 1.234, 0.5), ", laid over the source to 1.2 pixels."),
        (Registration(0.95, None, 1.0), "by frame."),
        (Registration(0.4, None, 0.0), ", too unlike to be compared pixel by pixel."),
        (None, "by frame."),
    ],
)
def test_evidence_says_how_well_pixels_were_laid_over_one_another(
    told: Registration | None, words: str
) -> None:
    seen = replace(reports.segment((0, 2), (5, 7), exact=True), registration=told)

    assert evidence(seen).endswith(words)


def test_a_clock_never_shows_sixty_seconds() -> None:
    assert clock(59.96) == "1:00.0"
    assert clock(3599.99) == "1:00:00.0"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("caf\udce9.mp4", "caf�.mp4"),
        ("a\nb\x1b[31m.mp4", "a�b�[31m.mp4"),
        ("\u202egpj.exe", "�gpj.exe"),
        ("👩\u200d👧 клип.mp4", "👩\u200d👧 клип.mp4"),
        ("", "(no name)"),
    ],
)
def test_a_name_cannot_move_the_cursor_or_hide(name: str, shown: str) -> None:
    assert readable(name) == shown


def test_a_long_name_keeps_both_of_its_ends() -> None:
    short = shortened("x" * 300 + "-final.mp4")

    assert len(short) == 48
    assert short.startswith("xxx")
    assert short.endswith("-final.mp4")


def test_a_summary_is_made_from_values_alone() -> None:
    query = Query("a.mp4", "file:///a.mp4", "0" * 64, reports.media(5))
    searched = Searched("a", 2, 60.0, 30, (Channel.PICTURE,))
    gap = Unexplained(Channel.PICTURE, Interval(0, 5), Reason.TOO_PLAIN)

    sentence = summary(query, [], unexplained=[gap], searched=searched)

    assert sentence.endswith("0:00.0–0:05.0 is too plain to tell.")
    assert limits(query, [], unexplained=[gap], searched=searched)[-1].startswith("5.0 s")


def phrases_of(report: Report) -> list[Phrase]:
    return phrases(
        report.query, report.sources, unexplained=report.unexplained, searched=report.searched
    )


@pytest.mark.parametrize(
    ("variant", "degrees", "words"),
    [
        ("plain", 5.2, ["turned by 5° clockwise"]),
        ("plain", -90.1, ["turned by 90° anticlockwise"]),
        ("plain", 0.8, []),
        ("turn", -177.0, ["turned upside down", "turned by 3° clockwise"]),
        ("mirror", 2.0, ["mirrored", "turned by 2° clockwise"]),
    ],
)
def test_turn_is_told_beside_what_the_variant_says(
    variant: str, degrees: float, words: list[str]
) -> None:
    turned = replace(reports.segment((0, 4), (1, 5), variant=variant), degrees=degrees)

    assert manner(turned) == words


def test_hidden_part_is_told_without_a_figure() -> None:
    covered = replace(reports.segment((0, 4), (1, 5)), visible=0.6)

    assert manner(covered) == ["with a part of it hidden"]
