"""Tests of the API's description of itself: that nothing is left unsaid, and that it is true."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from api.settings import Settings
from api.web.app import app

DOCUMENT: dict[str, Any] = app(Path("nowhere.archive"), Settings(), {}).openapi()
OPERATIONS = [
    pytest.param(operation, id=f"{method} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]

FREE = {"health-live", "health-ready", "uploads-offered"}

type Operation = dict[str, Any]


def contents(operation: Operation) -> Iterator[dict[str, Any]]:
    """Yield what is sent and answered, by media type, with its schema and example."""
    for part in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from part.get("content", {}).values()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_says_what_it_does(operation: Operation) -> None:
    assert 10 < len(operation["summary"]) < 120
    assert operation["summary"][0].isupper()
    assert operation["description"].startswith(operation["summary"])
    assert [tag["description"] for tag in DOCUMENT["tags"] if tag["name"] in operation["tags"]]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_parameter_and_answer_is_described(operation: Operation) -> None:
    assert all(one["description"] for one in operation.get("parameters", ()))
    assert all(one["description"] for one in operation["responses"].values())
    assert "Successful Response" not in str(operation)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_tells_its_problems_in_one_form(operation: Operation) -> None:
    for status in ("4XX", "5XX"):
        (kind,) = operation["responses"][status]["content"].items()
        assert kind[0] == "application/problem+json"
        assert kind[1]["schema"] == {"$ref": "#/components/schemas/Problem"}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_examples_are_valid(operation: Operation) -> None:
    for content in contents(operation):
        schema = content.get("schema") or {}
        if schema.get("type") == "string":
            continue
        assert "example" in content or "examples" in content, schema
        Draft202012Validator(schema | {"components": DOCUMENT["components"]}).validate(
            content["example"]
        )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_needs_a_scope_but_those_that_are_named(operation: Operation) -> None:
    scopes = [scope for rule in operation["security"] for scope in rule["key"]]

    assert bool(scopes) == (operation["operationId"] not in FREE)


def test_ids_of_operations_are_told_apart() -> None:
    ids = [one.values[0]["operationId"] for one in OPERATIONS]  # type: ignore[index]

    assert sorted(set(ids)) == sorted(ids)


def test_scopes_are_told() -> None:
    (begin,) = DOCUMENT["paths"]["/v1/traces"]["post"]["security"]

    assert begin == {"key": ["read", "trace"]}
    assert DOCUMENT["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
