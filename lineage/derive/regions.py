"""Parts of the picture that differ from the source: what their pixels say was done there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce

from index.values import Interval
from lineage import confidence
from lineage.derive.captions import caption, whole
from lineage.derive.values import DeriveParams, Shown, compared, following
from lineage.evidence import Head, Revealed, Track
from lineage.findings import Finding, Kind
from lineage.values import Segment

FACES = (Kind.FACE_REPLACED, Kind.MOUTH_REPLACED)
"""What is done to faces."""


def regions(
    shown: Iterable[Shown], revealed: Iterable[Revealed], params: DeriveParams
) -> Iterator[Finding]:
    """Yield what was done to parts of pictures.

    Args:
        shown: Stretches of sources.
        revealed: What their pixels say.
        params: From when on a difference counts.
    """
    pairs = sorted(compared(shown, revealed), key=lambda pair: pair[0].segment.query)
    for run in following(pairs, lambda pair: pair[0], params):
        told = [
            _likely(_together(whole(parts(seen, params), params), params), params)
            for _, seen in run
        ]
        known = [each for some in told for each in some if each[0] in FACES]
        for (one, seen), some in zip(run, told, strict=True):
            more = _likely(_going_on(some, seen, known, params), params)
            for kind, track in _apart([*some, *more]):
                yield _finding(one, seen, kind, track, params)


def _likely(told: Iterable[tuple[Kind, Track]], params: DeriveParams) -> list[tuple[Kind, Track]]:
    return [(kind, track) for kind, track in told if _sure(kind, track, params) >= params.likely]


def _finding(one: Shown, seen: Revealed, kind: Kind, track: Track, params: DeriveParams) -> Finding:
    read = caption(kind, track, params)
    finding = one.finding(
        kind if read is None else read.kind,
        query=track.query,
        source=one.beside(track.query),
        box=track.box,
        sure=min(one.segment.confidence, _sure(kind, track, params)),
        text=None if read is None else read.text,
        covered=None if read is None else read.covered,
        strongest=round(track.at, 3),
        strength=round(track.strength, 1),
        area=round(track.area, 3),
        agreement=round(seen.agreement, 3),
    )
    more = {**_faces(kind, track), **_moves(kind, track, one.segment, params)}
    return replace(finding, measures={**finding.measures, **more})


def _moves(kind: Kind, track: Track, segment: Segment, params: DeriveParams) -> dict[str, float]:
    """Return by how much a part changes that stands still in the source, as in a photograph."""
    stands = segment.motion is None and params.calmer * track.moving < track.still
    told = kind is Kind.REGION_CHANGED and stands and track.still > params.still
    return {"moves": round(track.still, 1)} if told else {}


def _faces(kind: Kind, track: Track) -> dict[str, float]:
    """Return by how much eyes and mouth of a changed face differ, beside the rest."""
    if track.head is None or kind not in FACES:
        return {}
    return {"eyes": round(track.head.eyes, 1), "mouth": round(track.head.mouth, 1)}


def parts(seen: Revealed, params: DeriveParams) -> list[tuple[Kind, Track]]:
    """Return those tracks of a stretch that tell something, and what, whatever they say in letters.

    Args:
        seen: What its pixels say.
        params: From when on a difference counts.
    """
    likely = [track for track in seen.tracks if not _misplaced(track, seen.segment, params)]
    faded = [track for track in likely if track.faded]
    named = [(_kind(track, faded, params), track) for track in likely]
    return _apart([(kind, track) for kind, track in named if kind is not None])


def _misplaced(track: Track, segment: Segment, params: DeriveParams) -> bool:
    """Return whether both are rather of other moments than changed: all of it, or at a cut."""
    edges = (segment.query.start, segment.query.end)
    cut = track.query.start == edges[0] or track.query.end == edges[1]
    brief = track.query.length < min(params.brief, segment.query.length / 2)
    return track.area >= params.most or (cut and brief)


def _apart(told: Sequence[tuple[Kind, Track]]) -> list[tuple[Kind, Track]]:
    """Return tracks without missing detail where something else is told of the same place."""
    others = [track for _, track in told if not track.faded]
    return [
        (kind, track)
        for kind, track in told
        if not (track.faded and any(_same_place(track, other) for other in others))
    ]


def _same_place(one: Track, other: Track) -> bool:
    least = min(one.box.area, other.box.area)
    return one.query.overlap(other.query) > 0 and one.box.common(other.box) >= least / 2


def _kind(track: Track, faded: Sequence[Track], params: DeriveParams) -> Kind | None:
    """Return what was done; None where it is too little to say."""
    if track.faded:
        return None if track.query.length < params.shortest else Kind.BLURRED
    weak = _weak(track, params)
    face = None if track.head is None else _face(track.head, params)
    if face is Kind.FACE_REPLACED and _hidden(track, faded, params):
        return None if weak else Kind.BLURRED
    if face is not None and 1 / params.lettered < track.detail < params.lettered:
        return face
    return None if weak else _part(track, params)


def _weak(track: Track, params: DeriveParams) -> bool:
    """Return whether a track is too brief or too faint for a change of a part that is no face."""
    return track.query.length < params.shortest or _weight(track, params) < params.region


def _part(track: Track, params: DeriveParams) -> Kind:
    """Return what was done to a part that is no face."""
    if _softened(track, params):
        return Kind.BLURRED
    stands = track.still <= params.still and track.moving > 2 * track.still
    if stands or track.detail >= params.sharper:
        return Kind.OVERLAY_ADDED
    if track.detail < 1 and params.calmer * track.moving < min(track.still, track.around):
        return Kind.OVERLAY_REMOVED
    return Kind.REGION_REMOVED if track.detail <= params.smoother else Kind.REGION_CHANGED


def _hidden(track: Track, faded: Sequence[Track], params: DeriveParams) -> bool:
    """Return whether a face is rather blurred, or made into a mosaic, than another's."""
    smooth = track.detail <= params.smoother and track.unlike <= params.mosaic
    lost = any(_same_place(track, other) for other in faded)
    return _softened(track, params) or (smooth and lost)


