"""How a query and a source are related, in words."""

from collections.abc import Iterator, Mapping, Sequence

from lineage.derivations import Cue, Derivation, Relation, Sign, Way
from lineage.report.words import shortened
from lineage.values import Source

SPEAKS = 0.1
"""How clearly a sign must speak to be told."""
WORDS: Mapping[Sign, str] = {
    Sign.LONGER: "{nearer} goes on where {farther} ends",
    Sign.WIDER: "{nearer} shows more around the picture",
    Sign.LAYERS: "something lies over {farther} that does not lie over {nearer}",
    Sign.DETAIL: "{nearer} has finer detail",
    Sign.COLOURS: "{nearer} has more colour",
    Sign.BITS: "{nearer} takes more bytes",
    Sign.STIRS: "what stands still in {farther} stays as it is when {nearer} changes there",
    Sign.FARTHER: "both differ more from one another than from what both were made from",
}
"""What a sign says of the file that it speaks for, and of the other one."""
BETWEEN = "both share next to nothing that {} lacks"
"""What is said of two files of a third that may lie between them."""


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


def relation(derivation: Derivation, sources: Sequence[Source]) -> str:
    """Return how two files are related, in one sentence.

    Args:
        derivation: What was decided.
        sources: All of the answer's.
    """
    query, source = _files(derivation, sources, "this clip")
    match derivation.relation:
        case Relation.DERIVED if derivation.backwards:
            return _sentence(f"{source} was made from {query}, or from a copy of it")
        case Relation.DERIVED:
            return _sentence(f"{query} was made from {source}, or from a copy of it")
        case Relation.SIBLINGS:
            return _sentence(f"{query} and {source} were both made from something else")
        case Relation.DUPLICATE:
            return _sentence(f"{query} and {source} hold the same pictures")
        case Relation.UNDETERMINED if derivation.excluded is not None:
            onward = derivation.excluded is Way.ONWARD
            return ruled_out(*((source, query) if onward else (query, source)))
        case Relation.UNDETERMINED:
            return _sentence(
                f"which of {query} and {source} was made from the other is not determined"
            )


def ruled_out(parent: str, child: str) -> str:
    """Return what is told where nothing but one way is ruled out, given what to call both."""
    return _sentence(
        f"{_not_made(parent, child)}; whether {parent} was made from it, or both from "
        "something else, is not determined"
    )


def _not_made(parent: str, child: str) -> str:
    return f"{child} was not made from {parent}"


def excluded(derivation: Derivation, query: str, source: str) -> Iterator[str]:
    """Yield in a sentence the way that is ruled out, if one is, given what to call both."""
    match derivation.excluded:
        case Way.ONWARD:
            yield _sentence(_not_made(source, query))
        case Way.BACK:
            yield _sentence(_not_made(query, source))


def signs(
    derivation: Derivation, sources: Sequence[Source], *, clip: str = "the clip"
) -> list[str]:
    """Return what speaks for one of both being nearer to the footage, the clearest first.

    Args:
        derivation: What was decided.
        sources: All of the answer's.
        clip: What the query is called.
    """
    files = _files(derivation, sources, clip)
    ranked = sorted(derivation.cues, key=lambda cue: -max(cue.source, cue.query))
    told = [each for cue in ranked for each in _told(cue, *files)]
    told += [_sentence(BETWEEN.format(_file(index, sources, clip))) for index in derivation.between]
    return list(dict.fromkeys(told))


def _files(derivation: Derivation, sources: Sequence[Source], clip: str) -> tuple[str, str]:
    """Return what to call the query and the source."""
    query, source = (
        _file(index, sources, clip) for index in (derivation.query_index, derivation.source_index)
    )
    return query, source


def _file(index: int | None, sources: Sequence[Source], clip: str) -> str:
    return clip if index is None else f"“{shortened(sources[index].asset.name)}”"


def _told(cue: Cue, query: str, source: str) -> Iterator[str]:
    words = WORDS[cue.sign]
    if cue.source >= SPEAKS:
        yield _sentence(words.format(nearer=source, farther=query))
    if cue.query >= SPEAKS:
        yield _sentence(words.format(nearer=query, farther=source))


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
