"""Tests of archives whose files are related, with real small clips."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from index import bulk
from index.archive import Archive
from index.catalogue import lineages
from index.errors import NotFoundError
from index.values import Asset, Channel, Interval
from lineage import kinships
from lineage.derivations import Edge, Kinship, Relation, Role, Way
from lineage.kinships import Event, Related, Waiting
from tests import clips, families
from tests.clips import Coding, Picture

CUTS = (2.0, 4.0)


SIZE = (480, 270)


def child(picture: Picture, _: float) -> Picture:
    """Return the middle of a picture, with a caption over it."""
    return _captioned(picture[20:250, 36:444], "BREAKING", 0.78)


def grandchild(picture: Picture, time: float) -> Picture:
    """Return the middle of a child's picture, with a second caption."""
    return _captioned(child(picture, time)[14:214, 24:380], "EXCLUSIVE", 0.06)


def _captioned(picture: Picture, words: str, at: float) -> Picture:
    out = np.ascontiguousarray(picture)
    height, width = out.shape[:2]
    top = round(at * height)
    cv2.rectangle(out, (12, top), (width // 2, top + 32), (250, 250, 250), -1)
    cv2.putText(out, words, (18, top + 24), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (10, 10, 10), 2)
    return out


def cropped(picture: clips.Picture, _: float) -> clips.Picture:
    return np.ascontiguousarray(picture[20:-20, 36:-36])


@pytest.fixture(scope="session")
def family(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An original, a captioned crop of a part of it, such a crop of that, and a stranger."""
    folder = tmp_path_factory.mktemp("family")
    return {
        "original": clips.movie(
            folder / "original.mp4", seconds=6, cuts=CUTS, size=SIZE, coding=Coding(quality=16)
        ),
        "child": clips.movie(
            folder / "child.mp4",
            seconds=4.4,
            start=0.8,
            cuts=CUTS,
            size=SIZE,
            edit=child,
            coding=Coding(quality=23),
        ),
        "grandchild": clips.movie(
            folder / "grandchild.mp4",
            seconds=3,
            start=1.4,
            cuts=CUTS,
            size=SIZE,
            edit=grandchild,
            coding=Coding(quality=33),
        ),
        "stranger": clips.movie(folder / "stranger.mp4", seconds=3, cuts=(1.0,), seed=9),
    }


@dataclass(frozen=True, slots=True)
class Tree:
    """What is believed of archived files, by their names.

    Attributes:
        arrows: Parent and child of each.
        others: Pairs without direction.
    """

    arrows: frozenset[tuple[str, str]]
    others: frozenset[frozenset[str]]


def tree(archive: Archive) -> Tree:
    found = kinships.lineage(archive)
    names = {one.id: Path(one.name or "unseen").stem for one in found.nodes}
    ends = [(names[one.parent], names[one.child], one.relation) for one in found.edges]
    return Tree(
        frozenset((parent, child) for parent, child, how in ends if how is Relation.DERIVED),
        frozenset(
            frozenset((parent, child)) for parent, child, how in ends if how is not Relation.DERIVED
        ),
    )


def indexed(archive: Archive, *films: Path) -> None:
    bulk.index_files(archive, films, workers=1, on_event=lambda _: None)


def told(events: Iterable[Event]) -> dict[str, type]:
    return {Path(one.asset.name).stem: type(one) for one in events}


ORIGINAL, CHILD, GRANDCHILD = "original", "child", "grandchild"
DESCENT = Tree(frozenset({(ORIGINAL, CHILD), (CHILD, GRANDCHILD)}), frozenset())


@pytest.fixture(scope="session")
def archive(family: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the family, related in one go, in the order in which it was made."""
    folder = tmp_path_factory.mktemp("related") / "archive"
    with Archive.open(folder, create=True) as opened:
        indexed(opened, *family.values())
        assert set(told(kinships.update(opened)).values()) == {Related}
    return folder


@pytest.fixture
def copied(archive: Path, tmp_path: Path) -> Path:
    return shutil.copytree(archive, tmp_path / "archive")


def test_crops_and_captions_tell_who_descends_from_whom(archive: Path) -> None:
    with Archive.open(archive) as opened:
        assert tree(opened) == DESCENT
        assert kinships.waiting(opened) == 0


def test_edge_says_what_was_done_when_and_by_which_method(archive: Path) -> None:
    with Archive.open(archive) as opened:
        found = kinships.lineage(opened, GRANDCHILD + ".mp4")
        child = opened.find("child.mp4").id

    edge = next(one for one in found.edges if one.parent == child)
    assert {"c2pa.cropped", "c2pa.trimmed"} <= set(edge.actions)
    assert edge.confidence >= 0.95
    assert edge.method == kinships.METHOD
    assert edge.stretches[0].child == Interval(0.0, 3.0)
    assert edge.stretches[0].parent is not None
    assert edge.stretches[0].parent.start == pytest.approx(0.6, abs=0.05)
    assert any("“child.mp4” shows more around the picture" in one for one in edge.evidence)


def test_edge_without_direction_says_which_was_not_made_from_which(tmp_path: Path) -> None:
    films = [
        clips.movie(
            tmp_path / name,
            seconds=4,
            cuts=CUTS,
            size=SIZE,
            edit=edit,
            coding=Coding(quality=quality),
        )
        for name, edit, quality in (("whole.mp4", None, 16), ("part.mp4", cropped, 30))
    ]
    with Archive.open(tmp_path / "archive", create=True) as opened:
        indexed(opened, *films)
        list(kinships.update(opened))
        found = kinships.lineage(opened)
    (edge,), nodes = found.edges, found.nodes

    assert edge.relation is Relation.UNDETERMINED
    assert edge.evidence[-1] == "“whole.mp4” was not made from “part.mp4”."
    names = {one.id: one.name for one in nodes}
    parent, child = names[edge.parent], names[edge.child]
    assert edge.excluded is not None
    onward = edge.excluded is Way.ONWARD
    assert ((parent, child) if onward else (child, parent)) == ("part.mp4", "whole.mp4")


def test_other_archive_of_the_same_files_holds_the_same_tree_whatever_came_first(
    archive: Path, family: dict[str, Path], tmp_path: Path
) -> None:
    seen = []
    with Archive.open(tmp_path / "other", create=True) as opened:
        for name in (GRANDCHILD, "stranger", ORIGINAL, CHILD):
            indexed(opened, family[name])
            assert told(kinships.update(opened)) == {name: Related}
            seen.append(tree(opened).arrows)
        past = kinships.lineage(opened, past=True)
        assert tree(opened) == DESCENT

    # Searching for the original may miss the grandchild, which shows half of it under two captions.
    assert seen[:2] == [frozenset(), frozenset()]
    assert seen[2] <= {(ORIGINAL, GRANDCHILD)}
    assert [one.until is None for one in past.edges].count(False) == len(seen[2])
    with Archive.open(archive) as first, Archive.open(tmp_path / "other") as second:
        assert edges(first) == edges(second)


def edges(archive: Archive) -> list[Edge]:
    return [replace(one, since=None) for one in kinships.lineage(archive).edges]


def test_removed_file_stays_in_the_tree_as_what_it_was(
    copied: Path, family: dict[str, Path]
) -> None:
    with Archive.open(copied, write=True) as opened:
        asset = opened.find("child.mp4")
        opened.remove(asset)

        found = kinships.lineage(opened, asset.id)
        assert tree(opened) == DESCENT
        removed = next(one for one in found.nodes if one.id == asset.id)
        assert (removed.role, removed.name, removed.media) == (
            Role.REMOVED,
            "child.mp4",
            asset.media,
        )
        assert kinships.waiting(opened) == 0
        indexed(opened, family[CHILD])
        assert kinships.waiting(opened) == 1
        back = kinships.lineage(opened, asset.id)

    assert [one.role for one in back.nodes] == [Role.ASSET] * 3


def test_lineage_of_a_stranger_is_itself_alone_or_nothing(archive: Path) -> None:
    with Archive.open(archive) as opened:
        assert kinships.lineage(opened, "stranger.mp4").edges == ()
        with pytest.raises(NotFoundError):
            kinships.lineage(opened, "nobody.mp4")


@pytest.fixture(scope="session")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three copies of one clip, cheap to search for."""
    folder = tmp_path_factory.mktemp("copies")
    for place, quality in enumerate((18, 24, 30)):
        coding = Coding(quality=quality)
        clips.movie(folder / f"{place}.mp4", seconds=2, cuts=(1.0,), coding=coding)
    return folder


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[str]]:
    """Compare no pixels; return a list of the pairs that would have been, by name."""
    asked: list[frozenset[str]] = []

    def compared(_: Archive, one: Asset, other: Asset, **__: object) -> list[Kinship]:
        asked.append(frozenset((one.name, other.name)))
        first, second = sorted((one, other), key=lambda each: each.name)
        made = families.kinship("a", "b")
        method = kinships.METHOD
        return [replace(made, query=second.digest, source=first.digest, method=method)]

    monkeypatch.setattr(kinships, "compared", compared)
    return asked


def test_each_pair_is_compared_once(
    copies: Path, tmp_path: Path, quick: list[frozenset[str]]
) -> None:
    with Archive.open(tmp_path / "archive", create=True) as opened:
        indexed(opened, copies)
        list(kinships.update(opened))
        list(kinships.update(opened))

        assert tree(opened).arrows == {("0", "1"), ("1", "2")}
    assert len(quick) == len(set(quick)) == 3


def test_update_that_is_stopped_goes_on_with_what_is_left(
    copies: Path, tmp_path: Path, quick: list[frozenset[str]]
) -> None:
    with Archive.open(tmp_path / "archive", create=True) as opened:
        indexed(opened, copies)
        next(kinships.update(opened))
        assert kinships.waiting(opened) == 2

        assert set(told(kinships.update(opened))) == {"1", "2"}
        assert tree(opened).arrows == {("0", "1"), ("1", "2")}
    assert len(quick) == 3


def test_nothing_is_kept_of_a_file_at_which_an_update_was_stopped(
    copies: Path, tmp_path: Path, quick: list[frozenset[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with Archive.open(tmp_path / "archive", create=True) as opened:
        indexed(opened, copies)
        with monkeypatch.context() as patch:
            patch.setattr(lineages, "relate", stopped)
            with pytest.raises(KeyboardInterrupt):
                list(kinships.update(opened))
        assert kinships.lineage(opened).edges == ()

        assert set(told(kinships.update(opened)).values()) == {Related}
    assert len(quick) == 6


def test_file_that_is_away_waits_and_is_named(
    copies: Path, tmp_path: Path, quick: list[frozenset[str]]
) -> None:
    films = shutil.copytree(copies, tmp_path / "films")
    with Archive.open(tmp_path / "archive", create=True) as opened:
        indexed(opened, films)
        (films / "1.mp4").rename(tmp_path / "away.mp4")

        events = list(kinships.update(opened))
        assert set(told(events).values()) == {Waiting}
        assert all("“1.mp4” cannot be compared" in one.reason for one in waits(events))
        assert tree(opened).arrows == {("0", "2")}

        (tmp_path / "away.mp4").rename(films / "1.mp4")
        assert set(told(kinships.update(opened)).values()) == {Related}
        assert tree(opened).arrows == {("0", "1"), ("1", "2")}
    assert len(quick) == 3


def waits(events: Iterable[Event]) -> list[Waiting]:
    return [one for one in events if isinstance(one, Waiting)]


def test_pictures_of_one_file_and_sound_of_another_have_both_as_parents(tmp_path: Path) -> None:
    speech = clips.speech(8.0, seed=5)
    films = [
        clips.movie(
            tmp_path / "pictures.mp4",
            seconds=6,
            cuts=CUTS,
            size=SIZE,
            sound=clips.speech(6.0, seed=3),
            coding=Coding(quality=16),
        ),
        clips.movie(tmp_path / "speech.mp4", seconds=8, cuts=CUTS, seed=7, sound=speech),
        clips.movie(
            tmp_path / "dub.mp4",
            seconds=4,
            start=1.0,
            cuts=CUTS,
            size=SIZE,
            edit=child,
            sound=speech[32_000:96_000],
            coding=Coding(quality=33),
        ),
    ]

    with Archive.open(tmp_path / "archive", create=True) as opened:
        indexed(opened, *films)
        list(kinships.update(opened))
        found = kinships.lineage(opened)

    names = {one.id: one.name for one in found.nodes}
    edges = {one.channel: one for one in found.edges if one.relation is Relation.DERIVED}
    assert {channel: names[one.parent] for channel, one in edges.items()} == {
        Channel.PICTURE: "pictures.mp4",
        Channel.SOUND: "speech.mp4",
    }
    picture, sound = (edges[channel].stretches[0] for channel in (Channel.PICTURE, Channel.SOUND))
    assert picture.parent is not None
    assert sound.parent is not None
    assert picture.parent.start == pytest.approx(1.0, abs=0.1)
    assert sound.parent.start == pytest.approx(2.0, abs=0.15)
    assert edges[Channel.SOUND].confidence <= 0.9
