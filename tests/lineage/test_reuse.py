"""Tests of what is read of reuse, on archives whose lineage was made up."""

from pathlib import Path

import pytest

from index.archive import Archive
from index.catalogue import lineages
from index.catalogue.database import Change
from index.errors import NotFoundError
from index.values import Channel, Interval
from lineage import reuse as rooms
from lineage.coverage import Tie
from lineage.derivations import Kinship, Relation, Role
from lineage.reuse import MostReused, Reuse, most_reused, reuse
from tests import families
from tests.families import kinship

CHAIN = [
    kinship("a", "b", shown=[(0, 10, 5)]),
    kinship("b", "c", shown=[(0, 4, 3)]),
    kinship("a", "c", Relation.UNDETERMINED, shown=[(0, 4, 8)]),
]
"""From a a stretch went into b, and from b some of it into c; a and c alone tell no direction."""
SOUND = kinship("d", "c", Relation.UNDETERMINED, channel=Channel.SOUND)


def told(found: Reuse, channel: Channel = Channel.PICTURE) -> dict[str, tuple[Tie, list[Interval]]]:
    """Return how each other file is related, and what it shows, by names without their endings."""
    names = {one.id: (one.name or "?").removesuffix(".mp4") for one in found.nodes}
    return {
        names[use.file]: (use.tie, list(use.stretches))
        for each in found.coverages
        if each.channel is channel
        for use in each.uses
    }


def best(found: MostReused) -> list[tuple[str, Interval, int, list[str]]]:
    names = {one.id: (one.name or "?").removesuffix(".mp4") for one in found.nodes}
    return [
        (
            names[one.asset],
            one.peak.interval,
            one.peak.at_once,
            sorted(names[file] for file in one.peak.files),
        )
        for one in found.stretches
    ]


def asked(folder: Path, word: str) -> Reuse:
    with Archive.open(folder) as opened:
        return reuse(opened, word)


def ranked(folder: Path, top: int = 10) -> MostReused:
    with Archive.open(folder) as opened:
        return most_reused(opened, top=top)


def test_file_made_at_two_removes_is_a_descendant_and_counts_once(tmp_path: Path) -> None:
    folder = families.archived(tmp_path, "abc", CHAIN, related="abc")

    assert told(asked(folder, "a.mp4")) == {
        "b": (Tie.DESCENDANT, [Interval(5, 15)]),
        "c": (Tie.DESCENDANT, [Interval(8, 12)]),
    }


def test_parent_and_child_of_a_file_are_told_apart(tmp_path: Path) -> None:
    folder = families.archived(tmp_path, "abc", CHAIN, related="abc")

    assert told(asked(folder, "b.mp4")) == {
        "a": (Tie.ANCESTOR, [Interval(0, 10)]),
        "c": (Tie.DESCENDANT, [Interval(3, 7)]),
    }


@pytest.mark.parametrize("relation", [Relation.UNDETERMINED, Relation.DUPLICATE, Relation.SIBLINGS])
def test_file_without_direction_is_not_said_to_be_made_from_the_other(
    tmp_path: Path, relation: Relation
) -> None:
    folder = families.archived(tmp_path, "ab", [kinship("a", "b", relation)], related="ab")

    assert told(asked(folder, "a.mp4")) == {"b": (Tie.OTHER, [Interval(0, 10)])}
    assert best(ranked(folder)) == []


def test_copies_of_one_parent_are_not_made_from_one_another(tmp_path: Path) -> None:
    measured = [kinship("a", "b"), kinship("a", "c"), kinship("b", "c", Relation.SIBLINGS)]
    folder = families.archived(tmp_path, "abc", measured, related="abc")

    assert told(asked(folder, "b.mp4"))["c"] == (Tie.OTHER, [Interval(0, 10)])


def test_sound_is_told_apart_from_pictures(tmp_path: Path) -> None:
    folder = families.archived(tmp_path, "abcd", [*CHAIN, SOUND], related="abcd")

    assert told(asked(folder, "c.mp4")).keys() == {"a", "b"}
    assert told(asked(folder, "c.mp4"), Channel.SOUND) == {"d": (Tie.OTHER, [Interval(0, 10)])}


def test_descent_of_pictures_decides_nothing_of_sound(tmp_path: Path) -> None:
    measured = [
        kinship("a", "b", shown=[(0, 4, 0)]),
        kinship("b", "c", shown=[(0, 4, 6)]),
        kinship("a", "c", Relation.UNDETERMINED, channel=Channel.SOUND),
    ]
    folder = families.archived(tmp_path, "abc", measured, related="abc")

    assert told(asked(folder, "a.mp4")) == {"b": (Tie.DESCENDANT, [Interval(0, 4)])}
    assert told(asked(folder, "a.mp4"), Channel.SOUND) == {"c": (Tie.OTHER, [Interval(0, 10)])}
    assert {one.channel for one in ranked(folder).stretches} == {Channel.PICTURE}


