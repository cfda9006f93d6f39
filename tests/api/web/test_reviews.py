"""Findings that people judge, and what can be taken away of a trace."""

import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from api.exports import papers
from api.settings import Settings
from api.web.app import app, kinds
from tests import clips
from tests.api.conftest import run
from tests.api.web.conftest import HERE, crew

BOX = (180, 60, 280, 130)
LATE, START, END = 2.0, 1.2, 3.0
NAME = 'a "quote"\r\nX-Bad: <b>é.mp4'
"""Of the clip, as whoever sends it may call it."""


@dataclass(frozen=True)
class Case:
    """A service, and a trace in it.

    Attributes:
        client: Of the service.
        here: Address of the trace.
        films: The folder of what is archived.
    """

    client: TestClient
    here: str
    films: Path

    def get(self, path: str) -> Any:  # noqa: ANN401 # JSON
        got = self.client.get(f"{self.here}/{path}")
        assert got.status_code == 200, got.text
        return got.json()

    def finding(self, kind: str) -> dict[str, Any]:
        return next(one for one in self.get("findings")["items"] if one["kind"] == kind)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("judged")
    films = folder / "films"
    films.mkdir()
    clips.movie(films / "film.mp4", seconds=8, seed=1, sound=clips.speech(8, seed=4))
    clip = clips.movie(
        folder / "clip.mp4",
        seconds=4,
        seed=1,
        start=LATE,
        edit=patched,
        sound=clips.speech(4, seed=8),
    )
    done = run("index", films, "--archive", folder / "archive")
    assert done.exit_code == 0, done.output
    made = app(folder / "archive", Settings(), kinds(), crew=crew())
    with TestClient(made, base_url=HERE) as client:
        begun = client.post("/v1/traces", files={"clip": (NAME, clip.read_bytes())})
        here = begun.headers["Location"]
        until = time.monotonic() + 240
        while client.get(here).json()["state"] in {"queued", "running"}:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert client.get(here).json()["state"] == "done"
        yield Case(client, here, films)


@pytest.fixture(autouse=True)
def unreviewed(case: Case) -> None:
    for one in case.get("reviews?limit=200")["items"]:
        if one["standing"]:
            case.client.delete(f"{case.here}/reviews/{one['finding']}")


def patched(picture: clips.Picture, moment: float) -> clips.Picture:
    picture = picture.copy()
    if START <= moment < END:
        left, top, right, bottom = BOX
        size = (right - left, bottom - top)
        picture[top:bottom, left:right] = clips.picture(moment, seed=9, size=size)
    return picture


def test_a_finding_says_what_it_means_and_what_it_does_not(case: Case) -> None:
    card = case.finding("sound-replaced")

    assert card["means"]
    assert card["not_means"]
    assert card["doubt"] == "Told wrongly of none of 96 honest copies."
    assert card["review"] is None


def test_what_a_person_says_stands_until_it_is_taken_back(case: Case) -> None:
    number = case.finding("sound-replaced")["finding"]
    address = f"{case.here}/reviews/{number}"

    case.client.put(address, json={"verdict": "confirmed", "comment": "Heard it."})
    case.client.put(address, json={"verdict": "rejected"})
    standing = case.finding("sound-replaced")["review"]
    gone = case.client.delete(address)

    assert (standing["verdict"], standing["comment"]) == ("rejected", None)
    assert standing["who"] == "local"
    assert gone.status_code == 204
    assert case.finding("sound-replaced")["review"] is None
    assert case.client.delete(address).status_code == 404


@pytest.mark.parametrize("body", [{}, {"comment": "  "}, {"verdict": "maybe"}])
def test_what_says_nothing_is_no_review(case: Case, body: dict[str, str]) -> None:
    assert case.client.put(f"{case.here}/reviews/1", json=body).status_code == 422


def test_a_finding_that_is_not_listed_cannot_be_judged(case: Case) -> None:
    got = case.client.put(f"{case.here}/reviews/99", json={"verdict": "confirmed"})

    assert got.status_code == 404


def test_a_finding_in_the_picture_has_its_pictures(case: Case) -> None:
    card = case.finding("overlay-added")

    sizes = {}
    for plate in card["plates"]:
        got = case.client.get(f"{case.here}/exhibits/{card['finding']}/{plate}")
        assert got.headers["content-type"] == "image/png"
        sizes[plate] = Image.open(io.BytesIO(got.content)).size

    assert {"clip", "source", "pair", "strip", "heat"} <= set(sizes)
    assert sizes["clip"] == sizes["source"]


