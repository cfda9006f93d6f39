"""How a query, its sources and copies among these are related: who was made from whom."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from pathlib import Path

from index.archive import Archive
from index.values import Channel
from lineage import derive, direction
from lineage.derivations import Derivation, Stretch
from lineage.evidence import Revealed
from lineage.families import Trio
from lineage.findings import Finding
from lineage.values import Query, Report, Searched, Source, Unexplained


@dataclass(frozen=True, slots=True)
class Found:
    """What an answer holds before its files are related.

    Attributes:
        query: The query.
        searched: What was compared with it.
        sources: What it comes from, best first.
        unexplained: What of it has no source.
        findings: What was done to the sources.
    """

    query: Query
    searched: Searched
    sources: Sequence[Source]
    unexplained: Sequence[Unexplained]
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Kindred:
    """What files are compared with.

    Attributes:
        path: The query.
        archive: Says where the sources' files are.
        ask: Traces a file in an archive, without the copies among its sources.
    """

    path: Path
    archive: Archive
    ask: Callable[[Path, Archive], Report]

    def related(
        self,
        answer: Found,
        revealed: Sequence[Revealed],
        alike: Sequence[Revealed],
        trios: Sequence[Trio],
        *,
        most: float,
    ) -> tuple[Derivation, ...]:
        """Return how the query and its sources are related, and copies to one another.

        Args:
            answer: What was found.
            revealed: What the pixels of the stretches say of which findings are told.
            alike: What those of copies say that show the same.
            trios: What each three of all of them share.
            most: Seconds of copies that are traced in one another, all together.
        """
        done = [*answer.findings, *_done(answer, alike)]
        sizes = [self._sizes(source) for source in answer.sources]
        every = [*revealed, *alike]
        told = direction.derivations(answer.query.media, answer.sources, every, done, sizes)
        between = self._between(answer.sources, every, most) if alike else []
        return tuple(direction.settled([*told, *between], trios))

    def _between(
        self, sources: Sequence[Source], shown: Sequence[Revealed], most: float
    ) -> Iterator[Derivation]:
        """Yield how sources that show the same of the query are related to one another."""
        for pair in _together(shown):
            query, source = sorted(pair, key=lambda each: _place(sources[each]))
            path = self.archive.file(sources[query].asset)
            length = sources[query].asset.media.duration
            if path is None or length > most:
                continue
            most -= length
            told = self.ask(path, self.archive.alone(sources[source].asset))
            for one in told.derivations:
                if one.channel is Channel.PICTURE:
                    known = told.sources[one.source_index].segments
                    both = tuple(Stretch(each.query, each.source, each.rate) for each in known)
                    yield replace(one, source_index=source, query_index=query, stretches=both)

    def _sizes(self, source: Source) -> tuple[int, int] | None:
        """Return the bytes of the query's file and of a source's; None where one is not known."""
        other = self.archive.file(source.asset)
        try:
            return None if other is None else (self.path.stat().st_size, other.stat().st_size)
        except OSError:  # gone under our hands
            return None


def _done(answer: Found, alike: Sequence[Revealed]) -> Iterator[Finding]:
    """Yield what was done to copies, each looked at as if it were the only source."""
    for index in dict.fromkeys(one.index for one in alike):
        ours = [replace(one, index=0) for one in alike if one.index == index]
        source = [answer.sources[index]]
        for one in derive.derived(answer.query, answer.searched, source, answer.unexplained, ours):
            yield replace(one, source_index=index)


def _together(shown: Sequence[Revealed]) -> list[tuple[int, int]]:
    """Return the pairs of sources that show the same of the query, those that share most first."""
    shared = {}
    for pair in combinations(sorted({one.index for one in shown}), 2):
        ours = ([one.segment.query for one in shown if one.index == each] for each in pair)
        shared[pair] = sum(a.overlap(b) for a, b in product(*ours))
    return sorted((pair for pair in shared if shared[pair]), key=lambda pair: -shared[pair])


def _place(source: Source) -> tuple[float, str]:
    """Return what says which of two files stands for the query: the shorter one."""
    return source.asset.media.duration, source.asset.digest
