import io
import json
import re
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from api.exports.credentials import manifest
from index.values import Box, Channel, Interval
from lineage.derivations import Derivation, Relation
from lineage.findings import Finding, Kind
from lineage.values import Report
from tests import clips, reports

c2pa = pytest.importorskip("c2pa", reason="the extra c2pa is not installed")

from tests import certificates  # noqa: E402 - needs the extra


@pytest.fixture(scope="module")
def known() -> certificates.Pems:
    return certificates.pems()


@pytest.fixture(scope="module")
def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 30)).save(made, "JPEG")
    return made.getvalue()


def _changed(kind: Kind, box: Box | None = None, *, index: int = 0) -> Finding:
    return Finding(kind, Channel.PICTURE, Interval(1.0, 2.5), 0.9, Interval(13.0, 14.5), index, box)


def _forged() -> Report:
    """Return a clip with a changed face and an overlay, made from its source."""
    face = _changed(Kind.FACE_REPLACED, Box(0.25, 0.1, 0.5, 0.6))
    logo = _changed(Kind.OVERLAY_ADDED, Box(0.8, 0.0, 1.0, 0.125))
    made = reports.related()
    return replace(made, findings=(*made.findings, face, logo))


def _composed() -> Report:
    """Return a clip that is said to be made from each of three sources."""
    made = reports.rich()
    told = [
        Derivation(index, Channel.PICTURE, Relation.DERIVED, 0.97)
        for index in range(len(made.sources))
    ]
    return replace(made, derivations=tuple(told))


def _inset() -> Report:
    """Return a clip in a part of which its one source is shown."""
    made = reports.related()
    inside = _changed(Kind.PICTURE_IN_PICTURE, Box(0.5, 0.5, 1.0, 1.0))
    return replace(made, findings=(replace(inside, measures={"share": 0.25}),))


def _hostile() -> Report:
    name = 'caf\udce9\n\u202e"\x00\U0001f3a5.mp4'
    made = reports.related()
    named = replace(made.sources[0], asset=replace(made.sources[0].asset, name=name))
    return replace(made, query=replace(made.query, name=name), sources=(named,))


REPORTS = {
    "forged": _forged(),
    "composed": _composed(),
    "inset": _inset(),
    "hostile": _hostile(),
    "undetermined": reports.rich(),
    "siblings": reports.related(Relation.SIBLINGS),
    "backwards": reports.related(backwards=True),
    "nothing": reports.nothing(),
    "sound alone": reports.sound_only(),
}


def _signed(report: Report, picture: bytes, known: certificates.Pems) -> dict[str, Any]:
    """Return the manifest that the reference library reads back."""
    read = certificates.signed(manifest(report), picture, "image/jpeg", known, trusted=True)
    active: dict[str, Any] = read["manifests"][read["active_manifest"]]
    return active


def _actions(active: dict[str, Any]) -> list[dict[str, Any]]:
    held = {one["label"]: one["data"] for one in active["assertions"]}
    actions: list[dict[str, Any]] = held["c2pa.actions.v2"]["actions"]
    return actions


@pytest.mark.parametrize("name", REPORTS)
def test_a_signed_manifest_is_valid(name: str, picture: bytes, known: certificates.Pems) -> None:
    definition = manifest(REPORTS[name])

    read = certificates.signed(definition, picture, "image/jpeg", known, trusted=True)

    assert read["validation_results"]["activeManifest"]["failure"] == []
    assert read["validation_state"] == "Trusted"


def test_a_root_nobody_knows_is_all_that_is_held_against_a_signed_film(
    tmp_path: Path, known: certificates.Pems
) -> None:
    film = clips.movie(tmp_path / "film.mp4", seconds=1, cuts=(), seed=3).read_bytes()

    read = certificates.signed(manifest(_forged()), film, "video/mp4", known, trusted=False)

    failures = read["validation_results"]["activeManifest"]["failure"]
    assert [one["code"] for one in failures] == ["signingCredential.untrusted"]


def test_the_one_source_a_clip_is_made_from_is_its_parent(
    picture: bytes, known: certificates.Pems
) -> None:
    active = _signed(_forged(), picture, known)

    (ingredient,) = active["ingredients"]
    assert ingredient["title"] == "street-protest-2019.mp4"
    assert ingredient["relationship"] == "parentOf"
    assert ingredient["instance_id"] == "ni:///sha-256;EAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    opened = _actions(active)[0]
    assert opened["action"] == "c2pa.opened"
    assert opened["parameters"]["ingredients"][0]["url"].endswith(ingredient["label"])


