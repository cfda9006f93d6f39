import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from jsonschema import Draft202012Validator
from PIL import Image

from api.web.aside import Aside
from api.web.thumbnails import Thumbnails
from index.archive import Archive
from tests import archives


def slug(got: Response) -> tuple[int, str]:
    return got.status_code, got.json()["type"].rpartition("/")[2]


def listed(client: TestClient, **asked: str | int) -> list[str]:
    """Return the names of all assets, a page of two at a time."""
    names, cursor = [], None
    while True:
        params: dict[str, str | int] = {"limit": 2, **asked} | (
            {"cursor": cursor} if cursor else {}
        )
        got = client.get("/v1/assets", params=params)
        assert got.status_code == 200, got.text
        names += [one["name"] for one in got.json()["items"]]
        cursor = got.json()["next"]
        if cursor is None:
            return names


def one(client: TestClient, name: str = "harbour.mp4") -> dict[str, Any]:
    [found] = client.get("/v1/assets", params={"q": name}).json()["items"]
    known: dict[str, Any] = found
    return known


@pytest.fixture
def more(desk_archive: Path, tmp_path: Path) -> list[str]:
    """Add films whose names repeat; return all names in the order they were added."""
    names = ["b.mp4", "a.mp4", "B.mp4", "ä 100%.mp4", "a.mp4"]
    with Archive.open(desk_archive, write=True) as archive:
        for seed, name in enumerate(names, start=50):
            folder = tmp_path / str(seed)
            folder.mkdir()
            film = archives.film(folder, seed, name)
            recipe = archive.recipes["picture"]
            archive.add(
                archive.spool(archives.measured(seed, recipe=recipe)),
                digest=archives.digest(str(seed)),
                path=film,
            )
        return [asset.name for asset in archive.assets()]


def test_every_asset_is_listed_once_in_each_order(more: list[str], client: TestClient) -> None:
    assert listed(client) == more[::-1]
    assert listed(client, sort="added") == more
    assert listed(client, sort="name") == sorted(more)
    assert listed(client, sort="-name") == sorted(more, reverse=True)


def test_assets_are_listed_by_length_with_the_size_of_their_files(
    client: TestClient, films: Path
) -> None:
    found = client.get("/v1/assets", params={"sort": "duration"}).json()["items"]

    assert [(one["name"], one["size"]) for one in found] == [
        (name, (films / name).stat().st_size) for name in ("market.mp4", "harbour.mp4")
    ]
    assert listed(client, sort="duration", limit=1) == ["market.mp4", "harbour.mp4"]
    assert listed(client, sort="-duration", limit=1) == ["harbour.mp4", "market.mp4"]


@pytest.mark.parametrize("sorts", [("name", "duration"), ("-duration", "-added")])
def test_a_cursor_of_another_order_is_refused(client: TestClient, sorts: tuple[str, str]) -> None:
    one, other = sorts
    cursor = client.get("/v1/assets", params={"sort": one, "limit": 1}).json()["next"]

    got = client.get("/v1/assets", params={"sort": other, "cursor": cursor})

    assert slug(got) == (422, "cursor")


@pytest.mark.usefixtures("more")
def test_assets_are_found_by_a_part_of_their_name(client: TestClient) -> None:
    assert listed(client, q="A.MP4", sort="name") == ["a.mp4", "a.mp4"]
    assert listed(client, q="100%") == ["ä 100%.mp4"]
    assert listed(client, q="1_0") == []


def test_an_asset_is_shown_without_a_place_on_the_disk(client: TestClient, films: Path) -> None:
    got = client.get(one(client)["uri"])

    card = got.json()
    assert (card["name"], card["places"], card["at_hand"]) == ("harbour.mp4", 1, True)
    assert client.get(f"/v1/assets/{card['sha256']}").json() == card
    assert "file:" not in got.text
    assert str(films) not in got.text


