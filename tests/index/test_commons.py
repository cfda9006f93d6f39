"""What many assets share, learned from codes alone and kept in the catalogue."""

import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index import files
from index.archive import Archive
from index.catalogue.commons import Commons
from index.commons import learned
from index.errors import ArchiveFormatError
from index.store.runs import HOLD_UNIT, TIME_UNIT, Run
from index.values import AssetRow, Channel, Codes, Fingerprint
from tests import archives

INTRO = archives.codes(999, 3)


def run(asset: int, codes: Codes, *, every: float = 1.0) -> Run:
    count = len(codes)
    times = np.round(np.arange(count) * every / TIME_UNIT).astype(np.uint32)
    holds = np.full(count, round(0.5 / HOLD_UNIT), np.uint16)
    return Run(AssetRow(asset), times, holds, codes, np.empty((count, 0), np.uint8))


def noisy(codes: Codes, bits: int, *, seed: int = 0) -> Codes:
    """Return the codes, each with so many bits turned."""
    random = np.random.default_rng(seed)
    turned = np.unpackbits(codes, axis=1)
    for row in turned:
        row[random.choice(256, bits, replace=False)] ^= 1
    return np.packbits(turned, axis=1)


def of(runs: Sequence[Run]) -> Commons:
    return learned(runs, {each.asset: 30.0 for each in runs})


def with_intro(count: int, *, own: int = 12) -> list[Run]:
    """Return films that are their own but for the first three seconds."""
    return [
        run(asset, np.concatenate([noisy(INTRO, 6, seed=asset), archives.codes(asset, own)]))
        for asset in range(1, count + 1)
    ]


def test_an_intro_of_many_films_is_one_common_shot() -> None:
    found = of(with_intro(14))

    assert found.assets.tolist() == list(range(1, 15))
    assert len(set(found.shots.tolist())) == 1
    assert set(found.starts.tolist()) == {0.0}
    assert set(found.ends.tolist()) == {3.0}


@pytest.mark.parametrize(("films", "common"), [(3, 0), (4, 4), (5, 5)])
def test_in_a_small_archive_more_than_half_must_share_it(films: int, common: int) -> None:
    others = [run(50 + n, archives.codes(50 + n, 12)) for n in range(films - 1)]

    assert len(of([*with_intro(films), *others])) == common


def test_in_a_large_archive_a_dozen_films_still_point_to_their_source() -> None:
    others = [run(50 + n, archives.codes(50 + n, 12)) for n in range(60)]

    assert len(of([*with_intro(12), *others])) == 0
    assert len(of([*with_intro(13), *others])) == 13


def test_copies_of_one_film_make_none_of_it_common() -> None:
    film = archives.codes(7, 15)
    copies = [run(100 + n, noisy(film, 6, seed=n)) for n in range(20)]

    assert len(of(copies)) == 0


def test_an_intro_is_common_beside_copies_which_do_not_count() -> None:
    copies = [
        run(100 + n, np.concatenate([INTRO, noisy(archives.codes(7, 12), 4, seed=n)]))
        for n in range(15)
    ]

    assert len(of([*copies, *with_intro(3)])) == 0
    found = of([*copies, *with_intro(14)])
    assert set(found.ends.tolist()) == {3.0}
    assert len(found) == 29


def test_moments_between_common_ones_are_common_as_well() -> None:
    films = [
        run(
            asset,
            np.concatenate(
                [INTRO[:1], archives.codes(500 + asset, 2), INTRO[1:], archives.codes(asset, 15)]
            ),
        )
        for asset in range(1, 15)
    ]

    found = of(films)

    assert set(zip(found.starts.tolist(), found.ends.tolist(), strict=True)) == {(0.0, 5.0)}


def test_what_is_longer_than_an_intro_is_footage() -> None:
    speech = archives.codes(998, 70)
    films = [
        run(asset, np.concatenate([speech, archives.codes(asset, 70)])) for asset in range(1, 15)
    ]

    assert len(learned(films, {each.asset: 140.0 for each in films})) == 0


def test_of_no_codes_nothing_is_learned() -> None:
    assert len(of([])) == 0
    assert len(of([run(1, archives.codes(1, 0))])) == 0


