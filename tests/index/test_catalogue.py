import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, text

from index.catalogue import assets, codes, jobs, reviews, tasks, upgrade
from index.catalogue.assets import Description, Order
from index.catalogue.codes import Held, Segment
from index.catalogue.database import Catalogue, Change
from index.catalogue.tables import HEAD, TABLES
from index.catalogue.tasks import Task
from index.errors import (
    ArchiveBusyError,
    ArchiveDamagedError,
    ArchiveFormatError,
    NoSpaceError,
)
from index.files import Location
from index.values import AssetRow, Channel
from tests import archives

OLD = (
    "INSERT INTO archive (id, generation) VALUES ('a', 0)",
    """INSERT INTO tasks
    (number, id, kind, state, owner, name, request, share, attempts, created_at)
    VALUES (7, 't', 'trace', 'done', 'local', 'a.mp4', '{}', 0, 1, 0)""",
    "INSERT INTO reviews VALUES (7, '2', 'confirmed', 'so', 'ann', 5.0)",
    "INSERT INTO reviews VALUES (7, '1', NULL, 'hm', 'bob', 9.0)",
    """INSERT INTO replies VALUES ('ann', 'k', X'00', 201, '[]', '{"secret":"whsec_A"}', 0)""",
    "INSERT INTO replies VALUES ('ann', 'l', X'00', 202, '[]', '{}', 0)",
)
"""Rows as the fifth migration has them: what was said, and answers that are kept."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A catalogue that exists."""
    path = tmp_path / "catalogue.sqlite"
    Catalogue.open(path, write=True, create=True).close()
    return path


def insert(change: Change, name: str) -> AssetRow:
    return assets.insert(
        change, archives.digest(name), name, archives.MEDIA, description=Description()
    )


def rewrite(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_the_migrations_make_the_tables_of_the_program(path: Path) -> None:
    catalogue = Catalogue(path, write=False)

    with catalogue.reading() as change:
        assert compare_metadata(MigrationContext.configure(change), TABLES) == []
    catalogue.close()


def test_the_newest_migration_is_the_one_the_program_names() -> None:
    assert upgrade.head() == HEAD


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("words", [None, "tape"])
def test_assets_are_listed_in_each_order_without_sorting_or_reading_all_of_them(
    path: Path, order: Order, words: str | None
) -> None:
    asked: list[tuple[str, Any]] = []
    with closing(Catalogue.open(path)) as catalogue, catalogue.reading() as change:
        event.listen(change, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
        assets.page(change, order, words=words, most=5)
        plan = change.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1][0]}", asked[-1][1])
        steps = [(step.id, step.parent, step.detail) for step in plan]

    (chosen,) = (at for at, _, said in steps if said.startswith("LIST SUBQUERY"))
    within = [said for _, parent, said in steps if parent == chosen]
    index = "assets_by_row" if order.by == "added" else f"assets_by_{order.by}"
    assert within == [f"SCAN assets USING COVERING INDEX {index}"]


