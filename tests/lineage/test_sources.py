"""Tests of how what was found is gathered into sources."""

from dataclasses import replace

from index.values import AssetRow, Channel, Interval
from lineage.prove import ProveParams
from lineage.sources import explained, ranked
from lineage.values import Segment, Source
from tests.reports import asset, media

LENGTHS = {Channel.PICTURE: 20.0, Channel.SOUND: 20.0}
ASSETS = {
    AssetRow(1): replace(asset(1, "small.mp4", 60.0), media=media(60.0, 320, 180)),
    AssetRow(2): asset(2, "full.mp4", 60.0),
}


def stretch(start: float, end: float, *, confidence: float = 0.9, sound: bool = False) -> Segment:
    """Return a stretch that lies in its source as in the query."""
    where = Interval(start, end)
    channel = Channel.SOUND if sound else Channel.PICTURE
    return Segment(where, where, 1.0, channel, "plain", confidence, frame_exact=not sound)


def told(*found: tuple[int, Segment]) -> list[Source]:
    """Return the sources of stretches of assets."""
    rows = [(AssetRow(row), segment) for row, segment in found]
    return ranked(rows, ASSETS.__getitem__, LENGTHS, params=ProveParams())


def names(sources: list[Source]) -> list[tuple[str, Channel]]:
    """Return what they are called, and of which channel they are."""
    return [(source.asset.name, source.channel) for source in sources]


def test_stretches_that_follow_one_another_are_one_of_their_source() -> None:
    (source,) = told((1, stretch(2.0, 7.0)), (1, stretch(7.1, 12.0)))

    assert [one.query for one in source.segments] == [Interval(2.0, 12.0)]
    assert source.explained == 0.5


def test_surest_source_comes_first() -> None:
    found = told((1, stretch(0.0, 20.0, confidence=0.7)), (2, stretch(0.0, 5.0)))

    assert names(found) == [("full.mp4", Channel.PICTURE), ("small.mp4", Channel.PICTURE)]


def test_of_sources_as_sure_pictures_come_before_sound_and_what_explains_more_before_less() -> None:
    found = told(
        (1, stretch(0.0, 20.0, sound=True)), (2, stretch(0.0, 5.0)), (1, stretch(0.0, 15.0))
    )

    assert names(found) == [
        ("small.mp4", Channel.PICTURE),
        ("full.mp4", Channel.PICTURE),
        ("small.mp4", Channel.SOUND),
    ]


def test_of_copies_the_fullest_comes_first() -> None:
    found = told((1, stretch(0.0, 20.0)), (2, stretch(0.0, 20.0)))

    assert names(found)[0] == ("full.mp4", Channel.PICTURE)


def test_time_is_explained_once_however_many_sources_show_it() -> None:
    found = told(
        (1, stretch(0.0, 10.0)), (2, stretch(5.0, 15.0)), (2, stretch(0.0, 20.0, sound=True))
    )

    assert explained(found, Channel.PICTURE, LENGTHS) == 0.75
    assert explained(found, Channel.SOUND, LENGTHS) == 1.0
