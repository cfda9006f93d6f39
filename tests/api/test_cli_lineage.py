"""Tests of `wherefrom lineage`, on archives whose lineage was made up, and of its exports."""

import json
import re
import shutil
from dataclasses import replace
from io import StringIO
from itertools import combinations
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from api.exports import lineage as exports
from api.exports.trees import past, tree
from index.archive import Archive
from index.catalogue import lineages
from index.lineages import facts
from index.values import Channel
from lineage import kinships, ledger
from lineage.derivations import Edge, Kinship, Lineage, Node, Relation, Role, Way
from tests import archives, families
from tests.api.conftest import run

pytestmark = pytest.mark.usefixtures("no_settings")


@pytest.fixture
def related(tmp_path: Path) -> Path:
    """An archive of a, its child b, b's child c, d which shares sound with c, and e alone."""
    folder, films = tmp_path / "archive", tmp_path / "films"
    films.mkdir()
    with Archive.open(folder, create=True) as opened:
        assets = {
            name: archives.add(opened, archives.film(films, place, f"{name}.mp4"), place)
            for place, name in enumerate("abcde")
        }

        def pair(one: Kinship, source: str, query: str) -> Kinship:
            return replace(one, source=assets[source].digest, query=assets[query].digest)

        measured = [
            pair(families.kinship("a", "b", done=("c2pa.cropped",)), "a", "b"),
            pair(families.kinship("b", "c", shown=[(0, 4, 3)]), "b", "c"),
            pair(families.kinship("a", "c", shown=[(0, 4, 3)]), "a", "c"),
            pair(
                families.kinship("d", "c", Relation.UNDETERMINED, channel=Channel.SOUND), "d", "c"
            ),
        ]
        with opened.lineages.changing() as change:
            every = {one.digest: facts(one) for one in assets.values()}
            for place, asset in enumerate(assets.values()):
                before = {one.digest for one in list(assets.values())[:place]}
                found: dict[str, list[Kinship]] = {}
                for one in measured:
                    if asset.digest in one.files and one.other(asset.digest) in before:
                        found.setdefault(one.other(asset.digest), []).append(one)
                ledger.enter(change, asset.digest, found, every, now=families.NOW)
                if asset.name != "e.mp4":
                    lineages.relate(change, asset.row, kinships.METHOD)
    return folder


def test_lineage_is_told_as_a_tree(related: Path) -> None:
    result = run("lineage", "--archive", related)

    assert result.exit_code == 0, result.output
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    assert re.match(r"a\.mp4  0:12\.5  [0-9a-f]{16}$", lines[0])
    assert lines[1].startswith("└── b.mp4")
    assert lines[2] == "    cropped; 0:00.0–0:10.0 is 0:00.0–0:10.0; picture, 97\xa0% sure"
    assert lines[3].startswith("    └── c.mp4")
    assert any("c.mp4 and d.mp4 share something" in line for line in lines)
    assert "1 file waits to be related" in result.stderr


def test_lineage_in_json_follows_its_schema(related: Path, root: Path) -> None:
    result = run("lineage", "b.mp4", "--archive", related, "--json", "-")

    schema = json.loads((root / "docs" / "lineage.schema.json").read_text(encoding="utf-8"))
    told = json.loads(result.stdout)
    jsonschema.validate(told, schema)
    assert told["archive"]["waiting"] == 1
    assert {one["name"] for one in told["nodes"]} == {"a.mp4", "b.mp4", "c.mp4", "d.mp4"}
    assert len(told["edges"]) == 3


def test_node_and_edge_in_json_have_all_that_those_of_a_trace_have(root: Path) -> None:
    ours, theirs = (
        json.loads((root / "docs" / f"{name}.schema.json").read_text(encoding="utf-8"))
        for name in ("lineage", "trace")
    )

    for part in ("nodes", "edges"):
        here = ours["properties"][part]["items"]["properties"]
        there = theirs["properties"]["lineage"]["properties"][part]["items"]["properties"]
        assert there.keys() <= here.keys()


@pytest.mark.parametrize(("way", "ends"), [(Way.ONWARD, ("a", "b")), (Way.BACK, ("b", "a"))])
def test_edge_in_json_tells_who_was_surely_not_made_from_whom(
    way: Way, ends: tuple[str, str]
) -> None:
    made = Edge("a", "b", Channel.PICTURE, Relation.UNDETERMINED, 0.9)

    assert exports.edge(replace(made, excluded=way))["excluded"] == dict(
        zip(("parent", "child"), ends, strict=True)
    )
    assert "excluded" not in exports.edge(made)


def test_lineage_of_one_file_leaves_out_what_hangs_together_with_nothing_of_it(
    related: Path,
) -> None:
    result = run("lineage", "e.mp4", "--archive", related)

    assert "No archived file is known to share anything" in result.stdout


def test_removed_file_is_told_as_removed(related: Path) -> None:
    run("remove", "b.mp4", "--archive", related)

    assert "b.mp4 (removed)" in run("lineage", "--archive", related).stdout
    assert "b.mp4 (removed)" in run("lineage", "b.mp4", "--archive", related).stdout
    assert run("lineage", "nobody.mp4", "--archive", related).exit_code == 3


def test_history_says_what_was_believed_when(related: Path) -> None:
    with Archive.open(related, write=True) as opened, opened.lineages.changing() as change:
        first = next(row for row in lineages.believed(change) if row.channel == 0)
        lineages.believe(change, [first.id or 0], [], "2026-06-01T00:00:00+00:00")

    lines = run("lineage", "--history", "--archive", related).stdout.splitlines()

    assert any(
        line.startswith("2026-05-01T00:00:00+00:00 – 2026-06-01T00:00:00+00:00  ")
        and "was made from" in line
        for line in lines
    )
    assert any(line.startswith("2026-05-01T00:00:00+00:00 – now") for line in lines)


