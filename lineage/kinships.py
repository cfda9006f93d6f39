"""Which archived files show the same, and which was made from which: an archive, file by file.

    for each file that waits
      trace it in the archive without itself      which others show or sound the same?
      for each of these, and each two of them
      that share a moment of it, if not done yet
        trace the shorter of both in the other    what did either lack of the other?
      one transaction                             what was measured, and what is now believed

A pair is compared in one way only, that depends on both files and nothing else: so the answer does
not depend on the order in which they came. Stopped at any moment, it goes on with the next file.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations

from index.archive import Archive
from index.catalogue import lineages
from index.errors import NotFoundError, UserError
from index.lineages import facts
from index.values import Asset
from lineage import direction, kept, ledger
from lineage.clock import Progress
from lineage.derivations import ACTIONS, UNDONE, Derivation, Kinship, Lineage, Relation, Stretch
from lineage.params import DEFAULT, TraceParams
from lineage.report import evidence, excluded, gone, shortened, signs
from lineage.trace import trace
from lineage.values import Report, Segment, Source

VERSION = "kinship/1"
"""How pairs are measured and what is believed of them; a new number has all measured anew."""
METHOD = f"{VERSION}-{hashlib.sha256(repr(direction.DEFAULT).encode()).hexdigest()[:8]}"
"""That, with the weights by which a direction is decided: other weights are another method."""
ALIKE, MOST = 48, 96
"""Assets that may explain the same moment, and candidates looked at: a family may be large, and a
copy that is passed over has no edge to the others."""


SHARED = 1.0
"""Seconds of a third file that two others must share to be compared: less may be too little to find
again."""


@dataclass(frozen=True, slots=True)
class Related:
    """A file was related to all others in the archive.

    Attributes:
        asset: The file.
        kin: How many others show or sound the same.
    """

    asset: Asset
    kin: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file could not be related yet.

    Attributes:
        asset: The file.
        reason: Why, in one sentence.
    """

    asset: Asset
    reason: str


type Event = Related | Waiting


def waiting(archive: Archive) -> int:
    """Return how many assets wait to be related."""
    with archive.lineages.reading() as change:
        return lineages.waits(change, METHOD)


def update(
    archive: Archive,
    *,
    params: TraceParams = DEFAULT,
    progress: Callable[[Asset], Progress | None] = lambda _: None,
) -> Iterator[Event]:
    """Relate all assets that wait; yield what became of each, once it is kept.

    Args:
        archive: Open for writing.
        params: How hard to look.
        progress: Given an asset, returns what is told how far it is.
    """
    with archive.lineages.reading() as change:
        rows = lineages.waiting(change, METHOD)
    for row in rows:
        asset = archive.asset(row)
        try:
            yield relate(archive, asset, params=params, progress=progress(asset))
        except UserError as error:
            yield Waiting(asset, str(error))


def relate(
    archive: Archive,
    asset: Asset,
    *,
    params: TraceParams = DEFAULT,
    progress: Progress | None = None,
) -> Event:
    """Find what in the archive shows the same as an asset, and keep how they are related.

    Args:
        archive: Open for writing.
        asset: One of its assets.
        params: How hard to look.
        progress: Told how far it is.

    Raises:
        MissingFileError: The asset's file is gone.
        BadMediaError: It cannot be decoded.
    """
    path = archive.file(asset)
    if path is None:
        return Waiting(asset, _away(archive, asset))
    answer = trace(path, archive.beside(asset), params=wide(params), progress=progress)
    others = {source.asset.digest: source.asset for source in answer.sources}
    others |= _known(archive, asset)
    away = [other for other in others.values() if archive.file(other) is None]
    near = {digest: other for digest, other in sorted(others.items()) if other not in away}
    measured: dict[str, dict[str, Sequence[Kinship]]] = {asset.digest: {}}
    for digest, other in near.items():
        if not _done(archive, asset, other):
            found = compared(archive, asset, other, params=params, progress=progress)
            measured[asset.digest][digest] = found
    for first, second in _beside(asset.digest, measured[asset.digest]):
        pair = (near[first], near[second])
        if not _done(archive, *pair):
            found = compared(archive, *pair, params=params, progress=progress)
            measured.setdefault(first, {}).update({second: found} if found else {})
    _keep(archive, asset, measured, others, whole=not away)
    if away:
        return Waiting(asset, _away(archive, away[0]))
    return Related(asset, len(others))


def compared(
    archive: Archive,
    one: Asset,
    other: Asset,
    *,
    params: TraceParams = DEFAULT,
    progress: Progress | None = None,
) -> list[Kinship]:
    """Return how two assets are related, a value for each channel on which they are.

    The shorter is traced in the other, for it is likelier a part of it; of those as long, that of
    the lower digest.

    Raises:
        MissingFileError: The query's file is gone.
        BadMediaError: It cannot be decoded.
    """
    query, source = sorted((one, other), key=lambda each: (each.media.duration, each.digest))
    path = archive.file(query)
    if path is None:
        raise NotFoundError(_away(archive, query), hint="Put it back, and update again.")
    report = trace(path, archive.alone(source), params=params, progress=progress)
    return [
        _kinship(report, each, report.sources[each.source_index], query)
        for each in report.derivations
    ]


