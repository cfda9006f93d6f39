"""What may be told of an error that nobody foresaw: its class and place, and never its words.

Its words may hold what was sent: names of files, addresses, what clips show.
"""

import traceback
from collections.abc import Iterator

OURS = ("api.", "index.", "lineage.")


def told(error: BaseException) -> dict[str, object]:
    """Return the class of an error, and where in our own code it was on its way."""
    return {"error": " < ".join(_kinds(error)), "at": list(_places(error))}


def _kinds(error: BaseException) -> Iterator[str]:
    """Yield the class of an error, and of each that led to it."""
    seen: BaseException | None = error
    while seen is not None:
        yield f"{type(seen).__module__}.{type(seen).__qualname__}"
        seen = seen.__cause__ or seen.__context__


def _places(error: BaseException) -> Iterator[str]:
    """Yield where in our own code an error was on its way, the innermost last."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", "?"))
        if module.startswith(OURS):
            yield f"{module}:{line} {frame.f_code.co_name}"
