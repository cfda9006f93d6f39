import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.settings import Settings
from api.web.app import app, kinds
from api.web.routes.bindings import ALGORITHM
from index.fingerprints import line
from index.jumbf import carried, store
from lineage.prints import fingerprints
from tests import clips, credentials
from tests.api.conftest import run
from tests.api.web.conftest import HERE


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film with a manifest."""
    folder = tmp_path_factory.mktemp("signed")
    bare = clips.movie(folder / "bare.mp4", seconds=5, cuts=(2.0, 4.0), seed=1)
    (folder / "films").mkdir()
    return credentials.signed(folder / "films" / "signed.mp4", bare, credentials.signer())


@pytest.fixture(scope="module")
def label(signed: Path) -> str:
    found = carried(signed)
    assert found is not None
    return found


@pytest.fixture
def client(signed: Path, films: Path, tmp_path: Path) -> Iterator[TestClient]:
    """The service of an archive of a signed film and one without a manifest."""
    done = run("index", signed, films / "market.mp4", "--archive", tmp_path / "a")
    assert done.exit_code == 0, done.output
    served = app(tmp_path / "a", Settings(tracers=0), kinds())
    with TestClient(served, base_url=HERE) as made:
        yield made


@pytest.fixture(scope="module")
def value(suspects: Path) -> str:
    """A soft binding of a copy that has no manifest."""
    return base64.b64encode(line(fingerprints(suspects / "quote.mp4")).encode()).decode()


def slug(got: Response) -> tuple[int, str]:
    return got.status_code, got.json()["type"].rpartition("/")[2]


def test_a_copy_finds_the_manifest_it_has_lost(
    client: TestClient, value: str, label: str, signed: Path
) -> None:
    query = {"alg": ALGORITHM, "value": value}

    [match] = client.post("/v1/c2pa/matches/byBinding", json=query).json()["matches"]
    got = client.get(f"/v1/c2pa/manifests/{match['manifestId']}")

    assert match["manifestId"] == label
    assert 60 < match["similarityScore"] <= 100
    assert got.headers["content-type"] == "application/c2pa"
    assert got.content == store(signed)


def test_a_file_finds_it_as_well_and_is_not_kept(
    client: TestClient, suspects: Path, label: str, tmp_path: Path
) -> None:
    got = client.post("/v1/c2pa/matches/byContent", content=(suspects / "quote.mp4").read_bytes())

    assert [one["manifestId"] for one in got.json()["matches"]] == [label]
    assert not list((tmp_path / "a" / "service" / "uploads").iterdir())


def test_the_same_bytes_are_found_without_measuring_them(
    client: TestClient, signed: Path, label: str
) -> None:
    got = client.post("/v1/c2pa/matches/byContent", content=signed.read_bytes())

    assert got.json() == {"matches": [{"manifestId": label, "similarityScore": 100}]}


def test_a_manifest_is_had_without_asking_for_a_match_first(
    client: TestClient, label: str, signed: Path
) -> None:
    whole = client.get(f"/v1/c2pa/manifests/{label}")
    alone = client.get(f"/v1/c2pa/manifests/{label}", params={"returnActiveManifest": True})

    assert whole.content == store(signed)
    assert len(alone.content) <= len(whole.content)
    assert slug(client.get("/v1/c2pa/manifests/urn:c2pa:nothing")) == (404, "not-found")


def test_a_film_without_a_manifest_matches_nothing(client: TestClient, films: Path) -> None:
    sent = (films / "market.mp4").read_bytes()

    assert client.post("/v1/c2pa/matches/byContent", content=sent).json() == {"matches": []}


@pytest.mark.parametrize(
    ("alg", "value", "expected"),
    [
        ("com.example.watermark.1", "", (400, "binding")),
        (ALGORITHM, "!", (400, "binding")),
        (ALGORITHM, "e30=", (400, "binding")),
    ],
)
def test_what_is_no_binding_is_refused(
    client: TestClient, alg: str, value: str, expected: tuple[int, str]
) -> None:
    asked = {"alg": alg, "value": value}

    assert slug(client.get("/v1/c2pa/matches/byBinding", params=asked)) == expected
    assert slug(client.post("/v1/c2pa/matches/byBinding", json=asked)) == expected


def test_what_cannot_be_decoded_is_refused(client: TestClient) -> None:
    got = client.post("/v1/c2pa/matches/byContent", content=b"Dear editor,")

    assert slug(got) == (415, "asset-type")


def test_what_can_be_resolved_is_told(client: TestClient) -> None:
    assert client.get("/v1/c2pa/services/supportedAlgorithms").json() == {
        "watermarks": [],
        "fingerprints": [{"alg": ALGORITHM}],
    }