def wide(params: TraceParams) -> TraceParams:
    """Return how to look for all that show the same, pixels aside."""
    proof = replace(params.proof, alike=ALIKE, most=MOST)
    gather = replace(params.gather, most=MOST)
    return replace(params, reveal=None, proof=proof, gather=gather)


def lineage(archive: Archive, word: str | None = None, *, past: bool = False) -> Lineage:
    """Return who descends from whom in an archive.

    Args:
        archive: The archive.
        word: An asset's id, the beginning of one, or its file's name: then of all that hangs
            together with it. Of a file that was removed, its id.
        past: Whether what was believed once is told as well.

    Raises:
        NotFoundError: No file is called that, or several are.
    """
    digest = None if word is None else digest_of(archive, word)
    with archive.lineages.reading() as change:
        if digest is None:
            return kept.lineage(change, past=past)
        start = lineages.found(change, digest)
        if start is None:
            return Lineage((), ())
        return kept.lineage(change, lineages.component(change, start.id), past=past)


def digest_of(archive: Archive, word: str) -> str:
    """Return the digest of a file that is archived, or was.

    Args:
        archive: The archive.
        word: Its id, the beginning of one, or its name.

    Raises:
        NotFoundError: No file is called that, or several are.
    """
    try:
        return archive.find(word).digest
    except NotFoundError:
        with archive.lineages.reading() as change:
            removed = lineages.called(change, word)
        if removed is None:
            raise
        return removed.digest


def _keep(
    archive: Archive,
    asset: Asset,
    measured: Mapping[str, Mapping[str, Sequence[Kinship]]],
    others: Mapping[str, Asset],
    *,
    whole: bool,
) -> None:
    """Keep what was measured, in one transaction with what follows from it."""
    every = {asset.digest: facts(asset)}
    every |= {digest: facts(other) for digest, other in others.items()}
    with archive.lineages.changing() as change:
        for digest, found in measured.items():
            ledger.enter(change, digest, found, every, now=datetime.now(UTC))
        if whole:
            lineages.relate(change, asset.row, METHOD)


def _done(archive: Archive, one: Asset, other: Asset) -> bool:
    with archive.lineages.reading() as change:
        return lineages.measured(change, (one.digest, other.digest), METHOD)


def _beside(file: str, measured: Mapping[str, Sequence[Kinship]]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of files that share the same moment of one: so they share it too.

    What is hidden from a search one way, as most of an original is in a small part of it, is found
    the other way; which way is looked first depends on who came first.
    """
    spans = {
        other: [(one.channel, each.child) for one in found for each in one.seen_by(file)]
        for other, found in measured.items()
    }
    for one, other in combinations(sorted(spans), 2):
        both = (a.overlap(b) for on, a in spans[one] for by, b in spans[other] if on is by)
        if max(both, default=0.0) >= SHARED:
            yield one, other


def _known(archive: Archive, asset: Asset) -> dict[str, Asset]:
    """Return the assets that were found to share something with one before, by digest."""
    with archive.lineages.reading() as change:
        node = lineages.found(change, asset.digest)
        rows = [] if node is None else lineages.around(change, {node.id})
        ends = {end for row in rows for end in (row.query, row.source)}
        digests = {each.digest for each in lineages.named(change, ends) if each.archived}
    return {each: archive.find(each) for each in digests - {asset.digest}}


def _kinship(report: Report, derivation: Derivation, source: Source, query: Asset) -> Kinship:
    """Return what one pair of files says on one channel."""
    names = [f"“{shortened(each.name)}”" for each in (query, source.asset)]
    seen = [evidence(each, query=names[0], source=names[1]) for each in source.segments]
    kinds = list(
        dict.fromkeys(
            each.kind
            for each in report.findings
            if each.source_index == derivation.source_index and each.channel is source.channel
        )
    )
    undone = [UNDONE[kind] for kind in kinds if kind in UNDONE]
    decided = derivation.relation
    return Kinship(
        query.digest,
        source.asset.digest,
        source.channel,
        decided,
        source.confidence,
        tuple(_stretch(each) for each in sorted(source.segments, key=lambda one: one.query)),
        decided is Relation.DERIVED and derivation.backwards,
        derivation.odds,
        tuple(dict.fromkeys(ACTIONS[kind] for kind in kinds)),
        tuple(dict.fromkeys(ACTIONS[kind] for kind in undone)),
        (*seen, *signs(derivation, report.sources, clip=names[0]), *excluded(derivation, *names)),
        METHOD,
        derivation.excluded,
    )


def _stretch(segment: Segment) -> Stretch:
    return Stretch(segment.query, segment.source, segment.rate)


def _away(archive: Archive, asset: Asset) -> str:
    absence = archive.absence(asset)
    why = "its file cannot be read" if absence is None else gone(absence)
    return f"“{shortened(asset.name)}” cannot be compared: {why}."
