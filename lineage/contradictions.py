"""Where what a file says of itself disagrees with itself, or with what was measured.

A date or a manifest proves nothing: anyone can write one. That two of them can't both be true, or
one of them and the pictures, is worth a finding all the same. Honest files disagree with one
another in many ways, so what is told here is little:

- A manifest that leaves out an edit is contradicted by it only where it names the very source as
  what it was made from, or leads back without a gap to a camera.
- A file is no older for having been copied, so dates are compared only where the source says that
  it is as a camera recorded it. That a clip is older than the day its source was published or
  archived is the rule: it keeps the date of its recording.
- A signature that is out of date, or by nobody known, contradicts nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from index.values import Carried, Channel, Credentials, Fault, Interval, Manifest
from lineage.derivations import ACTIONS, Derivation, Relation
from lineage.findings import Contradiction, Finding, Kind, Significance
from lineage.values import Query, Source

PLAIN = frozenset(
    f"c2pa.{name}"
    for name in (
        "converted",
        "created",
        "opened",
        "published",
        "repackaged",
        "resized",
        "transcoded",
        "trimmed",
    )
)
"""Actions that leave what is seen and heard as it was. Any other may stand for any edit.

Source: C2PA, Content Credentials technical specification 2.2, actions.
"""
LEFT_OUT = frozenset({Kind.FRAMES_REMOVED, Kind.REORDERED, Kind.SPLICED})
"""What trimming may look like."""


@dataclass(frozen=True, slots=True)
class ContradictionParams:
    """When what is said counts as contradicted.

    Attributes:
        zones: How much earlier than another a date must be: cameras write their own zone's time as
            if it were UTC, and zones are up to 26 hours apart.
        sure: How sure an edit must be that a manifest does not name.
        binding: How sure it is that bytes are not those that were signed, or a date is to come.
        incomplete: What an edit counts for where a manifest does not say that it names all.
        named: The same where the source is named by its file's name alone: others have that name.
        captures: How sure it is that two captures can't both be true: one archive may have signed
            what another had.
        dates: How sure it is of a date: most are wrong because a camera's clock was.
    """

    zones: timedelta = timedelta(hours=26)
    sure: float = 0.9
    binding: float = 0.99
    incomplete: float = 0.9
    named: float = 0.8
    captures: float = 0.8
    dates: float = 0.6


DEFAULT = ContradictionParams()


def contradictions(  # noqa: PLR0913 # all of an answer that may be contradicted
    query: Query,
    sources: Sequence[Source],
    findings: Sequence[Finding],
    derivations: Sequence[Derivation],
    *,
    at: datetime | None = None,
    params: ContradictionParams = DEFAULT,
) -> list[Finding]:
    """Return what contradicts what the query says of itself, the plainest first.

    Args:
        query: The query, with what it says of itself.
        sources: What it comes from, likewise.
        findings: What was measured.
        derivations: How both are related.
        at: When the query is looked at; None where no date counts as one to come.
        params: When what is said counts as contradicted.
    """
    if query.carried is None:
        return []
    told = [
        *_bound(query, query.carried, params),
        *_unnamed(query, sources, findings, derivations, params),
        *_captured(query, sources, derivations, params),
        *_dated(query, sources, derivations, params),
    ]
    if at is not None:
        told += _to_come(query, query.carried, at, params)
    return told


def _bound(query: Query, carried: Carried, params: ContradictionParams) -> Iterator[Finding]:
    """Yield that a manifest does not fit the file, or its own signature."""
    faults = carried.credentials.faults if carried.credentials else frozenset()
    for fault, way in (
        (Fault.ALTERED, Contradiction.ALTERED),
        (Fault.BROKEN, Contradiction.BROKEN),
    ):
        if fault in faults:
            yield _told(query, way, params.binding)


def _unnamed(
    query: Query,
    sources: Sequence[Source],
    findings: Sequence[Finding],
    derivations: Sequence[Derivation],
    params: ContradictionParams,
) -> Iterator[Finding]:
    """Yield the surest edit of each source that the manifests would name, and do not."""
    credentials = _intact(query.carried)
    if credentials is None:
        return
    chain = credentials.chain()
    names = [action.name for one in chain for action in one.actions]
    if not names or not PLAIN.issuperset(names):
        return
    complete = 1.0 if all(one.complete for one in chain) else params.incomplete
    for index, source in enumerate(sources):
        leads = _leads(chain, source, index, derivations, params)
        mine = [one for one in findings if one.source_index == index and _edit(one, names, params)]
        if not (leads and mine):
            continue
        surest = max(mine, key=lambda one: one.confidence)
        yield Finding(
            kind=Kind.PROVENANCE_CONTRADICTED,
            channel=surest.channel,
            query=surest.query,
            confidence=surest.confidence * complete * leads,
            source=surest.source,
            source_index=index,
            contradiction=Contradiction.EDITS,
            claim=", ".join(dict.fromkeys(name.partition(".")[2] for name in names)),
            against=", ".join(dict.fromkeys(one.kind.value.replace("-", " ") for one in mine)),
        )


def _leads(
    chain: Sequence[Manifest],
    source: Source,
    index: int,
    derivations: Sequence[Derivation],
    params: ContradictionParams,
) -> float:
    """Return how surely manifests speak of all that was done since a source; 0 if they don't.

    They do where they name its own manifest as that of an ancestor, lead back from what was made
    from it to a camera, or name its file.
    """
    if any(one.source_index == index and one.backwards for one in derivations):
        return 0.0
    own = _intact(source.carried)
    if own is not None and own.manifests[0].label in {one.label for one in chain[1:]}:
        return 1.0
    if len(chain) > 1 and chain[-1].captured and _made_from(index, derivations) is not None:
        return 1.0
    titles = {(one.parent.title or "").lower() for one in chain if one.parent is not None}
    return params.named if source.asset.name.lower() in titles else 0.0


def _edit(finding: Finding, names: Sequence[str], params: ContradictionParams) -> bool:
    """Return whether a finding is an edit that is not named, and sure enough."""
    trimmed = "c2pa.trimmed" in names and finding.kind in LEFT_OUT
    return (
        finding.significance is not Significance.TECHNICAL
        and finding.confidence >= params.sure
        and ACTIONS.get(finding.kind) not in names
        and not trimmed
    )


def _captured(
    query: Query,
    sources: Sequence[Source],
    derivations: Sequence[Derivation],
    params: ContradictionParams,
) -> Iterator[Finding]:
    """Yield that a file can't be the capture it says it is, or comes from."""
    mine = _intact(query.carried)
    if mine is None or not mine.chain()[-1].captured:
        return
    own = mine.manifests[0].captured
    for index, source in enumerate(sources):
        if source.channel is not Channel.PICTURE:
            continue
        made = _made_from(index, derivations)
        if own and made is not None:
            yield _told(query, Contradiction.CAPTURE, made.confidence, index=index)
            continue
        other = _intact(source.carried)
        if other is not None and other.chain()[-1].captured and not _akin(mine, other):
            yield _told(query, Contradiction.CAPTURES, params.captures, index=index)


