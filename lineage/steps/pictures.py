"""What each stage measured of the pictures of a pair, in words for a person."""

from collections.abc import Iterator, Mapping

from index.values import CODE_BITS, Channel
from lineage.prove import ProveParams, likeness_needed, motion_needed
from lineage.report import clock
from lineage.steps.values import Look, Measure, Pair, Pointer, Step, Way
from lineage.steps.ways import manner
from lineage.values import Segment

GONE = "The archived file is not where it was indexed, or has changed, so that only its codes speak"


def coded(pair: Pair, kept: int, details: int) -> Step:
    """Return what there was to compare: codes of the clip, and of the archived file.

    Args:
        pair: What was measured.
        kept: Codes of whole frames that the archive keeps of the file.
        details: Codes of details of frames likewise.
    """
    measures = (
        Measure("frames of the clip that were coded", pair.own),
        Measure("frames kept of the archived file", kept),
        Measure("details of frames kept of it", details),
    )
    if not any(way.asked for way in pair.ways):
        sentence = "No picture of the clip shows enough to be recognised: it is too plain or dark."
        return Step("codes", sentence, measures, passed=False)
    if not kept + details:
        sentence = "Nothing in the pictures of the archived file can be recognised."
        return Step("codes", sentence, measures, passed=False)
    return Step("codes", "Both have pictures that can be recognised.", measures)


def near(pair: Pair, *, radius: Mapping[Channel, int], fewest: int) -> Iterator[Step]:
    """Yield for each way of looking whether anything of both looks alike.

    Args:
        pair: What was measured.
        radius: Bits within which two codes of a channel are alike.
        fewest: Details that must lie alike in two frames.
    """
    for way in pair.ways:
        if way.channel is Channel.FEATURE:
            yield _details(way, radius=radius[way.channel], fewest=fewest)
        elif way.channel is Channel.SOUND:
            yield _sounding(way)
        else:
            nearest = pair.nearest if way.channel is Channel.PICTURE else None
            yield _frames(way, nearest, radius=radius[way.channel])


def pointed(way: Way) -> Step:
    """Return where in the archived file most of what looks alike points."""
    best = way.best
    if best is None:
        sentence = "What looks alike points to no place of the archived file."
        return Step("candidates", sentence, passed=False, way=way.name)
    # The rate of so coarse a line is a guess, and of a clip of many stretches none: a number only.
    how = manner(-1.0 if best.rate < 0 else 1.0, variant=best.variant)
    sentence = (
        f"{moments(best)} to somewhere in {clock(best.source.start)}–{clock(best.source.end)} of "
        f"the archived file, shown {how}."
    )
    measures = (
        Measure("places pointed to", way.candidates),
        Measure("moments that agree on the best", best.moments),
        Measure("score of the best", round(best.score, 2)),
        Measure("speed, as a first guess", round(best.rate, 3), "times the archived file's"),
        Measure("bits that differ, median", best.bits, f"of {CODE_BITS}"),
        Measure("proven first in this way", round(way.seconds, 1), "s of the clip"),
    )
    return Step(
        "candidates", sentence, measures, way=way.name, query=best.query, source=best.source
    )


def moments(best: Pointer) -> str:
    """Return how many moments point somewhere, up to the word "point" or "points"."""
    return (
        "1 moment of the clip points"
        if best.moments == 1
        else (f"{best.moments} moments of the clip point")
    )


def laid(look: Look, *, params: ProveParams) -> Step:
    """Return whether the pictures of one stretch bear it out, frame by frame."""
    one = look.segment
    return Step(
        "proof",
        _verdict(look, params=params),
        tuple(_proof(one, params=params)),
        passed=look.proven,
        way=look.way,
        query=one.query,
        source=one.source,
    )


def unlaid(pair: Pair) -> Step:
    """Return why there is no stretch at all."""
    sentence = (
        "No stretch of the clip follows the archived file frame by frame."
        if pair.reached
        else f"{GONE}, and they say too little."
    )
    return Step("proof", sentence, passed=False)


