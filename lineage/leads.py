"""Where a file is heard it may be seen: moments of pictures to look at that no code points to.

Sound tells the time exactly, at whatever speed. How the picture then lies in the frame is sought by
`seek`; guesses are that it was cut about its middle to the frame's shape, or set into one of the
frame's panels. It must be proven like any other.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from index.values import AssetRow, Channel, Hits, Interval, Map, Media
from lineage.values import Segment

EVERY, FEWEST = 0.5, 8
"""Seconds between the moments of a stretch, and fewest of them."""
LEAST = 1.0
"""Seconds of sound from which on its picture is looked for."""

type Heard = Sequence[tuple[AssetRow, Segment]]
"""Stretches of sound that were found, and whose they are."""


def leads(  # noqa: PLR0913 # what was heard, where it is asked about, and how it may be shown
    heard: Heard,
    left: Sequence[Interval],
    shape: float,
    panels: Sequence[Map],
    media: Callable[[AssetRow], Media],
    *,
    variant: str,
) -> Hits:
    """Return the moments at which files are heard, each with a guess how its picture lies.

    Args:
        heard: What was heard.
        left: The stretches of the query that are asked about.
        shape: Width of the query's frames by their height.
        panels: How the query's frame lies over what would fill each of its panels, likeliest first.
        media: Tells what an asset holds.
        variant: How the query is turned.
    """
    times: list[np.ndarray] = []
    owners: list[AssetRow] = []
    beside: list[np.ndarray] = []
    maps: list[Map] = []
    for row, sound in heard:
        facts = media(row)
        if not (facts.has_picture and sound.rate):
            continue
        guesses = [_cut(shape, facts.width / facts.height), *panels]
        for moments in _moments(sound, left):
            times.append(moments)
            owners += [row] * len(moments)
            beside.append(np.maximum(0.0, _source_times(sound, moments)))
            maps += [guesses[number % len(guesses)] for number in range(len(moments))]
    every = np.concatenate([np.empty(0), *times])
    return Hits(
        every,
        np.array(owners, np.int64),
        np.concatenate([np.empty(0), *beside]),
        np.zeros(len(every)),
        np.zeros(len(every), np.uint16),
        Channel.SOUND,
        variant,
        maps=np.array(maps, np.float64).reshape(-1, 2, 3),
        asked=len(every),
        near=len(every),
    )


def _moments(sound: Segment, left: Sequence[Interval]) -> Iterator[np.ndarray]:
    """Yield moments of each stretch that is asked about and in which the sound is heard."""
    for gap in left:
        start, end = max(gap.start, sound.query.start), min(gap.end, sound.query.end)
        if end - start >= LEAST:
            yield np.linspace(start, end, max(FEWEST, int((end - start) / EVERY)), endpoint=False)


def _source_times(sound: Segment, times: np.ndarray) -> np.ndarray:
    return np.array([sound.source_time(float(time)) for time in times])


def _cut(shape: float, other: float) -> Map:
    """Return how a frame lies over a picture that was cut about its middle to the frame's shape."""
    wide, high = min(1.0, shape / other), min(1.0, other / shape)
    return np.array([[wide, 0.0, (1 - wide) / 2], [0.0, high, (1 - high) / 2]])