def test_what_the_caller_has_is_not_sent_again(client: TestClient) -> None:
    here = one(client)["uri"]
    for address in (here, f"{here}/lineage", f"{here}/coverage", f"{here}/thumbnail", "/v1/stats"):
        tag = client.get(address).headers["etag"]

        again = client.get(address, headers={"If-None-Match": tag})

        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["nothing", "0" * 16, "harbour.mp4", "..%2f..", "%00"])
@pytest.mark.parametrize("part", ["", "/lineage", "/coverage", "/thumbnail"])
def test_an_unknown_asset_is_a_problem(client: TestClient, name: str, part: str) -> None:
    assert slug(client.get(f"/v1/assets/{name}{part}")) == (404, "not-found")


def test_a_moment_is_pictured_once_and_kept(client: TestClient, desk_archive: Path) -> None:
    here = one(client)["uri"]

    first = client.get(f"{here}/thumbnail", params={"at": 3.0, "side": 160})
    assert first.status_code == 200, first.text
    files = list((desk_archive / "service" / "thumbnails").iterdir())
    again = client.get(f"{here}/thumbnail", params={"at": 3.04, "side": 160})
    other = client.get(f"{here}/thumbnail", params={"at": 0.5, "side": 160})

    assert first.headers["content-type"] == "image/jpeg"
    assert max(Image.open(io.BytesIO(first.content)).size) == 160
    assert [path.read_bytes() for path in files] == [first.content] == [again.content]
    assert other.content != first.content


@pytest.mark.parametrize("asked", ["at=-1", "at=nan", "at=inf", "side=7", "side=100000"])
def test_no_picture_is_made_of_any_size(client: TestClient, asked: str) -> None:
    assert slug(client.get(f"{one(client)['uri']}/thumbnail?{asked}")) == (422, "invalid")


@pytest.mark.usefixtures("more")
def test_there_is_no_picture_of_a_file_that_cannot_be_decoded(client: TestClient) -> None:
    assert slug(client.get(f"{one(client, '100%')['uri']}/thumbnail"))[1] in {
        "bad-media",
        "no-picture",
    }


def test_pictures_that_nobody_asks_for_make_room(tmp_path: Path) -> None:
    drawn = Thumbnails.of(tmp_path, Aside(), most=250)
    for number, name in enumerate(("old", "asked", "new")):
        (drawn.path / name).write_bytes(bytes(100))
        os.utime(drawn.path / name, (number, number))
    drawn.kept("asked")

    drawn._make_room()  # as with each picture that is kept

    assert sorted(path.name for path in drawn.path.iterdir()) == ["asked", "new"]


def test_a_removed_asset_is_gone_with_its_pictures(
    client: TestClient, desk_archive: Path, films: Path
) -> None:
    here = one(client)["uri"]
    client.get(f"{here}/thumbnail")

    assert client.delete(here).status_code == 204

    assert slug(client.get(here)) == (404, "not-found")
    assert slug(client.delete(here)) == (404, "not-found")
    assert not list((desk_archive / "service" / "thumbnails").iterdir())
    assert listed(client) == ["market.mp4"]
    assert (films / "harbour.mp4").exists()


def test_while_another_writes_nothing_is_removed(client: TestClient, desk_archive: Path) -> None:
    here = one(client)["uri"]
    with Archive.open(desk_archive, write=True):
        got = client.delete(here)

    assert slug(got) == (503, "archive-busy")
    assert got.headers["Retry-After"] == "30"
    assert str(desk_archive) not in got.text
    assert client.get(here).status_code == 200


@pytest.mark.parametrize("name", ["lineage", "coverage"])
def test_lineage_and_coverage_are_the_commands_documents(
    client: TestClient, root: Path, name: str
) -> None:
    schema = Draft202012Validator(json.loads((root / "docs" / f"{name}.schema.json").read_text()))

    schema.validate(client.get(f"/v1/{name}").json())
    schema.validate(client.get(f"{one(client)['uri']}/{name}").json())


def test_what_the_archive_holds_is_told(client: TestClient, films: Path) -> None:
    got = client.get("/v1/stats")

    assert (got.json()["assets"], got.json()["unrelated"]) == (2, 2)
    assert str(films) not in got.text
