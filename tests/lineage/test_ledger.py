"""Tests of what is believed as files come one by one, in whatever order."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.catalogue import lineages
from index.catalogue.database import Catalogue
from index.catalogue.lineages import Edge
from index.values import Channel
from lineage import kept
from lineage.crowds import crowded
from lineage.derivations import Kinship, Lineage, Relation
from tests import families
from tests.families import arrows, digest, entered, kinship, pairs

FILES = "abcdef"


@lru_cache
def blank() -> bytes:
    """Return the file of a catalogue without a row: its tables take 0.3 s to make."""
    with tempfile.TemporaryDirectory() as folder:
        families.catalogue(Path(folder)).close()
        return (Path(folder) / "catalogue.sqlite").read_bytes()


@contextmanager
def empty() -> Iterator[Catalogue]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.sqlite"
        path.write_bytes(blank())
        opened = Catalogue.open(path, write=True)
        yield opened
        opened.close()


@st.composite
def measurements(draw: st.DrawFn) -> list[Kinship]:
    """Return what was measured of some of the pairs of some files: contradictions among it."""
    found = []
    for place, one in enumerate(FILES):
        for other in FILES[:place]:
            if not draw(st.booleans()):
                continue
            start = draw(st.sampled_from([0.0, 5.0, 10.0]))
            shown = ((start, start + draw(st.sampled_from([5.0, 20.0])), 0.0),)
            done = tuple(draw(st.sets(st.sampled_from(["c2pa.cropped", "c2pa.addedText"]))))
            channel = draw(st.sampled_from([Channel.PICTURE, Channel.PICTURE, Channel.SOUND]))
            sound = channel is Channel.SOUND
            relation = Relation.UNDETERMINED if sound else draw(st.sampled_from(Relation))
            sure = draw(st.sampled_from([0.99, 0.993, 0.996, 0.999]))
            odds = draw(st.sampled_from([None, (0.3, 0.3, 0.4)]))
            found.append(
                kinship(
                    other,
                    one,
                    relation,
                    channel=channel,
                    sure=sure,
                    odds=odds if relation is Relation.UNDETERMINED else None,
                    shown=shown,
                    done=done,
                    back=done[:1],
                    backwards=relation is Relation.DERIVED and draw(st.booleans()),
                )
            )
    return found


def timeless(told: Lineage) -> Lineage:
    edges = (replace(one, since=None) for one in told.edges)
    ordered = sorted(edges, key=lambda one: (one.parent, one.child, one.channel, one.relation))
    return replace(told, edges=tuple(ordered), nodes=())


def test_late_original_takes_its_copies(tmp_path: Path) -> None:
    opened = families.catalogue(tmp_path)
    measured = [kinship("a", "b"), kinship("a", "c"), kinship("b", "c")]

    late = entered(measured, "cba", opened)

    assert arrows(late) == {("a", "b", "picture"), ("b", "c", "picture")}
    with opened.reading() as change:
        past = kept.lineage(change, past=True)
    opened.close()
    assert [one.until is None for one in past.edges] == [True, True]


def test_arrow_is_believed_no_more_once_many_others_show_the_same(tmp_path: Path) -> None:
    opened = families.catalogue(tmp_path)
    others = [pair for pair in combinations("abcdefgh", 2) if pair != ("a", "b")]
    measured = [
        kinship("a", "b", sure=0.975),
        *(kinship(*pair, Relation.UNDETERMINED) for pair in others),
    ]

    few = entered(measured, "abc", opened)
    many = entered(measured, "abcdefgh", opened)

    assert arrows(few) == {("a", "b", "picture")}
    assert arrows(many) == set()
    with opened.reading() as change:
        past = kept.lineage(change, past=True)
    opened.close()
    once = [one.until for one in past.edges if one.relation is Relation.DERIVED]
    assert once
    assert None not in once


def test_parent_that_came_between_takes_the_child_and_the_old_belief_is_kept(
    tmp_path: Path,
) -> None:
    opened = families.catalogue(tmp_path)
    measured = [kinship("a", "b"), kinship("a", "c"), kinship("b", "c")]

    told = entered(measured, "acb", opened)

    assert arrows(told) == {("a", "b", "picture"), ("b", "c", "picture")}
    with opened.reading() as change:
        past = kept.lineage(change, past=True)
    opened.close()
    closed = [one for one in past.edges if one.until is not None]
    assert [(families.letter(one.parent), families.letter(one.child)) for one in closed] == [
        ("a", "c")
    ]


def test_siblings_that_something_unseen_above_their_parents_explains_stay_explained(
    tmp_path: Path,
) -> None:
    opened = families.catalogue(tmp_path)
    measured = [
        kinship("a", "b", Relation.SIBLINGS),
        kinship("a", "e"),
        kinship("b", "d"),
        kinship("d", "e", Relation.SIBLINGS),
        kinship("d", "f"),
    ]

    told = entered(measured, "abdef", opened)
    opened.close()

    assert pairs(told) == set()
    assert ("?", "a", "picture") in arrows(told)


@settings(max_examples=40)
@given(measured=measurements(), order=st.permutations(FILES))
def test_what_is_believed_depends_on_no_order(measured: list[Kinship], order: list[str]) -> None:
    with empty() as one, empty() as other:
        first, second = entered(measured, FILES, one), entered(measured, order, other)

    assert timeless(first) == timeless(second)


@settings(max_examples=40)
@given(measured=measurements(), order=st.permutations(FILES))
def test_file_by_file_the_same_is_believed_as_of_all_at_once(
    measured: list[Kinship], order: list[str]
) -> None:
    whole = families.believed(crowded(measured))

    with empty() as opened:
        told = entered(measured, order, opened)

    assert arrows(told) == arrows(whole)
    assert pairs(told) == pairs(whole)


@settings(max_examples=40)
@given(measured=measurements(), order=st.permutations(FILES))
def test_nothing_is_its_own_ancestor_whatever_was_measured(
    measured: list[Kinship], order: list[str]
) -> None:
    with empty() as opened:
        told = entered(measured, order, opened)

    graph = nx.DiGraph(
        (one.parent, one.child) for one in told.edges if one.relation is Relation.DERIVED
    )
    assert nx.is_directed_acyclic_graph(graph)


@pytest.mark.parametrize("order", ["abcdefghij", "jgdahebifc"])
def test_circle_wider_than_what_a_file_shares_something_with_is_broken(
    tmp_path: Path, order: str
) -> None:
    ring = "abcdefghij"
    measured = [kinship(one, other) for one, other in pairwise(ring)]
    measured.append(kinship("j", "a", sure=0.951))
    opened = families.catalogue(tmp_path)

    told = entered(measured, order, opened)

    opened.close()
    assert arrows(told) == {(one, other, "picture") for one, other in pairwise(ring)}
    assert pairs(told) == {("a", "j", "undetermined")}


def test_cycle_is_refused_before_it_is_stored(tmp_path: Path) -> None:
    opened = families.catalogue(tmp_path)
    with opened.changing() as change:
        a, b, c = lineages.add(change, {digest(name): {} for name in "abc"}).values()
        there = [Edge(a, b, 0, "derived", 0.9), Edge(b, c, 0, "derived", 0.9)]
        lineages.believe(change, [], there, "2026-05-01T00:00:00+00:00")

    with pytest.raises(ValueError, match="its own ancestor"), opened.changing() as change:
        lineages.believe(change, [], [Edge(c, a, 0, "derived", 0.9)], "2026-05-01T00:00:00+00:00")
    opened.close()


CLOSING = """
    INSERT INTO edges SELECT 9, child, {}, 0, 'derived', 0.9, '{{}}', 'm', 's', NULL
    FROM edges WHERE child = 3