def test_a_finding_in_the_sound_has_spectrograms_alone(case: Case) -> None:
    card = case.finding("sound-replaced")

    assert card["plates"] == ["spectrograms"]
    assert case.client.get(f"{case.here}/exhibits/{card['finding']}/pair").status_code == 404


def test_the_report_says_of_each_finding_what_became_of_it(case: Case) -> None:
    number = case.finding("sound-replaced")["finding"]
    before = case.client.get(f"{case.here}/report").text
    words = "<script>alert(1)</script>"

    case.client.put(
        f"{case.here}/reviews/{number}", json={"verdict": "confirmed", "comment": words}
    )
    after = case.client.get(f"{case.here}/report")

    count = len(case.get("findings")["items"])
    assert before.count("Not reviewed by a person") == count
    assert after.text.count("Not reviewed by a person") == count - 1
    assert "Confirmed by a person" in after.text
    assert "<script" not in after.text
    assert "script-src" not in after.headers["content-security-policy"]


def test_a_reviews_draft_holds_what_was_confirmed_alone(case: Case) -> None:
    number = case.finding("sound-replaced")["finding"]
    before = case.client.get(f"{case.here}/exports/review").text

    case.client.put(f"{case.here}/reviews/{number}", json={"verdict": "confirmed"})
    after = case.client.get(f"{case.here}/exports/review")

    assert "sound is not heard" not in before
    assert "sound is not heard" in after.text
    assert "laid over the picture" not in after.text
    assert after.headers["content-type"] == "application/ld+json"


@pytest.mark.parametrize("form", ["prov", "otio", "c2pa", "review"])
def test_formats_of_others_say_no_place_of_this_machine(case: Case, form: str) -> None:
    got = case.client.get(f"{case.here}/exports/{form}")

    assert json.loads(got.text)
    assert str(case.films) not in got.text


@pytest.mark.parametrize("name", ["report.pdf", "bundle.zip", "exports/otio", "report"])
def test_what_is_taken_away_is_named_safely(case: Case, name: str) -> None:
    got = case.client.get(f"{case.here}/{name}")

    assert got.status_code == 200, got.text
    assert "x-bad" not in got.headers
    disposition = got.headers["content-disposition"]
    assert re.fullmatch(r'filename="[A-Za-z0-9._-]+[A-Za-z0-9]"', disposition.split("; ")[1])
    assert disposition.isascii()


def test_the_pdf_is_one_and_says_what_became_of_the_findings(case: Case) -> None:
    got = case.client.get(f"{case.here}/report.pdf")

    assert got.headers["content-type"] == "application/pdf"
    assert got.content.startswith(b"%PDF-")


def test_a_pdf_opens_nothing_that_its_page_names(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (40, 40), (255, 0, 0)).save(secret)

    with_file = papers.pdf(f'<img src="file://{secret}" alt="gone">')

    assert b"/Subtype /Image" not in with_file.replace(b"/Subtype/Image", b"/Subtype /Image")


def test_the_bundle_is_one_that_can_be_checked(case: Case, tmp_path: Path) -> None:
    got = case.client.get(f"{case.here}/bundle.zip")
    with zipfile.ZipFile(io.BytesIO(got.content)) as zipped:
        zipped.extractall(tmp_path)
    [bag] = tmp_path.iterdir()

    done = run("verify-bundle", bag, "--sources", case.films)

    assert done.exit_code == 0, done.output
    assert "Not reviewed by a person" in (bag / "data" / "report.html").read_text()
    assert str(case.films) not in (bag / "data" / "answer.json").read_text()


def test_what_is_made_goes_with_the_trace(case: Case) -> None:
    begun = case.client.post(
        "/v1/traces", files={"clip": ("film.mp4", (case.films / "film.mp4").read_bytes())}
    )
    here = begun.headers["Location"]
    while case.client.get(here).json()["state"] in {"queued", "running"}:
        time.sleep(0.1)
    for name in ("report.pdf", "media/0/0"):
        assert case.client.get(f"{here}/{name}").status_code == 200

    case.client.delete(here)

    assert case.client.get(f"{here}/report.pdf").status_code == 404
