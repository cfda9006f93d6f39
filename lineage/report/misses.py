"""What a search could not have found, in sentences."""

from collections.abc import Iterable, Sequence

from index.values import Absence, Channel
from lineage.report.words import counted, length, percent, readable, shortened
from lineage.values import Query, Reason, Searched, Source, Unexplained

MEASURED = 600.0
"""Seconds of archive, about, in which the confidence was measured: docs/benchmarks.md."""

ALL = 0.995
"""Share from which on it is all."""


def compared(query: Query, searched: Searched) -> list[Channel]:
    """Return the channels that the query has and that were compared."""
    has = {Channel.PICTURE: query.media.has_picture, Channel.SOUND: query.media.has_sound}
    return [channel for channel in searched.channels if has[channel]]


def limits(
    query: Query,
    sources: Sequence[Source],
    *,
    unexplained: Sequence[Unexplained],
    searched: Searched,
    revealed: float = 0.0,
) -> tuple[str, ...]:
    """Return what this search could not have found, a sentence each, the weightiest first.

    Args:
        query: The query.
        sources: What was found.
        unexplained: What was not.
        searched: What was compared with it.
        revealed: Share of the found pictures' time of which pixels were compared.
    """
    channels = compared(query, searched)
    found = {source.channel for source in sources}
    told = list(_channel_limits(query, searched))
    told.append(
        f"Only {counted(searched.assets, 'file')} ({length(searched.seconds)}) were searched: "
        "a source that is not among them cannot be found."
        if searched.assets != 1
        else f"Only one file ({length(searched.seconds)}) was searched."
    )
    if Channel.PICTURE in channels:
        told.append(
            "A source that fills only a corner of the frame, or of which little is left, can be "
            "missed."
        )
        told.append(
            "A stretch shorter than about two seconds can be missed: the archive may hold no "
            "frame of it."
        )
    if Channel.SOUND in channels:
        told.append(
            "Sound under louder sound, shorter than about two seconds, or changed in pitch by more "
            "than a fifth can be missed. Words spoken anew are not looked for."
        )
    if Channel.SOUND in found:
        told.append(
            "A match of sound says that both files have the same recording, not which came first."
        )
    if Channel.PICTURE in found:
        told.append("A match says that both files show the same pictures, not which came first.")
        told.append(_inside(revealed))
    if found and searched.seconds > MEASURED:
        told.append(
            f"The confidence was measured in an archive of {length(MEASURED)}; in one of "
            f"{length(searched.seconds)} more looks alike, so it may be too high."
        )
    told.extend(_loss_limits(query, sources, unexplained))
    return tuple(told)


def away(name: str, absence: Absence) -> str:
    """Return why a source could not be compared, and what to do.

    Args:
        name: The source's.
        absence: Where its file should be.
    """
    return (
        f"Only codes of {shortened(name)} could be compared, neither its pixels nor its sound: "
        f"{gone(absence)}. Put the file back, or index it where it is now, and trace again."
    )


def gone(absence: Absence) -> str:
    """Return where a file should be and is not, as a part of a sentence."""
    if absence.changed:
        return f"the file at {absence.path} holds other bytes now than when it was indexed"
    return f"there is no file at {absence.path} any more"


def _inside(revealed: float) -> str:
    """Return how far changes inside the picture were looked for."""
    if revealed <= 0:
        return (
            "Changes inside the picture were not looked for: a match does not say that nothing "
            "was changed in it."
        )
    where = "" if revealed >= ALL else f" in {percent(revealed)} of what was found, where both fit"
    return (
        f"Changes inside the picture were looked for{where}. What is smaller than about a "
        "twentieth of its width, shorter than half a second, or faint can be missed: a match "
        "does not say that nothing was changed in it."
    )


def _channel_limits(query: Query, searched: Searched) -> Iterable[str]:
    if query.media.has_sound and Channel.SOUND not in searched.channels:
        yield (
            "The sound was not compared: the archive was indexed without it. Index its files into "
            "a new archive to compare it."
        )
    if query.media.has_picture and Channel.PICTURE not in searched.channels:
        yield "The pictures were not compared."
    if not query.media.has_picture:
        yield "The clip has no picture."


def _loss_limits(
    query: Query, sources: Sequence[Source], unexplained: Sequence[Unexplained]
) -> Iterable[str]:
    unchecked = sum(not one.frame_exact for source in sources for one in source.segments)
    if unchecked:
        yield (
            f"The times of {counted(unchecked, 'stretch', 'stretches')} were not checked frame "
            "by frame and may be off by a second."
        )
    dull = sum(
        gap.query.length
        for gap in unexplained
        if gap.reason in {Reason.TOO_COMMON, Reason.TOO_PLAIN, Reason.TOO_SHORT, Reason.SILENT}
    )
    if dull:
        yield (
            f"{length(dull)} of the clip is too plain, too common or too short to be searched for."
        )
    yield from (f"The clip was not read in full: {readable(loss)}" for loss in query.media.losses)