def test_what_was_done_is_told_with_when_and_where(
    picture: bytes, known: certificates.Pems
) -> None:
    face = next(
        one
        for one in _actions(_signed(_forged(), picture, known))
        if one["action"] == "wherefrom.faceReplaced"
    )

    time, place = face["changes"][0]["region"]
    assert time["time"] == {"type": "npt", "start": "1.000", "end": "2.500"}
    assert place["shape"] == {
        "type": "rectangle",
        "unit": "percent",
        "origin": {"x": 25.0, "y": 10.0},
        "width": 25.0,
        "height": 50.0,
    }
    assert face["parameters"]["wherefrom.confidence"] == 0.9


def test_an_overlay_of_which_nobody_has_the_file_is_not_said_to_be_placed() -> None:
    (assertion, _) = json.loads(manifest(_forged()))["assertions"]

    kinds = {
        one["parameters"].get("wherefrom.kind"): one["action"]
        for one in assertion["data"]["actions"]
    }
    assert kinds["overlay-added"] == "c2pa.edited"


@pytest.mark.parametrize(("report", "sources"), [(_composed(), 3), (_inset(), 1)])
def test_sources_that_were_put_together_are_placed_as_components(
    report: Report, sources: int, picture: bytes, known: certificates.Pems
) -> None:
    active = _signed(report, picture, known)

    assert [one["relationship"] for one in active["ingredients"]] == ["componentOf"] * sources
    done = [one["action"] for one in _actions(active)]
    assert done[: sources + 1] == ["c2pa.created", *["c2pa.placed"] * sources]
    assert done.count("c2pa.placed") == sources


@pytest.mark.parametrize("name", ["undetermined", "siblings", "backwards", "nothing"])
def test_only_the_clip_itself_is_an_ingredient_where_no_source_is_a_parent(
    name: str, picture: bytes, known: certificates.Pems
) -> None:
    report = REPORTS[name]

    active = _signed(report, picture, known)

    assert [one["title"] for one in active["ingredients"]] == [report.query.name]
    assert [one["action"] for one in _actions(active)] == ["c2pa.opened"]


def test_all_relations_are_told_in_words_of_our_own() -> None:
    (_, told) = json.loads(manifest(reports.rich()))["assertions"]

    assert told["label"] == "wherefrom.comparison"
    assert [one["relation"] for one in told["data"]["relations"]] == ["undetermined"] * 3
    assert [one["reason"] for one in told["data"]["unexplained"]] == ["no-match", "too-plain"]
    kinds = [one["kind"] for one in told["data"]["differences"]]
    assert kinds == [one.kind.value for one in reports.rich().findings]


def test_what_was_found_is_said_to_be_inferred(picture: bytes, known: certificates.Pems) -> None:
    held = {one["label"]: one["data"] for one in _signed(_forged(), picture, known)["assertions"]}

    actions = held["c2pa.actions.v2"]
    assert actions["metadata"]["dataSource"]["details"].startswith("Inferred by comparing")
    assert actions["allActionsIncluded"] is False


def test_the_same_answer_gives_the_same_bytes() -> None:
    assert manifest(_composed()) == manifest(_composed())


def test_the_script_in_the_documents_signs(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: certificates.Pems
) -> None:
    page = (root / "docs" / "exports.md").read_text(encoding="utf-8")
    script = re.search(r"^    from pathlib.*?^(?=\S)", page, re.MULTILINE | re.DOTALL)
    assert script
    monkeypatch.chdir(tmp_path)
    clips.movie(tmp_path / "suspect.mp4", seconds=1, cuts=(), seed=3)
    (tmp_path / "suspect.c2pa.json").write_text(manifest(_forged()), encoding="utf-8")
    (tmp_path / "chain.pem").write_bytes(known[0])
    (tmp_path / "key.pem").write_bytes(known[1])

    exec(textwrap.dedent(script[0]), {})  # noqa: S102 - what readers are told to run

    with c2pa.Reader(tmp_path / "signed.mp4") as reader:
        assert json.loads(reader.json())["validation_state"] == "Valid"


def test_a_place_on_a_disk_is_told_to_nobody_and_an_address_to_all() -> None:
    made = reports.related()
    archived = made.sources[0].asset
    online = replace(archived, uri="https://example.org/protest.mp4")
    shown = replace(made, sources=(replace(made.sources[0], asset=online),))

    assert "file://" not in manifest(made)
    assert "https://example.org/protest.mp4" in manifest(shown)
