"""What indexing costs, beside what cannot be avoided: reading and decoding the same frames."""

import contextlib
import json
import shutil
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import av
import imagehash
import numpy as np
from PIL import Image

from benchmarks import films
from benchmarks.films import Coding
from benchmarks.machine import WHEREFROM, Measure, Ran, cpu_of, run
from index import hearing, measure
from index.archive import Archive
from index.catalogue import codes
from index.catalogue.database import Catalogue
from index.decode.luma import Easel, display
from index.folder import CATALOGUE
from index.hashing import pictures
from index.keyframes import Level
from index.values import Channel, Fingerprint

KEYS = 25
"""A key frame each second: what cameras, broadcasters and streaming write."""
SHORT_GOP, LONG_GOP, FLAT = 1.35, 1.15, 600.0
"""What must be reached: processor time as a multiple of bare decoding, and megabytes."""
FASTER, BYTES = 5.0, 64.0
"""What must be reached: how many times faster than imagehash, and bytes on disk for one code."""
EVERY_TIER, SOUND, HOUR = 2.0, 0.15, 5.0
"""What must be reached: processor time of all tiers as a multiple of the spine, that which sound
adds to it, and megabytes for an hour of footage."""
LIVELY, REPEATS = "videohash_rocket.mkv", 20
"""A film of quick cuts, a minute long, and how often it is shown for a long one."""
HASHED = 200
"""Frames hashed to measure how fast that is."""


