"""Whether an answer is of the form that its schema gives."""

import json
from functools import cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

MOST = 200
"""Letters that are told of what is wrong."""


@cache
def _validator() -> Draft202012Validator:
    text = resources.files("api.bundles").joinpath("answer.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))


def well_formed(document: Any) -> str:  # noqa: ANN401 # whatever JSON held
    """Return what is wrong with a document; empty where it is of the right form.

    >>> well_formed([])
    "[] is not of type 'object'"
    """
    error = best_match(_validator().iter_errors(document))
    if error is None:
        return ""
    where = "/".join(map(str, error.absolute_path))
    said = error.message if len(error.message) <= MOST else f"{error.message[:MOST]}…"
    return f"{where}: {said}" if where else said
