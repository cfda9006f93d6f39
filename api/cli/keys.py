"""`wherefrom keys`: who may ask the service for what."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.auditing import audit
from api.cli.console import plain
from api.cli.options import ArchiveFolder, Quiet, Verbose, archive_folder, console_of
from index.errors import NotFoundError, UserError

if TYPE_CHECKING:
    from index.catalogue.database import Change
    from index.catalogue.keys import Key
    from index.desk import Desk

SPAN = re.compile(r"([1-9]\d{0,4})([hdwy])", re.ASCII)
HOURS = {"h": 1, "d": 24, "w": 7 * 24, "y": 365 * 24}
LONGEST = 100
"""Characters of a name."""

keys = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Say who may ask the service for what.",
)


class Scope(StrEnum):
    """What a key is made for; a test holds it against the service's own list."""

    READ = "read"
    TRACE = "trace"
    INGEST = "ingest"
    ADMIN = "admin"


@keys.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose it is, for people.")],
    *,
    scope: Annotated[
        list[Scope] | None,
        typer.Option(
            "--scope", help="What it may be used for; may be repeated; read where not given."
        ),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="SPAN", help="When it ends: 12h, 90d, 8w or 1y."),
    ] = None,
    archive: ArchiveFolder = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Make a key, and show it: once, for only its digest is kept.

    From the first key on the service answers nobody without one. The scope read is for seeing
    one's own traces and what is archived, trace for tracing clips, ingest for adding files to the
    archive; admin holds all, sees everyone's traces and the audit log.
    """
    from time import time

    from api.web.gate.keys import digest, mint
    from index.catalogue import keys as rows
    from index.catalogue.keys import Key

    if not 0 < len(name) <= LONGEST or not name.isprintable():
        raise UserError(
            f"A key cannot be called {plain(name)!r}.",
            hint=f"Name its holder on one line of at most {LONGEST} characters.",
        )
    now = time()
    until = None if expires is None else now + _seconds(expires)
    made, text = mint()
    scopes = frozenset(str(one) for one in scope or (Scope.READ,))
    with _desk(archive) as desk, desk.changing() as change:
        rows.add(change, Key(made, name, digest(text), scopes, now, until))
        _note(change, "keys add", made, now)
    console = console_of(context)
    console.result(text)
    console.note(f"Keep it now: it is not shown again. Key {made} of {name}: {_may(scopes)}.")


@keys.command(name="list")
def show_list(
    context: typer.Context,
    *,
    archive: ArchiveFolder = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """List the keys: id, what it may be used for, how long, when it was used last, name."""
    from time import time

    from index.catalogue import keys as rows

    with _desk(archive) as desk, desk.reading() as change:
        found = rows.every(change)
    now = time()
    for key in found:
        used = "never used" if key.used_at is None else f"used {_when(key.used_at)}"
        facts = f"{key.id}  {_may(key.scopes)}, {_state(key, now)}, {used}"
        console_of(context).result(f"{facts}: {plain(key.name)}")


@keys.command()
def revoke(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its id, or its holder's name.")],
    *,
    archive: ArchiveFolder = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Let a key in no more, at once; whoever signed in with it is signed out."""
    from time import time

    from index.catalogue import keys as rows

    now = time()
    with _desk(archive) as desk, desk.changing() as change:
        found = rows.named(change, key)
        if not found:
            raise NotFoundError(
                f"There is no key {plain(key)}, or it was revoked before.",
                hint="See `wherefrom keys list`.",
            )
        if len(found) > 1:
            raise UserError(
                f"{len(found)} keys are called {plain(key)}.",
                hint=f"Name its id: {', '.join(one.id for one in found)}.",
            )
        rows.revoke(change, found[0].id, now=now)
        _note(change, "keys revoke", found[0].id, now)
        guarded = rows.guarded(change)
    console_of(context).result(f"Revoked key {found[0].id} of {plain(found[0].name)}")
    if not guarded:
        console_of(context).note(
            "It was the last one: a service on 127.0.0.1 needs no key now, any other lets "
            "nobody in."
        )


keys.command()(audit)


def _desk(archive: Path | None) -> "Desk":
    """Return the desk of the archive that is named.

    Raises:
        UserError: None is named, or it cannot be written to.
    """
    from api.cli.serving import current
    from index.desk import Desk

    folder = archive_folder(archive)
    current(folder)
    return Desk.open(folder)


def _note(change: "Change", action: str, target: str, now: float) -> None:
    from index.catalogue import deeds
    from index.catalogue.deeds import COMMAND, Deed

    deeds.add(change, Deed(now, COMMAND, action, target, 200))


def _seconds(span: str) -> float:
    """Return how long a key is valid.

    Raises:
        UserError: It is no span.
    """
    found = SPAN.fullmatch(span)
    if found is None:
        raise UserError(
            f"{plain(span)!r} is no span of time.", hint="Say --expires 12h, 90d, 8w or 1y."
        )
    return 3600.0 * int(found[1]) * HOURS[found[2]]


def _may(scopes: Collection[str]) -> str:
    return " ".join(one for one in Scope if one in scopes)


def _state(key: "Key", now: float) -> str:
    if key.revoked_at is not None:
        return f"revoked {_when(key.revoked_at)}"
    if key.expires_at is None:
        return "does not expire"
    return f"{'expires' if key.valid(now) else 'expired'} {_when(key.expires_at)}"


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