def test_what_is_believed_no_more_is_no_descent(tmp_path: Path) -> None:
    folder = families.archived(tmp_path, "ab", [kinship("a", "b")], related="ab")
    with Archive.open(folder, write=True) as opened, opened.lineages.changing() as change:
        closed = [row.id for row in lineages.believed(change) if row.id is not None]
        lineages.believe(change, closed, [], "2026-06-01T00:00:00+00:00")

    assert told(asked(folder, "a.mp4")) == {"b": (Tie.OTHER, [Interval(0, 10)])}
    assert best(ranked(folder)) == []


def test_moment_that_a_file_repeats_is_joined(tmp_path: Path) -> None:
    measured = [kinship("a", "b", shown=[(0, 4, 6), (4, 8, 6), (8, 12, 8)])]
    folder = families.archived(tmp_path, "ab", measured, related="ab")

    assert told(asked(folder, "a.mp4"))["b"] == (Tie.DESCENDANT, [Interval(6, 12)])


def test_removed_file_still_counts_as_what_it_was(tmp_path: Path) -> None:
    folder = families.archived(tmp_path, "abc", CHAIN, related="abc")
    with Archive.open(folder, write=True) as opened:
        opened.remove(opened.find("b.mp4"))

    found = asked(folder, "a.mp4")

    assert told(found)["b"] == (Tie.DESCENDANT, [Interval(5, 15)])
    assert {one.role for one in found.nodes if one.name == "b.mp4"} == {Role.REMOVED}
    assert told(asked(folder, "b.mp4"))["c"][0] is Tie.DESCENDANT
    assert {row[0] for row in best(ranked(folder))} == {"a"}


def test_file_that_shares_nothing_is_named_and_nothing_else(tmp_path: Path) -> None:
    folder = families.archived(tmp_path, "abcd", CHAIN, related="abc")

    found = asked(folder, "d.mp4")

    assert (found.asset.name, found.coverages, found.nodes) == ("d.mp4", (), (found.asset,))


def test_name_that_no_file_has_is_not_found(tmp_path: Path) -> None:
    folder = families.archived(tmp_path, "ab", [], related="ab")

    with pytest.raises(NotFoundError):
        asked(folder, "nobody.mp4")


@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
def test_most_reused_stretches_do_not_depend_on_the_order_of_arrival(
    tmp_path: Path, order: str
) -> None:
    folder = families.archived(tmp_path, order, CHAIN, related=order)

    assert best(ranked(folder)) == [
        ("a", Interval(8, 12), 2, ["b", "c"]),
        ("a", Interval(5, 15), 1, ["b", "c"]),
        ("b", Interval(3, 7), 1, ["c"]),
    ]


def test_file_that_cannot_be_among_the_best_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[Kinship] = [*CHAIN, kinship("d", "e")]
    folder = families.archived(tmp_path, "abcde", measured, related="abcde")
    monkeypatch.setattr(rooms, "BATCH", 1)
    read: list[int] = []
    shown = lineages.shown

    def noted(change: Change, ids: list[int], channel: int) -> list[tuple[int, int, str]]:
        read.extend(ids)
        return shown(change, ids, channel)

    monkeypatch.setattr(lineages, "shown", noted)

    found = ranked(folder, top=1)

    assert best(found) == [("a", Interval(8, 12), 2, ["b", "c"])]
    assert len(read) == 1


def test_file_with_most_made_from_it_is_found_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = [kinship(one, two) for one, two in ("ab", "ac", "de", "df", "dg")]
    folder = families.archived(tmp_path, "abcdefg", measured, related="abcdefg")
    monkeypatch.setattr(rooms, "BATCH", 1)

    assert best(ranked(folder, top=1)) == [("d", Interval(0, 10), 3, ["e", "f", "g"])]


def test_best_of_a_few_at_a_time_are_the_best_of_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = [*CHAIN, kinship("d", "e", shown=[(0, 9, 0)]), kinship("f", "g", shown=[(0, 8, 1)])]
    folder = families.archived(tmp_path, "abcdefg", measured, related="abcdefg")
    whole = ranked(folder)
    monkeypatch.setattr(rooms, "BATCH", 1)

    assert len(whole.stretches) == 5
    assert ranked(folder) == whole
    assert ranked(folder, top=4).stretches == whole.stretches[:4]
