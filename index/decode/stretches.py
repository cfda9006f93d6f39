"""Shown frames of a file, or of a part of it; decoded again where the cheap way misleads."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from itertools import chain
from math import inf
from pathlib import Path
from typing import cast

from av.format import Flags

from index.decode.facts import outcome, pictureless
from index.decode.pacing import Pace, Steps
from index.decode.passes import Pass, Shown
from index.decode.sources import Source, opened
from index.values import Media

RUN_UPS = (0.0, 2.0, 8.0)
"""Seconds before a time at which a key frame is sought, one after the other until one decodes."""

NEAR_START = 2.0
"""Seconds; what begins sooner is decoded from the start, which costs no more than seeking."""


def through(
    path: Path, steps: Steps, *, unstamped: bool = False
) -> Generator[Shown, None, tuple[Media, float | None]]:
    """Yield the frames of a file from start to end, then return what it holds.

    With it, seconds on the file's own clock at time 0, where its packets tell.

    Where a file turns out to need frames that were left out, it is decoded again, whole; then more
    frames may come than the pace asks for.

    Args:
        path: The file.
        steps: Which frames.
        unstamped: Whether its packets are known not to say when they are shown.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    with opened(path) as source:
        if source.video is None:
            return pictureless(source), None
        done = Pass(source.container, source.video, steps, unstamped=unstamped)
        last = -inf
        for shown in done.forward():
            if done.misled:
                break
            last = shown.time
            yield shown
        if not done.misled:
            return outcome(source, source.video, done), done.origin
    again = through(path, Pace.EVERY.value, unstamped=done.unstamped)
    return (yield from _after(last, again))


def since(path: Path, steps: Steps, start: float) -> Generator[Shown, None, None]:
    """Yield the frames from one not after `start` to the end, seeking where the file allows it.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    last = -inf
    if start > NEAR_START:
        with opened(path) as source:
            for shown in _sought(source, steps, start):
                if shown is None:
                    break
                last = shown.time
                yield shown
            else:
                return
    again: Generator[Shown, None, object] = through(path, steps)
    if steps.asked is not None and last > -inf:  # seeking worked, leaving out did not
        again = since(path, replace(steps, asked=None), start)
    yield from _after(last, again)


def _sought(source: Source, steps: Steps, start: float) -> Iterator[Shown | None]:
    """Yield frames from one not after `start` on; None as soon as seeking proves broken."""
    if source.video is None:
        return
    opening = Pass(source.container, source.video, steps)
    begun = next(opening.forward(), None) is not None and not opening.misled
    restarts = bool(source.container.format.flags & cast("int", Flags.ts_discont.value))
    fit = begun and (not restarts or opening.steady(start))
    for run_up in RUN_UPS if fit else ():
        onward = Pass(source.container, source.video, steps, zero=opening.zero)
        frames = onward.onward(max(0.0, start - run_up))
        first = next(frames, None)
        if first is None or first.time > start:
            continue
        for shown in chain((first,), frames):
            if onward.flawed:
                yield None
                return
            yield shown
        if onward.flawed:
            yield None
        return
    yield None


def _after[T](last: float, frames: Generator[Shown, None, T]) -> Generator[Shown, None, T]:
    """Pass on the frames shown after `last`, and what the generator returns."""
    while True:
        try:
            shown = next(frames)
        except StopIteration as end:
            told: T = end.value
            return told
        if shown.time > last:
            yield shown
