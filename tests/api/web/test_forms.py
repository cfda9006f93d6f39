"""Forms that browsers send without a script: who may, and what comes back."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.web.app import app, kinds
from api.web.gate.keys import proof
from api.web.pages import archive as page
from index.archive import Archive
from index.catalogue import tasks
from index.desk import Desk
from tests import archives
from tests.api.web.conftest import HERE, key

BROWSER = {"Origin": HERE, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}


def queued(archive: Path) -> int:
    with Desk.open(archive) as desk, desk.reading() as change:
        return len(tasks.listed(change, kind="ingest", owner=None, most=10))


@pytest.mark.parametrize(("token", "status", "added"), [(True, 303, 1), (False, 403, 0)])
def test_a_folder_is_added_by_a_form_that_holds_the_sessions_token(
    desk_archive: Path, tmp_path: Path, *, token: bool, status: int, added: int
) -> None:
    made = app(desk_archive, Settings(tracers=0, ingest_roots=(tmp_path,)), {})
    text = key(desk_archive, "read", "ingest")
    with TestClient(made, base_url=HERE, follow_redirects=False) as client:
        client.post("/login", data={"key": text}, headers=BROWSER)
        shown = proof(str(client.cookies["wherefrom"]))
        assert f'name="token" value="{shown}"' in client.get("/archive").text

        sent = {"path": "", "token": shown if token else ""}
        got = client.post("/archive", data=sent, headers=BROWSER)

    assert (got.status_code, queued(desk_archive)) == (status, added)


def test_one_who_may_not_add_files_cannot_by_a_form(desk_archive: Path, tmp_path: Path) -> None:
    made = app(desk_archive, Settings(tracers=0, ingest_roots=(tmp_path,)), {})
    text = key(desk_archive, "read", "trace")
    with TestClient(made, base_url=HERE, follow_redirects=False) as client:
        client.post("/login", data={"key": text}, headers=BROWSER)
        sent = {"path": "", "token": proof(str(client.cookies["wherefrom"]))}
        got = client.post("/archive", data=sent, headers=BROWSER)

    assert (got.status_code, queued(desk_archive)) == (403, 0)


def test_what_cannot_be_added_is_told_with_its_status(desk_archive: Path) -> None:
    with TestClient(app(desk_archive, Settings(tracers=0), kinds()), base_url=HERE) as client:
        got = client.post("/archive", data={"path": "news"}, headers=BROWSER)

    assert got.status_code == 403
    assert "harbour.mp4" in got.text


@pytest.mark.parametrize("sort", ["-added", "name", "-duration"])
def test_pages_of_files_lead_to_one_another(
    idle: TestClient, desk_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(page, "FILES", 2)
    names = [f"{letter}.mp4" for letter in "abc"]
    with Archive.open(desk_archive, write=True) as archive:
        for seed, name in enumerate(names, 50):
            spooled = archive.spool(archives.measured(seed, recipe=archive.recipes["picture"]))
            film = archives.film(tmp_path, seed, name)
            archive.add(spooled, digest=archives.digest(str(seed)), path=film)
    seen: list[str] = []
    following: str | None = f"/archive?sort={sort}"
    while following:
        text = idle.get(following).text
        seen += re.findall(r'<a href="/assets/\w+" title="([^"]+)"', text)
        links = re.findall(r'<a href="([^"]+)">The next files', text)
        following = links[0].replace("&amp;", "&") if links else None

    assert sorted(seen) == sorted([*names, "harbour.mp4", "market.mp4"])
