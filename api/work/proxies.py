"""Small pictures of every frame of a clip and of its sources, by which both are compared.

A file is cut into pieces of a few seconds. A piece is made when somebody first looks at it: a JPEG
of each shown frame, one after the other in one file, and a map that tells the true time of each.
No frame is added or left out, so what is seen beside one another is what the files show then. Files
lie in the folder of the trace and go with it.
"""

import json
import shutil
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from queue import Empty, LifoQueue
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from PIL import Image

from index import hearing, measure
from index.errors import BadMediaError
from index.sandbox import Sandbox
from index.values import STILL_SIDE, Interval

FOLDER = "media"
"""In the folder of a trace."""
MAP, FRAMES, SOUND = "map.json", "frames", "sound.wav"
"""Files of a piece; the last is empty where nothing is heard."""
LOCKS = 64
"""Enough that two who wait for different things seldom wait for one another."""


@dataclass(frozen=True, slots=True)
class ProxyParams:
    """How pieces are made.

    Attributes:
        length: Seconds of a piece: one of 30 frames a second is made in about a second, and holds
            about 3 MB.
        side: Pixels of the long side of a picture.
        quality: Of its JPEG. At 85 a difference of 4 levels stays visible.
        frames: Most frames of a piece: 120 a second and some.
        kept: Most bytes of pieces that are kept of a trace; the ones not looked at go first.
        makers: Processes that decode.
        patience: Seconds somebody waits for one of them.
        rest: Seconds after which they end if nobody asks for pictures: each holds 150 MB.
    """

    length: float = 4.0
    side: int = STILL_SIDE
    quality: int = 85
    frames: int = 500
    kept: int = 1_000_000_000
    makers: int = 2
    patience: float = 20.0
    rest: float = 120.0


@dataclass(frozen=True, slots=True)
class Piece:
    """The map of a piece.

    Attributes:
        start: Seconds at which it begins.
        end: Seconds at which the next one does.
        width: Pixels of its pictures.
        height: Likewise.
        times: True seconds of each frame: the one shown at the start, and those up to the first
            one that the next piece begins with.
        offsets: Where each begins in the file of pictures, and where the last ends.
    """

    start: float
    end: float
    width: int
    height: int
    times: tuple[float, ...]
    offsets: tuple[int, ...]


class CrowdedError(Exception):
    """Every process that decodes is busy, and has been for a while."""


class Studio:
    """Makes pictures while somebody waits for them, a few at a time, and each once."""

    def __init__(self, params: ProxyParams = ProxyParams()) -> None:
        """Prepare; no process runs before it is needed."""
        self.params = params
        self._free: LifoQueue[Sandbox] = LifoQueue()
        self._every = [Sandbox(preload=measure.NEEDED) for _ in range(params.makers)]
        for sandbox in self._every:
            self._free.put(sandbox)
        self._timer = threading.Timer(params.rest, self._rest)
        self._alone = [threading.Lock() for _ in range(LOCKS)]

    def close(self) -> None:
        """End the processes."""
        self._timer.cancel()
        for sandbox in self._every:
            sandbox.close()

    @contextmanager
    def sandbox(self) -> Iterator[Sandbox]:
        """Give a process that decodes.

        Raises:
            CrowdedError: None is free for too long.
        """
        try:
            sandbox = self._free.get(timeout=self.params.patience)
        except Empty as error:
            raise CrowdedError from error
        try:
            yield sandbox
        finally:
            self._free.put(sandbox)
            self._timer.cancel()
            self._timer = threading.Timer(self.params.rest, self._rest)
            self._timer.daemon = True
            self._timer.start()

    def _rest(self) -> None:
        """End those processes that nobody uses; they start anew when they are needed."""
        idle: list[Sandbox] = []
        with suppress(Empty):
            while True:
                idle.append(self._free.get_nowait())
        for sandbox in idle:
            sandbox.close()
            self._free.put(sandbox)

    def made(self, place: Path, make: Callable[[Sandbox, Path], None]) -> Path:
        """Return a folder that is filled unless it is there; it is whole or absent.

        Args:
            place: The folder. What it lies in must be there.
            make: Fills an empty folder, with a process that decodes.

        Raises:
            CrowdedError: Nobody is free to make it.
            FileNotFoundError: What it lies in has been deleted.
        """
        with self._alone[hash(place) % LOCKS]:
            if not place.is_dir():
                with self.sandbox() as sandbox, _fresh(place) as fresh:
                    make(sandbox, fresh)
        return place

    def window(self, number: int) -> Interval:
        """Return the seconds of a piece."""
        return Interval(number * self.params.length, (number + 1) * self.params.length)

    def piece(self, folder: Path, source: Path, number: int) -> Path:
        """Return the folder of a piece: `MAP`, `FRAMES` and `SOUND`.

        Args:
            folder: Of the pieces of one file; what it lies in must be there.
            source: The file.
            number: Of the piece, from 0.

        Raises:
            UserError: The file cannot be decoded, or has too many frames.
            CrowdedError: Nobody is free to make it.
            FileNotFoundError: The trace has been deleted.
        """
        folder.parent.mkdir(exist_ok=True)
        folder.mkdir(exist_ok=True)
        place = folder / str(number)
        if not place.is_dir():
            _thinned(folder.parent, self.params.kept)
        return self.made(place, partial(self._piece, source, number))

    def _piece(self, source: Path, number: int, sandbox: Sandbox, fresh: Path) -> None:
        window = self.window(number)
        times: list[float] = []
        pictures, offsets, size = BytesIO(), [0], (0, 0)
        for still in sandbox.each(measure.film, source, window, side=self.params.side):
            picture = Image.fromarray(still.picture)
            picture.save(pictures, "JPEG", quality=self.params.quality)
            size = picture.size
            times.append(round(still.time, 6))
            offsets.append(pictures.tell())
            if len(times) > self.params.frames:
                raise BadMediaError(
                    f"It shows more than {self.params.frames} frames in {self.params.length:g} s.",
                    hint="Compare a copy of fewer frames a second.",
                )
        piece = Piece(window.start, window.end, *size, tuple(times), tuple(offsets))
        sound = sandbox.run(hearing.listen, source, window)
        (fresh / MAP).write_text(json.dumps(asdict(piece)), encoding="utf-8")
        (fresh / FRAMES).write_bytes(pictures.getvalue())
        (fresh / SOUND).write_bytes(_wave(sound.samples, sound.rate))


def _wave(samples: npt.NDArray[np.float32], rate: int) -> bytes:
    """Return sound as a WAVE file; nothing where there is none."""
    if not len(samples):
        return b""
    written = BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return written.getvalue()


@contextmanager
def _fresh(place: Path) -> Iterator[Path]:
    """Give an empty folder that becomes the place at the end."""
    with TemporaryDirectory(dir=place.parent, prefix=".making-") as making:
        fresh = Path(making) / place.name
        fresh.mkdir()
        yield fresh
        try:
            fresh.rename(place)
        except OSError:
            if not place.is_dir():  # another process was faster
                raise


def _thinned(folder: Path, most: int) -> None:
    """Delete pieces that were not looked at for longest, until at most so many bytes are left."""
    pieces = []
    for place in folder.glob("*/*/"):
        with suppress(OSError):
            facts = (place / FRAMES).stat()
            pieces.append((facts.st_atime, facts.st_size, place))
    total = sum(size for _, size, _ in pieces)
    for _, size, place in sorted(pieces):
        if total <= most:
            return
        shutil.rmtree(place, ignore_errors=True)
        total -= size