def _frames(way: Way, nearest: int | None, *, radius: int) -> Step:
    measures = [
        Measure("codes looked up", way.asked),
        Measure("pairs of frames alike", way.hits),
        Measure("moments of the clip among them", way.moments),
        Measure("bits that may differ", radius, f"of {CODE_BITS}"),
    ]
    least = nearest if way.nearest is None else way.nearest
    if least is not None:
        name = "bits of the nearest pair" if way.hits else "bits of the nearest pair in any way"
        measures.append(Measure(name, least, f"of {CODE_BITS}"))
    sentence = (
        "Some frames look alike as a whole."
        if way.hits
        else "No frame of the clip looks like one of the archived file as a whole."
    )
    return Step("hits", sentence, tuple(measures), passed=way.hits > 0, way=way.name)


def _sounding(way: Way) -> Step:
    measures = (Measure("moments of the clip looked at", way.moments),)
    if not way.hits:
        sentence = "The archived file is heard too briefly to look at its pictures there."
        return Step("hits", sentence, measures, passed=False, way=way.name)
    sentence = "The archived file is heard here, so its pictures of then are looked at as well."
    return Step("hits", sentence, measures, way=way.name)


def _details(way: Way, *, radius: int, fewest: int) -> Step:
    measures = [
        Measure("details looked up", way.asked),
        Measure("details alike", way.near),
        Measure("bits that may differ", radius, f"of {CODE_BITS}"),
        Measure("pairs of frames in which they lie alike", way.hits),
        Measure("details that must lie alike", fewest),
    ]
    if way.agreed is None:
        sentence = (
            "Some details are alike, but in no two frames do enough of them lie alike; letters, "
            "logos and leaves are alike everywhere."
            if way.near
            else "No detail of a frame is alike."
        )
        return Step("hits", sentence, tuple(measures), passed=False, way=way.name)
    most = way.agreed
    measures.append(Measure("details that do, at most", most.features))
    sentence = (
        f"{most.features} details lie alike at {clock(most.query)} of the clip and "
        f"{clock(most.source)} of the archived file."
    )
    return Step("hits", sentence, tuple(measures), way=way.name)


def _verdict(look: Look, *, params: ProveParams) -> str:
    one = look.segment
    if one.likeness is None:
        return f"{GONE}; they say that it may be this."
    alike = one.likeness >= likeness_needed(one, params=params)
    if one.motion is None:
        return _still(alike=alike, proven=look.proven)
    if look.proven:
        return "The pictures are alike, and what moves in them moves in step."
    return _unproven(alike=alike, in_step=one.motion >= motion_needed(one, params=params))


def _unproven(*, alike: bool, in_step: bool) -> str:
    if alike and in_step:
        return (
            "The pictures are alike and move in step, but so briefly or so loosely that this is "
            "wrong as often as right."
        )
    if in_step:
        return "What moves does so in step, but the pictures differ too much to be the same."
    if alike:
        return (
            "The scene looks alike, but what moves in it does not move in step; the same place or "
            "camera at another time does that."
        )
    return "The pictures differ, and what moves in them does not move in step: another scene."


def _still(*, alike: bool, proven: bool) -> str:
    if proven:
        return "Nothing moves, and the pictures are as good as equal."
    if alike:
        return "Nothing moves; the pictures are alike, but for too short a time to tell."
    return "Nothing moves, and the pictures differ too much to be the same."


def _proof(one: Segment, *, params: ProveParams) -> Iterator[Measure]:
    """Yield what was reached, what is needed, and by how much that was missed."""
    yield Measure("length", round(one.query.length, 3), "s")
    if one.clear is not None:
        yield Measure("of that, with nothing changed in it", round(one.clear, 3), "s")
    if one.likeness is not None:
        yield from _against("likeness", one.likeness, likeness_needed(one, params=params))
        if one.motion is not None:
            yield from _against("motion in step", one.motion, motion_needed(one, params=params))
        elif one.query.length < params.shortest_still:
            yield Measure("length needed where nothing moves", params.shortest_still, "s")
        yield from _against("confidence", one.confidence, params.likely)
    if one.visible < 1:
        yield Measure("of that, left out as hidden", round(100 * (1 - one.visible)), "%")
    places = {"the clip's": one.query_box, "the archived file's": one.source_box}
    for whose, box in places.items():
        if box is not None:
            yield Measure(f"of {whose} picture compared", round(100 * box.area), "%")


def _against(name: str, reached: float, needed: float) -> Iterator[Measure]:
    yield Measure(name, round(reached, 4), "of 1")
    yield Measure(f"{name} needed", needed, "of 1")
    if reached < needed:
        yield Measure(f"{name} missed by", round(needed - reached, 4))
