"""Stills of groups of times, of which those that follow one another share a pass."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from index.decode.clip import Clip
from index.values import Still


def gathered(clip: Clip, groups: Iterable[Sequence[float]], *, side: int) -> Iterator[list[Still]]:
    """Yield for each group of times the frames nearest to them; none where there is no picture.

    Groups should rise or fall; those next to one another may overlap.

    Args:
        clip: The file.
        groups: Rising times. A group is asked for when all before it but the last two are done.
        side: Pixels of the long side, at most.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    waiting: deque[Sequence[float]] = deque()
    found: dict[float, Still] = {}
    for time, still in clip.reel(_joined(groups, waiting), side=side):
        found[time] = still
        while waiting and all(each in found for each in waiting[0]):
            yield [found[each] for each in waiting.popleft()]
            found = {each: found[each] for group in waiting for each in group if each in found}
    for group in waiting:
        yield [found[each] for each in group if each in found]


def _joined(groups: Iterable[Sequence[float]], waiting: deque[Sequence[float]]) -> Iterator[float]:
    """Yield the times of all groups, and note the groups that were asked for.

    What overlaps the next group is held back until that is known.
    """
    held: list[float] = []
    for group in groups:
        waiting.append(group)
        if not group:
            continue
        rises = not held or group[0] >= held[0]
        before = bisect_left(held, group[0]) if rises else len(held)
        yield from held[:before]
        held = sorted({*held[before:], *group})
    yield from held
