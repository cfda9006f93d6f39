"""What lies where in a bundle, which versions made it, and who did what when."""

import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from index import files
from index.decode import libraries
from index.errors import BadBundleError
from index.hashing import features, pictures, sounds

SCHEMA: Literal["wherefrom.bundle/1"] = "wherefrom.bundle/1"
CONTENTS, ANSWER, PAGE, CUSTODY = "contents.json", "answer.json", "report.html", "custody.jsonl"
FORM, LEAFLET, EXHIBITS = "answer.schema.json", "README.txt", "exhibits"
DECIDING = (
    "av",
    "faiss-cpu",
    "imagehash",
    "numpy",
    "opencv-python-headless",
    "pillow",
    "scikit-image",
    "scipy",
)
"""Packages of which another version may find or draw something else."""
PYTHON = "python"
ENDING = 8
"""Letters of a file name's ending, at most."""

MOST_TEXT = 2**26
"""Bytes of a text; a larger one is not read, so that nobody's memory is filled by a stranger."""

type Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
type Inner = Annotated[
    str, StringConstraints(pattern=r"^(query|sources|fingerprints)/[0-9a-z]{1,16}\.[0-9a-z]{1,8}$")
]
"""A file in `data`."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Clip(_Strict):
    """The query.

    Attributes:
        name: What its file was called.
        file: Where its bytes are, unaltered.
        sha256: Of them.
        size: How many.
        fingerprint: Where its codes are; None where nothing in it can be recognised.
    """

    name: str
    file: Inner
    sha256: Digest
    size: Annotated[int, Field(ge=0)]
    fingerprint: Inner | None


class Origin(_Strict):
    """A source of the answer.

    Attributes:
        id: Its id in an archive.
        name: What its file is called.
        sha256: Of its bytes.
        uri: Where it was indexed from; None where that is kept back.
        size: Bytes; None where it was out of reach.
        file: Where its bytes are in the bundle; None where they are not.
        fingerprint: Where its codes are; None where there are none.
        lacking: Why there are no codes; None where there are.
        stretches: Channel, and both intervals, of each stretch that shows it.
    """

    id: str
    name: str
    sha256: Digest
    uri: str | None
    size: Annotated[int, Field(ge=0)] | None
    file: Inner | None
    fingerprint: Inner | None
    lacking: str | None
    stretches: list[dict[str, Any]]


class Contents(_Strict):
    """The bundle's table of contents.

    Attributes:
        form: Of this table.
        clip: The query.
        sources: Of the answer, each file once.
        exhibits: Numbers of the findings that have one, from 1.
        versions: Of all that may have a say in the answer, by name.
    """

    form: Annotated[Literal["wherefrom.bundle/1"], Field(alias="schema")]
    clip: Clip
    sources: list[Origin]
    exhibits: list[Annotated[int, Field(ge=1, le=99_999)]]
    versions: dict[str, str]


class Deed(_Strict):
    """A line of the custody log.

    Attributes:
        time: In UTC, RFC 3339.
        by: Who, as they said themselves; None where nobody did.
        action: What was done.
        version: Of wherefrom.
        products: SHA-256 of each file that came of it.
    """

    time: str
    by: str | None
    action: str
    version: str
    products: dict[str, Digest]


def versions(recipes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the versions of all that may have a say in an answer.

    Args:
        recipes: The archive's, by channel.
    """
    ours = {"picture": pictures.RECIPE, "feature": features.RECIPE, "sound": sounds.RECIPE}
    return {
        "wherefrom": metadata.version("wherefrom"),
        **{f"recipe of {name}": recipe for name, recipe in {**ours, **(recipes or {})}.items()},
        **{name: metadata.version(name) for name in DECIDING},
        **libraries.versions(),
        PYTHON: platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
    }


def differing(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return in words which versions are others now, Python's aside: it decides nothing.

    >>> differing({"av": "18.0", "scipy": "1.0"}, {"av": "19.0", "scipy": "1.0", "numpy": "2.0"})
    ['av 18.0 then, 19.0 now']
    """
    return [
        f"{name} {then[name]} then, {version} now"
        for name, version in now.items()
        if name in then and then[name] != version and name != PYTHON
    ]


def finding_folder(number: int) -> str:
    """Return where the exhibit of a finding is, of its number from 1.

    >>> finding_folder(3)
    'exhibits/finding-03'
    """
    return f"{EXHIBITS}/finding-{number:02d}"


def ending(name: str) -> str:
    r"""Return a file name's ending fit for any file system.

    >>> ending("Interview (final).MP4"), ending("clip"), ending("a.m\np4")
    ('mp4', 'bin', 'bin')
    """
    found = Path(name).suffix[1:].lower()
    return found if found.isascii() and found.isalnum() and len(found) <= ENDING else "bin"


def deed(action: str, folder: Path, made: list[str], *, by: str | None) -> Deed:
    """Return what was done just now, with the digests of the files that came of it.

    Args:
        action: What was done.
        folder: The bundle's `data`.
        made: The files, relative to it.
        by: Who did it.
    """
    return Deed(
        time=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        by=by,
        action=action,
        version=metadata.version("wherefrom"),
        products={name: files.digest(folder / name) for name in made},
    )


def read(folder: Path) -> Contents:
    """Return the table of contents of a bundle.

    Raises:
        BadBundleError: There is none, or it is none of ours.
    """
    try:
        return Contents.model_validate(json.loads(text_of(folder / CONTENTS)))
    except FileNotFoundError as error:
        raise BadBundleError(
            f"{files.shown(folder.parent)} is a bag, but none that wherefrom made: "
            f"it has no {CONTENTS}.",
            hint="Name a folder that `wherefrom bundle` wrote.",
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise odd(folder, CONTENTS) from error


def deeds(folder: Path) -> list[Deed]:
    """Return the custody log of a bundle.

    Raises:
        BadBundleError: There is none, or it is none of ours.
    """
    try:
        lines = text_of(folder / CUSTODY).splitlines()
        return [Deed.model_validate(json.loads(line)) for line in lines if line.strip()]
    except (OSError, ValueError, RecursionError) as error:
        raise odd(folder, CUSTODY) from error


def text_of(path: Path) -> str:
    """Return the text of a file of a bundle, which may come from a stranger.

    Raises:
        OSError: It is not there.
        ValueError: It is no text, or more than any of ours.
    """
    with path.open("rb") as file:
        data = file.read(MOST_TEXT + 1)
    if len(data) > MOST_TEXT:
        raise ValueError(f"{path.name} has more than {MOST_TEXT} bytes")
    return data.decode("utf-8")


def odd(folder: Path, name: str) -> BadBundleError:
    """Return the sentence for a file of a bundle that is none of ours."""
    return BadBundleError(
        f"{files.shown(folder.parent)} has no {name} that can be read.",
        hint="Ask for it again, from whoever made it.",
    )
