import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from index import files
from index.archive import Archive
from index.catalogue.assets import Description
from index.errors import (
    ArchiveFormatError,
    NotFoundError,
)
from index.hashing import pictures
from index.values import Absence, AssetRow, Channel, Fingerprint
from tests import archives


def test_an_added_film_is_found_by_its_codes(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        asset = archives.add(archive, archives.film(tmp_path, 1), 1)

        found = archive.search(archives.codes(1), 0)

    assert found.assets.tolist() == [asset.row] * 4
    assert found.queries.tolist() == [0, 1, 2, 3]
    assert found.times.tolist() == [0.0, 0.5, 1.0, 1.5]
    assert found.holds.tolist() == [0.25] * 4


@pytest.mark.parametrize("sealed", [False, True])
def test_what_was_added_is_there_after_opening_again(tmp_path: Path, sealed: bool) -> None:  # noqa: FBT001 # a parameter of the test
    with Archive.open(tmp_path / "a", create=True) as archive:
        asset = archives.add(archive, archives.film(tmp_path, 1), 1)
        if sealed:
            archive.seal()

    with Archive.open(tmp_path / "a") as archive:
        assert list(archive.assets()) == [asset]
        assert archives.found(archive, 1) == [asset.row]
        assert archive.verify() == []


def test_an_asset_keeps_what_was_said_of_it(tmp_path: Path) -> None:
    film = archives.film(tmp_path, 1)
    said = Description("dense", "A film", "2024-05-01T12:00:00Z", {"camera": 2})
    with Archive.open(tmp_path / "a", create=True) as archive:
        asset = archive.add(
            archive.spool(archives.measured(1)),
            digest=files.digest(film),
            path=film,
            description=said,
        )

        card = archive.card(archive.asset(asset.row))

    assert card.asset == asset
    assert asset.media == archives.MEDIA
    assert (asset.title, asset.published_at) == ("A film", "2024-05-01T12:00:00Z")
    assert (card.level, card.metadata) == ("dense", {"camera": 2})
    assert sum(card.codes.values()) == 4


def test_the_same_bytes_twice_are_one_asset_with_two_locations(tmp_path: Path) -> None:
    one, two = archives.film(tmp_path, 1, "one.mp4"), archives.film(tmp_path, 1, "two.mp4")
    with Archive.open(tmp_path / "a", create=True) as archive:
        first = archives.add(archive, one, 1)
        second = archives.add(archive, two, 1)
        card = archive.card(second)

        assert second.row == first.row
        assert [place.uri for place in card.locations] == [two.as_uri(), one.as_uri()]
        assert archives.found(archive, 1) == [first.row]
        assert archive.stats().codes == 4


def test_a_film_without_codes_is_known_all_the_same(tmp_path: Path) -> None:
    film = archives.film(tmp_path, 1)
    with Archive.open(tmp_path / "a", create=True) as archive:
        archives.add(archive, film, 1, count=0)
        archive.seal()

        assert archive.known(film) == files.digest(film)
        assert archive.verify() == []


@pytest.mark.parametrize(
    "name", [b"a b.mp4", b"'\".mp4", b"two\nlines.mp4", "😀.mp4".encode(), b"\xff\xfe.mp4"]
)
def test_a_film_of_any_name_is_kept_and_found_again(tmp_path: Path, name: bytes) -> None:
    film = archives.film(tmp_path, 1, name)
    with Archive.open(tmp_path / "a", create=True) as archive:
        archives.add(archive, film, 1)

    with Archive.open(tmp_path / "a") as archive:
        asset = archive.find(files.name(film))
        assert archive.file(asset) == film
        assert archive.known(film) == asset.digest
        json.dumps(asset.name).encode("utf-8")


def test_an_archive_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"my 100% \xff?#\n'archive'")
    with Archive.open(path, create=True) as archive:
        archives.add(archive, archives.film(tmp_path, 1), 1)

    with Archive.open(path) as archive:
        assert archives.found(archive, 1) == [1]


def test_a_film_that_changed_is_not_known(tmp_path: Path) -> None:
    film = archives.film(tmp_path, 1)
    with Archive.open(tmp_path / "a", create=True) as archive:
        archives.add(archive, film, 1)

        film.write_bytes(b"another film")

        assert archive.known(film) is None


def test_codes_of_each_channel_are_searched_apart(tmp_path: Path) -> None:
    picture, sound = (
        Fingerprint(channel, "test/1", np.zeros(1), np.zeros(1), archives.codes(seed, 1))
        for channel, seed in ((Channel.PICTURE, 1), (Channel.SOUND, 2))
    )
    film = archives.film(tmp_path, 1)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        spooled = archive.spool([picture, sound, archives.MEDIA])
        archive.add(spooled, digest=files.digest(film), path=film)
        for _ in range(2):
            assert len(archive.search(picture.codes, 0)) == 1
            assert len(archive.search(sound.codes, 0)) == 0
            assert len(archive.search(sound.codes, 0, channel=Channel.SOUND)) == 1
            archive.seal()
        assert archive.recipes == {"picture": "test/1", "sound": "test/1"}
        assert archive.verify(read_data=True) == []


