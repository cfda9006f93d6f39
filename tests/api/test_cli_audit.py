"""Tests of `wherefrom keys audit`."""

import json
import shutil
import time
from pathlib import Path

import pytest

from index.catalogue import deeds, keys
from index.catalogue.deeds import Deed
from index.catalogue.keys import Key
from index.desk import Desk
from tests.api.conftest import run

pytestmark = pytest.mark.usefixtures("no_settings")
DAY = 86400.0
NOON = 20_000 * DAY + DAY / 2
"""2024-10-04, 12:00 in UTC."""


@pytest.fixture
def kept(archive: Path, tmp_path: Path) -> Path:
    path = Path(shutil.copytree(archive, tmp_path / "audited.archive"))
    made = (
        Deed(NOON, "a1", "POST /v1/traces", "/v1/traces/one", 202, "r1"),
        Deed(NOON + 3600, "b2", "DELETE /v1/traces/{trace}", "/v1/traces/one", 204, "r2"),
        Deed(NOON + DAY, "local", "POST /v1/traces", "/v1/traces/two\nx", 202, "r3"),
        Deed(NOON + DAY + 1, "command", "keys add", "a1", 200),
    )
    with Desk.open(path) as desk, desk.changing() as change:
        for number, (name, who) in enumerate((("Ann", "a1"), ("Bob", "b2"))):
            keys.add(change, Key(who, name, f"{number:064x}", frozenset({"read"}), NOON))
        keys.revoke(change, "b2", now=NOON)
        for deed in made:
            deeds.add(change, deed)
    return path


def lines(kept: Path, *options: str) -> list[str]:
    done = run("keys", "audit", "--archive", kept, *options)
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def test_who_did_what_is_shown_a_line_each_and_the_oldest_first(kept: Path) -> None:
    assert lines(kept) == [
        "2024-10-04 12:00:00  202  Ann (a1)  POST /v1/traces  /v1/traces/one",
        "2024-10-04 13:00:00  204  Bob (b2)  DELETE /v1/traces/{trace}  /v1/traces/one",
        "2024-10-05 12:00:00  202  local  POST /v1/traces  /v1/traces/two\\nx",
        "2024-10-05 12:00:01  200  command  keys add  a1",
    ]


@pytest.mark.parametrize(
    ("options", "places"),
    [
        (["--since", "2024-10-05"], [2, 3]),
        (["--until", "2024-10-05"], [0, 1]),
        (["--since", "2024-10-04T13:00", "--until", "2024-10-05T12:00:01"], [1, 2]),
        (["--since", "2024-10-04T14:30+01:30"], [1, 2, 3]),
        (["--key", "Ann"], [0]),
        (["--key", "b2", "--key", "local"], [1, 2]),
        (["--key", "command", "--since", "2024-10-06"], []),
    ],
)
def test_times_and_keys_can_be_named(kept: Path, options: list[str], places: list[int]) -> None:
    every = lines(kept)

    assert lines(kept, *options) == [every[place] for place in places]


def test_time_can_be_said_as_a_span_from_now(kept: Path) -> None:
    with Desk.open(kept) as desk, desk.changing() as change:
        deeds.add(change, Deed(time.time() - 7200, "a1", "POST /v1/traces", "/late", 202))

    assert [line.rpartition("  ")[2] for line in lines(kept, "--since", "3h")] == ["/late"]
    assert lines(kept, "--since", "1h") == []


def test_programs_are_told_what_the_api_tells(kept: Path) -> None:
    told = [json.loads(line) for line in lines(kept, "--json", "-", "--key", "Bob")]

    assert told == [
        {
            "at": "2024-10-04T13:00:00+00:00",
            "who": "b2",
            "name": "Bob",
            "action": "DELETE /v1/traces/{trace}",
            "target": "/v1/traces/one",
            "status": 204,
            "request": "r2",
        }
    ]


@pytest.mark.parametrize("option", ["--since", "--until"])
def test_what_is_no_time_is_refused(kept: Path, option: str) -> None:
    done = run("keys", "audit", "--archive", kept, option, "yesterday")

    assert done.exit_code == 2
    assert "'yesterday' is no time." in done.output


def test_a_key_that_there_is_not_is_refused(kept: Path) -> None:
    done = run("keys", "audit", "--archive", kept, "--key", "Cy")

    assert done.exit_code == 3
    assert "There is no key Cy." in done.output
