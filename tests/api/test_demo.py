import re
import socket
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from api import cli
from api.demo import Forgery, Taken, forge, originals
from api.demo.footage import original, photograph, pictures, sound
from api.demo.forge import FILM
from api.demo.truth import misses
from index.values import Asset, AssetRow, Channel, Interval, Media
from lineage.values import Query, Report, Searched, Segment, Source

HALF_HIDDEN = 40
"""Grey levels: re-encoding moves a picture by less than a tenth of this."""


@pytest.fixture(scope="module")
def forgeries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Forgery]:
    folder = tmp_path_factory.mktemp("forged")
    return {made.path.stem: made for made in forge(folder)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "shown here"


@pytest.fixture(scope="module")
def shown(folder: Path) -> Iterator[Result]:
    with pytest.MonkeyPatch.context() as patch:

        def refuse(*_: object) -> None:
            raise OSError("the demo must not use the network")

        patch.setattr(socket.socket, "connect", refuse)
        patch.setenv("PATH", "")
        yield CliRunner().invoke(cli.app, ["demo", "--folder", str(folder)])


def far(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(int) - b).mean())


def test_originals_are_there_and_credited() -> None:
    assert all(film.path.is_file() and film.credit for film in originals())


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("face-replaced", 100),
        ("hoax-caption", 160),
        ("mirrored-crop", 114),
        ("supercut", 150),
        ("no-source", 120),
    ],
)
def test_each_forgery_is_a_film_of_known_length(
    forgeries: dict[str, Forgery], name: str, frames: int
) -> None:
    assert len(pictures(forgeries[name].path, 0, 1000)) == frames


def test_what_was_taken_covers_the_forgeries_that_have_a_source(
    forgeries: dict[str, Forgery],
) -> None:
    lengths = {
        name: sum(taken.query.length for taken in made.taken) for name, made in forgeries.items()
    }

    assert lengths == pytest.approx(
        {
            "face-replaced": 100 / 29.97,
            "hoax-caption": 6.4,
            "mirrored-crop": 4.56,
            "supercut": 6.0,
            "no-source": 0.0,
        },
        abs=0.001,
    )


def test_only_the_face_is_replaced(forgeries: dict[str, Forgery]) -> None:
    forged = pictures(forgeries["face-replaced"].path, 0, 1)[0][::2, ::2]
    true = pictures(original("carphone_pristine.mp4"), 12, 13)[0]
    mouth = (slice(72, 92), slice(78, 100))
    surroundings = (slice(100, 144), slice(0, 176))

    assert far(forged[mouth], true[mouth]) > 2 * far(forged[surroundings], true[surroundings])


def test_the_face_is_followed_while_the_man_moves(forgeries: dict[str, Forgery]) -> None:
    # He leans over: his eyes, at frame 90, are 27 pixels from where they were at first.
    forged = pictures(forgeries["face-replaced"].path, 78, 79)[0][::2, ::2]
    true = pictures(original("carphone_pristine.mp4"), 90, 91)[0]
    mouth = (slice(66, 90), slice(50, 76))
    where_he_was = (slice(72, 92), slice(86, 106))

    assert far(forged[mouth], true[mouth]) > 2 * far(forged[where_he_was], true[where_he_was])


def test_the_caption_hides_the_foot_of_the_picture_only(forgeries: dict[str, Forgery]) -> None:
    forged = pictures(forgeries["hoax-caption"].path, 0, 1)[0]
    true = pictures(original("bikes.mp4"), 30, 31)[0]

    assert far(forged[225:260], true[225:260]) > HALF_HIDDEN
    assert far(forged[40:215], true[40:215]) < HALF_HIDDEN / 10


def test_the_copy_is_mirrored(forgeries: dict[str, Forgery]) -> None:
    forged = pictures(forgeries["mirrored-crop"].path, 0, 1)[0]
    true = pictures(original("bigbuckbunny.mp4"), 6, 7)[0][::2, ::2]

    assert far(forged[:, ::-1], true) < 0.6 * far(forged, true)


def test_the_supercut_is_heard_with_another_films_sound(forgeries: dict[str, Forgery]) -> None:
    heard = sound(forgeries["supercut"].path, Interval(0.5, 4.5))[0]
    foreign = sound(original("bigbuckbunny.mp4"), Interval(0.7, 4.7))[0]
    length = min(len(heard), len(foreign))

    assert np.corrcoef(heard[:length], foreign[:length])[0, 1] > 0.8