"""
FORGED = {
    "edge that closes a cycle": CLOSING.format(
        "child_rank, 1, (SELECT rank FROM nodes WHERE id = 1)"
    ),
    "ranks that no node has": CLOSING.format("-99, 1, 99"),
    "rank of a node": "UPDATE nodes SET rank = 99 WHERE id = 2",
    "edge turned round": """
        UPDATE edges SET parent = child, child = parent, parent_rank = child_rank,
        child_rank = parent_rank WHERE child = 3
    """,
    "edge believed again": "UPDATE edges SET until = NULL",
}


@pytest.mark.parametrize("statement", FORGED.values(), ids=FORGED)
def test_database_itself_refuses_a_cycle(tmp_path: Path, statement: str) -> None:
    opened = families.catalogue(tmp_path)
    with opened.changing() as change:
        a, b, c = lineages.add(change, {digest(name): {} for name in "abc"}).values()
        back = [Edge(c, a, 0, "derived", 0.9)]
        lineages.believe(change, [], back, "2026-04-01T00:00:00+00:00")
        there = [Edge(a, b, 0, "derived", 0.9), Edge(b, c, 0, "derived", 0.9)]
        closed = [row.id for row in lineages.believed(change) if row.id is not None]
        lineages.believe(change, closed, there, "2026-05-01T00:00:00+00:00")
    opened.close()
    connection = sqlite3.connect(tmp_path / "catalogue.sqlite")
    connection.execute("PRAGMA foreign_keys = ON")

    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()
