"""One finding in words: what was done, and how much."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from index.values import Channel
from lineage.findings import Finding, Kind, Significance
from lineage.rates import rate_of
from lineage.report.carried import CONTRADICTIONS
from lineage.report.stretches import playing
from lineage.report.words import clock, length, percent, shortened
from lineage.values import Source

GREY, LIGHT, STRONG = 0.15, 6.0, 0.1
"""Saturation without colour; grey levels, and shares of contrast or colour, worth a word."""
QUOTE_LENGTH = 160
"""Signs of a caption that a sentence quotes."""


def weighed(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with those first that alter the meaning, or may."""
    order = list(Significance)
    return sorted(findings, key=lambda one: order.index(one.significance))


def when(finding: Finding) -> str:
    """Return the stretch of the query it is about; one time for an instant."""
    start, end = clock(finding.query.start), clock(finding.query.end)
    return start if start == end else f"{start}–{end}"


def explained(finding: Finding, sources: Sequence[Source]) -> str:
    """Return what was done, in one sentence for a person.

    Args:
        finding: What was found.
        sources: The answer's.
    """
    return _SENTENCES[finding.kind](finding, sources)


def doubt(finding: Finding) -> str:
    """Return how often findings like this are wrong, in a sentence; empty if not measured."""
    rate = rate_of(finding)
    if rate is None:
        return ""
    return f"Told wrongly of {rate.told or 'none'} of {rate.copies} honest copies."


def _turned(finding: Finding, _: Sequence[Source]) -> str:
    degrees = finding.measures["degrees"]
    return f"The picture is turned by {abs(degrees):.0f}° {'' if degrees > 0 else 'anti'}clockwise."


def _sped(finding: Finding, _: Sequence[Source]) -> str:
    return f"It is played {_speed(finding.measures['rate'])}."


def _speed(rate: float) -> str:
    return " ".join(playing(rate)) or f"at {rate:.3f}× speed"


def _removed(finding: Finding, _: Sequence[Source]) -> str:
    return f"{_seconds(finding)} of the source, {_stretch(finding)}, is left out here."


def _reordered(finding: Finding, _: Sequence[Source]) -> str:
    seconds = _seconds(finding)
    return f"The source goes on {seconds} away from where it was left, in another order."


def _trimmed(finding: Finding, sources: Sequence[Source]) -> str:
    whole = clock(sources[finding.source_index or 0].asset.media.duration)
    return f"Of the source, which is {whole} long, only {_stretch(finding)} is shown."


def _replaced(finding: Finding, sources: Sequence[Source]) -> str:
    source = sources[finding.source_index or 0]
    if source.channel is not Channel.SOUND:
        return "The source's own sound is not heard; what is heard instead was not found."
    start = clock(finding.source.start) if finding.source else clock(0.0)
    return f"Another sound is heard than the source's own: that of {_name(source)} from {start}."


def _edited(finding: Finding, _: Sequence[Source]) -> str:
    rate, pitch = finding.measures["rate"], finding.measures["pitch"]
    words = [_speed(rate)] if playing(rate) else []
    words += [f"at {pitch:.2f} times its pitch"] if f"{pitch:.2f}" != "1.00" else []
    return f"The source's own sound is heard {', '.join(words) or 'from another time'}."


def _blurred(finding: Finding, _: Sequence[Source]) -> str:
    where = "here" if finding.box else "all over"
    return f"Fine detail of the source is missing {where}: it is blurred."


def _coloured(finding: Finding, _: Sequence[Source]) -> str:
    if not finding.measures:
        return "Light and dark are swapped."
    brightness, contrast, saturation = (
        finding.measures[name] for name in ("brightness", "contrast", "saturation")
    )
    if saturation <= GREY:
        return "Its colours are taken out: it is black and white."
    words = [
        *([f"{'brighter' if brightness > 0 else 'darker'}"] if abs(brightness) >= LIGHT else []),
        *(["of more contrast"] if contrast >= 1 + STRONG else []),
        *(["of less contrast"] if contrast <= 1 - STRONG else []),
        *(["more colourful"] if saturation >= 1 + STRONG else []),
        *(["less colourful"] if saturation <= 1 - STRONG else []),
    ]
    return f"Its colours are not the source's: {', '.join(words) or 'of another shade'}."


def _captioned(finding: Finding, _: Sequence[Source]) -> str:
    if finding.covered is None:
        return f"A caption was added: {_quoted(finding.text)}."
    return (
        f"A caption was put over the source's {_quoted(finding.covered)}: {_quoted(finding.text)}."
    )


