"""An answer with all that it rests on, put into a folder that becomes a bag."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import metadata, resources
from pathlib import Path
from urllib.parse import quote

from api.bundles import bag, contents
from api.bundles.contents import ANSWER, CONTENTS, CUSTODY, FORM, LEAFLET, PAGE, Deed, Origin
from api.bundles.exhibits import drawn
from api.exports.document import interval, line
from api.exports.exhibits import answers
from api.exports.page import page
from api.exports.texts import text
from api.exports.verdicts import Said, marked
from index import files
from index.archive import Archive
from index.errors import BadMediaError, MissingFileError
from index.fingerprints import MOST_BYTES
from index.fingerprints import line as codes_line
from index.values import Asset
from lineage.exhibits import exhibits
from lineage.prints import fingerprints
from lineage.stills import pairs
from lineage.values import Report

type Told = Callable[[str, float], None]
"""Told the stage and which share of it is done."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What whoever makes a bundle decides.

    Attributes:
        by: Who they are, in their words; None to say nothing.
        sources: Whether the sources' files are put into it.
        addresses: Whether it says where the sources' files lie.
    """

    by: str | None = None
    sources: bool = False
    addresses: bool = True


@dataclass(slots=True)
class Packing:
    """A bundle that is being made.

    Attributes:
        folder: Its `data`.
        query: Where the clip lies in it.
        answer: What was found, with addresses that may be handed on.
        reached: The sources' files that can be read, by their SHA-256.
        choices: What was decided.
        done: The custody log so far.
    """

    folder: Path
    query: str
    answer: Report
    reached: Mapping[str, Path]
    choices: Choices
    done: list[Deed] = field(default_factory=list)

    def note(self, action: str, *made: str) -> None:
        """Add a line to the custody log."""
        self.done.append(contents.deed(action, self.folder, list(made), by=self.choices.by))

    def write(self, name: str, data: str | bytes) -> str:
        """Write a file; return its name."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return name

    def copy(self, source: Path, name: str, digest: str) -> str:
        """Copy a file; return its name.

        Raises:
            MissingFileError: It is another file now.
        """
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source, self.folder / name)
        except FileNotFoundError as error:
            raise files.unreadable(source, error) from error
        if files.digest(self.folder / name) != digest:
            raise MissingFileError(
                f"{files.shown(source)} was changed while the bundle was made.",
                hint="Let it rest, and make the bundle again.",
            )
        return name


def pack(  # noqa: PLR0913 # what is packed, where, and what was decided
    folder: Path,
    clip: Path,
    answer: Report,
    archive: Archive | None,
    *,
    choices: Choices = Choices(),
    said: Mapping[int, Sequence[Said]] | None = None,
    progress: Told = lambda _stage, _share: None,
) -> None:
    """Fill an empty folder, and make it a bag.

    Args:
        folder: The folder.
        clip: The query's file.
        answer: What was found of it.
        archive: Where; None for a comparison of two files.
        choices: What was decided.
        said: What people said of the findings, by number; None where nobody was asked.
        progress: Told how far it is.

    Raises:
        MissingFileError: A file is gone, or was changed meanwhile.
        BadMediaError: One can no longer be decoded.
    """
    data = folder / bag.PAYLOAD
    data.mkdir()
    query = f"query/clip.{contents.ending(answer.query.name)}"
    shared = handed(answer, query, addresses=choices.addresses)
    packing = Packing(data, query, shared, _reached(answer, archive), choices)
    progress("copy", 0.0)
    packing.note("copied the clip unaltered", packing.copy(clip, query, answer.query.digest))
    packing.note("traced the clip", packing.write(ANSWER, f"{line(shared)}\n"))
    progress("report", 0.2)
    stills, shown = pairs(answer, archive), exhibits(answer, archive)
    written = page(shared, stills, shown, reviewed=said is not None)
    packing.note("wrote the report", packing.write(PAGE, marked(written, said or {})))
    progress("exhibits", 0.4)
    numbers = _exhibited(packing, progress)
    progress("fingerprints", 0.6)
    printed, _ = _printed(packing, data / query, "query", "the clip")
    origins = list(_origins(packing, progress))
    table = contents.Contents(
        form=contents.SCHEMA,
        clip=contents.Clip(
            name=text(answer.query.name),
            file=query,
            sha256=answer.query.digest,
            size=(data / query).stat().st_size,
            fingerprint=printed,
        ),
        sources=origins,
        exhibits=numbers,
        versions=contents.versions(archive.recipes if archive else None),
    )
    packing.write(FORM, _kept(FORM))
    packing.write(LEAFLET, _leaflet(shared, query))
    listed = table.model_dump_json(indent=2, by_alias=True)
    packing.note("wrote the table of contents", packing.write(CONTENTS, f"{listed}\n"))
    packing.write(CUSTODY, "".join(f"{one.model_dump_json()}\n" for one in packing.done))
    progress("lists", 0.95)
    bag.write(folder, _info(shared, choices))


