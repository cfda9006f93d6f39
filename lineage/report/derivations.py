"""How a query and a source are related, in words."""

from collections.abc import Iterator, Mapping

from lineage.derivations import Cue, Derivation, Relation, Sign
from lineage.report.words import shortened

SPEAKS = 0.1
"""How clearly a sign must speak to be told."""
WORDS: Mapping[Sign, str] = {
    Sign.LONGER: "{nearer} goes on where {farther} ends",
    Sign.WIDER: "{nearer} shows more around the picture",
    Sign.LAYERS: "something lies over {farther} that does not lie over {nearer}",
    Sign.DETAIL: "{nearer} has finer detail",
    Sign.COLOURS: "{nearer} has more colour",
    Sign.BITS: "{nearer} takes more bytes",
}
"""What a sign says of the file that it speaks for, and of the other one."""


ACTION_WORDS: Mapping[str, str] = {
    "c2pa.addedText": "caption added",
    "c2pa.adjustedColor": "colours changed",
    "c2pa.changedSpeed": "speed changed",
    "c2pa.cropped": "cropped",
    "c2pa.deleted": "parts taken out",
    "c2pa.dubbed": "sound changed",
    "c2pa.edited": "part of the picture changed",
    "c2pa.filtered": "blurred or made noisy",
    "c2pa.orientation": "mirrored or turned",
    "c2pa.placed": "something laid over or beside it",
    "c2pa.resized": "resized",
    "c2pa.transcoded": "encoded anew",
    "c2pa.trimmed": "trimmed",
    "wherefrom.faceReplaced": "face replaced",
    "wherefrom.frameRateChanged": "frame rate changed",
    "wherefrom.framesRepeated": "frames repeated",
    "wherefrom.frozen": "frozen",
    "wherefrom.letterboxed": "set between bars",
    "wherefrom.mouthReplaced": "mouth replaced",
    "wherefrom.perspectiveChanged": "perspective changed",
    "wherefrom.reordered": "put in another order",
    "wherefrom.reversed": "played backwards",
    "wherefrom.spliced": "joined with something else",
}
"""What was done to a parent, in words."""


def action(name: str) -> str:
    """Return what was done to a parent in words, given the action's name."""
    return ACTION_WORDS.get(name, name)


def relation(derivation: Derivation, name: str) -> str:
    """Return how the query and a source are related, in one sentence.

    Args:
        derivation: What was decided.
        name: The source's.
    """
    source = f"“{shortened(name)}”"
    match derivation.relation:
        case Relation.DERIVED if derivation.backwards:
            return f"{source} was made from this clip, or from a copy of it."
        case Relation.DERIVED:
            return f"This clip was made from {source}, or from a copy of it."
        case Relation.SIBLINGS:
            return f"This clip and {source} were both made from something else."
        case Relation.DUPLICATE:
            return f"This clip and {source} hold the same pictures."
        case Relation.UNDETERMINED:
            return f"Which of this clip and {source} was made from the other is not determined."


def signs(derivation: Derivation, name: str, *, clip: str = "the clip") -> list[str]:
    """Return what speaks for one of both being nearer to the footage, the clearest first.

    Args:
        derivation: What was decided.
        name: The source's.
        clip: What the query is called.
    """
    ranked = sorted(derivation.cues, key=lambda cue: -max(cue.source, cue.query))
    return [each for cue in ranked for each in _told(cue, f"“{shortened(name)}”", clip)]


def _told(cue: Cue, source: str, clip: str) -> Iterator[str]:
    words = WORDS[cue.sign]
    if cue.source >= SPEAKS:
        yield _sentence(words.format(nearer=source, farther=clip))
    if cue.query >= SPEAKS:
        yield _sentence(words.format(nearer=clip, farther=source))


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
