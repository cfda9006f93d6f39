"""Tests of errors as problems: what each means, and that nothing else is told."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.problems import PROBLEMS
from api.settings import Settings
from api.web.app import app, kinds
from api.web.meanings import MEANINGS
from tests.api.web.conftest import HERE

ROW = re.compile(r"^\| `/problems/([a-z-]+)` \| (\d{3}) \| (.+) \| (.+) \|$", re.MULTILINE)


def raised(root: Path) -> Iterator[str]:
    """Yield the slugs that are named where the service refuses something."""
    for path in sorted(root.glob("api/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "slug":
                assert isinstance(node.value, ast.Constant | ast.Attribute), path
                if isinstance(node.value, ast.Constant):
                    yield str(node.value.value)


def test_every_slug_that_is_raised_has_a_meaning(root: Path) -> None:
    assert {*raised(root), *(row.slug for row in PROBLEMS.values())} - set(MEANINGS) == set()


def test_the_document_lists_every_problem_as_the_page_does(root: Path) -> None:
    rows = ROW.findall((root / "docs" / "problems.md").read_text(encoding="utf-8"))

    assert rows == [
        (slug, str(one.status), one.means, one.mending) for slug, one in MEANINGS.items()
    ]


def test_errors_have_the_status_their_meaning_says() -> None:
    rows = {row.slug: row.status.value for row in PROBLEMS.values()}

    assert {slug: MEANINGS[slug].status for slug in rows} == rows


@pytest.mark.parametrize("slug", MEANINGS)
def test_the_type_of_a_problem_leads_to_its_meaning(idle: TestClient, slug: str) -> None:
    got = idle.get(f"/problems/{slug}")

    assert got.status_code == 200
    assert MEANINGS[slug].mending.split("`")[0].split("'")[0] in got.text


def test_one_who_looks_for_a_page_gets_one(idle: TestClient) -> None:
    got = idle.get("/v1/traces/nothing", headers={"Accept": "text/html,*/*;q=0.8"})

    assert got.status_code == 404
    assert got.headers["content-type"].startswith("text/html")
    assert got.headers["x-request-id"] in got.text


def test_a_defect_is_a_problem_that_tells_nothing_but_the_request(
    desk_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("hidden /srv/films/secret.mp4")

    monkeypatch.setattr("api.web.routes.traces.tasks.listed", broken)
    with TestClient(app(desk_archive, Settings(tracers=0), kinds()), base_url=HERE) as client:
        got = client.get("/v1/traces")

    assert (got.status_code, got.json()["type"]) == (500, "/problems/defect")
    assert got.json()["request"] == got.headers["x-request-id"]
    assert "hidden" not in got.text
    assert "Traceback" not in got.text
    assert got.headers["x-content-type-options"] == "nosniff"


def test_a_request_that_is_wrong_is_not_sent_back(idle: TestClient) -> None:
    got = idle.get("/v1/traces", params={"limit": "planted-value"})

    assert (got.status_code, got.json()["type"]) == (422, "/problems/invalid")
    assert "planted-value" not in got.text