def _contradicted(finding: Finding, sources: Sequence[Source]) -> str:
    if finding.contradiction is None:
        raise ValueError("what contradicts a file's own words says how")
    source = "" if finding.source_index is None else f"“{_name(sources[finding.source_index])}”"
    return CONTRADICTIONS[finding.contradiction].format(
        claim=finding.claim, against=finding.against, source=source
    )


def _quoted(text: str | None) -> str:
    return f"“{shortened(text or '', QUOTE_LENGTH)}”"


def _name(source: Source) -> str:
    return shortened(source.asset.name)


def _seconds(finding: Finding) -> str:
    return length(finding.measures["seconds"])


def _stretch(finding: Finding) -> str:
    if finding.source is None:
        return ""
    return f"{clock(finding.source.start)}–{clock(finding.source.end)}"


def _share(finding: Finding) -> str:
    return percent(finding.measures["share"])


_SENTENCES: Mapping[Kind, Callable[[Finding, Sequence[Source]], str]] = {
    Kind.CROPPED: lambda one, _: f"Only {_share(one)} of the source's picture is shown.",
    Kind.LETTERBOXED: lambda one, _: (
        f"The picture stands between bars, in {_share(one)} of the frame."
    ),
    Kind.MIRRORED: lambda _one, _: "Left and right are swapped.",
    Kind.FLIPPED: lambda _one, _: "Top and bottom are swapped.",
    Kind.ROTATED: _turned,
    Kind.PICTURE_IN_PICTURE: lambda one, _: (
        f"The source fills {_share(one)} of the frame; something else is around it."
    ),
    Kind.FACE_REPLACED: lambda _one, _: "The face is not the source's.",
    Kind.MOUTH_REPLACED: lambda _one, _: (
        "The mouth does not move as in the source; the rest of the face does."
    ),
    Kind.CAPTION_ADDED: _captioned,
    Kind.CAPTION_REMOVED: lambda one, _: (
        f"A caption of the source was taken out: {_quoted(one.text)}."
    ),
    Kind.OVERLAY_ADDED: lambda _one, _: (
        "Something is laid over the picture here, or beside it, that the source does not have."
    ),
    Kind.OVERLAY_REMOVED: lambda _one, _: (
        "Something that lies over the source's picture here, such as a logo, was taken out."
    ),
    Kind.REGION_CHANGED: lambda one, _: (
        "This part of the picture moves, and stands still in the source."
        if "moves" in one.measures
        else "This part of the picture is not as in the source."
    ),
    Kind.REGION_REMOVED: lambda _one, _: "What the source shows here is taken out or covered.",
    Kind.BLURRED: _blurred,
    Kind.COLOUR_CHANGED: _coloured,
    Kind.NOISE_ADDED: lambda _one, _: "It has grain that the source does not have.",
    Kind.PERSPECTIVE_CHANGED: lambda _one, _: (
        "The source is seen at an angle, as on a screen that was filmed."
    ),
    Kind.REENCODED: lambda _one, _: "It was encoded anew: its pixels are not quite the source's.",
    Kind.SPEED_CHANGED: _sped,
    Kind.REVERSED: lambda _one, _: "It is played backwards.",
    Kind.FROZEN: lambda one, _: f"One frame is held for {_seconds(one)}.",
    Kind.FRAMES_REMOVED: _removed,
    Kind.FRAMES_REPEATED: lambda one, _: (
        f"The source goes back by {_seconds(one)} here, and a part of it is shown again."
    ),
    Kind.REORDERED: _reordered,
    Kind.SPLICED: lambda _one, _: "Here the source is joined to something else.",
    Kind.TRIMMED: _trimmed,
    Kind.RESIZED: lambda one, _: (
        f"Its sides have {one.measures['scale']:.2f} times the source's pixels."
    ),
    Kind.FRAME_RATE_CHANGED: lambda one, _: (
        f"It has {one.measures['ratio']:.2f} times the source's frames a second."
    ),
    Kind.SOUND_REPLACED: _replaced,
    Kind.SOUND_REMOVED: lambda one, _: (
        "Here the clip is silent, and the source is not."
        if one.measures
        else "The clip has no sound, and the source has."
    ),
    Kind.SOUND_ADDED: lambda one, _: (
        "Here the source is silent, and the clip is not."
        if one.measures
        else "The clip has sound, and the source has none."
    ),
    Kind.SOUND_EDITED: _edited,
    Kind.PROVENANCE_CONTRADICTED: _contradicted,
}
