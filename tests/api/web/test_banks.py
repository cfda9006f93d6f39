from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

ZERO, ONES = "0" * 64, "f" * 64
NEAR = f"{2**31 - 1:064x}"


def made(client: TestClient, name: str = "idents", policy: str = "block") -> str:
    got = client.post("/v1/banks", json={"name": name, "policy": policy, "reason": "because"})
    assert got.status_code == 201, got.text
    return str(got.json()["id"])


def slug(got: Response) -> tuple[int, str]:
    return got.status_code, got.json()["type"].rpartition("/")[2]


def test_a_bank_is_made_seen_changed_and_forgotten(client: TestClient) -> None:
    here = f"/v1/banks/{made(client)}"

    assert client.get(here).json()["policy"] == "block"
    changed = client.patch(here, json={"policy": "review", "reason": "softer"}).json()
    assert (changed["name"], changed["policy"], changed["reason"]) == ("idents", "review", "softer")
    assert client.delete(here).status_code == 204
    assert slug(client.get(here)) == (404, "not-found")
    assert slug(client.patch(here, json={})) == (404, "not-found")
    assert slug(client.delete(here)) == (404, "not-found")


def test_banks_are_listed_by_name_page_by_page(client: TestClient) -> None:
    for name in ("c", "ä", "b", "a"):
        made(client, name)

    first = client.get("/v1/banks", params={"limit": 3}).json()
    second = client.get("/v1/banks", params={"limit": 3, "cursor": first["next"]}).json()

    assert [one["name"] for one in first["items"]] == ["a", "b", "c"]
    assert [one["name"] for one in second["items"]] == ["ä"]
    assert second["next"] is None


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJhIiwxXQ", "!"])
def test_a_cursor_that_was_not_given_is_refused(client: TestClient, cursor: str) -> None:
    assert slug(client.get("/v1/banks", params={"cursor": cursor})) == (422, "cursor")


def test_no_two_banks_are_called_the_same(client: TestClient) -> None:
    made(client, "a")
    other = made(client, "b")

    body = {"name": "a", "policy": "allow"}
    assert slug(client.post("/v1/banks", json=body)) == (409, "name-taken")
    assert slug(client.patch(f"/v1/banks/{other}", json={"name": "a"})) == (409, "name-taken")


def test_an_asset_is_listed_by_its_id_and_kept_by_its_bytes(client: TestClient) -> None:
    here = f"/v1/banks/{made(client)}/entries"
    digest = _digest(client)

    put = client.post(here, json={"type": "asset", "value": digest[:16], "note": "ours"})
    again = client.post(here, json={"type": "asset", "value": digest})

    assert (put.status_code, put.json()["value"]) == (201, digest)
    assert (again.status_code, again.json()["id"]) == (200, put.json()["id"])
    assert slug(client.post(here, json={"type": "asset", "value": "0" * 16})) == (404, "not-found")


@pytest.mark.parametrize(
    ("kind", "value"),
    [("pdq", "00"), ("md5", ZERO), ("tmk", "x"), ("asset", "a name.mp4"), ("vpdq", [])],
)
def test_what_is_no_hash_is_refused(client: TestClient, kind: str, value: object) -> None:
    here = f"/v1/banks/{made(client)}/entries"

    assert slug(client.post(here, json={"type": kind, "value": value})) == (422, "invalid")


def test_entries_are_listed_in_order_and_struck_off(client: TestClient) -> None:
    here = f"/v1/banks/{made(client)}/entries"
    for value in (ONES, ZERO, NEAR):
        client.post(here, json={"type": "pdq", "value": value})

    first = client.get(here, params={"limit": 2}).json()
    rest = client.get(here, params={"limit": 2, "cursor": first["next"]}).json()

    assert [one["value"] for one in first["items"] + rest["items"]] == [ONES, ZERO, NEAR]
    assert client.delete(f"{here}/{first['items'][0]['id']}").status_code == 204
    assert client.get(here).json()["items"][0]["value"] == ZERO
    assert slug(client.delete(f"{here}/{first['items'][0]['id']}")) == (404, "not-found")
    assert slug(client.delete(f"{here}/{'9' * 40}")) == (404, "not-found")


