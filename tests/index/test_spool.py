import errno
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index import spool
from index.archive import Archive
from index.errors import BadMediaError, NoSpaceError
from index.values import Channel, Fingerprint, Media
from tests import archives


def pieces() -> Iterator[Fingerprint | Media]:
    for channel in (Channel.FEATURE, Channel.PICTURE):
        times = np.arange(4.0)
        yield Fingerprint(channel, archives.RECIPE, times, times * 0, archives.codes(1))
    yield archives.MEDIA


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "a", create=True) as made:
        yield made


def left(archive: Archive) -> list[Path]:
    return list((archive.path / "tmp").iterdir())


def test_codes_are_on_the_disk_before_all_is_measured(archive: Archive) -> None:
    seen: list[int] = []

    def watched() -> Iterator[Fingerprint | Media]:
        for each in pieces():
            seen.append(len(left(archive)))
            yield each

    spooled = archive.spool(watched())

    assert seen == [0, 1, 2]
    assert {channel: each.count for channel, each in spooled.codes.items()} == {
        Channel.FEATURE: 4,
        Channel.PICTURE: 4,
    }
    spooled.discard()
    assert left(archive) == []


def test_file_that_breaks_off_leaves_nothing(archive: Archive) -> None:
    def broken() -> Iterator[Fingerprint | Media]:
        yield next(pieces())
        raise BadMediaError("film.mp4 ends early.", hint="Look.")

    with pytest.raises(BadMediaError):
        archive.spool(broken())

    assert left(archive) == []


def test_what_never_tells_its_media_leaves_nothing(archive: Archive) -> None:
    with pytest.raises(ValueError, match="not told"):
        archive.spool(each for each in pieces() if not isinstance(each, Media))

    assert left(archive) == []


def test_disk_that_fills_with_the_last_file_leaves_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    files = sum(isinstance(each, Fingerprint) for each in pieces())

    def full(number: int) -> None:
        synced.append(number)
        if len(synced) == files:
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(spool.folder.os, "fsync", full)  # type: ignore[attr-defined] # its own import

    with pytest.raises(NoSpaceError):
        archive.spool(pieces())

    assert left(archive) == []
