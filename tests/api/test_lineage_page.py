"""The page and the drawing of a lineage, as a browser reads them."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from api.exports import families
from api.exports.families.values import Limits
from index.archive import Archive
from index.values import Channel, Interval, Still
from lineage.derivations import Edge, Lineage, Node, Relation, Role, Stretch
from lineage.stills import portraits
from tests import archives, reports
from tests import families as made
from tests.api.readers import Reader

HOSTILE = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>{{ 7*7 }}&amp;]]>.mp4"
SINCE = "2026-05-01T00:00:00+00:00"


def node(number: int, name: str, role: Role = Role.ASSET, title: str | None = None) -> Node:
    digest = f"{number:064x}"
    return Node(f"{number:016x}", role, name, digest, made.media(30.0), title)


def edge(  # noqa: PLR0913 # one argument for each field that tests vary
    parent: Node,
    child: Node,
    relation: Relation = Relation.DERIVED,
    *,
    channel: Channel = Channel.PICTURE,
    stretches: int = 1,
    actions: tuple[str, ...] = (),
) -> Edge:
    told = tuple(
        Stretch(Interval(10.0 * at, 10 * at + 4), Interval(20.0 * at + 3, 20 * at + 7))
        for at in range(stretches)
    )
    said = (f"“{child.name}” has finer detail.",)
    return Edge(parent.id, child.id, channel, relation, 0.934, told, actions, said, "test/1", SINCE)


def protest(name: str = "protest.mp4", title: str | None = "A march") -> Lineage:
    """Return a film, a removed copy of it, what was cut from both, and what nobody has seen."""
    film, copy = node(1, name, title=title), node(2, "copy.mp4", Role.REMOVED)
    cut, sibling = node(3, "cut.mp4"), node(4, "سوق.mp4")
    unseen = Node("unseen-0", Role.UNSEEN)
    edges = (
        edge(film, copy, actions=("c2pa.cropped", "c2pa.addedText")),
        edge(copy, cut, stretches=5),
        edge(copy, cut, channel=Channel.SOUND, actions=("c2pa.dubbed",)),
        edge(unseen, sibling),
        edge(unseen, film),
        edge(cut, sibling, Relation.UNDETERMINED, channel=Channel.SOUND),
        replace(edge(film, cut), until="2026-06-01T00:00:00+00:00"),
    )
    return Lineage((film, copy, cut, sibling, unseen, node(5, "alone.mp4")), edges)


def large(count: int) -> Lineage:
    """Return a film and copies of copies of it, under long names and with much to be told."""
    name = "a-copy-of-a-copy-that-somebody-sent-on-under-a-name-that-is-long.mp4"
    nodes = [node(at, f"{at}-{name}") for at in range(count)]
    actions = ("c2pa.cropped", "c2pa.addedText", "c2pa.dubbed")
    edges = [
        replace(edge(nodes[at // 3], nodes[at], stretches=6, actions=actions), evidence=(name,) * 6)
        for at in range(1, count)
    ]
    return Lineage(tuple(nodes), tuple(edges))


LINEAGES = {
    "rich": protest(),
    "hostile": protest(HOSTILE, HOSTILE),
    "empty": Lineage((node(1, "alone.mp4"),), ()),
    "many families": Lineage(
        tuple(node(at, f"{at}.mp4") for at in range(3000)),
        tuple(edge(node(at, ""), node(at + 1, "")) for at in range(0, 3000, 2)),
    ),
}


def written(found: Lineage) -> str:
    told = families.drawn(found)
    stills = {name: Still(at, reports.picture(1)) for name, at in families.wanted(told).items()}
    return families.page(told, stills, archive="archive-1", version="1.0", waiting=2)


def drawing(found: Lineage) -> ET.Element:
    told = families.drawn(found)
    stills = {name: Still(at, reports.picture(1)) for name, at in families.wanted(told).items()}
    return ET.fromstring(families.svg(told, stills))  # noqa: S314 # what was just written


@pytest.fixture(scope="module", params=LINEAGES)
def any_page(request: pytest.FixtureRequest) -> Reader:
    return Reader(written(LINEAGES[request.param]))


def test_page_has_neither_scripts_nor_forms_nor_frames(any_page: Reader) -> None:
    kinds = {tag for tag, _ in any_page.elements}

    assert not kinds & {"script", "form", "iframe", "object", "embed", "link", "base", "animate"}


def test_page_has_no_inline_styles_or_handlers(any_page: Reader) -> None:
    names = {name for _, attrs in any_page.elements for name in attrs}

    assert [name for name in names if name == "style" or name.startswith("on")] == []


def test_page_refers_to_nothing_outside_itself(any_page: Reader) -> None:
    places = [value for name in ("href", "src", "marker-end") for value in any_page.values(name)]

    assert [p for p in places if not p.startswith(("#", "url(#", "data:image/jpeg;"))] == []
    assert not re.search(r"url\(|@import|//", any_page.text("style"))


def test_policy_allows_the_style_sheet_and_pictures_only(any_page: Reader) -> None:
    policy = next(attrs["content"] for _, attrs in any_page.elements if "http-equiv" in attrs)
    sheet = "".join(any_page.texts["style"]).encode()
    digest = base64.b64encode(hashlib.sha256(sheet).digest()).decode()

    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_elements_are_closed_in_order(any_page: Reader) -> None:
    assert any_page.open == []


def test_ids_are_unique_and_links_lead_somewhere(any_page: Reader) -> None:
    ids = Counter(any_page.values("id"))
    targets = {place[1:] for place in any_page.values("href") if place.startswith("#")}
    targets |= {place[5:-1] for place in any_page.values("marker-end")}

    assert [name for name, count in ids.items() if count > 1] == []
    assert targets <= set(ids)


def test_drawing_alone_is_well_formed_and_has_no_script() -> None:
    kinds = {one.tag.rpartition("}")[2] for one in drawing(protest(HOSTILE)).iter()}

    assert "rect" in kinds
    assert not kinds & {"script", "a", "foreignObject"}


def test_drawing_alone_has_plain_colours() -> None:
    style = next(one.text or "" for one in drawing(protest()).iter() if one.tag.endswith("style"))

    assert "#ffffff" in style
    assert not re.search(r"var\(|light-dark", style)


def test_hostile_names_and_titles_are_shown_as_they_are() -> None:
    shown = Reader(written(protest(HOSTILE, HOSTILE)))

    assert shown.text("table").count(HOSTILE) == 6
    assert HOSTILE in shown.text("title")


def test_names_cannot_turn_the_page_around() -> None:
    shown = written(protest("\u202egpj.\x1b[2J\udcff.mp4", "\u2066t\u0000"))

    assert not set(shown) & set("\u202e\u2066\x1b\x00\udcff")
    shown.encode()


def test_card_has_a_picture_or_says_why_it_has_none() -> None:
    found = protest()
    shown = Reader(written(found))
    without = Reader(families.page(families.drawn(found), {}, archive="a", version="1", waiting=0))

    assert sum(tag == "image" for tag, _ in shown.elements) == 3
    assert "removed" in shown.text("text")
    assert "a file nobody" in shown.text("text")
    assert sum(tag == "image" for tag, _ in without.elements) == 0
    assert without.text("text").count("no picture") == 3


def test_lines_of_sound_and_those_without_direction_differ_in_more_than_colour() -> None:
    lines = [
        attrs["class"]
        for _, attrs in Reader(written(protest())).elements
        if attrs.get("class", "").startswith("line") and "aria-label" in attrs
    ]
    sheet = resources.files("api.exports").joinpath("templates/family.css").read_text("utf-8")

    assert sorted(lines) == ["line heard", "line heard open", *["line seen"] * 4]
    assert re.search(r"\.open \.outer \{[^}]*dasharray", sheet)
    assert re.search(r"\.heard \.outer \{[^}]*stroke-width", sheet)


def test_lines_say_in_words_what_they_mean() -> None:
    labels = Reader(written(protest())).values("aria-label")

    assert (
        "copy.mp4 was made from protest.mp4; cropped, caption added; "
        "0:00.0–0:04.0 is 0:03.0–0:07.0; 93\xa0% sure"
    ) in labels
    assert any(one.startswith("The sound of cut.mp4 was made from copy.mp4") for one in labels)


def test_table_has_every_edge_with_its_times_and_evidence() -> None:
    told = Reader(written(protest())).text("table")

    assert "cut.mp4 was made from copy.mp4 (removed) (picture)" in told
    assert "0:40.0–0:44.0 is 1:23.0–1:27.0" in told
    assert "سوق.mp4 shares something with cut.mp4 (sound)" in told
    assert "“cut.mp4” has finer detail." in told


def test_what_was_believed_once_is_told_in_a_table_and_not_drawn() -> None:
    shown = Reader(written(protest()))

    assert "Believed once" in shown.text("h2")
    assert f"{SINCE} – 2026-06-01T00:00:00+00:00" in shown.text("table")
    assert "cut.mp4 was made from protest.mp4" not in " ".join(shown.values("aria-label"))


def test_sentence_counts_what_the_archive_holds() -> None:
    shown = Reader(written(protest()))

    assert "5 files hang together in 1 family: 5 arrows" in shown.text("p")
    assert "1 file of which nothing is told. 2 files wait" in shown.text("small")


def test_what_is_left_out_is_counted() -> None:
    shown = Reader(written(LINEAGES["many families"]))

    assert sum(attrs.get("role") == "group" for _, attrs in shown.elements) == 200
    assert "1,300 families" in shown.text("h2")


def test_large_lineage_stays_a_page_that_can_be_opened() -> None:
    told = written(large(10_000))

    shown = Reader(told)
    assert len(told.encode()) < 5_000_000
    assert sum(tag == "image" for tag, _ in shown.elements) == 60
    assert "9,940 files and 9,940 edges are not drawn." in shown.text("figcaption")
    assert "8,500 files and 8,499 edges are left out here" in shown.text("p")


def test_pictures_are_fetched_of_the_first_files_alone() -> None:
    told = families.drawn(large(50), limits=Limits(pictures=4))

    assert list(families.wanted(told)) == [one.id for one in told.plans[0].shown[:4]]


def test_same_lineage_gives_the_same_bytes_in_any_order() -> None:
    found = protest()

    assert written(Lineage(found.nodes[::-1], found.edges[::-1])) == written(found)


def test_drawing_takes_its_colours_from_the_tokens() -> None:
    folder = resources.files("api.exports").joinpath("templates")
    for name in ("family.css", "lineage.css"):
        assert not re.search(r"#[0-9a-f]{3,6}\b|rgb|hsl", folder.joinpath(name).read_text("utf-8"))


def test_page_is_kept(golden: Callable[[str, str], None]) -> None:
    text = written(protest())

    golden("lineage.html", re.sub(r"data:image/jpeg;base64,[A-Za-z0-9+/=]+", "data:", text))


def test_pictures_are_had_of_files_that_are_at_hand(archive: Path) -> None:
    with Archive.open(archive) as opened:
        wanted = {opened.find("harbour.mp4").id: 4.5, opened.find("market.mp4").id: 0.0}

        shown = portraits({**wanted, "f" * 16: 0.0}, opened)

    assert shown.keys() == wanted.keys()
    assert [one.time for one in shown.values()] == pytest.approx([4.5, 0.0], abs=0.05)


def test_no_picture_is_had_of_a_file_that_is_away_or_holds_none(tmp_path: Path) -> None:
    folder = archives.filled(tmp_path, range(2))
    (tmp_path / "films" / "0.mp4").unlink()

    with Archive.open(folder) as opened:
        wanted = {opened.find(f"{seed}.mp4").id: 1.0 for seed in range(2)}

        assert portraits(wanted, opened) == {}
