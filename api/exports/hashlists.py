"""What a bank lists, written and read in the shapes in which others exchange hashes.

    csv    what `threatexchange dataset --csv` prints
    text   a line for each, its type and its value: what its local file exchange reads
    json   a list of {"type", "value", "note"}

Source: Meta, ThreatExchange, python-threatexchange.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from index.hashing.exchanged import LONGEST, Kind

COLUMNS = ("collab", "signal_type", "signal_str", "category", "tags")
CATEGORY = "POSITIVE_CLASS"
"""Of signals that are listed because they are what is looked for."""
SIGNALS = {Kind.MD5: "video_md5", Kind.ASSET: "sha256"}
"""What others call kinds of ours: whoever has not the archive knows an asset by its digest."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run."""


class Shape(StrEnum):
    """How a list is written."""

    CSV = "csv"
    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Row:
    """What is listed.

    Attributes:
        signal: What kind of hash it is, in whoever's words.
        value: The hash.
        note: For people.
    """

    signal: str
    value: str
    note: str | None = None


class UnreadableError(ValueError):
    """A list that is in none of these shapes; the words say where."""


def signal(kind: str) -> str:
    """Return what others call a kind."""
    return SIGNALS.get(Kind(kind), kind)


def written(rows: Iterable[Row], shape: Shape, *, name: str) -> Iterator[str]:
    """Yield the parts of a list's text.

    Args:
        rows: What is listed.
        shape: How.
        name: Of the bank.
    """
    if shape is Shape.JSON:
        yield from _json(rows)
    elif shape is Shape.TEXT:
        yield from (f"{row.signal} {row.value}\n" for row in rows)
    else:
        yield _line(COLUMNS)
        for row in rows:
            yield _line((_inert(name), row.signal, row.value, CATEGORY, _inert(row.note or "")))


def read(text: str, shape: Shape) -> list[Row]:
    """Return what a list's text holds; empty lines count for nothing.

    Raises:
        UnreadableError: It is not in that shape.
    """
    readers = {Shape.CSV: _of_csv, Shape.TEXT: _of_text, Shape.JSON: _of_json}
    return list(readers[shape](text))


def _json(rows: Iterable[Row]) -> Iterator[str]:
    before = "[\n"
    for row in rows:
        said = {"type": row.signal, "value": row.value, "note": row.note}
        yield before + json.dumps(said, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _line(cells: Iterable[str]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerow(cells)
    return made.getvalue()


def _inert(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    >>> _inert("=1+1"), _inert("a=b")
    ("'=1+1", 'a=b')
    """
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _of_csv(text: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST)
    lines = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        names = set(lines.fieldnames or ())
        if not ({"signal_type", "signal_str"} <= names or {"type", "value"} <= names):
            raise UnreadableError(
                "its first line names neither signal_type and signal_str nor type"
            )
        for line in lines:
            yield _cells(line, lines.line_num)
    except csv.Error as error:
        raise UnreadableError(f"line {lines.line_num} is no CSV: {error}") from None


def _cells(line: Mapping[str, str | None], number: int) -> Row:
    named, value = (
        line.get(name) or line.get(other)
        for name, other in (("signal_type", "type"), ("signal_str", "value"))
    )
    if not named or not value:
        raise UnreadableError(f"line {number} has no type or no value")
    note = line.get("tags") or line.get("note") or None
    quoted = note is not None and note[:1] == "'" and note[1:].startswith(FORMULA)
    return Row(named, value, note[1:] if note and quoted else note)


def _of_text(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), start=1):
        named, _, value = line.strip().partition(" ")
        if named and not value:
            raise UnreadableError(f"line {number} has no value after its type")
        if named:
            yield Row(named, value.strip())


def _of_json(text: str) -> Iterator[Row]:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError("it is no JSON") from None
    if not isinstance(items, list):
        raise UnreadableError("it is no list")
    for number, item in enumerate(items, start=1):
        said = item if isinstance(item, dict) else {}
        named, value, note = said.get("type"), said.get("value"), said.get("note")
        value = json.dumps(value) if isinstance(value, list) else value
        if not isinstance(named, str) or not isinstance(value, str):
            raise UnreadableError(f"item {number} has no type or no value")
        yield Row(named, value, note if isinstance(note, str) else None)