def _softened(track: Track, params: DeriveParams) -> bool:
    """Return whether the source blurred is what is shown."""
    return track.detail <= params.smoother and track.unlike <= params.unlike


def _face(head: Head, params: DeriveParams) -> Kind | None:
    """Return what was done to a face; None where that cannot be told."""
    if head.reach >= params.reach and head.eyes >= params.both:
        return Kind.FACE_REPLACED
    if head.mouth >= params.mouth and head.mouth >= params.spoken * head.eyes:
        return Kind.MOUTH_REPLACED
    return Kind.FACE_REPLACED if head.eyes >= params.eyes else None


def _together(told: Sequence[tuple[Kind, Track]], params: DeriveParams) -> list[tuple[Kind, Track]]:
    """Return tracks, those of one face made one: a mouth is at times as it was.

    At a single moment both may be of other moments: then a mouth differs most. What lasts longer,
    but not long enough to be told of a face, is a change of the picture if it is strong.
    """
    found = [(kind, track) for kind, track in told if kind not in FACES]
    for kind in FACES:
        for track in _of_one_face([track for which, track in told if which is kind], params):
            if track.query.length >= params.lasting:
                found.append((kind, track))
            elif track.query.length >= params.fleeting and not _weak(track, params):
                found.append((_part(track, params), track))
    return found


def _of_one_face(tracks: Sequence[Track], params: DeriveParams) -> list[Track]:
    """Return tracks by time, those that follow one another in one face made one."""
    same: list[Track] = []
    for track in tracks:
        if same and _same_face(same[-1], track, params):
            same[-1] = _one(same[-1], track)
        else:
            same.append(track)
    return same


def _going_on(
    told: Sequence[tuple[Kind, Track]],
    seen: Revealed,
    known: Sequence[tuple[Kind, Track]],
    params: DeriveParams,
) -> Iterator[tuple[Kind, Track]]:
    """Yield changes of a face that a stretch right before or after tells, if they go on here.

    Whoever makes a picture speak for longer than it lasts begins it again: what is too little, or
    too short, to be told by itself is no chance then.

    Args:
        told: What this stretch tells by itself.
        seen: What its pixels say.
        known: What is told of faces in all stretches of the run.
        params: From when on a difference counts.
    """
    for kind in FACES:
        if any(which is kind for which, _ in told):
            continue
        same = [
            track
            for track in seen.tracks
            if track.head is not None
            and _face(track.head, params) is kind
            and any(which is kind and _face_of(track, other, params) for which, other in known)
        ]
        if same:
            found = reduce(_one, sorted(same, key=lambda track: track.query))
            yield kind, replace(found, faded=False)


def _same_face(one: Track, other: Track, params: DeriveParams) -> bool:
    soon = other.query.start - one.query.end <= params.silent
    return soon and _face_of(one, other, params)


def _face_of(one: Track, other: Track, params: DeriveParams) -> bool:
    """Return whether two tracks lie in the same face."""
    if one.head is None or other.head is None:
        return False
    return one.head.box.shared(other.head.box) >= params.again / 2


def _one(one: Track, other: Track) -> Track:
    """Return two tracks as one; where it lies and what it measures is the stronger one's."""
    stronger = max(one, other, key=lambda track: track.strength)
    end = max(one.query.end, other.query.end)
    return replace(stronger, query=Interval(one.query.start, end), area=max(one.area, other.area))


def _sure(kind: Kind, track: Track, params: DeriveParams) -> float:
    """Return how sure what a track tells is, if the stretch it is in is right."""
    if kind in FACES and track.head is not None:
        return confidence.face(max(track.head.eyes, track.head.mouth))
    # What is lost is measured in other multiples, of which fewer say as much.
    return confidence.differing(_weight(track, params) * (2.0 if track.faded else 1.0))


def _weight(track: Track, params: DeriveParams) -> float:
    """Return what a track's strength counts for."""
    return track.strength * (params.less if track.query.length < params.fleeting else 1.0)
