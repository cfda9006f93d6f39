"""What `--prov`, `--otio`, `--c2pa` and `--review` write: answers in the formats of others."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import typer

from api.cli.console import STANDARD_OUTPUT, lines
from index.errors import UserError

if TYPE_CHECKING:
    from lineage.derivations import Lineage
    from lineage.values import Report

Prov = Annotated[
    Path | None,
    typer.Option(
        "--prov",
        metavar="FILE",
        help="Write who was made from whom to FILE, as W3C PROV-JSON; - for standard output.",
    ),
]
Otio = Annotated[
    Path | None,
    typer.Option(
        "--otio",
        metavar="FILE",
        help="Write one clip to FILE as a cut list of its sources, for OpenTimelineIO.",
    ),
]
C2pa = Annotated[
    Path | None,
    typer.Option(
        "--c2pa",
        metavar="FILE",
        help="Write what can be said of one clip to FILE, as a C2PA manifest to be signed.",
    ),
]
Review = Annotated[
    Path | None,
    typer.Option(
        "--review",
        metavar="FILE",
        help="Write a draft of schema.org's MediaReview to FILE; a person has to finish it.",
    ),
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where to write which format; "-" is standard output, None nowhere.

    Attributes:
        prov: Who was made from whom.
        otio: A cut list; of one clip.
        c2pa: A manifest definition; of one clip.
        review: Drafts of fact-checks' markup.
    """

    prov: Path | None = None
    otio: Path | None = None
    c2pa: Path | None = None
    review: Path | None = None

    @property
    def aloud(self) -> bool:
        """Whether one goes to standard output, so that nothing else may."""
        return STANDARD_OUTPUT in self._targets()

    def checked(self, *others: Path | None, clips: int) -> Self:
        """Return the same, if it can be written.

        Args:
            others: Where else the command writes.
            clips: About how many it is asked.

        Raises:
            UserError: Two would be written to one place, or several clips into a file for one.
        """
        named = [each for each in (*self._targets(), *others) if each is not None]
        twice = next((each for each in named if named.count(each) > 1), None)
        if twice is not None:
            place = "standard output" if twice == STANDARD_OUTPUT else str(twice)
            raise UserError(
                f"Two documents cannot both be written to {place}.",
                hint="Name a file for each of them.",
            )
        for option, target in (("--otio", self.otio), ("--c2pa", self.c2pa)):
            if target is not None and clips > 1:
                raise UserError(
                    f"{option} writes a document about one clip, and {clips} were named.",
                    hint=f"Ask about one clip at a time, or leave {option} out.",
                )
        return self

    def _targets(self) -> list[Path | None]:
        return [getattr(self, each.name) for each in fields(self)]


@contextmanager
def exports(wanted: Wanted) -> Iterator[Callable[["Report"], None]]:
    """Give a function that takes each answer; all are written at the end, if there were any.

    Raises:
        UserError: A file cannot be written. That is found before anything is asked.
    """
    taken: list[Report] = []
    with ExitStack() as opened:
        write = {
            each.name: opened.enter_context(lines(getattr(wanted, each.name)))
            for each in fields(wanted)
            if getattr(wanted, each.name) is not None
        }
        yield taken.append
        for name, put in write.items():
            if taken:
                put(_WRITERS[name](taken))


def lineage(told: "Lineage", *, version: str) -> str:
    """Return a lineage as PROV-JSON: all of it, however it came about."""
    from api.exports.provenance import document

    return document([told], version=version)


def _prov(reports: Sequence["Report"]) -> str:
    from api.exports.provenance import document, lineage

    return document(map(lineage, reports), version=reports[0].version)


def _otio(reports: Sequence["Report"]) -> str:
    from api.exports.cuts import timeline

    return timeline(reports[0])


def _c2pa(reports: Sequence["Report"]) -> str:
    from api.exports.credentials import manifest

    return manifest(reports[0])


def _review(reports: Sequence["Report"]) -> str:
    from api.exports.reviews import markup

    return markup(reports)


_WRITERS: dict[str, Callable[[Sequence["Report"]], str]] = {
    "prov": _prov,
    "otio": _otio,
    "c2pa": _c2pa,
    "review": _review,
}
