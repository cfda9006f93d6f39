"""Where files of a family stand in its drawing, and which of them are drawn."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.exports.families.kin import families, forest, generations, nodes_alone, walked
from api.exports.families.layout import SIGNS, plan
from api.exports.families.moments import moments
from api.exports.families.places import STEP, WIDE, WORDS
from api.exports.families.values import Card, Family, Limits, Plan, Way
from api.exports.families.words import rows, told, wrapped
from index.values import Channel, Interval
from lineage.derivations import Edge, Lineage, Node, Relation, Role, Stretch
from tests import families as made

NARROW = Limits(beside=3, starts=4, family=12)
DATES = ("2019-06-01T10:00:00+00:00", "2020-01-01T00:00:00+00:00", "2024-02-29T12:00:00+00:00")


def node(number: int, *, published: str | None = None, role: Role = Role.ASSET) -> Node:
    name = f"{number:016x}"
    if role is Role.UNSEEN:
        return Node(f"unseen-{name}", role)
    return Node(name, role, f"file-{number}.mp4", "0" * 64, made.media(), published_at=published)


def edge(
    parent: Node,
    child: Node,
    relation: Relation = Relation.DERIVED,
    *,
    channel: Channel = Channel.PICTURE,
    start: float = 0.0,
) -> Edge:
    stretch = Stretch(Interval(start, start + 4), Interval(start + 10, start + 14))
    return Edge(parent.id, child.id, channel, relation, 0.9, (stretch,), ("c2pa.cropped",))


def star(count: int, **dates: str) -> Lineage:
    """Return a file and so many copies of it."""
    nodes = [node(number, published=dates.get(f"n{number}")) for number in range(count + 1)]
    return Lineage(tuple(nodes), tuple(edge(nodes[0], one) for one in nodes[1:]))


def only(found: Lineage) -> Family:
    [family] = families(found)
    return family


@st.composite
def lineages(draw: st.DrawFn) -> Lineage:
    """Draw files of which each may be made from earlier ones, or share something with them."""
    roles = st.sampled_from([Role.ASSET, Role.ASSET, Role.REMOVED, Role.UNSEEN])
    ordered = draw(st.booleans())
    first = datetime(2020, 1, 1, tzinfo=UTC)
    # What was made from a file comes after it; told by time, days may lie between, or years.
    days = accumulate(iter(lambda: draw(st.sampled_from([1, 30, 900])), None))
    dates = ((first + timedelta(days=day)).isoformat() for day in days)
    nodes = [
        node(number, published=next(dates) if ordered else None, role=draw(roles))
        for number in range(draw(st.integers(2, 24)))
    ]
    edges = []
    for at, child in enumerate(nodes[1:], 1):
        for parent in draw(st.sets(st.integers(0, at - 1), max_size=3)):
            relation, channel = draw(st.sampled_from(Relation)), draw(st.sampled_from(Channel))
            edges.append(edge(nodes[parent], child, relation, channel=channel, start=float(at)))
    return Lineage(tuple(nodes), tuple(edges))


def plans(found: Lineage, limits: Limits = NARROW) -> list[Plan]:
    return [plan(one, limits=limits) for one in families(found)]


def apart(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Return whether two boxes, left, top, right and bottom, share nothing."""
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def box(card: Card) -> tuple[float, ...]:
    return card.x, card.y, card.x + WIDE, card.y + card.high


def written(found: Plan) -> list[tuple[float, ...]]:
    """Return the boxes of the words beside lines."""
    places = [(*line.at, len(line.words)) for line in found.lines]
    return [(x, y - SIGNS, x + WORDS, y + SIGNS * (count - 1)) for x, y, count in places]


def places(found: Plan) -> dict[str, Card]:
    return {card.node.id: card for card in found.cards if card.node is not None}


@given(lineages())
def test_no_card_lies_over_another(found: Lineage) -> None:
    for each in plans(found):
        boxes = [box(card) for card in each.cards]
        assert all(apart(one, other) for one, other in combinations(boxes, 2))


@given(lineages())
def test_words_of_a_line_lie_neither_over_a_card_nor_over_other_words(found: Lineage) -> None:
    for each in plans(found):
        words = written(each)
        assert all(apart(one, box(card)) for one in words for card in each.cards)
        assert all(apart(one, other) for one, other in combinations(words, 2))


