"""What a trace's clip and its sources show, frame by frame, for whoever compares them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Depends, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from api.exports import kept
from api.exports.texts import text
from api.web.problems import RefusedError
from api.web.routes.traces import owned
from api.web.service import Asking, Given, Service, needs
from api.work import proxies, tracing
from api.work.proxies import CrowdedError, Studio
from index.catalogue.tasks import State, Task
from index.errors import NotFoundError
from index.values import Asset, Channel, Interval, Media
from lineage.values import Report, Source

routes = APIRouter(prefix="/v1/traces/{trace}/media", tags=["media"], dependencies=[needs("read")])
MARGIN = 2.0
"""Seconds shown of a source before and after what the clip shows of it."""
KEPT = 4
"""Answers that are kept at hand: whoever looks at one asks for it piece by piece."""
PRIVATE = {"Cache-Control": "private, no-cache"}

type Number = Annotated[
    int, InPath(ge=0, le=9_999, description="0 for the clip, else the source's index plus 1.")
]
type PieceNumber = Annotated[int, InPath(ge=0, le=999_999, description="Of the piece, from 0.")]


def studio(request: Request) -> Studio:
    """Return what makes pictures while somebody waits."""
    return cast("Studio", request.app.state.studio)


type Making = Annotated[Studio, Depends(studio)]


class Medium(BaseModel):
    """One file: the clip, or a source as far as the clip shows it."""

    number: int = Field(description="Of the file: 0 for the clip, else the source's index plus 1.")
    role: Literal["clip", "source"]
    name: str = Field(description="The file's name.", examples=["harbour.mp4"])
    channel: Literal["picture", "sound"] = Field(description="On which it was found.")
    there: bool = Field(description="Whether the file can be read now.")
    has_picture: bool
    has_sound: bool
    duration: float = Field(description="Seconds.", examples=[61.0])
    width: int | None = Field(description="Shown pixels.", examples=[1280])
    height: int | None = Field(description="As width.", examples=[720])
    frame_rate: float | None = Field(description="Mean frames a second.", examples=[25.0])
    stretches: list[tuple[float, float]] = Field(
        description="Seconds of which there are pieces: all of the clip; of a source what the clip "
        f"shows, and {MARGIN:g} s before and after it."
    )


class MediaList(BaseModel):
    """What can be looked at of a trace."""

    piece: float = Field(description="Seconds of a piece.", examples=[4.0])
    items: list[Medium]


class PieceMap(BaseModel):
    """A few seconds of a file: which frames it shows, and when exactly."""

    start: float = Field(description="Seconds at which the piece begins.", examples=[4.0])
    end: float = Field(description="Seconds at which it ends.", examples=[8.0])
    width: int = Field(description="Pixels of its pictures; 0 where nothing is seen.")
    height: int = Field(description="As width.")
    times: list[float] = Field(
        description="True time of each frame, from the one shown at the start up to the first one "
        "at or after the end.",
        examples=[[3.96, 4.0, 4.04]],
    )
    offsets: list[int] = Field(
        description="Where in `frames` the JPEG of each begins, and last where all end.",
        examples=[[0, 20113, 40310, 60288]],
    )
    sound: bool = Field(description="Whether anything can be heard; see `sound`.")


@routes.get("")
def media(trace: str, given: Given, asking: Asking, making: Making) -> MediaList:
    """List what can be looked at: the clip, and each source in the answer's order."""
    task = owned(given, asking, trace)
    report = answered(given, task)
    there = (given.desk.folder(task.id) / tracing.CLIP).is_file()
    clip = _medium(0, report.query.name, report.query.media, there=there)
    sources = [
        _medium(
            number,
            source.asset.name,
            source.asset.media,
            there=given.archive.file(source.asset) is not None,
            source=source,
        )
        for number, source in enumerate(report.sources, 1)
    ]
    return MediaList(piece=making.params.length, items=[clip, *sources])


def piece_folder(  # noqa: PLR0913 # which piece, and what every request is given
    *,
    trace: str,
    number: Number,
    piece: PieceNumber,
    given: Given,
    asking: Asking,
    making: Making,
) -> Path:
    """Return where a piece lies, made if nobody has asked for it yet."""
    task = owned(given, asking, trace)
    report, folder = answered(given, task), given.desk.folder(task.id)
    window = making.window(piece)
    if number == 0:
        path, within = folder / tracing.CLIP, window.start < report.query.media.duration
    elif number <= len(report.sources):
        source = report.sources[number - 1]
        within = any(window.overlap(Interval(*one)) for one in _stretches(source))
        path = found(given, source.asset)
    else:
        raise NotFoundError(
            f"The answer names no source {number}.", hint="See the list of the trace's media."
        )
    if not within:
        raise NotFoundError(
            "The clip does not show this piece.", hint="See `stretches` of the trace's media."
        )
    with waiting(), tracing.naming(task.name):
        return making.piece(folder / proxies.FOLDER / str(number), path, piece)


