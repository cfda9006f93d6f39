"""Tests of `wherefrom keys`, and of where `wherefrom serve` lets itself be opened."""

import shutil
import sqlite3
import time
from pathlib import Path

import pytest

from api.cli.keys import Scope
from api.cli.serving import guard
from api.web.gate.keys import digest, id_of
from api.web.service import SCOPES
from index.catalogue import deeds, keys
from index.catalogue.keys import Key
from index.desk import Desk
from index.errors import UserError
from tests.api.conftest import run

pytestmark = pytest.mark.usefixtures("no_settings")


@pytest.fixture
def kept(archive: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(archive, tmp_path / "keys.archive"))


def every(archive: Path) -> list[Key]:
    with Desk.open(archive) as desk, desk.reading() as change:
        return keys.every(change)


def test_a_key_is_shown_once_and_its_digest_is_kept(kept: Path) -> None:
    done = run("keys", "add", "Ann", "--scope", "read", "--scope", "trace", "--archive", kept)

    assert done.exit_code == 0, done.output
    text = done.stdout.strip()
    (made,) = every(kept)
    assert (made.id, made.name, made.digest) == (id_of(text), "Ann", digest(text))
    assert made.scopes == {"read", "trace"}
    secret = text.rpartition("_")[2] if text.count("_") == 2 else text[16:]
    assert secret.encode() not in b"".join(path.read_bytes() for path in kept.glob("catalogue*"))
    assert secret not in run("keys", "list", "--archive", kept).output


def test_a_key_without_a_scope_may_only_read(kept: Path) -> None:
    run("keys", "add", "Ann", "--archive", kept)

    assert every(kept)[0].scopes == {"read"}


@pytest.mark.parametrize(("span", "hours"), [("12h", 12), ("90d", 2160), ("1y", 8760)])
def test_a_key_ends_when_it_was_said_to(kept: Path, span: str, hours: int) -> None:
    run("keys", "add", "Ann", "--expires", span, "--archive", kept)

    until = every(kept)[0].expires_at
    assert until is not None
    assert until - time.time() == pytest.approx(hours * 3600, abs=60)


@pytest.mark.parametrize("span", ["90", "0d", "d", "-1d", "1m"])
def test_what_is_no_span_makes_no_key(kept: Path, span: str) -> None:
    done = run("keys", "add", "Ann", f"--expires={span}", "--archive", kept)

    assert (done.exit_code, every(kept)) == (2, [])
    assert "is no span of time" in done.output


def test_a_revoked_key_is_listed_as_that(kept: Path) -> None:
    run("keys", "add", "Ann", "--scope", "admin", "--archive", kept)

    assert run("keys", "revoke", "Ann", "--archive", kept).exit_code == 0

    assert "admin, revoked 2" in run("keys", "list", "--archive", kept).stdout
    assert run("keys", "revoke", "Ann", "--archive", kept).exit_code == 3


def test_of_two_keys_of_one_name_an_id_must_be_said(kept: Path) -> None:
    for _ in range(2):
        run("keys", "add", "Ann", "--archive", kept)
    first, second = every(kept)

    done = run("keys", "revoke", "Ann", "--archive", kept)

    assert done.exit_code == 2
    assert first.id in done.output
    assert second.id in done.output
    assert run("keys", "revoke", first.id, "--archive", kept).exit_code == 0


def test_making_and_revoking_a_key_is_in_the_audit_log(kept: Path) -> None:
    run("keys", "add", "Ann", "--archive", kept)
    run("keys", "revoke", "Ann", "--archive", kept)

    with Desk.open(kept) as desk, desk.reading() as change:
        found = deeds.listed(change)
    assert [(one.who, one.action) for one in found] == [
        ("command", "keys revoke"),
        ("command", "keys add"),
    ]
    assert {one.target for one in found} == {every(kept)[0].id}


def test_scopes_are_those_of_the_service() -> None:
    assert tuple(Scope) == SCOPES


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_this_machine_needs_no_key(kept: Path, host: str) -> None:
    guard(kept, host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "archive.example", ""])  # noqa: S104 # what must be refused
def test_other_machines_are_refused_without_a_key(kept: Path, host: str) -> None:
    with pytest.raises(UserError, match="it has no keys") as caught:
        guard(kept, host)

    assert "wherefrom keys add" in caught.value.hint


def test_other_machines_are_let_in_with_a_key(kept: Path) -> None:
    run("keys", "add", "Ann", "--archive", kept)

    guard(kept, "0.0.0.0")  # noqa: S104 # it is only looked at


def test_a_key_that_has_expired_opens_nothing_to_other_machines(kept: Path) -> None:
    run("keys", "add", "Ann", "--archive", kept)
    connection = sqlite3.connect(kept / "catalogue.sqlite")
    connection.execute("UPDATE keys SET expires_at = 1")
    connection.commit()
    connection.close()

    with pytest.raises(UserError, match="it has no keys"):
        guard(kept, "0.0.0.0")  # noqa: S104 # it is only looked at