@given(lineages())
def test_child_stands_right_of_each_parent(found: Lineage) -> None:
    for each in plans(found):
        cards = places(each)
        arrows = [one.edge for one in each.lines if one.edge.relation is Relation.DERIVED]
        assert all(cards[one.child].x >= cards[one.parent].x + STEP for one in arrows)


@given(lineages())
def test_all_is_within_the_drawing(found: Lineage) -> None:
    for each in plans(found):
        boxes = [*map(box, each.cards), *written(each)]
        assert min(min(one[:2]) for one in boxes) >= 0
        assert max(one[2] for one in boxes) <= each.size[0]
        assert max(one[3] for one in boxes) <= each.size[1]


@given(lineages())
def test_each_file_is_drawn_once_or_counted(found: Lineage) -> None:
    every = families(found)
    for each, family in zip(plans(found), every, strict=True):
        shown = [one.id for one in each.shown]
        assert len(shown) == len(set(shown)) <= NARROW.family
        assert len(shown) + sum(card.more for card in each.cards) == len(family.nodes)
    alone = {one.id for one in nodes_alone(found)}
    assert alone | {name for one in every for name in one.nodes} == {n.id for n in found.nodes}


@given(lineages())
def test_line_meets_the_cards_it_joins(found: Lineage) -> None:
    for each in plans(found):
        cards = places(each)
        for line in each.lines:
            ends = {cards[line.edge.parent], cards[line.edge.child]}
            for x, y in (line.start, line.end):
                assert any(
                    x in {one.x, one.x + WIDE} and one.y <= y <= one.y + one.high for one in ends
                )


@given(lineages(), st.randoms())
def test_plan_does_not_depend_on_the_order_of_what_it_is_made_of(
    found: Lineage, chance: Random
) -> None:
    nodes, edges = list(found.nodes), list(found.edges)
    chance.shuffle(nodes)
    chance.shuffle(edges)

    assert plans(Lineage(tuple(nodes), tuple(edges))) == plans(found)


def test_families_come_largest_first() -> None:
    nodes = [node(number) for number in range(6)]
    edges = (edge(nodes[0], nodes[1]), edge(nodes[2], nodes[3]), edge(nodes[3], nodes[4]))

    found = families(Lineage(tuple(nodes), edges))

    assert [list(one.nodes) for one in found] == [
        [nodes[2].id, nodes[3].id, nodes[4].id],
        [nodes[0].id, nodes[1].id],
    ]


def test_what_is_believed_no_more_joins_no_family() -> None:
    nodes = node(0), node(1)
    past = Edge(nodes[0].id, nodes[1].id, Channel.PICTURE, Relation.DERIVED, 0.9, until="2026")

    assert families(Lineage(nodes, (past,))) == []


def test_file_that_is_its_own_ancestor_is_refused() -> None:
    nodes = node(0), node(1)
    circle = edge(nodes[0], nodes[1]), edge(nodes[1], nodes[0])

    with pytest.raises(ValueError, match="ancestor"):
        generations(only(Lineage(nodes, circle)))


def test_copies_beyond_a_number_are_counted_in_one_card() -> None:
    drawn = plan(only(star(320)))

    assert len(drawn.shown) == 1 + 8
    [more] = [card for card in drawn.cards if card.node is None]
    assert (more.more, more.leaves) == (312, True)


def test_files_with_the_most_descendants_are_drawn() -> None:
    found = star(20)
    last, child = found.nodes[-1], node(99)
    family = only(Lineage((*found.nodes, child), (*found.edges, edge(last, child))))

    drawn = forest(family, generations(family), limits=NARROW)

    assert last.id in {one.node.id for one in walked(drawn.branches)}


def test_children_come_by_when_they_begin_in_their_parent() -> None:
    nodes = [node(number) for number in range(4)]
    edges = [edge(nodes[0], one, start=10.0 - at) for at, one in enumerate(nodes[1:])]
    cards = places(plan(only(Lineage(tuple(nodes), tuple(edges)))))

    assert [one.id for one in sorted(nodes[1:], key=lambda one: cards[one.id].y)] == [
        nodes[3].id,
        nodes[2].id,
        nodes[1].id,
    ]


def test_later_stands_more_to_the_right_where_all_times_are_known() -> None:
    drawn = plan(only(star(2, n0=DATES[0], n1=DATES[2], n2=DATES[1])))
    cards = {name: card.x for name, card in places(drawn).items()}

    assert cards[f"{0:016x}"] < cards[f"{2:016x}"] < cards[f"{1:016x}"]
    assert [text for _, text in drawn.ticks] == ["2019-06-01", "2020-01-01", "2024-02-29"]