def _akin(one: Credentials, other: Credentials) -> bool:
    """Return whether two files share a manifest, or one that was signed about the same bytes."""
    labels, bindings = (
        [{getattr(each, name) for each in which.manifests} - {None} for which in (one, other)]
        for name in ("label", "binding")
    )
    return bool(labels[0] & labels[1] or bindings[0] & bindings[1])


def _dated(
    query: Query,
    sources: Sequence[Source],
    derivations: Sequence[Derivation],
    params: ContradictionParams,
) -> Iterator[Finding]:
    """Yield that a file says it is older than the recording it was made from."""
    made = query.carried.created if query.carried else None
    for index, source in enumerate(sources):
        related = _made_from(index, derivations)
        carried = source.carried
        if made is None or related is None or carried is None or not carried.recorded:
            continue
        recorded = carried.created
        if recorded is not None and made < recorded - params.zones:
            yield _told(
                query,
                Contradiction.EARLIER,
                min(related.confidence, params.dates),
                index=index,
                claim=_day(made),
                against=_day(recorded),
            )


def _to_come(
    query: Query, carried: Carried, at: datetime, params: ContradictionParams
) -> Iterator[Finding]:
    """Yield that a file says it was made later than it was looked at."""
    if carried.created is not None and carried.created > at + params.zones:
        yield _told(
            query,
            Contradiction.FUTURE,
            params.binding,
            claim=_day(carried.created),
            against=_day(at),
        )


def _told(  # noqa: PLR0913 # what is said, and what says otherwise
    query: Query,
    way: Contradiction,
    confidence: float,
    *,
    index: int | None = None,
    claim: str | None = None,
    against: str | None = None,
) -> Finding:
    """Return a finding about all of the query."""
    return Finding(
        kind=Kind.PROVENANCE_CONTRADICTED,
        channel=Channel.PICTURE if query.media.has_picture else Channel.SOUND,
        query=Interval(0.0, query.media.duration),
        confidence=confidence,
        source_index=index,
        contradiction=way,
        claim=claim,
        against=against,
    )


def _intact(carried: Carried | None) -> Credentials | None:
    """Return manifests that fit their file and their signatures, whoever signed them."""
    credentials = carried.credentials if carried else None
    return credentials if credentials is not None and credentials.intact else None


def _made_from(index: int, derivations: Sequence[Derivation]) -> Derivation | None:
    """Return the decision that the query was made from a source; None where it is another."""
    return next(
        (
            one
            for one in derivations
            if (one.source_index, one.relation) == (index, Relation.DERIVED) and not one.backwards
        ),
        None,
    )


def _day(time: datetime) -> str:
    return time.date().isoformat()