def decoded(path: Path, *, keys_only: bool = False) -> int:
    """Decode a film with PyAV and nothing else; return the number of frames."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        if keys_only:
            stream.codec_context.skip_frame = "NONKEY"
        return sum(1 for _ in container.decode(stream))


def indexed(paths: list[Path], archive: Path, *, workers: int = 1) -> Ran:
    """Index films into a new archive with the real command."""
    shutil.rmtree(archive, ignore_errors=True)
    options: list[str | Path] = ["--archive", archive, "--workers", str(workers), "--quiet"]
    return run([WHEREFROM, "index", *paths, *options])


def start_up(folder: Path) -> float:
    """Return the seconds of processor time to index a film of one tenth of a second.

    That is two interpreters, all imports, a new archive and its closing.
    """
    tiny = films.film(folder / "tiny.mp4", 0.1, coding=Coding((64, 36), preset="ultrafast"))
    return min(indexed([tiny], folder / "tiny.archive").cpu for _ in range(3))


def ratios(folder: Path, *, seconds: float, times: int, rounds: int) -> Iterator[Measure]:
    """Yield what indexing costs beside bare decoding.

    Args:
        folder: For films and archives.
        seconds: Length of what is encoded.
        times: How often that is repeated in a film.
        rounds: Measurements of which the least counts: what other programs do only adds.
    """
    start = start_up(folder)
    yield Measure("index: start-up of command and worker", start, "s CPU")
    for height, gop in ((720, KEYS), (1080, KEYS), (720, 250)):
        short = gop == KEYS
        once = films.film(
            folder / f"{height}-{gop}.mp4", seconds, coding=Coding((height * 16 // 9, height), gop)
        )
        film = films.repeated(folder / f"{height}-{gop}-{times}.mp4", once, times)
        bare = index = np.inf
        for _ in range(rounds):
            bare = min(bare, cpu_of(lambda: decoded(film, keys_only=short)))  # noqa: B023 # called at once
            index = min(index, indexed([film], folder / "one.archive").cpu)
        length = seconds * times
        most, what = (SHORT_GOP, "key frames") if short else (LONG_GOP, "all frames")
        name = f"{height}p, GOP {'1 s' if short else '10 s'}"
        note = f"{length:.0f} s, {film.stat().st_size * 8 / length / 1e6:.1f} Mb/s"
        yield Measure(f"{name}: PyAV decoding {what}", bare, "s CPU", note=note)
        yield Measure(
            f"{name}: index / PyAV, start-up left out", (index - start) / bare, "×", at_most=most
        )
        yield Measure(f"{name}: index / PyAV, start-up included", index / bare, "×", note=note)
        yield Measure(f"{name}: index", length / index, "× real time per core")


def tiers(folder: Path, *, seconds: float, times: int, rounds: int) -> Iterator[Measure]:
    """Yield what each tier adds to the spine: decoding, and codes of whole frames.

    Args:
        folder: For films.
        seconds: Length of what is encoded.
        times: How often that is repeated in a film.
        rounds: Measurements of which the least counts.
    """
    for gop in (KEYS, 250):
        coding = Coding(gop=gop)
        once = films.film(folder / f"heard-{gop}.mp4", seconds, coding=coding, voice=True)
        film = films.repeated(folder / f"heard-{gop}-{times}.mp4", once, times)
        wanted = {
            "spine": (Channel.PICTURE,),
            "masked codes": (Channel.MASKED,),
            "local features": (Channel.FEATURE,),
            "all tiers": tuple(Channel),
        }
        spent, sound = dict.fromkeys(wanted, np.inf), np.inf
        for _ in range(rounds):
            # By itself, after which it comes in any case: no difference of two large numbers.
            sound = min(sound, cpu_of(lambda: hearing.fingerprint(film, 0.0)))  # noqa: B023 # called at once
            for name, some in wanted.items():
                spent[name] = min(spent[name], cpu_of(lambda: _measured(film, some)))  # noqa: B023 # called at once
        spine = spent["spine"]
        what = f"720p with sound, GOP {'1 s' if gop == KEYS else '10 s'}"
        yield Measure(f"{what}: spine", spine, "s CPU", note=f"{seconds * times:.0f} s")
        for name in ("masked codes", "local features"):
            yield Measure(f"{what}: {name} / spine", spent[name] / spine - 1, "×")
        yield Measure(f"{what}: sound / spine", sound / spine, "×", at_most=SOUND)
        yield Measure(
            f"{what}: all tiers / spine", spent["all tiers"] / spine, "×", at_most=EVERY_TIER
        )


def _measured(film: Path, channels: Collection[Channel]) -> int:
    """Measure a film for an archive; return how many codes it has."""
    parts = measure.fingerprint(film, Level.STANDARD, tiers=channels)
    return sum(len(part) for part in parts if isinstance(part, Fingerprint))


def bytes_an_hour(folder: Path, footage: Sequence[Path]) -> Iterator[Measure]:
    """Yield the bytes that each tier takes for an hour of footage, and of quick cuts.

    What an empty archive takes is told by itself: few minutes are measured, and it does not grow.

    Args:
        folder: For films and archives.
        footage: Films; where there are none, nothing is yielded.
    """
    with Archive.open(folder / "empty.archive", create=True) as archive:
        empty = archive.stats().bytes
    yield Measure("an empty archive", empty / 1e6, "MB")
    for lively in (path for path in footage if path.name == LIVELY):
        long = films.repeated(folder / f"lively-{REPEATS}{lively.suffix}", lively, REPEATS)
        yield from _bytes("of quick cuts", [long], folder, empty)
    if footage:
        yield from _bytes("of many films", footage, folder, empty)


def _bytes(name: str, paths: Sequence[Path], folder: Path, empty: int) -> Iterator[Measure]:
    archive = folder / "hour.archive"
    indexed(list(paths), archive)
    with Archive.open(archive) as opened:
        stats = opened.stats()
    catalogue = Catalogue.open(archive / CATALOGUE, write=False, create=False)
    with contextlib.closing(catalogue), catalogue.reading() as change:
        sealed = codes.sealed(change)
    hours = stats.seconds / 3600
    for channel in Channel:
        if size := sum(each.bytes for each in sealed if each.channel is channel):
            what = f"an hour {name}: {channel.name.lower()} codes"
            yield Measure(what, size / hours / 1e6, "MB")
    yield Measure(
        f"an hour {name}: all that it adds to an archive",
        (stats.bytes - empty) / hours / 1e6,
        "MB",
        at_most=HOUR,
        note=f"{stats.assets} films, {60 * hours:.1f} min",
    )


def hashing(folder: Path) -> Iterator[Measure]:
    """Yield how fast codes are made, beside imagehash on whole frames."""
    once = next(folder.glob("720-*.mp4"))
    with av.open(once) as container:
        frames = [frame for frame, _ in zip(container.decode(video=0), range(HASHED), strict=False)]
    images = [Image.fromarray(frame.to_ndarray(format="rgb24")) for frame in frames]
    easel = Easel(display(None, None))
    lumas = [easel.luma(frame) for frame in frames]

    def from_lumas() -> None:
        pictures.codes(pictures.coefficients(pictures.squares(lumas)))

    def from_frames() -> None:
        small = [easel.luma(frame) for frame in frames]
        pictures.codes(pictures.coefficients(pictures.squares(small)))

    def one_by_one() -> None:
        for image in images:
            imagehash.phash(image, hash_size=16)

    theirs, ours, batch = (
        len(frames) / min(cpu_of(call) for _ in range(3))
        for call in (one_by_one, from_frames, from_lumas)
    )
    yield Measure("codes: imagehash.phash on 720p PIL frames", theirs, "a CPU s")
    yield Measure("codes: from decoded 720p frames", ours, "a CPU s")
    yield Measure("codes: from canonical pictures, in a batch", batch, "a CPU s")
    yield Measure(
        "codes: from decoded frames / imagehash on PIL frames", ours / theirs, "×", at_least=FASTER
    )


def memory(folder: Path, *, minutes: tuple[int, int]) -> Iterator[Measure]:
    """Yield the peak memory of a short film and of a long one."""
    once = films.film(folder / "360-25.mp4", 20, coding=Coding((640, 360), KEYS, "veryfast"))
    for length in minutes:
        film = films.repeated(folder / f"360-25-{length}.mp4", once, length * 3)
        ran = indexed([film], folder / "one.archive")
        yield Measure(
            f"memory: indexing a film of {length} min",
            ran.memory / 1e6,
            "MB",
            at_most=FLAT,
            note="command and worker together",
        )


def workers(folder: Path, *, films_each: int) -> Iterator[Measure]:
    """Yield how much faster two workers are than one."""
    once = next(folder.glob("720-25-*.mp4"))
    copies = []
    for number in range(films_each * 2):
        copy = folder / f"copy-{number}.mp4"
        # A byte after the end makes it another file, and no other film.
        copy.write_bytes(once.read_bytes() + bytes([number]))
        copies.append(copy)
    alone, both = (indexed(copies, folder / "one.archive", workers=n).wall for n in (1, 2))
    for copy in copies:
        copy.unlink()
    yield Measure(
        "index: two workers / one", alone / both, "× as fast", note="wall clock; 2 at best"
    )


def disk(archive: Path) -> Iterator[Measure]:
    """Yield the bytes that one code takes in an archive."""
    stats = json.loads(run([WHEREFROM, "stats", "--archive", archive, "--json", "-"]).output)
    size = sum(path.stat().st_size for path in archive.rglob("*") if path.is_file())
    with contextlib.suppress(KeyError):
        yield Measure(
            "disk: all of the archive / its codes",
            size / stats["codes"],
            "bytes",
            at_most=BYTES,
            note=f"{stats['codes']} codes",
        )