@pytest.mark.parametrize(
    "dates",
    [
        {"n0": DATES[0], "n1": DATES[1]},
        {"n0": DATES[1], "n1": DATES[0], "n2": DATES[2]},
        {"n0": DATES[0], "n1": DATES[0], "n2": DATES[2]},
        {"n0": DATES[0], "n1": DATES[1], "n2": "some day"},
    ],
    ids=["one not known", "child before parent", "child with its parent", "no date"],
)
def test_steps_are_told_where_time_does_not_lead_from_parent_to_child(
    dates: dict[str, str],
) -> None:
    drawn = plan(only(star(2, **dates)))

    assert drawn.ticks == ()
    assert len({card.x for card in drawn.cards}) == 2


def test_file_nobody_has_seen_stands_before_what_was_made_from_it() -> None:
    unseen = node(9, role=Role.UNSEEN)
    children = [node(at, published=DATES[at]) for at in range(2)]
    edges = tuple(edge(unseen, one) for one in children)
    drawn = plan(only(Lineage((unseen, *children), edges)))

    assert drawn.ticks
    assert places(drawn)[unseen.id].x == min(card.x for card in drawn.cards)


def test_words_of_many_parents_stand_beside_these() -> None:
    """Beside the child they would make it as high as all of them."""
    clip, sources = node(0), [node(number) for number in range(1, 16)]
    found = Lineage((clip, *sources), tuple(edge(one, clip) for one in sources))

    drawn = plan(only(found))

    assert [one.way for one in drawn.lines].count(Way.ACROSS) == 14
    assert places(drawn)[clip.id].high < 300


def test_what_has_no_direction_runs_around_the_left() -> None:
    nodes = node(0), node(1)
    drawn = plan(only(Lineage(nodes, (edge(*nodes, Relation.SIBLINGS),))))

    assert [one.way for one in drawn.lines] == [Way.ASIDE]


def test_of_lines_without_direction_the_surest_are_drawn_few_at_each_card() -> None:
    nodes = [node(number) for number in range(9)]
    pairs = [
        replace(edge(one, other, Relation.UNDETERMINED), confidence=0.9 - 0.01 * place)
        for place, (one, other) in enumerate(combinations(nodes, 2))
    ]

    drawn = plan(only(Lineage(tuple(nodes), tuple(pairs)))).lines

    met = Counter(end for line in drawn for end in (line.edge.parent, line.edge.child))
    assert pairs[0] in [line.edge for line in drawn]
    assert len(drawn) < 20
    assert sorted(met.values())[-2] <= 4


@given(lineages())
def test_what_hangs_together_does_so_where_it_is_drawn(found: Lineage) -> None:
    whole = Limits(beside=99, starts=99, family=99, open=0)
    for each in plans(found, whole):
        edges = tuple(line.edge for line in each.lines)
        [family] = families(Lineage(tuple(each.shown), edges))
        assert len(family.nodes) == len(each.shown)


def test_file_is_looked_at_where_it_shows_what_it_shares() -> None:
    found = star(1)
    family = only(found)

    shown = moments([(one, family) for one in found.nodes])

    assert shown == {found.nodes[0].id: 12.0, found.nodes[1].id: 2.0}


def test_file_that_shares_sound_alone_is_looked_at_in_its_middle() -> None:
    nodes = node(0), node(1)
    family = only(Lineage(nodes, (edge(*nodes, channel=Channel.SOUND),)))

    assert moments([(nodes[0], family)]) == {nodes[0].id: 30.0}


@given(st.text(max_size=300), st.integers(4, 30))
def test_name_fits_into_its_lines(name: str, signs: int) -> None:
    lines: Sequence[str] = wrapped(name, signs, 2)

    assert len(lines) <= 2
    assert all(len(line) <= signs for line in lines)


def test_name_on_a_card_has_nothing_that_moves_other_signs() -> None:
    one = Node("1", Role.ASSET, "a\x1b[2J\u202egpj.mp4", "0" * 64, made.media())

    assert "".join(rows(one)) == "a\ufffd[2J\ufffdgpj.mp4"


def test_edge_says_how_what_and_when() -> None:
    nodes = node(0), node(1)

    assert told(edge(*nodes, channel=Channel.SOUND)) == (
        "sound: derived, 90\xa0% sure",
        "cropped",
        "0:00.0–0:04.0 is 0:10.0–0:14.0",
    )
