"""What `--report` writes: a page for each clip, and one that leads to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from api.cli.console import written

if TYPE_CHECKING:
    from lineage.values import Report


@dataclass(frozen=True, slots=True)
class Entry:
    """One clip of the leading page.

    Attributes:
        address: The clip's page, relative to the leading page.
        name: The clip's name.
        summary: The verdict.
        claim: What is known to have been done to it; empty if nothing is.
    """

    address: str
    name: str
    summary: str
    claim: str = ""


class Folder:
    """A folder of reports, written as the answers come in.

    Args:
        path: Made if it doesn't exist; pages of the same names are replaced.
        title: Heads the leading page.
        claims: By clip name, where it is known what was done.
        credits: Whose footage is shown.
    """

    def __init__(
        self,
        path: Path,
        *,
        title: str = "What the clips were made from",
        claims: Mapping[str, str] | None = None,
        credits: Sequence[str] = (),  # noqa: A002 - the word people know
    ) -> None:
        self.index = path / "index.html"
        self._path = path
        self._title = title
        self._claims = claims or {}
        self._credits = credits
        self._entries: list[Entry] = []
        with written(path):
            path.mkdir(parents=True, exist_ok=True)

    def add(self, report: "Report", page: str) -> Path:
        """Write a clip's page and the leading page anew; return the clip's page."""
        from lineage.report import counted, length, readable

        name = self._free(readable(report.query.name).replace("/", "_"))
        self._put(self._path / name, page)
        self._entries.append(
            Entry(
                address=quote(name),
                name=readable(report.query.name),
                summary=report.summary,
                claim=self._claims.get(report.query.name, ""),
            )
        )
        searched = report.searched
        files = f"{counted(searched.assets, 'file')}, {length(searched.seconds)}"
        self._put(
            self.index,
            _leading(
                title=self._title,
                searched=f"Searched: {files}, {counted(searched.codes, 'code')}.",
                entries=self._entries,
                credits=self._credits,
                version=report.version,
            ),
        )
        return self._path / name

    def _free(self, name: str) -> str:
        """Return a page's name that this run has not used yet."""
        used = {entry.address for entry in self._entries} | {"index.html"}
        numbered = (f"{name}-{number}.html" for number in range(2, len(used) + 3))
        candidates = (f"{name}.html", *numbered)
        return next(each for each in candidates if quote(each) not in used)

    def _put(self, path: Path, page: str) -> None:
        with written(path):
            path.write_text(page, encoding="utf-8")


def _leading(**facts: object) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("api.cli"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("index.html").render(**facts)


type Writer = Callable[["Report"], Path]
