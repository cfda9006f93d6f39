"""Which sources of a clip are compared with one another."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from index.archive import Archive
from index.values import Asset, Channel
from lineage.evidence import Revealed
from lineage.relations import Found, Kindred
from lineage.values import Query, Report, Searched, Source
from tests import reports

type Span = tuple[float, float]


class Shelf:
    """An archive whose files lie where their names say, but for those that are gone."""

    def __init__(self, gone: str | None) -> None:
        self.gone = gone

    def file(self, asset: Asset) -> Path | None:
        return None if asset.name == self.gone else Path(asset.name)

    def alone(self, asset: Asset) -> Asset:
        return asset


def compared(
    films: Sequence[tuple[str, float, Span]], *, most: float, gone: str | None = None
) -> list[tuple[str, str]]:
    """Return which films are traced in which, of those that a clip shows for so long."""
    sources, shown, done = [], [], list[tuple[str, str]]()
    for number, (name, length, span) in enumerate(films):
        segment = reports.segment(span, span)
        asset = reports.asset(number, name, length)
        sources.append(Source(asset, Channel.PICTURE, (segment,), 1.0))
        shown.append(Revealed(number, segment, (), 0.9))

    def ask(path: Path, other: Archive) -> Report:
        done.append((path.name, cast("Asset", other).name))
        return cast("Report", SimpleNamespace(derivations=(), sources=()))

    query = Query("clip.mp4", "file:///clip.mp4", "0" * 64, reports.media(10.0))
    searched = Searched("none", len(films), 100.0, 1, (Channel.PICTURE,))
    kindred = Kindred(Path("gone.mp4"), cast("Archive", Shelf(gone)), ask)
    kindred.related(Found(query, searched, sources, (), ()), shown[:1], shown[1:], (), most=most)
    return done


def test_each_two_that_show_the_same_are_compared_the_shorter_in_the_longer() -> None:
    films = [("a", 30.0, (0, 4)), ("b", 9.0, (0, 4)), ("c", 20.0, (3, 8)), ("d", 5.0, (8, 9))]

    assert set(compared(films, most=100.0)) == {("b", "a"), ("c", "a"), ("b", "c")}


def test_those_that_share_most_are_compared_until_enough_film_was() -> None:
    films = [("a", 30.0, (0, 4)), ("b", 9.0, (3, 9)), ("c", 20.0, (2, 9))]

    assert compared(films, most=100.0) == [("b", "c"), ("c", "a"), ("b", "a")]
    assert compared(films, most=20.0) == [("b", "c"), ("b", "a")]
    assert compared(films, most=9.0) == [("b", "c")]


def test_a_file_that_is_gone_is_not_traced_and_counts_for_nothing() -> None:
    films = [("a", 30.0, (0, 4)), ("b", 9.0, (3, 9)), ("c", 20.0, (2, 9))]

    assert compared(films, most=20.0, gone="b") == [("c", "a")]
