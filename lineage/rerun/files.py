"""Whether stretches, findings and relations hold, by tracing the clip again.

Whoever checks has some sources' files and no archive, so an archive of these files alone is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from index import files, measure
from index.archive import Archive
from index.keyframes import Level
from index.sandbox import Sandbox
from index.values import Interval
from lineage.clock import Progress
from lineage.derivations import Relation
from lineage.findings import Finding
from lineage.rerun.values import Outcome, Stretch, Verdict
from lineage.trace import trace
from lineage.values import Report, Segment


@dataclass(frozen=True, slots=True)
class AgainParams:
    """When two answers say the same.

    Attributes:
        shared: Share of what both stretches cover together that lies in both. A trace in a large
            archive and one among the sources alone may end a stretch a few frames apart.
        late: Seconds by which they may be off in the source: two frames and a half.
        astray: Seconds from which on no other version of a library explains it.
        boxes: As `shared`, of boxes.
    """

    shared: float = 0.5
    late: float = 0.1
    astray: float = 1.0
    boxes: float = 0.5


DEFAULT = AgainParams()


def traced(
    query: Path,
    sources: Sequence[Path],
    *,
    level: Level = Level.DENSE,
    progress: Progress | None = None,
) -> Report:
    """Return what a clip was made from, among files that are at hand.

    Args:
        query: The clip.
        sources: The files, each with bytes of its own.
        level: How densely they are indexed: another density may end a stretch some frames apart,
            or tell a little crop or none.
        progress: Told how far it is.

    Raises:
        MissingFileError: One of them is gone.
        BadMediaError: One of them holds nothing that can be decoded.
    """
    with (
        TemporaryDirectory(prefix="wherefrom-") as folder,
        Archive.open(Path(folder) / "archive", create=True) as archive,
    ):
        for source in sources:
            with Sandbox() as sandbox:
                pieces = sandbox.each(measure.fingerprint, source, level, None)
                measured = archive.spool(pieces)
            archive.add(measured, digest=files.digest(source), path=source)
        return trace(query, archive, progress=progress)


def stretch(claim: Stretch, again: Report, *, params: AgainParams = DEFAULT) -> Outcome:
    """Return whether a stretch was found again; its source's file was at hand."""
    same = [
        segment
        for source in again.sources
        if (source.asset.digest, source.channel) == (claim.digest, claim.channel)
        for segment in source.segments
    ]
    beside = [one for one in same if shared(one.query, claim.query) > 0]
    if not beside:
        return Outcome(Verdict.CONTRADICTED, "traced again, this source does not show there")
    best = min(beside, key=lambda one: (_late(one, claim), -shared(one.query, claim.query)))
    late, both = _late(best, claim), shared(best.query, claim.query)
    if late <= params.late and both >= params.shared:
        return Outcome(Verdict.CONFIRMED, f"traced again, frames agree to {late:.3f} s")
    if late > params.late:
        said = f"traced again, the source's place is {late:.1f} s from here"
        return Outcome(Verdict.CONTRADICTED, said, firm=late > params.astray)
    start, end = best.query.start, best.query.end
    return Outcome(Verdict.CONTRADICTED, f"traced again, it goes from {start:.2f} s to {end:.2f} s")


def finding(
    claim: Finding, digest: str | None, again: Report, *, params: AgainParams = DEFAULT
) -> Outcome:
    """Return whether a finding was told again.

    Args:
        claim: The finding.
        digest: SHA-256 of the source it is told of; None where it is told of none.
        again: What was found by files, that source's among them.
        params: When two findings are the same.
    """
    alike = [
        one
        for one in again.findings
        if (one.kind, one.channel) == (claim.kind, claim.channel)
        and _source_of(one, again) == digest
    ]
    same = [
        one
        for one in alike
        if shared(one.query, claim.query) >= params.shared
        and (one.box is None or claim.box is None or one.box.shared(claim.box) >= params.boxes)
    ]
    if same:
        return Outcome(Verdict.CONFIRMED, "traced again, it is found again")
    if alike:
        said = "traced again, the same is found at another time or place"
        return Outcome(Verdict.CONTRADICTED, said)
    return Outcome(Verdict.CONTRADICTED, "traced again, it is not found")


def relation(
    claim: Relation, digest: str, again: Report, *, backwards: bool, channel: str
) -> Outcome:
    """Return whether query and source are related as is claimed.

    Args:
        claim: How.
        digest: SHA-256 of the source.
        again: What was found by files, that source's among them.
        backwards: Whether the source is claimed to be made from the query.
        channel: "picture" or "sound".
    """
    told = [
        one
        for one in again.derivations
        if again.sources[one.source_index].asset.digest == digest
        and one.channel.name.lower() == channel
    ]
    if any((one.relation, one.backwards) == (claim, backwards) for one in told):
        return Outcome(Verdict.CONFIRMED, "traced again, they are related so")
    if not told:
        return Outcome(Verdict.CONTRADICTED, "traced again, nothing relates them")
    said = f"traced again, it is {told[0].relation.value}"
    return Outcome(Verdict.CONTRADICTED, said)


def shared(one: Interval, other: Interval) -> float:
    """Return the time that lies in both, as a share of what they cover together.

    >>> shared(Interval(0, 2), Interval(1, 3))
    0.3333333333333333
    """
    both = one.overlap(other)
    return both / (one.length + other.length - both)


def _late(segment: Segment, claim: Stretch) -> float:
    """Return by how many seconds both lines are apart, in the middle of what they share."""
    start = max(segment.query.start, claim.query.start)
    middle = (start + min(segment.query.end, claim.query.end)) / 2
    return abs(segment.source_time(middle) - claim.source_time(middle))


def _source_of(told: Finding, again: Report) -> str | None:
    return None if told.source_index is None else again.sources[told.source_index].asset.digest