def test_codes_of_another_recipe_are_refused(tmp_path: Path) -> None:
    film = archives.film(tmp_path, 1)
    with Archive.open(tmp_path / "a", create=True) as archive:
        archives.add(archive, archives.film(tmp_path, 2), 2)
        other = archive.spool(archives.measured(1, recipe="other/2"))

        with pytest.raises(ArchiveFormatError, match="cannot be compared with other/2"):
            archive.add(other, digest=files.digest(film), path=film)

        assert archive.recipes == {"picture": archives.RECIPE}
        assert archive.leftovers() == []


def test_codes_take_at_most_64_bytes_on_disk_all_told(tmp_path: Path) -> None:
    path = archives.filled(tmp_path, range(120), count=60)

    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())

    assert size / (120 * 60) <= 64


def test_a_removed_asset_is_found_no_more(tmp_path: Path) -> None:
    with Archive.open(archives.filled(tmp_path, range(3)), write=True) as archive:
        archive.remove(archive.asset(AssetRow(2)))

        assert [archives.found(archive, seed) for seed in range(3)] == [[1], [], [3]]
        assert archive.verify() == []
        with pytest.raises(NotFoundError):
            archive.asset(AssetRow(2))


@pytest.mark.parametrize("sealed", [True, False])
def test_an_asset_alone_finds_only_its_own_codes(tmp_path: Path, *, sealed: bool) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        for seed in range(3):
            archives.add(archive, archives.film(tmp_path, seed), seed)
        if sealed:
            archive.seal()

        alone = archive.alone(archive.find("1.mp4"))

        assert [archives.found(alone, seed) for seed in range(3)] == [[], [2], []]
        assert alone.stats().assets == 1
        assert [archives.found(archive, seed) for seed in range(3)] == [[1], [2], [3]]


