"""`wherefrom watch`: clips that wait for footage which explains them.

`wherefrom index` holds what it adds against them; `Watcher` is its part in it.
"""

from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import STANDARD_OUTPUT, Console, lines, plain
from api.cli.options import ArchiveFolder, Json, Quiet, Verbose, archive_folder, console_of, model
from api.cli.progress import bar

if TYPE_CHECKING:
    from index.archive import Archive
    from index.catalogue.watches import Arrival, Watch
    from index.hashing.learned import Model
    from lineage.watches import Stuck, WatchParams

WatchName = Annotated[
    str, typer.Argument(metavar="WATCH", help="The number of a watch, or its clip's name.")
]

watch = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Be told when footage arrives that explains the rest of a clip.",
)


@watch.command()
def add(
    context: typer.Context,
    clip: Annotated[Path, typer.Argument(metavar="CLIP", help="The suspect clip.")],
    *,
    archive: ArchiveFolder = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="What to remember of it.")
    ] = None,
    json: Json = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Trace a clip, and watch for footage that explains what is left of it.

    Its codes are kept, no picture and no sound. While the clip stays where it is, what comes is
    proven by it; without it, codes alone are told. A clip of which nothing is left is refused.
    """
    from api.exports.watches import left
    from index.archive import Archive
    from lineage.watches import add as watched

    console, describing = console_of(context), model()
    with Archive.open(archive_folder(archive), write=True) as opened, lines(json) as write:
        with bar(console, clip.name) as beat:
            params = asking(opened, describing)
            made = watched(clip, opened, note=note, params=params, progress=beat)
        write(_document(made, made.arrivals, opened))
    if json != STANDARD_OUTPUT:
        console.result(f"Watch {made.id}: {plain(made.name)}, {left(made.rests)}.")


@watch.command(name="list")
def show_list(
    context: typer.Context,
    *,
    archive: ArchiveFolder = None,
    json: Json = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """List what is watched: number, what is still unexplained, how many files came, name."""
    from api.exports.watches import left
    from index.archive import Archive
    from lineage.report import counted
    from lineage.watches import remaining

    console = console_of(context)
    with Archive.open(archive_folder(archive)) as opened, lines(json) as write:
        for one in opened.watches.every():
            write(_document(one, one.arrivals, opened))
            if json != STANDARD_OUTPUT:
                came = counted(len(one.arrivals), "file")
                rests = left(remaining(one)) or "nothing left"
                console.result(f"{one.id:>4}  {came:>8}  {plain(one.name)}: {rests}")


@watch.command()
def show(
    context: typer.Context,
    name: WatchName,
    *,
    archive: ArchiveFolder = None,
    json: Json = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Show what is watched for of one clip, and what came."""
    from api.exports.watches import left, said
    from index.archive import Archive
    from index.files import still
    from lineage.watches import remaining

    console = console_of(context)
    with Archive.open(archive_folder(archive)) as opened, lines(json) as write:
        one = opened.watches.find(name)
        write(_document(one, one.arrivals, opened))
    if json == STANDARD_OUTPUT:
        return
    lies = still(one.location, one.digest) is not None
    facts = {
        "watch": str(one.id),
        "clip": one.name,
        "place": one.location.uri + ("" if lies else " (gone: codes alone are told)"),
        "sha256": one.digest,
        "added at": one.added_at,
        "note": one.note or "none",
        "unexplained": left(one.rests),
        "still": left(remaining(one)) or "nothing",
    }
    for word, value in facts.items():
        console.result(f"{word:<14}{plain(value)}")
    for each in one.arrivals:
        console.result(plain(f"{each.found_at}  {said(each)}"))


@watch.command()
def check(
    context: typer.Context,
    *,
    archive: ArchiveFolder = None,
    json: Json = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Hold all archived files against all watches again; what was told is not told again.

    `wherefrom index` does so with each new file. This is for files that were archived before and
    then measured again, since an older version had measured less of them or their codes were lost.
    """
    from index.archive import Archive
    from lineage.report import counted

    console, describing = console_of(context), model()
    with Archive.open(archive_folder(archive), write=True) as opened, lines(json) as write:
        opened.watches.rewind()
        Watcher(opened, describing).finish(console, write, aloud=True)
        count = len(opened.watches.every())
    say = console.note if json == STANDARD_OUTPUT else console.result
    say(f"Checked {counted(count, 'watch', 'watches')}.")


@watch.command()
def remove(
    context: typer.Context,
    name: WatchName,
    *,
    archive: ArchiveFolder = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Watch for a clip no more, and forget what came."""
    from index.archive import Archive

    with Archive.open(archive_folder(archive), write=True) as opened:
        one = opened.watches.find(name)
        opened.watches.remove(one)
    console_of(context).result(f"Removed watch {one.id}  {plain(one.name)}")


class Watcher:
    """Holds what is indexed against the watches, while it is indexed and after.

    Attributes:
        active: Whether anything is watched; else nothing is done.
    """

    def __init__(self, archive: "Archive", model: "Model | None") -> None:
        """Begin with an archive that is open for writing."""
        self.active = archive.watches.exist()
        self._archive = archive
        self._params = asking(archive, model) if self.active else None
        self._added = 0
        self._stuck: dict[int, Stuck] = {}

    def added(self) -> None:
        """Hear that one more file was added."""
        self._added += 1
        if self._params is not None and self._added % self._params.most == 0:
            self._check(self._params)

    def finish(self, console: Console, write: Callable[[str], None], *, aloud: bool) -> None:
        """Tell what came that nobody was told of, each once.

        Args:
            console: Told in sentences.
            write: Given a line of JSON for each.
            aloud: Whether anybody hears either; else it waits for who does.
        """
        from api.exports.watches import sentence

        if self._params is None:
            return
        self._check(self._params)
        for each in self._stuck.values():
            console.note(f"Watch {each.watch.id} was not checked: {each.reason}")
        come = self._archive.watches.untold() if aloud else []
        for one, arrival in come:
            write(record(one, arrival, self._archive))
            console.note(sentence(one, arrival))
        if come:
            self._archive.watches.tell([arrival for _, arrival in come])

    def _check(self, params: "WatchParams") -> None:
        from lineage.watches import check

        self._stuck = {each.watch.id: each for each in check(self._archive, params=params)}


def asking(archive: "Archive", model: "Model | None") -> "WatchParams":
    """Return how clips are watched, with what a model says of frames if the archive holds that."""
    from dataclasses import replace

    from lineage.params import described
    from lineage.watches import DEFAULT

    return replace(DEFAULT, trace=described(archive, model, params=DEFAULT.trace))


def record(watch: "Watch", arrival: "Arrival", archive: "Archive") -> str:
    """Return what `index --json` says of a file that came, with the document of the event."""
    from json import dumps

    from api.exports.watches import document
    from index.files import path_of, shown

    asset = archive.find(arrival.digest) if arrival.archived else None
    return dumps(
        {
            "path": shown(Path(arrival.name) if asset is None else path_of(asset.uri)),
            "status": "watched",
            "id": arrival.digest[:16],
            "sha256": arrival.digest,
            "watch": document(watch, [arrival], archive=archive.id, version=_version()),
        }
    )


def _document(watch: "Watch", come: "tuple[Arrival, ...]", archive: "Archive") -> str:
    from api.exports.watches import line

    return line(watch, come, archive=archive.id, version=_version())


def _version() -> str:
    return metadata.version("wherefrom")
