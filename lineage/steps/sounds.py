"""What each stage measured of the sound of a pair, in words for a person."""

from collections.abc import Iterator

from index.values import CODE_BITS
from lineage.report import clock
from lineage.sound import SoundParams, allowed
from lineage.steps.pictures import GONE, moments
from lineage.steps.values import Look, Measure, Pair, Step, Way
from lineage.steps.ways import manner

PERCENT = "% of bits"


def coded(pair: Pair, kept: int) -> Step:
    """Return what there was to compare: codes of the clip's sound, and of the archived file's.

    Args:
        pair: What was measured.
        kept: Codes of sound that the archive keeps of the file.
    """
    measures = (
        Measure("sound of the clip that can be heard", round(pair.audible, 1), "s"),
        Measure("codes of the clip's sound", pair.own),
        Measure("codes kept of the archived file's", kept),
    )
    if not pair.audible:
        return Step(
            "codes", "The clip has a sound track, but it is silent.", measures, passed=False
        )
    if not pair.own:
        sentence = "The clip's sound is too short, or too even, to be recognised."
        return Step("codes", sentence, measures, passed=False)
    if not kept:
        sentence = "The archived file has a sound track, but it is silent or too even."
        return Step("codes", sentence, measures, passed=False)
    return Step("codes", "Both have sound that can be recognised.", measures)


def near(pair: Pair, *, radius: int) -> Iterator[Step]:
    """Yield for each way of listening whether anything of both sounds alike.

    Args:
        pair: What was measured.
        radius: Bits within which two codes are alike.
    """
    for way in pair.ways:
        if way.asked:
            yield _near(way, pair.nearest, radius=radius)


def pointed(way: Way) -> Step:
    """Return where in the archived file most of what sounds alike points."""
    best = way.best
    if best is None:
        sentence = "What sounds alike points to no place of the archived file."
        return Step("candidates", sentence, passed=False, way=way.name)
    how = manner(best.rate, pitch=best.pitch)
    sentence = (
        f"{moments(best)} to somewhere in {clock(best.source.start)}–{clock(best.source.end)} of "
        f"the archived file, heard {how}."
    )
    measures = (
        Measure("places pointed to", way.candidates),
        Measure("moments that agree on the best", best.moments),
        Measure("speed", round(best.rate, 3), "times the archived file's"),
        Measure("pitch", round(best.pitch, 3), "times the archived file's"),
        Measure("bits that differ, median", best.bits, f"of {CODE_BITS}"),
        Measure("proven first in this way", round(way.seconds, 1), "s of the clip"),
    )
    return Step(
        "candidates", sentence, measures, way=way.name, query=best.query, source=best.source
    )


def laid(look: Look, *, params: SoundParams) -> Step:
    """Return whether one stretch of both sounds alike, bit by bit."""
    one = look.segment
    return Step(
        "proof",
        _verdict(look),
        tuple(_proof(look, params=params)),
        passed=look.proven,
        way=look.way,
        query=one.query,
        source=one.source,
    )


def unlaid() -> Step:
    """Return what it means that there is no stretch at all."""
    sentence = "No stretch of the clip's sound follows that of the archived file."
    return Step("proof", sentence, passed=False)


def _near(way: Way, nearest: int | None, *, radius: int) -> Step:
    measures = [
        Measure("codes looked up", way.asked),
        Measure("pairs of moments alike", way.hits),
        Measure("moments of the clip among them", way.moments),
        Measure("bits that may differ", radius, f"of {CODE_BITS}"),
    ]
    if way.nearest is not None:
        measures.append(Measure("bits of the nearest pair", way.nearest, f"of {CODE_BITS}"))
    elif nearest is not None:
        measures.append(Measure("bits of the nearest pair, as it is", nearest, f"of {CODE_BITS}"))
    sentence = (
        "Some moments sound alike."
        if way.hits
        else "No moment of the clip sounds like one of the archived file."
    )
    return Step("hits", sentence, tuple(measures), passed=way.hits > 0, way=way.name)


def _verdict(look: Look) -> str:
    if look.proven and not look.segment.frame_exact:
        return f"{GONE}; they say that it may be this."
    if look.proven:
        return "It is the same recording: of its bits, far more agree than chance would have it."
    return (
        "It sounds alike here and there, but too few bits agree for the same recording; the same "
        "voice, or the same words spoken anew, do that."
    )


def _proof(look: Look, *, params: SoundParams) -> Iterator[Measure]:
    agreement = look.segment.agreement or 0.0
    yield Measure("length", round(look.segment.query.length, 3), "s")
    yield Measure("bits that agree", round(100 * agreement, 1), PERCENT)
    if look.heard < params.least:
        yield Measure("length needed", params.least, "s")
        return
    needed = 1 - allowed(look.heard, params=params)
    yield Measure("bits that must agree over that length", round(100 * needed, 1), PERCENT)
    yield Measure("bits that agree by chance", 50.0, PERCENT)
    if agreement < needed:
        yield Measure("missed by", round(100 * (needed - agreement), 1), PERCENT)