def test_an_archive_held_still_sees_no_later_change(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        archives.add(archive, archives.film(tmp_path, 1), 1)
        still = archive.still()
        archives.add(archive, archives.film(tmp_path, 2), 2)

        assert [archives.found(still, seed) for seed in (1, 2)] == [[1], []]
        assert still.extent().assets == 1
        assert [archives.found(archive, seed) for seed in (1, 2)] == [[1], [2]]


def test_an_archive_held_still_leaves_out_what_it_was_without(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        for seed in range(3):
            archives.add(archive, archives.film(tmp_path, seed), seed)

        beside = archive.beside(archive.find("1.mp4")).still()
        alone = archive.alone(archive.find("1.mp4")).still()

        assert [archives.found(beside, seed) for seed in range(3)] == [[1], [], [3]]
        assert [archives.found(alone, seed) for seed in range(3)] == [[], [2], []]


def test_a_search_both_ways_tells_what_is_mirrored_from_what_is_not(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        for seed in range(3):
            archives.add(archive, archives.film(tmp_path, seed), seed)
        wanted = [archives.codes(1), pictures.turned(archives.codes(2))["mirror"]]

        plain, mirrored = archive.search_either(np.concatenate(wanted), 40)

    assert (plain.assets.tolist(), plain.queries.tolist()) == ([2] * 4, [0, 1, 2, 3])
    assert (mirrored.assets.tolist(), mirrored.queries.tolist()) == ([3] * 4, [4, 5, 6, 7])


def test_assets_of_rows_are_read_in_one_go(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        one, _, three = (archives.add(archive, archives.film(tmp_path, n), n) for n in range(3))

        assert archive.assets_of([three.row, one.row]) == {one.row: one, three.row: three}
        assert archive.assets_of([]) == {}
        with pytest.raises(NotFoundError, match="row 77"):
            archive.assets_of([one.row, AssetRow(77)])


def test_an_asset_removed_from_the_buffer_leaves_no_file(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        archive.remove(archives.add(archive, archives.film(tmp_path, 1), 1))

        assert archives.found(archive, 1) == []
        assert list((tmp_path / "a" / "buffer").iterdir()) == []
        assert archive.verify() == []


def test_a_film_added_again_after_removal_is_a_new_asset(tmp_path: Path) -> None:
    path = archives.filled(tmp_path, range(1))
    with Archive.open(path, write=True) as archive:
        archive.remove(archive.find("0.mp4"))

        archives.add(archive, tmp_path / "films" / "0.mp4", 0)

        assert archives.found(archive, 0) == [2]
        assert archive.verify() == []


def test_an_asset_is_found_by_id_beginning_of_id_digest_and_name(tmp_path: Path) -> None:
    with Archive.open(archives.filled(tmp_path, range(5))) as archive:
        asset = archive.asset(AssetRow(3))
        words = (asset.id, asset.id[:7], asset.id.upper(), asset.digest, "2.mp4")

        assert [archive.find(word) for word in words] == [asset] * 5


def test_an_asset_is_found_by_the_name_of_another_file_of_the_same_bytes(tmp_path: Path) -> None:
    path = archives.filled(tmp_path, range(2))
    copy = tmp_path / "films" / "100 % of 1.mp4"
    copy.write_bytes((tmp_path / "films" / "1.mp4").read_bytes())
    with Archive.open(path, write=True) as archive:
        archives.add(archive, copy, 1)

        assert archive.find(copy.name) == archive.asset(AssetRow(2))
        assert archive.find("1.mp4") == archive.asset(AssetRow(2))
        with pytest.raises(NotFoundError):
            archive.find("of 1.mp4")


def test_an_unknown_word_is_told(tmp_path: Path) -> None:
    with (
        Archive.open(archives.filled(tmp_path, range(1))) as archive,
        pytest.raises(NotFoundError, match="No asset is called 'nine'"),
    ):
        archive.find("nine")


def test_a_word_that_several_have_lists_their_ids(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with Archive.open(tmp_path / "a", create=True) as archive:
        one = archives.add(archive, archives.film(tmp_path, 1, "same.mp4"), 1)
        two = archives.add(archive, archives.film(tmp_path / "b", 2, "same.mp4"), 2)

        with pytest.raises(NotFoundError, match=f"{one.id}.*{two.id}"):
            archive.find("same.mp4")


def test_a_wildcard_is_no_name(tmp_path: Path) -> None:
    with (
        Archive.open(archives.filled(tmp_path, range(2))) as archive,
        pytest.raises(NotFoundError, match="No asset"),
    ):
        archive.find("%")


def test_a_film_that_moved_away_is_out_of_reach(tmp_path: Path) -> None:
    with Archive.open(archives.filled(tmp_path, range(1))) as archive:
        film, asset = tmp_path / "films" / "0.mp4", archive.asset(AssetRow(1))
        assert archive.absence(asset) is None
        film.rename(tmp_path / "elsewhere.mp4")

        assert archive.file(asset) is None
        assert archive.absence(asset) == Absence(film, changed=False)


def test_other_bytes_in_a_films_place_are_told_from_none(tmp_path: Path) -> None:
    with Archive.open(archives.filled(tmp_path, range(1))) as archive:
        film, asset = tmp_path / "films" / "0.mp4", archive.asset(AssetRow(1))
        film.write_bytes(b"another film")

        assert archive.file(asset) is None
        assert archive.absence(asset) == Absence(film, changed=True)


@pytest.mark.parametrize("write", [False, True])
def test_a_missing_archive_is_told_and_not_made(tmp_path: Path, write: bool) -> None:  # noqa: FBT001 # a parameter of the test
    with pytest.raises(ArchiveFormatError, match="There is no archive"):
        Archive.open(tmp_path / "a", write=write)

    assert not (tmp_path / "a").exists()


def test_an_archive_of_a_newer_format_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.mkdir()
    (path / "wherefrom.json").write_text(
        '{"format": 3, "id": "a", "recipes": {}}', encoding="utf-8"
    )

    with pytest.raises(ArchiveFormatError, match="has format 3"):
        Archive.open(path, create=True)

    assert [file.name for file in path.iterdir()] == ["wherefrom.json"]


def test_a_copied_archive_is_the_same_archive(tmp_path: Path) -> None:
    path = archives.filled(tmp_path, range(2))
    shutil.copytree(path, tmp_path / "copy")

    with Archive.open(path) as one, Archive.open(tmp_path / "copy") as other:
        assert other.id == one.id
        assert other.verify() == []
        assert archives.found(other, 1) == [2]


def test_stats_add_up(tmp_path: Path) -> None:
    path = archives.filled(tmp_path, range(1))
    with Archive.open(path, write=True) as archive:
        archives.add(archive, archives.film(tmp_path, 1), 1)
        archive.record_failure(path / "bad.mp4", "It is bad.")
        stats = archive.stats()

    assert (stats.assets, stats.seconds, stats.codes) == (2, 25.0, 8)
    assert (stats.buffered, stats.segments, stats.failures, stats.waiting) == (4, 1, 1, 0)
    assert stats.bytes == sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def test_file_that_lacks_a_channel_is_completed_not_doubled(tmp_path: Path) -> None:
    film, other = archives.film(tmp_path, 1), archives.film(tmp_path, 2)
    heard = Fingerprint(Channel.SOUND, "test/1", np.array([0.5]), np.zeros(1), archives.codes(9, 1))
    whole = *archives.measured(1), heard
    with Archive.open(tmp_path / "a", create=True) as archive:
        archives.add(archive, film, 1)
        assert archive.has(files.digest(film))
        archive.add(archive.spool(whole), digest=files.digest(other), path=other)

        assert not archive.has(files.digest(film))
        archive.add(archive.spool(whole), digest=files.digest(film), path=film)

        assert archive.has(files.digest(film))
        assert len(list(archive.assets())) == 2
        assert archives.found(archive, 1) == [1, 2]
        assert list(archive.search(archives.codes(9, 1), 0, channel=Channel.SOUND).assets) == [1, 2]
