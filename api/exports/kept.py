"""A report written down whole, to be read again: what the document leaves out is kept too.

It is for this version of the program alone; what others rely on is the document.
"""

import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from api.exports.texts import text
from lineage.values import Report


def written(report: Report) -> str:
    """Return the report as a line of JSON, without the line's end."""
    return json.dumps(_plain(_adapter().dump_python(report, mode="json")), allow_nan=False)


def read(line: str) -> Report | None:
    """Return a report that was written down; None where another version wrote it."""
    try:
        return _adapter().validate_python(json.loads(line))
    except (ValueError, ValidationError):
        return None


@cache
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


def _plain(value: Any) -> Any:  # noqa: ANN401 # JSON
    """Return the value, its texts fit to be read again."""
    match value:
        case str():
            return text(value)
        case dict():
            return {text(name): _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case _:
            return value