def test_what_is_said_of_every_two_of_some_files_is_said_once() -> None:
    names = ["a", "b", "c", "d"]
    pairs = [pair for pair in combinations(names, 2) if pair != ("a", "d")]
    measured = [families.kinship(*pair, Relation.UNDETERMINED) for pair in pairs]
    measured[1] = replace(measured[1], confidence=0.6)
    heard = families.kinship("d", "a", Relation.UNDETERMINED, channel=Channel.SOUND)
    measured.append(heard)
    told = families.believed(measured)
    nodes = {families.digest(each): families.node(each) for each in names}
    console = Console(width=200, file=StringIO())

    with console.capture() as captured:
        console.print(tree(Lineage(tuple(nodes.values()), told.edges)))

    lines = [line.rstrip() for line in captured.get().splitlines()]
    start = "share something; which was made from"
    times = "0:00.0–0:10.0 is 0:00.0–0:10.0; picture, 90\xa0% sure"
    assert (
        f"a.mp4, b.mp4 and c.mp4 {start} which is not determined: picture, 60\xa0% sure at least."
        in lines
    )
    rest = [line for line in lines if f"{start} the other" in line and "picture" in line]
    assert sorted(rest) == [
        f"{pair} {start} the other is not determined: {times}."
        for pair in ("d.mp4 and b.mp4", "d.mp4 and c.mp4")
    ]
    assert len([line for line in lines if "sound, 90" in line]) == 1
    assert len(lines) == 4


def test_drawing_names_each_node_and_edge_once(related: Path) -> None:
    drawn = run("lineage", "--archive", related, "--dot", "-").stdout

    assert drawn.startswith("digraph lineage {")
    assert drawn.count(" -> ") == 3
    assert drawn.count("dir=none") == 1
    assert 'label="picture, cropped"' in drawn


def test_names_cannot_break_out_of_a_drawing() -> None:
    name = 'x"];\n"y\\" [label="'
    node = Node("1", Role.ASSET, name, "0" * 64, families.media())

    drawn = exports.dot(Lineage((node,), ()))

    assert len(re.findall(r'(?<!\\)(?:\\\\)*"', drawn)) % 2 == 0
    assert drawn.count("\n") == 5


def test_file_nobody_has_seen_is_told_as_such() -> None:
    told = families.believed([families.kinship("a", "b", Relation.SIBLINGS)])
    nodes = [families.node("a"), families.node("b"), *told.unseen]

    lines = list(past(Lineage(tuple(nodes), told.edges)))

    assert all("was made from a file nobody has seen" in line for line in lines)


def test_update_relates_what_waits_and_says_so(archive: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(archive, tmp_path / "copied")

    before = run("lineage", "--archive", copied)
    result = run("lineage", "--update", "--archive", copied)

    assert "2 files wait to be related: run `wherefrom lineage --update`." in before.stderr
    assert result.exit_code == 0, result.output
    assert "Related 2 files; 0 of them share something with others." in result.stderr
    assert "wait" not in result.stderr


def test_update_names_a_file_that_is_away_and_ends_with_3(related: Path, tmp_path: Path) -> None:
    (tmp_path / "films" / "e.mp4").unlink()

    result = run("lineage", "--update", "--archive", related)

    assert result.exit_code == 3
    assert "Not related: “e.mp4” cannot be compared: there is no file at" in result.stderr


def test_indexing_relates_files_where_it_is_asked_to(films: Path, tmp_path: Path) -> None:
    result = run("index", films / "market.mp4", "--lineage", "--archive", tmp_path / "new")

    assert result.exit_code == 0, result.output
    assert "Related 1 file" in result.stderr
    with Archive.open(tmp_path / "new") as opened:
        assert kinships.waiting(opened) == 0


def test_lineage_is_written_as_prov(related: Path) -> None:
    written = run("lineage", "--archive", related, "--prov", "-").stdout

    told = json.loads(written)
    names = {one["prov:label"] for one in told["entity"].values() if "prov:label" in one}
    assert {"a.mp4", "b.mp4", "c.mp4", "d.mp4"} <= names
    # a to b and b to c; what is not decided is no derivation.
    assert len(told["wasDerivedFrom"]) == 2
    assert len(told["alternateOf"]) == 1


def test_two_documents_are_not_mixed_on_standard_output(related: Path) -> None:
    said = run("lineage", "--archive", related, "--prov", "-", "--dot", "-")

    assert said.exit_code == 2
    assert "cannot both be written" in said.stderr


def test_lineage_is_written_as_a_page_and_as_a_drawing(related: Path, tmp_path: Path) -> None:
    page, drawing = tmp_path / "lineage.html", tmp_path / "lineage.svg"

    result = run("lineage", "--archive", related, "--html", page, "--svg", drawing)

    assert result.exit_code == 0, result.output
    assert "<td" in page.read_text(encoding="utf-8")
    assert drawing.read_text(encoding="utf-8").startswith("<svg ")
    assert "a.mp4" in result.stdout


def test_page_shows_files_that_are_at_hand(archive: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(archive, tmp_path / "copied")
    with Archive.open(copied, write=True) as opened, opened.lineages.changing() as change:
        film, copy = (opened.find(f"{name}.mp4") for name in ("harbour", "market"))
        one = replace(families.kinship("a", "b"), source=film.digest, query=copy.digest)
        every = {each.digest: facts(each) for each in (film, copy)}
        ledger.enter(change, copy.digest, {film.digest: [one]}, every, now=families.NOW)

    page = run("lineage", "market.mp4", "--archive", copied, "--html", "-").stdout

    assert page.startswith("<!doctype html>")
    assert page.count("data:image/jpeg") == 2
