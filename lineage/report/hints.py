"""A look-up in sentences: what codes alone suggest, and how little that is."""

from collections.abc import Iterable, Mapping, Sequence

from index.values import Channel
from lineage.report.stretches import TURNS, playing
from lineage.report.words import counted, length, shortened
from lineage.values import Hint, Searched, Tell

UNPROVEN = (
    "Nothing here is proven: codes were compared, and no picture and no sound. Trace the clip "
    "itself to know."
)
"""Said with every look-up."""

_TELLS = {
    Tell.FRAMES: "whole frames",
    Tell.FEATURES: "places in frames",
    Tell.SOUND: "sound",
}


def coarse_summary(hints: Sequence[Hint], *, searched: Searched) -> str:
    """Return the answer in a sentence or two for a person; never more than a suspicion."""
    if searched.assets == 0:
        return "Nothing was searched: there are no files in these archives."
    if not hints:
        return (
            f"No candidate: by its codes alone, the clip resembles none of the "
            f"{counted(searched.assets, 'file')} searched. It may come from one all the same."
        )
    names = list(dict.fromkeys(shortened(hint.asset.name) for hint in hints))
    others = f", and {counted(len(names) - 1, 'other')}" if len(names) > 1 else ""
    return f"By its codes the clip resembles {names[0]}{others}. {UNPROVEN}"


def coarse_limits(counts: Mapping[Channel, int], *, searched: Searched) -> tuple[str, ...]:
    """Return what a look-up could not have found, a sentence each, the weightiest first."""
    return tuple(_limits(counts, searched))


def grounds(hint: Hint) -> list[str]:
    """Return on what a hint rests, and how the query would show the source.

    Such as ["whole frames", "44 of 46 moments", "12 bits apart", "mirrored"].
    """
    words = [
        _TELLS[hint.tell],
        f"{hint.moments:,} of {counted(hint.asked, 'moment')}",
        f"{counted(round(hint.bits), 'bit')} apart",
    ]
    words += [TURNS[hint.variant]] if hint.variant in TURNS else []
    return [*words, *playing(hint.rate)]


def _limits(counts: Mapping[Channel, int], searched: Searched) -> Iterable[str]:
    yield UNPROVEN
    yield (
        "Look-alikes are not told apart: the same studio on another day, or a card with like "
        "letters, has like codes."
    )
    yield (
        f"Only {counted(searched.assets, 'file')} ({length(searched.seconds)}) were searched: "
        "a source that is not among them cannot be found."
    )
    if counts[Channel.PICTURE] or counts[Channel.FEATURE]:
        yield (
            "Times are good to about a second, and the rate is that of the nearest of a few that "
            "were tried. Stretches under about two seconds can be missed."
        )
    if counts[Channel.SOUND] and Channel.SOUND in searched.channels:
        yield "Sound whose pitch was moved, or whose speed was changed by a tenth, is not found."
    if counts[Channel.SOUND] and Channel.SOUND not in searched.channels:
        yield "The sound was not compared: the archive was indexed without it."
    if not counts[Channel.SOUND]:
        yield "The fingerprint holds no codes of sound."
    if not (counts[Channel.PICTURE] or counts[Channel.FEATURE]):
        yield "The fingerprint holds no codes of pictures."