def test_hashes_made_elsewhere_are_looked_up_with_what_is_to_be_done(client: TestClient) -> None:
    here = f"/v1/banks/{made(client)}/entries"
    client.post(here, json={"type": "pdq", "value": NEAR})
    client.post(here, json={"type": "vpdq", "value": [f"{ONES},100,0", f"{NEAR},100,1"]})

    got = client.post(
        "/v1/hashes/lookup",
        json=[
            {"type": "pdq", "value": ZERO},
            {"type": "pdq", "value": "a" * 64},
            {"type": "vpdq", "value": [f"{ZERO},100,0.000"]},
            {"type": "sha256", "value": _digest(client)},
        ],
    ).json()

    pdq, nothing, vpdq, file = got["items"]
    assert [(one["distance"], one["value"]) for one in pdq["matches"]] == [(31, NEAR)]
    assert nothing["matches"] == []
    assert [(one["query_share"], one["listed_share"]) for one in vpdq["matches"]] == [(1.0, 0.5)]
    assert file["asset"] == f"/v1/assets/{_digest(client)[:16]}"
    assert (got["action"], len(got["reasons"])) == ("block", 2)


@pytest.mark.parametrize("shape", ["csv", "text", "json"])
def test_a_list_can_be_carried_from_bank_to_bank(client: TestClient, shape: str) -> None:
    one, other = made(client, "one, with =comma"), made(client, "other")
    here = f"/v1/banks/{one}/entries"
    client.post(here, json={"type": "pdq", "value": ZERO, "note": "=1+1"})
    client.post(here, json={"type": "video_md5", "value": "ab" * 16})
    client.post(here, json={"type": "vpdq", "value": [f"{ONES},100,0", f"{NEAR},100,1"]})
    client.post(here, json={"type": "asset", "value": _digest(client)})

    kept = client.get(f"/v1/banks/{one}/export", params={"format": shape})
    there = f"/v1/banks/{other}/import"
    kind = {"Content-Type": kept.headers["content-type"]}
    first, again = (client.post(there, content=kept.content, headers=kind).json() for _ in range(2))

    assert "comma" not in kept.headers["content-disposition"]
    assert (first, again) == ({"read": 4, "added": 4}, {"read": 4, "added": 0})
    values = [
        {each["value"] for each in client.get(f"/v1/banks/{name}/entries").json()["items"]}
        for name in (one, other)
    ]
    assert values[0] == values[1]


def test_nothing_is_added_of_a_list_with_a_fault(client: TestClient) -> None:
    here = f"/v1/banks/{made(client)}"

    got = client.post(
        f"{here}/import",
        content=f"pdq {ZERO}\npdq 00\n",
        headers={"Content-Type": "text/plain"},
    )

    assert slug(got) == (422, "bad-hash")
    assert "number 2" in got.json()["title"]
    assert client.get(here).json()["entries"] == 0


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("text/csv", b"a\n", (422, "bad-list")),
        ("application/json", b"\xff", (422, "bad-list")),
        ("video/mp4", b"", (415, "media-type")),
    ],
)
def test_what_is_no_list_is_refused(
    client: TestClient, kind: str, data: bytes, expected: tuple[int, str]
) -> None:
    there = f"/v1/banks/{made(client)}/import"

    assert slug(client.post(there, content=data, headers={"Content-Type": kind})) == expected


def test_a_client_of_hasher_matcher_actioner_is_answered_as_there(client: TestClient) -> None:
    made(client, "BANK")
    put = client.post("/v1/hma/c/bank/BANK/signal", json={"pdq": NEAR}).json()
    asked = {"signal_type": "pdq", "signal": ZERO}

    far = client.get("/v1/hma/m/raw_lookup", params={**asked, "include_distance": "true"}).json()

    assert put["signals"] == {"pdq": NEAR}
    assert client.get("/v1/hma/m/lookup", params=asked).json() == ["BANK"]
    assert client.get("/v1/hma/m/raw_lookup", params=asked).json() == {"matches": [put["id"]]}
    assert far == {"matches": [{"content_id": put["id"], "distance": "31"}]}
    assert client.get("/v1/hma/c/banks").json() == [{"name": "BANK", "matching_enabled_ratio": 1.0}]
    assert slug(client.post("/v1/hma/c/bank/NONE/signal", json={"pdq": ZERO})) == (404, "not-found")


def _digest(client: TestClient) -> str:
    state: Any = client.app
    return str(next(state.state.service.archive.assets()).digest)
