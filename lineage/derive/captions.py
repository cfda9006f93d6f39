"""What was read where pixels differ: captions that were added to the picture or taken out of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from index.values import Box, Interval
from lineage.derive.values import DeriveParams
from lineage.evidence.values import Lines, Track
from lineage.findings import Kind

LIKELY = frozenset(
    {Kind.OVERLAY_ADDED, Kind.OVERLAY_REMOVED, Kind.REGION_CHANGED, Kind.REGION_REMOVED}
)
"""Kinds that may turn out to be a caption."""
NEXT = " / "
"""Stands between captions that follow one another in time."""


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption that was added or taken out.

    Attributes:
        kind: Which of both.
        text: What it says.
        covered: What the source says where it was added; None where it says nothing.
    """

    kind: Kind
    text: str
    covered: str | None = None


def caption(kind: Kind, track: Track, params: DeriveParams) -> Caption | None:
    """Return the caption that was added where a track is, or else taken out; None if none was.

    Args:
        kind: What the track tells, whatever it says in letters.
        track: What differs, and what was read there.
        params: When two texts say the same.
    """
    added: list[str] = []
    gone: list[str] = []
    for words in track.words:
        _note(added, _only(words.query, words.source, params), params)
        _note(gone, _only(words.source, words.query, params), params)
    if added:
        return Caption(Kind.CAPTION_ADDED, NEXT.join(added), NEXT.join(gone) or None)
    # What lies over letters covers those of the scene as well: they are not taken out.
    if gone and kind is not Kind.OVERLAY_ADDED:
        return Caption(Kind.CAPTION_REMOVED, NEXT.join(gone))
    return None


def whole(told: Iterable[tuple[Kind, Track]], params: DeriveParams) -> list[tuple[Kind, Track]]:
    """Return tracks, parts of one caption made one: words of it may differ apart."""
    kept: list[tuple[Kind, Track]] = []
    for kind, track in told:
        found = next((each for each in kept if _parts(each, (kind, track), params)), None)
        if found is None:
            kept.append((kind, track))
        else:
            kept[kept.index(found)] = (found[0], _one(found[1], track))
    return kept


def _only(lines: Lines, others: Lines, params: DeriveParams) -> str:
    """Return what lines say that others do not."""
    if _alike(" ".join(lines.inside), " ".join(others.inside)) >= params.alike:
        return ""
    return " ".join(
        line
        for line in lines.inside
        if all(_alike(line, other) < params.alike for other in others.near)
    )


def _note(texts: list[str], text: str, params: DeriveParams) -> None:
    """Add a text to others; where one of them is it, misread, only the longer one stays."""
    known = next((one for one in texts if _alike(one, text) >= params.misread), None)
    if known is not None:
        texts[texts.index(known)] = max(known, text, key=len)
    elif text:
        texts.append(text)


def _alike(one: str, other: str) -> float:
    """Return the share of their letters and digits in which two texts agree, 0 to 1."""
    a, b = ("".join(filter(str.isalnum, text.casefold())) for text in (one, other))
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _parts(one: tuple[Kind, Track], other: tuple[Kind, Track], params: DeriveParams) -> bool:
    """Return whether two tracks are of one caption: they read the same, without a pause."""
    first, last = sorted((one[1].query, other[1].query))
    if last.start - first.end > params.follows:
        return False
    a, b = caption(*one, params), caption(*other, params)
    if a is None or b is None or a.kind is not b.kind:
        return False
    return _alike(a.text, b.text) >= params.misread


def _one(one: Track, other: Track) -> Track:
    """Return two tracks as one over both; what it measures and says is the stronger one's."""
    stronger = max(one, other, key=lambda track: track.strength)
    start = min(one.query.start, other.query.start)
    end = max(one.query.end, other.query.end)
    box = Box(
        min(one.box.x0, other.box.x0),
        min(one.box.y0, other.box.y0),
        max(one.box.x1, other.box.x1),
        max(one.box.y1, other.box.y1),
    )
    return replace(stronger, query=Interval(start, end), box=box, area=max(one.area, other.area))
