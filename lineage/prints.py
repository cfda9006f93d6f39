"""A clip to what can be passed on of it: the codes that a trace would look up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import numpy as np

from index import files, measure
from index.errors import BadMediaError, called
from index.fingerprints import VARIANTS, Fingerprints
from index.hashing import features, pictures, sounds
from index.sandbox import Sandbox
from index.values import CODE_BYTES, Channel, Fingerprint, Interval
from lineage import listening, lookups
from lineage.clock import Clock, Progress
from lineage.looking import parts
from lineage.params import TraceParams


@dataclass(frozen=True, slots=True)
class PrintParams:
    """How much is passed on.

    Attributes:
        trace: What a trace would look up.
        frames: Frames of a part of the clip whose local features are passed on, at most.
        features: Local features of each of them, for each variant, at most. A trace looks up 400;
            they are the bulk of the file, and these find as many of the test footage's clips.
    """

    trace: TraceParams = field(default_factory=lambda: TraceParams(part=300.0))
    frames: int = 24
    features: int = 64


def fingerprints(
    path: Path,
    *,
    named: bool = True,
    params: PrintParams = PrintParams(),
    progress: Progress | None = None,
) -> Fingerprints:
    """Return all that is passed on of a clip.

    Args:
        path: The clip.
        named: Whether its name is passed on as well.
        params: How much.
        progress: Told how far it is.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded, or nothing to recognise.
    """
    clock = Clock(progress)
    frames: list[Fingerprint] = []
    local: dict[str, list[Fingerprint]] = {variant: [] for variant in VARIANTS}
    heard: list[Fingerprint] = []
    listen, told = params.trace.listen, clock.within("listen")
    with Sandbox(preload=measure.NEEDED) as sandbox:
        media = sandbox.run(measure.media, path)
        stages = parts(path, media, sandbox, params=params.trace, progress=clock.within("decode"))
        for _, seen in stages:
            media = seen.media
            frames.append(seen.fingerprints["plain"])
            samples = lookups.chosen(seen.samples, params.frames)
            for variant, found in local.items():
                mirrored = variant == "mirror"
                found.append(measure.local_features(samples, params.features, mirrored=mirrored))
        sound = listening.parts(path, Interval(0.0, media.duration), sandbox, length=listen.part)
        for part in sound if media.has_sound else ():
            heard.append(sounds.query(part, every=listen.every))
            told((part.start + len(part.samples) / part.rate) / media.duration)
    measured = Fingerprints(
        version=metadata.version("wherefrom"),
        name=files.name(path) if named else None,
        duration=media.duration,
        width=media.width,
        height=media.height,
        picture=_joined(frames, Channel.PICTURE, pictures.RECIPE),
        features={
            variant: _joined(found, Channel.FEATURE, features.RECIPE)
            for variant, found in local.items()
        },
        sound=_joined(heard, Channel.SOUND, sounds.RECIPE),
    )
    if not any(measured.counts.values()):
        raise BadMediaError(
            f"{called(path)} has no codes: nothing in it can be recognised.",
            hint="Take a clip that is not plain and silent.",
        )
    return measured


def _joined(parts: Sequence[Fingerprint], channel: Channel, recipe: str) -> Fingerprint:
    """Return the codes of all parts of a clip, which follow each other."""
    held = [part for part in parts if len(part)]
    if not held:
        codes = np.empty((0, CODE_BYTES), np.uint8)
        return Fingerprint(channel, recipe, np.empty(0), np.empty(0), codes)
    return Fingerprint(
        channel,
        recipe,
        np.concatenate([part.times for part in held]),
        np.concatenate([part.holds for part in held]),
        np.concatenate([part.codes for part in held]),
        np.concatenate([part.places for part in held]),
    )
