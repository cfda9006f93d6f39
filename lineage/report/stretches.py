"""One segment in words: which stretch shows which, how, and how surely that was seen."""

from index.values import Channel
from lineage.report.words import clock, percent
from lineage.values import Segment

# Below this nobody sees a change of speed, and a short segment's slope is no surer.
SAME_SPEED = 0.02
# Below this a crop is within what box finding errs by.
WHOLE_PICTURE = 0.97

TURNS = {
    "mirror": "mirrored",
    "flip": "flipped top to bottom",
    "turn": "turned upside down",
    "negative": "with light and dark swapped",
}
"""How a variant other than "plain" shows its source."""
_SPEEDS = {"2.00": "double", "0.50": "half", "3.00": "triple"}


def evidence(segment: Segment, *, query: str = "the query", source: str = "") -> str:
    """Return one sentence that says what was seen to agree in a segment.

    Args:
        segment: The segment.
        query: What the query is called.
        source: What the source is called, where that is not plain.
    """
    verb = "sounds like" if segment.channel is Channel.SOUND else "shows"
    whose = f" of {source}" if source else ""
    here, there = span(segment, digits=3), source_span(segment, digits=3)
    words = [f"{here} of {query} {verb} {there}{whose}"]
    words.extend(manner(segment))
    if segment.agreement is not None:
        words.append(f"bits of their sounds agree at {segment.agreement:.2f}")
    if segment.likeness is not None:
        words.append(f"pictures correlate at {segment.likeness:.2f}")
    if segment.motion is not None:
        words.append(f"what moves in them at {segment.motion:.2f}")
    words.append(checked(segment))
    words.extend(filter(None, [laid(segment)]))
    return ", ".join(words) + "."


def checked(segment: Segment) -> str:
    """Return how a segment's times were found."""
    how = "sound against sound" if segment.channel is Channel.SOUND else "frame by frame"
    return f"checked {how}" if segment.frame_exact else f"not checked {how}"


def laid(segment: Segment) -> str:
    """Return how well pixels were laid over the source's; empty where none were compared.

    >>> from index.values import Interval as I
    >>> from lineage.values import Registration
    >>> told = Registration(0.998, 0.0312, 1.0)
    >>> laid(Segment(I(0, 2), I(5, 7), 1, Channel.PICTURE, "plain", 1, True, registration=told))
    'laid over the source to 0.031 pixels'
    """
    told = segment.registration
    if told is None:
        return ""
    if not told.compared:
        return "too unlike to be compared pixel by pixel"
    return "" if told.error is None else f"laid over the source to {told.error:.2g} pixels"


def manner(segment: Segment) -> list[str]:
    """Return how the query shows the source: turned, cropped, covered, at what speed; often empty.

    >>> from index.values import Interval as I
    >>> manner(Segment(I(0, 2), I(5, 9), -2.0, Channel.PICTURE, "mirror", 1.0, True))
    ['mirrored', 'backwards', 'at double speed']
    """
    words = [TURNS[segment.variant]] if segment.variant in TURNS else []
    if segment.source_box is not None and segment.source_box.area < WHOLE_PICTURE:
        words.append(f"cropped to {percent(segment.source_box.area)} of its picture")
    if segment.query_box is not None and segment.query_box.area < WHOLE_PICTURE:
        words.append(f"filling {percent(segment.query_box.area)} of the frame")
    if (degrees := segment.tilt) != 0:
        words.append(f"turned by {abs(degrees)}° {'' if degrees > 0 else 'anti'}clockwise")
    if segment.visible < 1:
        words.append("with a part of it hidden")
    return words + playing(segment.rate)


def playing(rate: float) -> list[str]:
    """Return how a source is played, by source seconds per query second; often empty."""
    words = ["backwards"] if rate < 0 else []
    speed = abs(rate)
    if speed == 0:
        words.append("as a still")
    elif abs(speed - 1) > SAME_SPEED:
        factor = f"{speed:.2f}"
        words.append(f"at {_SPEEDS.get(factor, f'{speed:.3g}×')} speed")
    return words


def span(segment: Segment, *, digits: int = 1) -> str:
    """Return the stretch of the query, such as "0:00.0–0:11.9"."""
    return f"{clock(segment.query.start, digits=digits)}–{clock(segment.query.end, digits=digits)}"


def source_span(segment: Segment, *, digits: int = 1) -> str:
    """Return the stretch of the source in the order it is shown; one time for a held frame."""
    start = clock(segment.source.start, digits=digits)
    end = clock(segment.source.end, digits=digits)
    if segment.rate == 0:
        return start
    return f"{end}–{start}" if segment.rate < 0 else f"{start}–{end}"
