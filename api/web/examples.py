"""Examples of what a JSON schema describes, made of those that its fields name."""

import re
from collections.abc import Callable, Mapping
from typing import Any

type Part = dict[str, Any]

BY_NAME: dict[str, Any] = {
    "id": "q0Zb3yJtT1mYc8nXw5dKfA",
    "name": "suspect.mp4",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "created_at": "2026-11-29T12:00:00Z",
}
"""Of fields that name none."""
BY_FORMAT = {"date-time": "2026-11-29T12:00:00Z", "binary": "", "byte": ""}
HEX = re.compile(r"\^\[0-9a-f(?:A-F)?\]\{(\d+)")
"""Patterns of so many hex digits."""
NOTHING = frozenset({"next", "problem", "stopped", "error"})
"""Fields that are null in an example, where they may be."""


def example(schema: Part, schemas: Part, *, name: str = "") -> Any:  # noqa: ANN401 # any JSON
    """Return an example of what a schema describes.

    >>> example({"type": "array", "items": {"type": "integer", "minimum": 3}}, {})
    [3]
    >>> example({"type": ["string", "null"]}, {}, name="next") is None
    True

    Args:
        schema: Of JSON Schema, as pydantic writes it.
        schemas: Those that it may refer to, by name.
        name: Of the field.
    """
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas, name=name)
    for word in ("examples", "enum"):
        if schema.get(word):
            return schema[word][0]
    for word in ("const", "default", "example"):
        if schema.get(word) is not None:
            return schema[word]
    choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if choices is not None:
        return _chosen(choices, schemas, name)
    kind = schema.get("type", "object")
    if isinstance(kind, list):  # as in hand-written schemas: several types, or null
        given = [{**schema, "type": one} for one in kind]
        return _chosen(given, schemas, name)
    made = KINDS.get(kind)
    return None if made is None else made(schema, schemas, name)


def _chosen(choices: list[Part], schemas: Part, name: str) -> Any:  # noqa: ANN401 # any JSON
    given = [one for one in choices if one.get("type") != "null"]
    if not given or (name in NOTHING and len(given) < len(choices)):
        return None
    return example(given[0], schemas, name=name)


def _object(schema: Part, schemas: Part, _: str) -> Part:
    fields: Part = schema.get("properties", {})
    return {name: example(one, schemas, name=name) for name, one in fields.items()}


def _array(schema: Part, schemas: Part, name: str) -> list[Any]:
    if "prefixItems" in schema:
        return [float(number) for number, _ in enumerate(schema["prefixItems"])]
    return [example(schema.get("items", {}), schemas, name=name)] * schema.get("minItems", 1)


def _string(schema: Part, _: Part, name: str) -> str:
    digits = HEX.match(schema.get("pattern", ""))
    if digits is not None:
        return str(BY_NAME["sha256"])[: int(digits[1])]
    by_format = BY_FORMAT.get(schema.get("format", ""))
    return str(BY_NAME.get(name, "…")) if by_format is None else by_format


def _number(schema: Part, _: Part, __: str) -> float:
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    value = 1.0 if least is None else max(1.0, float(least))
    value = value if most is None else min(value, float(most))
    return int(value) if schema["type"] == "integer" else value


KINDS: Mapping[str, Callable[[Part, Part, str], Any]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _number,
    "number": _number,
    "boolean": lambda *_: True,
}
