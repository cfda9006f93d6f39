import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from index import files, holdings
from index.archive import Archive
from index.errors import (
    ArchiveBusyError,
)
from index.values import AssetRow, Channel, Fingerprint
from tests import archives


def test_a_full_buffer_is_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.archive.FULL_CODES", 8)
    with Archive.open(tmp_path / "a", create=True) as archive:
        for seed in range(5):
            archives.add(archive, archives.film(tmp_path, seed), seed)
        stats = archive.stats()

        assert (stats.codes, stats.buffered, stats.segments) == (20, 4, 1)
        assert [archives.found(archive, seed) for seed in range(5)] == [[1], [2], [3], [4], [5]]


def test_many_small_buffer_files_are_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.archive.FULL_FILES", 2)
    with Archive.open(tmp_path / "a", create=True) as archive:
        archives.add(archive, archives.film(tmp_path, 1), 1)
        archives.add(archive, archives.film(tmp_path, 2), 2)

        assert archive.stats().buffered == 0


def test_files_without_codes_on_several_channels_are_sealed(tmp_path: Path) -> None:
    nothing = np.empty(0), np.empty(0), np.empty((0, 32), np.uint8)
    silent = tuple(Fingerprint(channel, archives.RECIPE, *nothing) for channel in Channel)
    film = archives.film(tmp_path, 1)
    with Archive.open(tmp_path / "a", create=True) as archive:
        spooled = archive.spool((*silent, archives.MEDIA))
        archive.add(spooled, digest=files.digest(film), path=film)
        archive.seal()

        assert archive.verify(read_data=True) == []
        assert archive.stats().segments == len(Channel)


def test_full_store_segments_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdings, "FULL_CODES", 8)
    path = archives.filled(tmp_path, range(2))
    (whole,) = (path / "segments").iterdir()
    with Archive.open(path, write=True) as archive:
        archives.add(archive, archives.film(tmp_path, 3), 3)
        archive.seal()
        archives.add(archive, archives.film(tmp_path, 4), 4)
        archive.seal()

        assert archive.stats().segments == 2
        assert whole.exists()
        assert archive.verify() == []


def test_the_codes_of_a_long_file_are_a_store_segment_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdings, "FULL_CODES", 8)
    path = archives.filled(tmp_path, range(2), count=3)
    film = archives.film(tmp_path, 9)
    early, late = (
        Fingerprint(Channel.PICTURE, archives.RECIPE, times, times * 0, archives.codes(seed, 5))
        for seed, times in ((8, np.arange(5.0)), (9, np.arange(5.0, 10.0)))
    )
    with Archive.open(path, write=True) as archive:
        spooled = archive.spool([early, late, archives.MEDIA])
        archive.add(spooled, digest=files.digest(film), path=film)
        archives.add(archive, archives.film(tmp_path, 5), 5, 3)
        archive.seal()

        assert archive.stats().segments == 2
        assert archives.found(archive, 8) == archives.found(archive, 9) == [3]
        assert archive.search(archives.codes(9), 0).times.tolist() == [5.0, 6.0, 7.0, 8.0]
        assert archive.verify(read_data=True) == []


def test_the_codes_of_a_removed_asset_are_dropped_by_the_next_merge(tmp_path: Path) -> None:
    path = archives.filled(tmp_path, range(3))
    with Archive.open(path, write=True) as archive:
        archive.remove(archive.asset(AssetRow(2)))
        archives.add(archive, archives.film(tmp_path, 9), 9)
        archive.seal()

    connection = sqlite3.connect(path / "catalogue.sqlite")
    assert connection.execute("SELECT codes FROM segments").fetchall() == [(12,)]
    assert connection.execute("SELECT * FROM tombstones").fetchall() == []
    connection.close()


def test_a_second_writer_is_turned_away_but_readers_are_not(tmp_path: Path) -> None:
    path = archives.filled(tmp_path, range(1))
    with Archive.open(path, write=True) as writer, Archive.open(path) as reader:
        with pytest.raises(ArchiveBusyError):
            Archive.open(path, write=True)
        archives.add(writer, archives.film(tmp_path, 5), 5)

        assert archives.found(reader, 5) == [2]
        assert reader.verify() == []


def test_a_reader_follows_a_writer_through_every_change(tmp_path: Path) -> None:
    path = archives.filled(tmp_path, range(2))
    with Archive.open(path, write=True) as writer, Archive.open(path) as reader:
        assert archives.found(reader, 0) == [1]
        archives.add(writer, archives.film(tmp_path, 5), 5)
        assert archives.found(reader, 5) == [3]
        writer.seal()
        assert archives.found(reader, 5) == [3]
        writer.remove(writer.asset(AssetRow(1)))
        assert archives.found(reader, 0) == []
        assert archives.found(reader, 1) == [2]


def test_a_reader_looks_again_when_files_are_replaced_under_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archives.filled(tmp_path, range(1))
    with Archive.open(path, write=True) as writer, Archive.open(path) as reader:
        archives.add(writer, archives.film(tmp_path, 5), 5)
        content = holdings.content

        def late(path: Path, name: str) -> bytes:
            monkeypatch.setattr(holdings, "content", content)
            writer.seal()
            return content(path, name)

        monkeypatch.setattr(holdings, "content", late)

        assert archives.found(reader, 5) == [2]


def test_a_lost_empty_folder_is_made_again(tmp_path: Path) -> None:
    path = archives.filled(tmp_path, range(1))
    (path / "tmp").rmdir()
    (path / "buffer").rmdir()

    with Archive.open(path, write=True) as archive:
        archives.add(archive, archives.film(tmp_path, 5), 5)
        assert archive.verify() == []


def test_threads_of_a_reader_load_what_is_new_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archives.filled(tmp_path, range(2))
    read: list[str] = []
    content = holdings.content

    def counted(path: Path, name: str) -> bytes:
        read.append(name)
        time.sleep(0.02)
        return content(path, name)

    monkeypatch.setattr(holdings, "content", counted)
    with Archive.open(path) as reader, ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: archives.found(reader, 1), range(8)))

    assert found == [[2]] * 8
    assert len(read) == len(set(read))


def test_threads_of_a_reader_see_what_another_process_commits(tmp_path: Path) -> None:
    path = archives.filled(tmp_path, range(1))
    over = threading.Event()

    def look(reader: Archive) -> bool:
        seen = [1]
        while not over.is_set():
            sound = archives.found(reader, 0) == [1]
            seen.append(reader.extent().assets if sound else 0)
        return seen == sorted(seen)

    with Archive.open(path) as reader, ThreadPoolExecutor(4) as threads:
        looks = [threads.submit(look, reader) for _ in range(4)]
        writer = get_context("spawn").Process(target=_write, args=(path, tmp_path, range(1, 9)))
        writer.start()
        writer.join()
        last, many = archives.found(reader, 8), reader.extent().assets
        over.set()

        assert [each.result() for each in looks] == [True] * 4
        assert (last, many) == ([9], 9)


def _write(path: Path, films: Path, seeds: range) -> None:
    with Archive.open(path, write=True) as writer:
        for seed in seeds:
            archives.add(writer, archives.film(films, seed), seed)
            writer.seal()
