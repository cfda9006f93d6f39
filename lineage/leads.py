"""Where a file is heard it may be seen: moments of pictures to look at that no code points to.

Sound tells the time exactly, at whatever speed. How the picture then lies in the frame is sought by
`seek`. It must be proven like any other.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from index.values import AssetRow, Channel, Hits, Interval, Media
from lineage.values import Heard, Segment

EVERY, FEWEST = 0.5, 8
"""Seconds between the moments of a stretch, and fewest of them."""
LEAST = 1.0
"""Seconds of sound from which on its picture is looked for."""


def leads(
    heard: Heard,
    left: Sequence[Interval],
    media: Callable[[AssetRow], Media],
    *,
    variant: str,
) -> Hits:
    """Return the moments at which files are heard, as if their pictures had been hit there.

    Args:
        heard: What was heard.
        left: The stretches of the query that are asked about.
        media: Tells what an asset holds.
        variant: How the query is turned.
    """
    times: list[np.ndarray] = []
    owners: list[AssetRow] = []
    beside: list[np.ndarray] = []
    for row, sound in heard:
        facts = media(row)
        if not (facts.has_picture and sound.rate):
            continue
        for moments in _moments(sound, left):
            times.append(moments)
            owners += [row] * len(moments)
            beside.append(np.maximum(0.0, _source_times(sound, moments)))
    every = np.concatenate([np.empty(0), *times])
    return Hits(
        every,
        np.array(owners, np.int64),
        np.concatenate([np.empty(0), *beside]),
        np.zeros(len(every)),
        np.zeros(len(every), np.uint16),
        Channel.SOUND,
        variant,
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