def test_opening_an_up_to_date_catalogue_does_not_load_alembic(path: Path, root: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from index.catalogue.database import Catalogue; "
        f"Catalogue.open(Path({str(path)!r}), write=True).close(); print('alembic' in sys.modules)"
    )

    done = subprocess.run(  # noqa: S603 # our own interpreter and code
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"


def test_older_tables_are_brought_up_to_date_by_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.touch()

    with pytest.raises(ArchiveFormatError, match="of another version"):
        Catalogue.open(path)
    Catalogue.open(path, write=True).close()

    Catalogue.open(path).close()


def test_what_was_said_of_findings_before_is_kept_and_secrets_are_not(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    catalogue = Catalogue(path, write=True)
    with catalogue.changing() as change:
        upgrade.upgrade(change, "0005")
        for statement in OLD:
            change.exec_driver_sql(statement)
    catalogue.close()

    with closing(Catalogue.open(path, write=True)) as opened, opened.reading() as change:
        said = reviews.listed(change, 7, after=0, most=9)
        replies = change.exec_driver_sql("SELECT key FROM replies").scalars().all()
        found = tasks.find(change, "t")

    assert [(one.number, one.finding, one.verdict, one.comment, one.who) for one in said] == [
        (1, "2", "confirmed", "so", "ann"),
        (2, "1", None, "hm", "bob"),
    ]
    assert replies == ["l"]
    assert found is not None
    assert found.trace is None


def test_what_is_made_of_a_trace_goes_with_it(path: Path) -> None:
    catalogue = Catalogue.open(path, write=True)

    with catalogue.changing() as change:
        number = tasks.add(change, Task("trace", "trace", "local", "a.mp4", {}, 0.0))
        tasks.add(change, Task("made", "pdf", "local", "a.mp4", {}, 0.0, trace=number))
        tasks.remove(change, number)

        assert tasks.kept(change) == {}
    catalogue.close()


@pytest.mark.parametrize("write", [False, True])
def test_newer_tables_are_refused(path: Path, write: bool) -> None:  # noqa: FBT001 # a parameter of the test
    rewrite(path, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(ArchiveFormatError):
        Catalogue.open(path, write=write)


def test_a_migration_that_is_stopped_leaves_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, whole = tmp_path / "catalogue.sqlite", upgrade.upgrade

    def stopped(change: Change) -> None:
        whole(change)
        raise KeyboardInterrupt

    monkeypatch.setattr(upgrade, "upgrade", stopped)
    with pytest.raises(KeyboardInterrupt):
        Catalogue.open(path, write=True, create=True)

    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == []
    connection.close()


def test_a_change_that_fails_leaves_no_trace(path: Path) -> None:
    catalogue = Catalogue.open(path, write=True)

    with suppress(KeyboardInterrupt), catalogue.changing() as change:
        insert(change, "a")
        raise KeyboardInterrupt

    with catalogue.reading() as change:
        assert list(assets.everything(change)) == []
    catalogue.close()


def test_a_reader_sees_one_moment(path: Path) -> None:
    writer, reader = Catalogue.open(path, write=True), Catalogue.open(path)

    with reader.reading() as before:
        assert codes.generation(before) == 0
        with writer.changing() as change:
            codes.touch(change)
        seen = codes.generation(before)

    assert seen == 0
    with reader.reading() as after:
        assert codes.generation(after) == 1
    reader.close()
    writer.close()


def test_a_full_disk_is_told_as_such(path: Path) -> None:
    catalogue = Catalogue.open(path, write=True)

    def grow() -> None:
        with catalogue.changing() as change:
            change.execute(text("PRAGMA max_page_count = 1"))
            jobs.fail(change, "file:///a", "x" * 100_000)

    with pytest.raises(NoSpaceError, match="The disk is full"):
        grow()

    with catalogue.reading() as change:
        assert jobs.failures(change) == []
    catalogue.close()


def test_a_catalogue_in_use_is_told_as_such(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.catalogue.database.WAIT", 0.05)
    one, other = Catalogue.open(path, write=True), Catalogue.open(path, write=True)

    with one.changing(), pytest.raises(ArchiveBusyError), other.changing():
        pass

    one.close()
    other.close()


def test_a_file_that_is_no_catalogue_is_told_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(b"no catalogue" * 1000)

    with pytest.raises(ArchiveDamagedError, match=r"catalogue\.sqlite cannot be read"):
        Catalogue.open(path)


def test_a_missing_catalogue_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(ArchiveDamagedError, match="is missing"):
        Catalogue.open(tmp_path / "catalogue.sqlite", write=True)


def test_row_numbers_are_never_used_again(path: Path) -> None:
    catalogue = Catalogue.open(path, write=True)
    with catalogue.changing() as change:
        insert(change, "a")
        assets.delete(change, insert(change, "b"))

    with catalogue.changing() as change:
        row = insert(change, "c")

    assert row == 3
    catalogue.close()


def test_a_removed_asset_takes_its_places_and_keyframes_with_it(path: Path) -> None:
    catalogue = Catalogue.open(path, write=True)
    with catalogue.changing() as change:
        row = insert(change, "a")
        assets.place(change, row, Location("file:///a", 1, 2))
        codes.buffer(change, Held(row, archives.digest("a"), Channel.PICTURE, "t/1", 5))

        assets.delete(change, row)

        assert assets.places(change, row) == []
        assert codes.held(change) == []
    catalogue.close()


def test_sealing_moves_runs_and_forgets_the_segments_they_were_in(path: Path) -> None:
    catalogue = Catalogue.open(path, write=True)
    with catalogue.changing() as change:
        row = insert(change, "a")
        codes.buffer(change, Held(row, archives.digest("a"), Channel.PICTURE, "t/1", 5))
        codes.seal(change, Segment("s1", Channel.PICTURE, "ab", 5, 9), [(row, 0)], replaced=[])

        codes.seal(change, Segment("s2", Channel.PICTURE, "cd", 8, 9), [(row, 3)], replaced=["s1"])

        assert [each.name for each in codes.sealed(change)] == ["s2"]
        assert [(each.segment, each.first) for each in codes.held(change)] == [("s2", 3)]
        assert codes.buffered(change) == []
    catalogue.close()


def test_failed_files_keep_their_reason_and_number_of_attempts(path: Path) -> None:
    catalogue = Catalogue.open(path, write=True)
    with catalogue.changing() as change:
        jobs.fail(change, "file:///a", "It hangs.")
        jobs.fail(change, "file:///a", "It crashes.")
        jobs.queue(change, "file:///b")

        failures = jobs.failures(change)

        assert [(each.reason, each.attempts) for each in failures] == [("It crashes.", 2)]
        assert jobs.queued(change) == ["file:///b"]
    catalogue.close()


def test_a_finished_file_is_no_job_any_more(path: Path) -> None:
    catalogue = Catalogue.open(path, write=True)
    with catalogue.changing() as change:
        jobs.fail(change, "file:///a", "It hangs.")
        jobs.finish(change, "file:///a")

        assert jobs.failures(change) == []
    catalogue.close()
