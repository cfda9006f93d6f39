"""What was measured of a file, written down while it is measured, so that memory stays flat.

Its files count for nothing until the archive names them.
"""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from index import folder
from index.store.runs import Run, Writer
from index.values import AssetRow, Channel, Fingerprint, Media


@dataclass(frozen=True, slots=True)
class Spooled:
    """A measured file.

    Attributes:
        media: What it holds.
        codes: Its codes, by channel.
    """

    media: Media
    codes: Mapping[Channel, "SpooledCodes"]

    def discard(self) -> None:
        """Delete its files."""
        for each in self.codes.values():
            each.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class SpooledCodes:
    """Codes of one file on one channel.

    Attributes:
        recipe: How they were measured.
        count: How many.
        path: The file that holds them.
    """

    recipe: str
    count: int
    path: Path


def spool(archive: Path, measured: Iterable[Fingerprint | Media]) -> Spooled:
    """Write what is measured to files in the archive, as it comes.

    Args:
        archive: Its folder.
        measured: Codes, those of a channel by time, and what the file holds.

    Raises:
        NoSpaceError: The disk is full; nothing is left behind.
    """
    writers: dict[Channel, tuple[str, Writer, Path]] = {}
    try:
        media = _written(archive, measured, writers)
    except BaseException:
        for _, _, path in writers.values():
            path.unlink(missing_ok=True)
        raise
    codes = {
        channel: SpooledCodes(recipe, writer.count, path)
        for channel, (recipe, writer, path) in writers.items()
    }
    return Spooled(media, codes)


def again(archive: Path, media: Media, runs: Mapping[Channel, tuple[str, Run]]) -> Spooled:
    """Write what another archive holds of a file to files in this one.

    Args:
        archive: Its folder.
        media: What the file holds.
        runs: Its codes by channel, each with how they were measured.

    Raises:
        NoSpaceError: The disk is full; nothing is left behind.
    """
    codes: dict[Channel, SpooledCodes] = {}
    try:
        for channel, (recipe, run) in runs.items():
            with folder.made(archive) as file, Writer(file) as writer:
                writer.add(run)
            codes[channel] = SpooledCodes(recipe, len(run), Path(file.name))
    except BaseException:
        Spooled(media, codes).discard()
        raise
    return Spooled(media, codes)


def _written(
    archive: Path,
    measured: Iterable[Fingerprint | Media],
    writers: dict[Channel, tuple[str, Writer, Path]],
) -> Media:
    """Write the codes, to a new file for each new channel; return what the measured file holds."""
    media = None
    with ExitStack() as files:
        for each in measured:
            if isinstance(each, Media):
                media = each
                continue
            if each.channel not in writers:
                file = files.enter_context(folder.made(archive))
                writer = files.enter_context(Writer(file))
                writers[each.channel] = each.recipe, writer, Path(file.name)
            writers[each.channel][1].add(Run.of(AssetRow(0), each))
    if media is None:
        raise ValueError("what the file holds was not told")
    return media
