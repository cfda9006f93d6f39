from pathlib import Path

from benchmarks.unrelated import Answer, Named, related, summary


def answer(number: int, *named: Named, strength: float = 0.1) -> Answer:
    return Answer(number, "film.mp4", "crop", 5.0, named, strength, 1.0)


NAMED = Named("other.mp4", "sound", 0.9, (0.0, 3.0))


def test_clips_that_get_a_source_are_counted_once() -> None:
    found = summary([answer(0, NAMED, NAMED), answer(1)], {}, hours=0.5)

    assert (found["wrong"], found["channels"]) == (1, {"sound": 2})
    assert found["false"][0]["asset"] == "other.mp4"


def test_file_that_a_clip_does_show_is_not_false() -> None:
    found = summary([answer(0, NAMED)], {"film.mp4": {"other.mp4"}}, hours=0.5)

    assert found["wrong"] == 0


def test_larger_archive_gets_a_higher_bound() -> None:
    found = summary([answer(number) for number in range(1000)], {}, hours=0.5)

    bounds = [each["at_most"] for each in found["archives"]]
    assert bounds == sorted(bounds)
    assert bounds[-1] == 1.0


def test_related_files_are_read_from_the_pairs(tmp_path: Path) -> None:
    path = tmp_path / "PAIRS.tsv"
    head = "suspect\tarchive\tsuspect_start_s\tsuspect_end_s\tarchive_start_s\tarchive_end_s\tkind"
    path.write_text(f"{head}\nsuspect/a.mp4\tarchive/b.mp4\t0\t1\t0\t1\tcrop\n")

    assert related(path) == {"a.mp4": {"b.mp4"}}
    assert related(tmp_path / "none.tsv") == {}
