"""A finding's exhibit as files, and the document that says what is in each of them.

The same files and the same versions give the same bytes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from PIL import Image

from api.exports.exhibits import plates
from api.exports.exhibits.answers import Told
from api.exports.exhibits.plates import Files
from api.exports.exhibits.reel import Reel, reel
from api.exports.exhibits.sheets import png
from api.exports.exhibits.spectrograms import spectrograms
from api.exports.stills import pixels
from index.errors import BadMediaError
from index.values import WHOLE, Box, Still
from lineage.exhibits import MOST_SIDE, Case, Exhibitor, Heard, Heat, Seen

SCHEMA = "wherefrom.exhibit/1"
DOCUMENT, FILM = "exhibit.json", "side-by-side.mp4"
DRAWN_BY = ("av", "numpy", "opencv-python-headless", "pillow")
"""Packages of which another version may draw other bytes."""

type Document = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A file of an exhibit.

    Attributes:
        name: Its own.
        data: Its bytes.
        size: Width and height.
        shows: What of the clip and the source it shows.
    """

    name: str
    data: bytes
    size: tuple[int, int]
    shows: Sequence[Document]


def made(
    told: Told, case: Case, files: Files, exhibitor: Exhibitor, *, video: bool = False
) -> dict[str, bytes]:
    """Return the files of a finding's exhibit by name, with the document that tells of them.

    Args:
        told: The finding.
        case: What it is made from.
        files: What these files are called.
        exhibitor: Fetches what is shown.
        video: Whether a film is among them.

    Raises:
        BadMediaError: A frame of it cannot be decoded.
    """
    if case.sound:
        parts = [_heard(exhibitor.heard(case), files)]
    else:
        seen = exhibitor.seen(case, wide=plates.WIDE)
        if seen is None:
            raise BadMediaError(
                f"{case.query.name} or {case.source.name} has no pictures at this finding.",
                hint="Trace the clip again.",
            )
        parts = _seen(seen, files, exhibitor, video=video)
    document = _document(told, case, files, parts)
    text = json.dumps(document, indent=2) + "\n"
    return {part.name: part.data for part in parts} | {DOCUMENT: text.encode()}


def _seen(seen: Seen, files: Files, exhibitor: Exhibitor, *, video: bool) -> list[Made]:
    case, one = seen.case, seen.strongest
    across, view = case.segment.across or (), seen.view
    part = {"part": [round(edge, 6) for edge in (view.x0, view.y0, view.x1, view.y1)]}
    strip = [
        shot
        for moment in seen.moments
        for shot in (
            _shot("clip", moment.query, moment=moment.name.value) | part,
            _shot("source", moment.source, moment=moment.name.value, across=across) | part,
        )
    ]
    drawn = [
        _drawn("pair.png", plates.pair(seen, files), _both(one.query, one.source)),
        _drawn("strip.png", plates.strip(seen, files), strip),
    ]
    if seen.heat is not None:
        shown = [_shot("clip", one.query), *_compared(seen.heat)]
        drawn.append(_drawn("heat.png", plates.heat(seen, seen.heat, files), shown))
    drawn += _crops(seen, exhibitor)
    return [*drawn, _film(reel(seen, exhibitor), across)] if video else drawn


def _crops(seen: Seen, exhibitor: Exhibitor) -> list[Made]:
    """Return the box of both files at the strongest moment, pixel by pixel."""
    [(query, source)] = exhibitor.pairs(seen.case, [seen.strongest.query.time], side=MOST_SIDE)
    beside = seen.case.segment.lying(seen.box) or WHOLE
    return [
        _drawn(f"crop-{word}.png", plates.crop(still, box), [_shot(word, still, box=box)])
        for word, still, box in (("clip", query, seen.box), ("source", source, beside))
    ]


def _heard(heard: Heard, files: Files) -> Made:
    shows = [
        {"of": word, "from": within.start, "to": within.end}
        for word, within in (("clip", heard.within), ("source", heard.beside))
    ]
    return _drawn("spectrograms.png", spectrograms(heard, files), shows)


def _film(film: Reel, across: Sequence[float]) -> Made:
    columns = zip(*film.times, strict=True)
    clip, source = ([round(time, 6) for time in column] for column in columns)
    shows = [
        {"of": "clip", "times": clip, "transform": None},
        {"of": "source", "times": source, "transform": _matrix(across)},
    ]
    return Made(FILM, film.data, film.size, shows)


def _drawn(name: str, picture: Image.Image, shows: Sequence[Document]) -> Made:
    return Made(name, png(picture), picture.size, shows)


def _both(query: Still, source: Still) -> list[Document]:
    return [_shot("clip", query), _shot("source", source)]


def _shot(
    of: str,
    still: Still,
    *,
    moment: str = "strongest",
    across: Sequence[float] = (),
    box: Box | None = None,
) -> Document:
    """Return which frame is shown, and how it was moved; as it is if `across` is empty."""
    shot: Document = {
        "of": of,
        "moment": moment,
        "time": round(still.time, 6),
        "transform": _matrix(across),
    }
    return shot if box is None else shot | {"pixels": list(pixels(still.picture, box))}


def _compared(heat: Heat) -> list[Document]:
    """Return which frames were compared."""
    clip = {"of": "clip", "moment": "strongest", "time": round(heat.time, 6), "transform": None}
    source = {"time": round(heat.source_time, 6), "transform": _rounded(heat.matrix)}
    return [clip | {"compared": True}, clip | {"of": "source", "compared": True} | source]


def _matrix(across: Sequence[float]) -> list[float] | None:
    """Return the map between frames, row by row: normalised, of the clip's to the source's."""
    return _rounded((*across, 0.0, 0.0, 1.0)) if across else None


def _rounded(matrix: Sequence[float]) -> list[float]:
    return [round(each, 8) for each in matrix]


def _document(told: Told, case: Case, files: Files, parts: Sequence[Made]) -> Document:
    segment = case.segment
    return {
        "schema": SCHEMA,
        "tool": {
            "name": "wherefrom",
            "version": metadata.version("wherefrom"),
            "drawn_by": {name: metadata.version(name) for name in DRAWN_BY},
        },
        "finding": told.document,
        "files": {
            "clip": {"name": files.clip.name, "sha256": files.clip.digest},
            "source": {"name": files.source.name, "sha256": files.source.digest},
        },
        "segment": {
            "query": [segment.query.start, segment.query.end],
            "source": [segment.source.start, segment.source.end],
            "rate": segment.rate,
            "homography": _matrix(segment.across or ()),
        },
        "pictures": [
            {
                "name": part.name,
                "sha256": hashlib.sha256(part.data).hexdigest(),
                "width": part.size[0],
                "height": part.size[1],
                "shows": list(part.shows),
            }
            for part in parts
        ],
    }
