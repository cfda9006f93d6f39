"""`wherefrom keys audit`: who did what, printed for people or told to programs."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from json import dumps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.console import STANDARD_OUTPUT, lines, plain
from api.cli.options import ArchiveFolder, Json, Quiet, Verbose, archive_folder, console_of
from index.errors import NotFoundError, UserError

if TYPE_CHECKING:
    from index.catalogue.database import Change
    from index.catalogue.deeds import Deed

AGO = re.compile(r"([1-9]\d{0,4})([hdwy])", re.ASCII)
SECONDS = {"h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}
NOBODY = ("local", "command")
"""Who did what without a key."""


def audit(
    context: typer.Context,
    *,
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="From then on: 2026-11-30, 2026-11-30T08:00, or 7d ago."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only before then, written likewise.")
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key",
            help="Only of this key, by id or name; local or command for none; may be repeated.",
        ),
    ] = None,
    archive: ArchiveFolder = None,
    json: Json = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Show who did what through the service, and which keys were made or revoked; the oldest first.

    A line has the time in UTC, the status that was answered, who, what, and to what. How long that
    is kept says the setting audit_days.
    """
    from time import time

    from api.cli.serving import current
    from index.catalogue import deeds
    from index.catalogue.deeds import Wanted
    from index.desk import Desk

    folder, now = archive_folder(archive), time()
    first, last = (None if one is None else _moment(one, now) for one in (since, until))
    current(folder)
    say = console_of(context).result
    with Desk.open(folder) as desk, desk.reading() as change, lines(json) as write:
        wanted = Wanted(first, last, _who(change, key))
        for deed in deeds.each(change, wanted):
            write(dumps(_facts(deed), ensure_ascii=False))
            if json != STANDARD_OUTPUT:
                say(_line(deed))


def _moment(word: str, now: float) -> float:
    """Return a time in seconds since 1970; one that names no zone is of UTC.

    Raises:
        UserError: It is none.
    """
    found = AGO.fullmatch(word)
    if found is not None:
        return now - int(found[1]) * SECONDS[found[2]]
    try:
        when = datetime.fromisoformat(word)
    except ValueError as error:
        raise UserError(
            f"{plain(word)!r} is no time.", hint="Say 2026-11-30, 2026-11-30T08:00, or 7d for ago."
        ) from error
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _who(change: "Change", words: list[str] | None) -> tuple[str, ...] | None:
    """Return the ids of keys that are named, revoked ones too; None where none is.

    Raises:
        NotFoundError: There is no such key.
    """
    from index.catalogue import keys

    if not words:
        return None
    ids: list[str] = []
    for word in words:
        found = [one.id for one in keys.every(change) if word in {one.id, one.name}]
        found += [word] if word in NOBODY else []
        if not found:
            raise NotFoundError(
                f"There is no key {plain(word)}.", hint="See `wherefrom keys list`."
            )
        ids += found
    return tuple(ids)


def _line(deed: "Deed") -> str:
    who = deed.who if deed.name is None else f"{deed.name} ({deed.who})"
    when = datetime.fromtimestamp(deed.at, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return plain(f"{when}  {deed.outcome}  {who}  {deed.action}  {deed.target}")


def _facts(deed: "Deed") -> Mapping[str, Any]:
    """Return what is told of a deed, as /v1/audit tells it."""
    return {
        "at": datetime.fromtimestamp(deed.at, UTC).isoformat(),
        "who": deed.who,
        "name": deed.name,
        "action": deed.action,
        "target": deed.target,
        "status": deed.outcome,
        "request": deed.request or None,
    }
