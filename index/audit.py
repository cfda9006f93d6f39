"""Whether an archive is sound: marker, rows, checksums and counts agree."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.catalogue import assets, codes
from index.catalogue.codes import Held, Segment
from index.catalogue.database import Catalogue
from index.errors import ArchiveDamagedError
from index.folder import Marker
from index.holdings import TRIES, buffer_file, content, segment_file
from index.store.runs import Run
from index.store.segments import StoreSegment
from index.values import AssetRow


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found.

    Attributes:
        generation: Of the catalogue at that moment.
        problems: One sentence each; empty if the archive is sound.
        bad: Names of store segments that cannot be used.
        lost: Keyframes whose codes cannot be read.
    """

    generation: int
    problems: tuple[str, ...]
    bad: tuple[str, ...]
    lost: tuple[Held, ...]


def audit(path: Path, catalogue: Catalogue, *, thorough: bool) -> Audit:
    """Return what is wrong with an archive.

    Files that no row names are no problem: a stopped run may leave some, and the next one removes
    them. Where a writer replaced files meanwhile, they are looked at again.

    Args:
        path: The archive's folder.
        catalogue: Its catalogue.
        thorough: Whether to check the catalogue's own structure down to every entry.
    """
    found = _audit(path, catalogue, thorough=thorough)
    for _ in range(TRIES):
        with catalogue.reading() as change:
            generation = codes.generation(change)
        if not found.problems or found.generation == generation:
            break
        found = _audit(path, catalogue, thorough=thorough)
    return found


def _audit(path: Path, catalogue: Catalogue, *, thorough: bool) -> Audit:
    """Return what is wrong with an archive at one moment."""
    marker = Marker.read(path)
    problems = catalogue.faults(thorough=thorough)
    with catalogue.reading() as change:
        identity, generation = codes.identity(change), codes.generation(change)
        sealed, held, removed = codes.sealed(change), codes.held(change), codes.removed(change)
        waiting = [
            assets.by_row(change, row)
            for row in assets.incomplete(change, channels=len(marker.recipes))
        ]
    if identity != marker.id:
        problems.append(f"The marker names archive {marker.id}, the catalogue {identity}.")
    problems += [
        f"{asset.name} ({asset.id}) lacks some of its codes: index {asset.uri} again."
        for asset in waiting
        if asset is not None
    ]
    problems += _strange_recipes(held, marker)
    bad, lost = [], []
    for segment in sealed:
        inside = [each for each in held if each.segment == segment.name]
        gone = {row for name, row in removed if name == segment.name}
        found = list(_segment_problems(path, segment, inside, gone))
        if found:
            bad.append(segment.name)
            lost += inside
            problems += found
    for each in held:
        if each.segment is None and (found := list(_buffer_problems(path, each))):
            lost.append(each)
            problems += found
    return Audit(generation, tuple(problems), tuple(bad), tuple(lost))


def _strange_recipes(held: Sequence[Held], marker: Marker) -> list[str]:
    measured = {(each.channel.name.lower(), each.recipe) for each in held}
    return [
        f"Some codes were measured by {recipe}, which the marker does not name for {channel}."
        for channel, recipe in sorted(measured)
        if marker.recipes.get(channel) != recipe
    ]


def _segment_problems(
    path: Path, segment: Segment, held: Sequence[Held], removed: set[AssetRow]
) -> Iterator[str]:
    name = segment_file(segment.name)
    try:
        data = content(path, name)
        if hashlib.sha256(data).hexdigest() != segment.sha256:
            yield f"The bytes of {name} are not those that were written."
            return
        store_segment = StoreSegment.read(data, name=name)
    except ArchiveDamagedError as error:
        yield str(error)
        return
    if len(store_segment) != segment.codes:
        yield f"{name} holds {len(store_segment)} codes, the catalogue says {segment.codes}."
    here = {
        (AssetRow(int(asset)), int(first), int(count)) for asset, first, count in store_segment.runs
    }
    rows = {(each.asset, each.first, each.count) for each in held}
    for asset, first, count in sorted(rows - here):
        yield f"{name} does not hold the {count} codes of asset row {asset} at {first}."
    for asset, _, count in sorted(here - rows):
        if asset not in removed:
            yield f"{name} holds {count} codes of asset row {asset}, which the catalogue lacks."


def _buffer_problems(path: Path, held: Held) -> Iterator[str]:
    name = buffer_file(held)
    try:
        run = Run.read(held.asset, content(path, name), name=name)
    except ArchiveDamagedError as error:
        yield str(error)
        return
    if len(run) != held.count:
        yield f"{name} holds {len(run)} codes, the catalogue says {held.count}."
