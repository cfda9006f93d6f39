"""What the container of a file says of it."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from index.decode.sources import opened
from index.values import Tag

MOST, LONGEST = 128, 400
"""Tags, and signs of one, that are kept: some programs write whole projects into a file."""


def tags(path: Path) -> tuple[Tag, ...]:
    """Return the tags of a file, then those of its tracks, none of which is decoded.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It is no media file, or one that is not decoded here.
    """
    with opened(path) as source:
        tracks = enumerate(source.container.streams)
        every = [*_tags(source.container.metadata, None)]
        every += [tag for number, track in tracks for tag in _tags(track.metadata, number)]
    return tuple(islice(every, MOST))


def _tags(said: Mapping[str, str], track: int | None) -> Iterator[Tag]:
    for name, value in islice(said.items(), MOST):
        yield Tag(name[:LONGEST], value[:LONGEST], track)