def test_moments_in_a_stretch_are_told_from_those_outside() -> None:
    commons = Commons.of([(0, 2, 5.0, 8.0, True), (0, 4, 0.0, 3.0, True)])
    owners, times = np.array([2, 2, 2, 3, 4, 1]), np.array([4.9, 5.0, 8.0, 6.0, 2.9, 6.0])

    assert commons.hold(owners, times).tolist() == [False, True, False, False, True, False]
    assert commons.of_asset(AssetRow(2)) == [(5.0, 8.0)]
    assert commons.of_asset(AssetRow(3)) == []


def filled(folder: Path, count: int) -> Path:
    """Make an archive of films with one intro, all of it learned; return its folder."""
    with Archive.open(folder / "a", create=True) as archive:
        for each in with_intro(count):
            film = archives.film(folder, int(each.asset))
            print_ = Fingerprint(
                Channel.PICTURE,
                archives.RECIPE,
                np.arange(len(each), dtype=np.float64),
                np.full(len(each), 0.5),
                each.codes,
            )
            spooled = archive.spool((print_, archives.MEDIA))
            archive.add(spooled, digest=files.digest(film), path=film)
        archive.seal()
        archive.learn()
    return folder / "a"


def test_the_commonest_shots_are_told_with_an_example(tmp_path: Path) -> None:
    with Archive.open(filled(tmp_path, 14)) as archive:
        (common,) = archive.commonest(limit=5)

    assert (common.assets, common.asset.name, common.start, common.end) == (14, "1.mp4", 0.0, 3.0)


def test_removal_makes_a_shot_less_common_until_it_is_not(tmp_path: Path) -> None:
    with Archive.open(filled(tmp_path, 14), write=True) as archive:
        for name in ("1.mp4", "2.mp4"):
            archive.remove(archive.find(name))
        (fewer,) = archive.commonest(limit=5)
        held = archive.commons().hold(np.array([1, 3]), np.zeros(2)).tolist()
        for number in range(3, 12):
            archive.remove(archive.find(f"{number}.mp4"))

        assert (fewer.assets, fewer.asset.name) == (12, "3.mp4")
        assert held == [False, True]
        assert archive.commonest(limit=5) == []
        assert len(archive.commons()) == 0


def test_what_is_common_is_learned_anew_only_when_much_has_changed(tmp_path: Path) -> None:
    folder = filled(tmp_path, 25)
    with Archive.open(folder, write=True) as archive:
        before = archive.commons()
        archives.add(archive, archives.film(tmp_path, 70), 70, 4)
        archive.learn()
        little = archive.commons()
        archives.add(archive, archives.film(tmp_path, 71), 71, 40)
        generation = archive.commonest(limit=1)
        archive.learn()

        assert len(little) == len(before) == 25
        assert archive.commonest(limit=1) == generation
    connection = sqlite3.connect(folder / "catalogue.sqlite")
    assert connection.execute("SELECT learned FROM archive").fetchall() == [(25 * 15 + 44,)]
    connection.close()


FIRST = {
    *("alembic_version", "archive", "assets", "jobs", "keyframes", "locations", "segments"),
    *("sqlite_sequence", "tombstones"),
    *("keyframes_buffered", "locations_by_asset", "locations_by_mtime_ns"),
}
"""Tables and indexes of the first version."""


def test_a_catalogue_of_before_is_brought_up_to_date_and_learns(tmp_path: Path) -> None:
    folder = filled(tmp_path, 14)
    older = tmp_path / "older"
    shutil.copytree(folder, older)
    connection = sqlite3.connect(older / "catalogue.sqlite")
    rows = connection.execute("SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL")
    later = [(kind, name) for kind, name in rows.fetchall() if name not in FIRST]
    for kind, name in sorted(later):  # indexes before tables
        connection.execute(f"DROP {kind} {name}")
    connection.execute("ALTER TABLE archive DROP COLUMN learned")
    connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.commit()
    connection.close()

    with pytest.raises(ArchiveFormatError, match="of another version"):
        Archive.open(older)
    with Archive.open(older, write=True) as archive:
        assert archive.commonest(limit=5) == []
        archive.learn()

        (common,) = archive.commonest(limit=5)

    assert common.assets == 14