def handed(answer: Report, query: str, *, addresses: bool) -> Report:
    """Return an answer with addresses that may be handed on.

    The clip's is where it lies in the bundle.

    Args:
        answer: What was found.
        query: Where the clip lies in the bundle.
        addresses: Whether the sources' are told.
    """
    given = replace(answer, query=replace(answer.query, uri=query))
    if addresses:
        return given
    every = [source.asset for source in answer.sources]
    places = {str(files.path_of(asset.uri).parent) for asset in every}
    limits = tuple(_without(limit, places) for limit in answer.limits)
    sources = tuple(replace(one, asset=_hidden(one.asset)) for one in answer.sources)
    rests = tuple(
        rest
        if rest.shared is None
        else replace(rest, shared=replace(rest.shared, asset=_hidden(rest.shared.asset)))
        for rest in answer.unexplained
    )
    return replace(given, sources=sources, unexplained=rests, limits=limits)


def _hidden(asset: Asset) -> Asset:
    return replace(asset, uri=quote(asset.name))


def _without(sentence: str, places: set[str]) -> str:
    for place in sorted(places, key=len, reverse=True):
        sentence = sentence.replace(f"{place}/", "")
    return sentence


def _reached(answer: Report, archive: Archive | None) -> dict[str, Path]:
    """Return the sources' files that can be read, by their SHA-256."""
    assets = {source.asset.digest: source.asset for source in answer.sources}
    found = {
        digest: archive.file(asset) if archive else files.path_of(asset.uri)
        for digest, asset in assets.items()
    }
    return {digest: path for digest, path in found.items() if path is not None}


def _exhibited(packing: Packing, progress: Told) -> list[int]:
    """Write the exhibits; return the numbers of their findings."""
    numbers = []
    told = answers.read(packing.folder / ANSWER)
    clip = packing.folder / packing.query
    for number, parts in drawn(told, clip, packing.reached):
        place = contents.finding_folder(number)
        made = [packing.write(f"{place}/{name}", data) for name, data in parts.items()]
        packing.note(f"drew the exhibit of finding {number}", *made)
        numbers.append(number)
        progress("exhibits", 0.4 + 0.2 * len(numbers) / len(told.told))
    return numbers


def _origins(packing: Packing, progress: Told) -> Iterator[Origin]:
    """Write the sources and their codes; yield what is told of each file."""
    assets = {source.asset.digest: source.asset for source in packing.answer.sources}
    for count, asset in enumerate(assets.values(), 1):
        yield _origin(packing, asset)
        progress("fingerprints", 0.6 + 0.3 * count / len(assets))


def _origin(packing: Packing, asset: Asset) -> Origin:
    path, kept, printed = packing.reached.get(asset.digest), None, None
    lacking: str | None = "its file was out of reach"
    if path is not None:
        printed, lacking = _printed(packing, path, asset.id, "a source")
        if packing.choices.sources:
            place = f"sources/{asset.id}.{contents.ending(asset.name)}"
            kept = packing.copy(path, place, asset.digest)
            packing.note("copied a source unaltered", kept)
    stretches = [
        {
            "channel": source.channel.name.lower(),
            "query": interval(segment.query),
            "source": interval(segment.source),
        }
        for source in packing.answer.sources
        if source.asset.digest == asset.digest
        for segment in source.segments
    ]
    return Origin(
        id=asset.id,
        name=text(asset.name),
        sha256=asset.digest,
        uri=text(asset.uri) if packing.choices.addresses else None,
        size=None if path is None else path.stat().st_size,
        file=kept,
        fingerprint=printed,
        lacking=lacking,
        stretches=stretches,
    )


def _printed(packing: Packing, path: Path, name: str, what: str) -> tuple[str | None, str | None]:
    """Write a file's codes; return where they are, or why there are none."""
    try:
        codes = codes_line(fingerprints(path, named=False)) + "\n"
    except BadMediaError as error:
        return None, str(error)
    if len(codes) > MOST_BYTES:
        return None, "its codes are more than may be passed on"
    made = packing.write(f"fingerprints/{name}.json", codes)
    packing.note(f"measured the codes of {what}", made)
    return made, None


def _info(answer: Report, choices: Choices) -> dict[str, str]:
    """Return what the bag says of itself to those who know nothing of wherefrom."""
    name = text(answer.query.name)
    info = {
        "Bagging-Date": datetime.now(UTC).date().isoformat(),
        "Bag-Software-Agent": f"wherefrom {metadata.version('wherefrom')}",
        "External-Description": f"What the clip {name} was made from. {answer.summary}",
        "External-Identifier": f"sha256:{answer.query.digest}",
    }
    return info if choices.by is None else info | {"Contact-Name": choices.by}


def _leaflet(answer: Report, query: str) -> str:
    """Return what whoever opens the folder reads first."""
    return _kept("leaflet.txt").format(
        clip=text(answer.query.name), summary=text(answer.summary), query=query
    )


def _kept(name: str) -> str:
    """Return a text that comes with the program."""
    return resources.files("api.bundles").joinpath(name).read_text(encoding="utf-8")
