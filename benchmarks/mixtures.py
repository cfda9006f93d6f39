"""Assets that nobody filmed, of codes as they lie in footage, to fill an archive with.

A made-up code is half one real code and half another of those most like it, so that bits are set as
often, and codes lie as densely, as in footage: codes at random would be unlike anything that is
ever asked for, and cost nothing to look up. Made-up assets have no file, so a candidate among them
costs no decoding.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index import measure
from index.archive import Archive
from index.files import Location
from index.keyframes import Level
from index.store import segments
from index.store.runs import Run
from index.store.segments import StoreSegment
from index.values import CODE_BITS, AssetRow, Channel, Codes, Fingerprint, Media

FILMS = 12
"""Real films that a made-up asset is as long as: two minutes of the usual footage."""
PARTNERS = 512
"""Codes among which the one most like a code is sought, to be mixed with it."""
APART = 8
"""Bits under which two codes show the same thing."""
BLOCK = 2_000
"""Codes mixed in one go."""

type Bits = npt.NDArray[np.float32]
type Mixing = Callable[[Codes, Bits, np.random.Generator], Codes]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What is kept of a film.

    Attributes:
        codes: By channel.
        media: What it holds.
    """

    codes: Mapping[Channel, Fingerprint]
    media: Media


def measured(path: Path) -> Measured:
    """Return what an archive keeps of a film."""
    parts = list(measure.fingerprint(path, Level.STANDARD))
    media = next(part for part in parts if isinstance(part, Media))
    codes = [part for part in parts if isinstance(part, Fingerprint) and len(part)]
    channels = dict.fromkeys(each.channel for each in codes)
    return Measured(
        {
            channel: _chained([(each, 0.0) for each in codes if each.channel is channel])
            for channel in channels
        },
        media,
    )


def made_up(
    real: Sequence[Measured],
    codes: int,
    *,
    seed: int,
    films_each: int = FILMS,
    mixing: Mixing | None = None,
) -> Iterator[Measured]:
    """Yield assets that nobody filmed until they have so many codes.

    Args:
        real: Films whose codes they are mixed from.
        codes: How many.
        seed: Another seed makes other assets.
        films_each: Films that a made-up asset is as long as.
        mixing: How codes are mixed; as `mixed` does, if not said.
    """
    random = np.random.default_rng(seed)
    pools = {
        channel: _bits(np.concatenate([each.codes for each in of_channel(real, channel)]))
        for channel in Channel
        if of_channel(real, channel)
    }
    while codes > 0:
        chosen = [real[int(i)] for i in random.integers(0, len(real), films_each)]
        asset = _joined(chosen, pools, random, mixing or mixed)
        codes -= sum(map(len, asset.codes.values()))
        yield asset


def mixed(codes: Codes, pool: Bits, random: np.random.Generator) -> Codes:
    """Return for each code one that is half it and half another that is much like it.

    Args:
        codes: uint8 (n, 32).
        pool: Bits of the codes it may be mixed with, float32 (m, 256).
        random: Decides.
    """
    parts = [np.empty((0, CODE_BITS // 8), np.uint8)]
    for first in range(0, len(codes), BLOCK):
        bits = _bits(codes[first : first + BLOCK])
        others = pool[random.integers(0, len(pool), PARTNERS)]
        apart = bits.sum(axis=1)[:, None] + others.sum(axis=1) - 2 * bits @ others.T
        apart[apart < APART] = np.inf
        partners = others[apart.argmin(axis=1)]
        child = np.where(random.random(bits.shape) < 0.5, bits, partners)  # noqa: PLR2004 # half
        parts.append(np.packbits(child.astype(np.uint8), axis=1))
    return np.concatenate(parts)


def near(held: Sequence[Fingerprint], asked: Codes, radius: int) -> float:
    """Return how many of a million codes lie within so many bits of one that is asked for."""
    segment = StoreSegment.of([Run.of(AssetRow(0), each) for each in held])
    none = np.empty(0, np.int64)
    found = segments.search([segment], asked, radius, removed=none, most=len(segment))
    return 1e6 * len(found) / max(1, len(asked)) / max(1, len(segment))


def add(archive: Archive, asset: Measured, number: int) -> None:
    """Add a made-up asset."""
    name = f"made-up-{number:05}.mp4"
    archive.add(
        archive.spool([*asset.codes.values(), asset.media]),
        digest=hashlib.sha256(name.encode()).hexdigest(),
        path=Path("/made-up") / name,
        location=Location(f"file:///made-up/{name}", 1, 1),
    )


def _joined(
    chosen: Sequence[Measured],
    pools: Mapping[Channel, Bits],
    random: np.random.Generator,
    mixing: Mixing,
) -> Measured:
    """Return an asset like the films one after another, of codes of its own."""
    lengths = [film.media.duration for film in chosen]
    starts = np.cumsum([0.0, *lengths])
    codes = {}
    for channel, pool in pools.items():
        parts = [
            (film.codes[channel], float(start))
            for film, start in zip(chosen, starts, strict=False)
            if channel in film.codes
        ]
        if parts:
            whole = _chained(parts)
            codes[channel] = replace(whole, codes=mixing(whole.codes, pool, random))
    return Measured(codes, replace(chosen[0].media, duration=float(starts[-1])))


def _chained(parts: Sequence[tuple[Fingerprint, float]]) -> Fingerprint:
    """Return fingerprints of one channel as one, each later by so many seconds."""
    first, _ = parts[0]
    return replace(
        first,
        times=np.concatenate([each.times + later for each, later in parts]),
        holds=np.concatenate([each.holds for each, _ in parts]),
        codes=np.concatenate([each.codes for each, _ in parts]),
        places=np.concatenate([each.places for each, _ in parts]),
    )


def of_channel(films_: Sequence[Measured], channel: Channel) -> list[Fingerprint]:
    """Return the codes of a channel of all that have any."""
    return [film.codes[channel] for film in films_ if channel in film.codes]


def _bits(codes: Codes) -> Bits:
    return np.unpackbits(codes, axis=1).astype(np.float32)
