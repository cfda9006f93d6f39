from pathlib import Path

import pytest

from index import files
from index.archive import Archive
from index.catalogue.assets import Description
from index.errors import ArchiveFormatError
from index.merging import Taken, merge
from index.values import Channel, Fingerprint
from tests import archives


def merged(archive: Archive, path: Path) -> list[Taken]:
    """Take over what the archive in a folder holds."""
    told: list[Taken] = []
    with Archive.open(path) as other:
        merge(archive, other, on_asset=told.append)
    return told


def test_what_another_archive_holds_is_found_in_this_one(tmp_path: Path) -> None:
    other = archives.filled(tmp_path, range(1, 4))
    with Archive.open(tmp_path / "mine", create=True) as archive:
        archives.add(archive, archives.film(tmp_path, 9), 9)

        told = merged(archive, other)

        assert [archives.found(archive, seed) for seed in (9, 1, 2, 3)] == [[1], [2], [3], [4]]
        assert [(one.asset.name, one.codes, one.known) for one in told] == [
            (f"{seed}.mp4", 4, False) for seed in (1, 2, 3)
        ]
        assert archive.verify(read_data=True) == []
        assert archive.stats().buffered == 0


def test_times_and_holds_come_over_as_they_were(tmp_path: Path) -> None:
    other = archives.filled(tmp_path, range(1, 2))
    with Archive.open(tmp_path / "mine", create=True) as archive, Archive.open(other) as theirs:
        merge(archive, theirs, on_asset=lambda _: None)

        ours, there = (each.search(archives.codes(1), 0) for each in (archive, theirs))

    assert ours.times.tolist() == there.times.tolist() == [0.0, 0.5, 1.0, 1.5]
    assert ours.holds.tolist() == there.holds.tolist() == [0.25] * 4


def test_what_was_said_of_a_film_comes_with_it(tmp_path: Path) -> None:
    film = archives.film(tmp_path, 1)
    said = Description("dense", "A film", "2024-05-01T12:00:00Z", {"camera": 2})
    with Archive.open(tmp_path / "other", create=True) as other:
        other.add(
            other.spool(archives.measured(1)),
            digest=files.digest(film),
            path=film,
            description=said,
        )
        there = next(other.assets())
    with Archive.open(tmp_path / "mine", create=True) as archive:
        merged(archive, tmp_path / "other")

        card = archive.card(next(archive.assets()))

    assert card.asset == there
    assert (card.level, card.metadata) == ("dense", {"camera": 2})


def test_a_film_in_both_is_one_asset_and_keeps_its_own_place_first(tmp_path: Path) -> None:
    mine, theirs = (archives.film(tmp_path, 1, name) for name in ("mine.mp4", "theirs.mp4"))
    with Archive.open(tmp_path / "other", create=True) as other:
        archives.add(other, theirs, 1)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archives.add(archive, mine, 1)

        told = [merged(archive, tmp_path / "other") for _ in range(2)]

        card = archive.card(next(archive.assets()))
        assert [one.known for run in told for one in run] == [True, True]
        assert [place.uri for place in card.locations] == [mine.as_uri(), theirs.as_uri()]
        assert archive.stats().codes == 4


def test_all_places_of_a_film_come_over_in_their_order(tmp_path: Path) -> None:
    copies = [archives.film(tmp_path, 1, name) for name in ("old.mp4", "new.mp4", "newest.mp4")]
    with Archive.open(tmp_path / "other", create=True) as other:
        for copy in copies:
            archives.add(other, copy, 1)
        there = other.card(next(other.assets())).locations
    with Archive.open(tmp_path / "mine", create=True) as archive:
        merged(archive, tmp_path / "other")

        assert archive.card(next(archive.assets())).locations == there


def test_what_is_buffered_and_what_was_removed_there_is_seen(tmp_path: Path) -> None:
    other = archives.filled(tmp_path, range(1, 3))
    with Archive.open(other, write=True) as theirs:
        theirs.remove(theirs.find("1.mp4"))
        archives.add(theirs, archives.film(tmp_path, 5), 5)
        with Archive.open(tmp_path / "mine", create=True) as archive:
            merged(archive, other)

            assert [asset.name for asset in archive.assets()] == ["2.mp4", "5.mp4"]
            assert [archives.found(archive, seed) for seed in (1, 2, 5)] == [[], [1], [2]]


def test_a_film_without_codes_on_a_channel_counts_as_indexed(tmp_path: Path) -> None:
    other = archives.filled(tmp_path, range(1, 2), count=0)
    with Archive.open(tmp_path / "mine", create=True) as archive:
        merged(archive, other)

        assert archive.has(next(archive.assets()).digest)
        assert archive.stats().waiting == 0


def test_a_film_that_has_lost_its_codes_is_left_out_and_said(tmp_path: Path) -> None:
    other = archives.filled(tmp_path, range(1, 3))
    with Archive.open(other, write=True) as theirs:
        (segment,) = (other / "segments").iterdir()
        segment.unlink()
        theirs.verify(read_data=True)
    with Archive.open(tmp_path / "mine", create=True) as archive:
        told = merged(archive, other)

        assert [one.waits for one in told] == [True, True]
        assert list(archive.assets()) == []


def test_an_archive_is_not_merged_with_itself(tmp_path: Path) -> None:
    path = archives.filled(tmp_path, range(1))
    with (
        Archive.open(path, write=True) as archive,
        pytest.raises(ArchiveFormatError, match="is the archive itself"),
    ):
        merged(archive, path)


def test_codes_that_were_measured_otherwise_are_refused_before_anything_is_kept(
    tmp_path: Path,
) -> None:
    other = archives.filled(tmp_path, range(2))
    film = archives.film(tmp_path, 7)
    with Archive.open(tmp_path / "mine", create=True) as archive:
        spooled = archive.spool(archives.measured(7, recipe="test/2"))
        archive.add(spooled, digest=files.digest(film), path=film)

        with pytest.raises(ArchiveFormatError, match="test/2"):
            merged(archive, other)

        assert archive.stats().assets == 1


def test_a_channel_this_archive_lacks_is_left_out_and_one_it_has_is_asked_for(
    tmp_path: Path,
) -> None:
    film = archives.film(tmp_path, 1)
    picture, media = archives.measured(1)
    assert isinstance(picture, Fingerprint)
    sound = Fingerprint(Channel.SOUND, "heard/1", picture.times, picture.holds, picture.codes)
    with Archive.open(tmp_path / "both", create=True) as both:
        both.add(both.spool((picture, sound, media)), digest=files.digest(film), path=film)
    other = archives.filled(tmp_path, range(2, 4))
    with Archive.open(other, write=True) as archive:
        merged(archive, tmp_path / "both")

        assert dict(archive.recipes) == {"picture": archives.RECIPE}
        assert archive.stats().waiting == 0
    with (
        Archive.open(tmp_path / "both", write=True) as both,
        pytest.raises(ArchiveFormatError, match="holds no sound codes"),
    ):
        merged(both, other)
