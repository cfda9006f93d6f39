"""What files say of themselves, in all forms of the answer."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from api.exports.document import document, line
from api.exports.page import page
from api.exports.terminal import table
from index.values import (
    Action,
    Carried,
    Credentials,
    Ingredient,
    Manifest,
    Standing,
    Tag,
    Unread,
)
from lineage.contradictions import contradictions
from lineage.report import FORGEABLE
from lineage.values import Report
from tests import credentials, reports
from tests.api.conftest import run

TAGS = (
    Tag("creation_time", "2019-03-15T11:00:00.000000Z"),
    Tag("encoder", "Lavf60.3.100"),
    Tag("com.apple.quicktime.make", "Maker"),
    Tag("title", "<b>caf\udce9</b>\x1b[2J"),
    Tag("handler_name", "VideoHandler", 0),
)
MANIFEST = Manifest(
    "urn:c2pa:1",
    title="clip.mp4",
    generator="Editor 3",
    signer="Ann",
    organisation="House",
    issuer="Root",
    actions=(Action("c2pa.opened"), Action("c2pa.created", source_type="trainedAlgorithmicMedia")),
    ingredients=(Ingredient("rush.mp4", "parentOf"),),
)
ALTERED = Credentials(
    Standing.INVALID,
    (MANIFEST,),
    ("signingCredential.untrusted", "assertion.bmffHash.mismatch"),
)


def answer(carried: Carried | None = None, source: Carried | None = None) -> Report:
    whole = reports.single()
    query = replace(whole.query, carried=carried)
    sources = tuple(replace(one, carried=source) for one in whole.sources)
    told = contradictions(query, sources, whole.findings, whole.derivations)
    return replace(whole, query=query, sources=sources, findings=(*whole.findings, *told))


def shown(report: Report) -> str:
    console = Console(width=200, force_terminal=False)
    with console.capture() as capture:
        console.print(table(report))
    return capture.get()


@pytest.fixture(scope="module")
def schema(root: Path) -> jsonschema.Draft202012Validator:
    text = (root / "docs" / "trace.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(
        json.loads(text), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


@pytest.mark.parametrize(
    "carried",
    [
        Carried(),
        Carried(TAGS),
        Carried(TAGS, ALTERED),
        Carried((), Credentials(Standing.UNREAD, unread=Unread.ELSEWHERE, address="http://x")),
        Carried((), Credentials(Standing.UNREAD, unread=Unread.FAILED)),
    ],
    ids=["nothing", "tags", "manifest", "elsewhere", "failed"],
)
def test_what_files_say_is_as_the_schema_says(
    carried: Carried, schema: jsonschema.Draft202012Validator
) -> None:
    written = json.loads(line(answer(carried, carried)))

    assert [error.message for error in schema.iter_errors(written)] == []
    assert written["query"]["carries"] == written["sources"][0]["asset"]["carries"]


def test_tags_stand_in_the_document_by_what_they_mean() -> None:
    told = document(answer(Carried(TAGS)))["query"]["carries"]

    assert told["created"] == "2019-03-15T11:00:00Z"
    assert (told["software"], told["camera"]) == ("Lavf60.3.100", "Maker")
    assert told["credentials"] is None
    assert told["tags"][-1] == {"name": "handler_name", "value": "VideoHandler", "track": 0}


def test_a_manifest_stands_in_the_document_with_what_became_of_checking_it() -> None:
    told = document(answer(Carried((), ALTERED)))["query"]["carries"]["credentials"]

    assert (told["standing"], told["faults"]) == ("invalid", ["altered", "untrusted"])
    assert told["codes"] == list(ALTERED.codes)
    assert told["manifests"][0]["signer"] == "Ann"
    assert told["manifests"][0]["actions"][1]["source_type"] == "trainedAlgorithmicMedia"


def test_what_was_not_read_is_left_out() -> None:
    told = document(answer())

    assert "carries" not in told["query"]
    assert "carries" not in told["sources"][0]["asset"]


def test_a_contradiction_is_a_finding_that_says_how() -> None:
    told = document(answer(Carried((), ALTERED)))["findings"][-1]

    assert (told["kind"], told["contradiction"]) == (
        "provenance-contradicted",
        "altered-after-signing",
    )
    assert told["honest_copies"] is None
    assert "changed after its C2PA manifest was signed" in told["explanation"]


def test_the_terminal_says_who_says_it_and_that_it_can_be_forged() -> None:
    text = shown(answer(Carried(TAGS, ALTERED)))

    assert "What the files say of themselves" in text
    assert "The file says: made 2019-03-15 11:00 UTC; written by Lavf60.3.100" in text
    assert "Its C2PA manifest says: made by a trained model; written by Editor 3" in text
    assert "signed by Ann of House, certified by Root, at a time nobody vouches for" in text
    assert "it does not fit these bytes" in text
    assert "on no list of trusted ones" in text
    assert "as they were signed" not in text
    assert FORGEABLE in text
    assert "\x1b" not in text


def test_a_manifest_that_does_not_hold_for_no_known_reason_is_said_not_to() -> None:
    odd = replace(ALTERED, codes=("signingCredential.untrusted",))

    text = shown(answer(Carried((), odd)))

    assert "It does not hold, for a reason that was not told." in text
    assert "as they were signed" not in text
    assert "provenance-contradicted" not in text


def test_a_file_that_says_only_what_wrote_it_takes_no_room() -> None:
    text = shown(answer(Carried((TAGS[1],)), Carried((TAGS[1],))))

    assert "of themselves" not in text


def test_the_page_shows_what_files_say_and_escapes_it() -> None:
    html = page(answer(Carried(TAGS, ALTERED), Carried(TAGS)), {})

    assert "What the files say of themselves" in html
    assert "it does not fit these bytes" in html
    assert FORGEABLE in html
    assert "&lt;b&gt;caf" in html
    assert "<b>caf" not in html


def test_the_page_of_files_that_say_nothing_has_no_such_part() -> None:
    assert "of themselves" not in page(answer(Carried(), Carried()), {})


def test_a_clip_that_was_altered_after_signing_is_told_from_end_to_end(
    tmp_path: Path, films: Path, suspects: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ann = credentials.signer()
    film = credentials.signed(tmp_path / "film.mp4", films / "harbour.mp4", ann)
    clip = credentials.signed(tmp_path / "clip.mp4", suspects / "quote.mp4", ann)
    clip = credentials.flipped(clip, clip, b"mdat", at=3000)
    (tmp_path / "roots.pem").write_text(f"Certificates of the café\n{ann.root}", encoding="utf-8")
    (tmp_path / "wherefrom.toml").write_text('c2pa_trust = "roots.pem"\n')

    done = run("compare", clip, film, "--json", tmp_path / "told.json")

    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "told.json").read_text())
    source = told["sources"][0]["asset"]["carries"]["credentials"]
    assert told["query"]["carries"]["credentials"]["faults"] == ["altered"]
    assert source["standing"] == "trusted"
    ways = [one["contradiction"] for one in told["findings"] if "contradiction" in one]
    assert ways == ["altered-after-signing"]
    assert "can be forged" in done.output


@pytest.mark.parametrize(
    "text",
    [
        None,
        "no certificate",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
    ],
)
def test_a_list_of_signers_that_is_none_is_refused(
    tmp_path: Path, films: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WHEREFROM_C2PA_TRUST", "roots.pem")
    if text is not None:
        (tmp_path / "roots.pem").write_text(text)

    done = run("compare", films / "harbour.mp4", films / "harbour.mp4")

    assert done.exit_code == 2
    assert "c2pa_trust" in done.output
