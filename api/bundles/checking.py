"""A bundle checked: the bag, then its answer's form, then every claim.

A file that was changed or is missing ends it, for then nothing else in the bag can be trusted.
"""

import json
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import NoReturn

from api.bundles import bag, contents
from api.bundles.case import Case, Document, Progress
from api.bundles.claims import Checked
from api.bundles.contents import ANSWER, Contents
from api.bundles.form import well_formed
from api.exports.exhibits import answers
from api.exports.exhibits.answers import Answer
from index import files
from index.errors import BadBundleError, MissingFileError

NAMED = 5
"""Files named in a sentence, at most."""


def check(
    folder: Path, *, sources: Path | None = None, progress: Progress = lambda _stage, _share: None
) -> Checked:
    """Return what became of every claim of a bundle.

    Args:
        folder: The bag.
        sources: Where to look for sources' files; None for in the bag alone.
        progress: Told how far it is.

    Raises:
        MissingFileError: There is no such folder.
        BadBundleError: It is no bag, was changed, or is none of ours.
    """
    progress("lists", 0.0)
    wrong = bag.problems(folder)
    if wrong:
        named = "; ".join(wrong[:NAMED])
        more = f"; and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        raise BadBundleError(
            f"{files.shown(folder)} is not what its lists say: {named}{more}.",
            hint="Trust nothing in it, and ask whoever made it for a whole one.",
        )
    data = folder / bag.PAYLOAD
    table, document = contents.read(data), _document(data)
    told = answers.read(data / ANSWER)
    progress("sources", 0.05)
    at_hand = _at_hand(data, table, told, sources)
    now = contents.versions()
    differing = contents.differing(table.versions, now)
    case = Case(data, table, document, told, at_hand, progress)
    claims = tuple(case.claims())
    if differing:
        claims = tuple(replace(one, outcome=one.outcome.excused()) for one in claims)
    return Checked(
        bag.seal(folder),
        told.query.name,
        str(document["verdict"]["summary"]),
        tuple(differing),
        tuple(sorted(at_hand)),
        claims,
    )


def _document(data: Path) -> Document:
    """Return the answer as JSON, of the right form.

    Raises:
        BadBundleError: It is not.
    """
    try:
        document = json.loads(contents.text_of(data / ANSWER), parse_constant=_no_number)
    except (OSError, ValueError, RecursionError) as error:
        raise contents.odd(data, ANSWER) from error
    wrong = well_formed(document)
    if wrong:
        raise BadBundleError(
            f"The answer in {files.shown(data.parent)} is not of the form it says: {wrong}.",
            hint="Ask for it again, from whoever made it.",
        )
    found: Document = document
    return found


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _at_hand(data: Path, table: Contents, told: Answer, folder: Path | None) -> dict[str, Path]:
    """Return the files of sources that are at hand, by their SHA-256.

    What cannot be read is not at hand.

    Raises:
        MissingFileError: There is no such folder.
    """
    if folder is not None and not folder.is_dir():
        raise MissingFileError(f"There is no folder {files.shown(folder)}.", hint="Check the name.")
    wanted = {one.file.digest for one in told.sources}
    sizes = {one.sha256: one.size for one in table.sources}
    lengths = {sizes.get(digest) for digest in wanted}
    inside = [data / one.file for one in table.sources if one.file]
    beside = files.files([folder] if folder else [], on_error=lambda _path, _error: None)
    found: dict[str, Path] = {}
    for path in chain(inside, beside):
        try:
            if {None, files.location(path).size} & lengths:
                found.setdefault(files.digest(path), path)
        except MissingFileError:
            continue
    return {digest: path for digest, path in found.items() if digest in wanted}