def test_photographs_come_in_colour() -> None:
    assert photograph("astronaut.png").shape == (512, 512, 3)


def report_of(*segments: tuple[str, Interval, Interval]) -> Report:
    media = Media(10.0, 640, 272, 25.0, True, False, "mov", "h264")  # noqa: FBT003 - as a file says
    sources = tuple(
        Source(
            Asset(AssetRow(1), "a" * 64, "file:///a", name, media),
            Channel.PICTURE,
            (Segment(query, source, 1.0, Channel.PICTURE, "plain", 0.9, frame_exact=True),),
            1.0,
        )
        for name, query, source in segments
    )
    return Report(
        version="0",
        query=Query("q.mp4", "file:///q", "b" * 64, media),
        searched=Searched("x", 1, 10.0, 5, (Channel.PICTURE,)),
        sources=sources,
        unexplained=(),
        summary="",
        picture_explained=1.0,
        limits=(),
        timing={},
    )


TRUTH = Forgery(
    Path("q.mp4"),
    "cut short",
    (Taken("a.mp4", Interval(0, 2), Interval(5, 7)),),
    frame=float(1 / FILM),
)


def test_an_answer_within_a_frame_is_right() -> None:
    answer = report_of(("a.mp4", Interval(0.04, 2), Interval(5.04, 7)))

    assert misses(TRUTH, answer) == []


def test_an_answer_in_two_parts_that_join_is_right() -> None:
    answer = report_of(("a.mp4", Interval(0, 2), Interval(5, 7)))
    halves = tuple(
        Segment(query, source, 1.0, Channel.PICTURE, "plain", 0.9, frame_exact=True)
        for query, source in (
            (Interval(0, 1), Interval(5, 6)),
            (Interval(1, 2), Interval(6, 7)),
        )
    )
    source = answer.sources[0]
    parted = Source(source.asset, source.channel, halves, 1.0)

    assert misses(TRUTH, Report(**{**fields(answer), "sources": (parted,)})) == []  # type: ignore[arg-type] # as answer, but for its sources


def fields(report: Report) -> dict[str, object]:
    return {name: getattr(report, name) for name in report.__slots__}


@pytest.mark.parametrize(
    "segment",
    [
        ("a.mp4", Interval(0, 2), Interval(5.1, 7.1)),
        ("a.mp4", Interval(0, 1.5), Interval(5, 6.5)),
        ("b.mp4", Interval(0, 2), Interval(5, 7)),
    ],
    ids=["other seconds", "cut short", "other file"],
)
def test_an_answer_that_differs_is_missed_and_false(
    segment: tuple[str, Interval, Interval],
) -> None:
    assert [each.rpartition(" ")[2] for each in misses(TRUTH, report_of(segment))] == [
        "found.",
        "wrong.",
    ]


def test_anything_found_for_a_clip_without_source_is_false() -> None:
    alone = Forgery(Path("q.mp4"), "made up", (), frame=float(Fraction(1, 25)))

    assert len(misses(alone, report_of(("a.mp4", Interval(0, 2), Interval(5, 7))))) == 1


def test_the_demo_finds_what_it_forged(shown: Result) -> None:
    assert shown.exit_code == 0, shown.output
    assert (shown.stdout.count("as told"), shown.stdout.count("differs")) == (5, 0)


def test_the_demo_says_where_the_report_is(shown: Result, folder: Path) -> None:
    found = re.search(r"^Report: (.*)$", shown.stdout, re.MULTILINE)

    assert found is not None
    assert Path(found[1]) == folder / "report" / "index.html"


@pytest.mark.usefixtures("shown")
def test_the_demos_report_leads_to_a_page_for_each_clip(folder: Path) -> None:
    index = (folder / "report" / "index.html").read_text(encoding="utf-8")
    pages = re.findall(r'href="([^"]+)"', index)

    assert sorted(pages) == sorted(
        f"{path.name}.html" for path in (folder / "suspect").glob("*.mp4")
    )
    assert all((folder / "report" / page).is_file() for page in pages)
    assert "Blender Foundation" in index