@routes.get("/{number}/{piece}")
def piece_map(place: Annotated[Path, Depends(piece_folder)]) -> PieceMap:
    """Tell which frames a piece holds and when each is shown; it is made when first asked for."""
    told = json.loads((place / proxies.MAP).read_text(encoding="utf-8"))
    return PieceMap(**told, sound=(place / proxies.SOUND).stat().st_size > 0)


@routes.get(
    "/{number}/{piece}/frames",
    response_class=FileResponse,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "JPEGs, end to end."},
        206: {"content": {"application/octet-stream": {}}, "description": "Some of the bytes."},
    },
)
def frames(place: Annotated[Path, Depends(piece_folder)]) -> FileResponse:
    """Return a piece's frames as JPEGs, end to end; byte ranges give single ones."""
    return FileResponse(
        place / proxies.FRAMES, media_type="application/octet-stream", headers=PRIVATE
    )


@routes.get(
    "/{number}/{piece}/sound",
    response_class=FileResponse,
    responses={200: {"content": {"audio/wav": {}}, "description": "What is heard, mixed down."}},
)
def sound(place: Annotated[Path, Depends(piece_folder)]) -> FileResponse:
    """Return what is heard in a piece, at the low rate at which it is compared."""
    path = place / proxies.SOUND
    if not path.stat().st_size:
        raise NotFoundError("Nothing is heard in this piece.", hint="See `sound` of its map.")
    return FileResponse(path, media_type="audio/wav", headers=PRIVATE)


def answered(given: Service, task: Task) -> Report:
    """Return what a trace found.

    Raises:
        RefusedError: It has no answer, one by codes alone, or one of another version.
    """
    path = given.desk.folder(task.id) / tracing.KEPT
    if task.state is State.DONE and not path.is_file():
        raise RefusedError(
            "There are no pictures and no findings: this was looked up by codes alone.",
            hint="See its answer, or trace the clip itself.",
            slug="no-clip",
            status=HTTPStatus.CONFLICT,
        )
    if task.state is not State.DONE:
        raise RefusedError(
            f"The trace has no answer: it is {task.state.value}.",
            hint="Follow its events, and ask again when it is done.",
            slug="not-done",
            status=HTTPStatus.CONFLICT,
        )
    report = _kept(path, path.stat().st_mtime_ns)
    if report is None:
        raise RefusedError(
            "Another version of wherefrom traced this clip.",
            hint="Trace the clip again.",
            slug="outdated",
            status=HTTPStatus.CONFLICT,
        )
    return report


@lru_cache(maxsize=KEPT)
def _kept(path: Path, _written: int) -> Report | None:
    return kept.read(path.read_text(encoding="utf-8"))


def found(given: Service, asset: Asset) -> Path:
    """Return where a source's file lies.

    Raises:
        NotFoundError: It is not where it was when it was archived, or has changed.
    """
    path = given.archive.file(asset)
    if path is None:
        raise NotFoundError(
            f"The file {text(asset.name)} is not where it was when it was archived.",
            hint="Put it back, or add its new place to the archive.",
        )
    return path


@contextmanager
def waiting() -> Iterator[None]:
    """Tell whoever waits for pictures in vain what to do.

    Raises:
        RefusedError: All that decode are busy.
        NotFoundError: The trace was deleted meanwhile.
    """
    try:
        yield
    except CrowdedError as error:
        raise RefusedError(
            "Too many pictures are being made at the moment.",
            hint="Ask again in a few seconds.",
            slug="pictures-busy",
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            headers={"Retry-After": "5"},
        ) from error
    except FileNotFoundError as error:
        raise NotFoundError("The trace was deleted.", hint="Trace the clip again.") from error


def _medium(
    number: int, name: str, facts: Media, *, there: bool, source: Source | None = None
) -> Medium:
    sounding = source is not None and source.channel is Channel.SOUND
    return Medium(
        number=number,
        role="clip" if source is None else "source",
        name=text(name),
        channel="sound" if sounding or not facts.has_picture else "picture",
        there=there,
        has_picture=facts.has_picture,
        has_sound=facts.has_sound,
        duration=facts.duration,
        width=facts.width or None,
        height=facts.height or None,
        frame_rate=facts.frame_rate,
        stretches=[(0.0, facts.duration)] if source is None else _stretches(source),
    )


def _stretches(source: Source) -> list[tuple[float, float]]:
    """Return what is shown of a source, by time, none of it twice."""
    length = source.asset.media.duration
    wide = sorted(
        (max(0.0, one.source.start - MARGIN), min(length, one.source.end + MARGIN))
        for one in source.segments
    )
    joined: list[tuple[float, float]] = []
    for start, end in wide:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
