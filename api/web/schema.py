"""The API's description of itself: OpenAPI, completed by what FastAPI cannot know.

Summaries are the first lines of docstrings. What a route does not say itself about usual things,
such as cursors, is said here; so are examples where it has none.
"""

import re
from collections.abc import Iterable, Iterator

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from api.web.examples import Part, example
from api.web.problems import MEDIA_TYPE, Problem
from api.web.service import Needs

OPEN_PATHS = ("/health/",)
"""Begin the addresses that are answered without a key."""
TAGS = {
    "traces": "A clip comes in, a worker takes it, and its answer can be had.",
    "media": "What the clip and its sources show, frame by frame.",
    "findings": "What was done to the sources, with pictures of it and what people say of it.",
    "exports": "A trace to be taken away: reports, an evidence bundle, formats of others.",
    "uploads": "Large clips, sent in pieces by tus 1.0.",
    "lookup": "What a clip may be, by its codes alone, at once.",
    "banks": "Lists of what is known, and what is to be done with it.",
    "assets": "What is archived.",
    "lineage": "Who descends from whom.",
    "watches": "Be told when footage arrives that explains the rest of a clip.",
    "webhooks": "Addresses that are told what has ended and what has arrived.",
    "ingests": "Folders of the server are added to the archive.",
    "health": "Whether the service lives, and what it counts.",
    "audit": "Who changed what.",
}
PARAMETERS = {
    "cursor": "`next` of the page before; without it, the first page.",
    "limit": "Items on a page, at most.",
    "last-event-id": "Number of the last event that is known; those after it are sent.",
}
ANSWERS = {
    "200": "What was asked for.",
    "201": "It was made.",
    "202": "It was taken on, and will be done.",
    "204": "It was done; there is nothing to say.",
}
EVENT: Part = {
    "type": "object",
    "description": "Of each event.",
    "properties": {
        "id": {"type": "string", "examples": ["3"]},
        "event": {"type": "string", "examples": ["progress"]},
        "data": {"type": "string", "examples": ['{"stage": "decode", "share": 0.25}']},
    },
    "required": ["id", "event", "data"],
}
ELSEWHERE = {
    "/v1/traces/{trace}/bundle": "/v1/traces/{trace}/parcels/{parcel}",
    "/v1/traces/{trace}/pdf": "/v1/traces/{trace}/parcels/{parcel}",
    "/v1/webhooks/{webhook}/ping": "/v1/webhooks/{webhook}/deliveries/{message}",
}
"""Where what some operations make is found, if not below their own address."""
NAMED = re.compile(r"\{(\w+)\}")
"""A parameter of a path."""
KEY = "key"
REPEATED: Part = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Chosen anew for each request, and sent again with the same one if its answer "
    "got lost: then it is done once, and answered as before.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$", "examples": ["a6f8c5d2-0b7e-4f7a"]},
}


def install(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Let an app describe itself that way.

    Args:
        app: With all its routes.
        routers: Those of the API.
    """
    plain, kept = app.openapi, list(routers)

    def openapi() -> Part:
        document = plain()
        if "tags" not in document:
            complete(document, scopes(kept))
        return document

    app.openapi = openapi  # type: ignore[method-assign] # as FastAPI's own manual has it


def scopes(routers: Iterable[APIRouter]) -> dict[tuple[str, str], list[str]]:
    """Return the scopes that each operation needs, by method and path."""
    found: dict[tuple[str, str], list[str]] = {}
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                needed = [one.dependency for one in route.dependencies]
                wanted = [one.scope for one in needed if isinstance(one, Needs)]
                path = route.path.replace(":path}", "}")
                found |= {(method.lower(), path): wanted for method in route.methods or ()}
    return found


def complete(document: Part, needed: dict[tuple[str, str], list[str]]) -> None:
    """Complete a description.

    Args:
        document: What FastAPI makes; it is changed.
        needed: Scopes by method and path.
    """
    parts = document.setdefault("components", {})
    schemas: Part = parts.setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    parts["securitySchemes"] = {
        KEY: {
            "type": "http",
            "scheme": "bearer",
            "description": "A key that `wherefrom keys add` made. A service without keys needs "
            "none, and answers only at its own machine. The names beside it are its scopes.",
        }
    }
    document["servers"] = [{"url": "/", "description": "This service."}]
    operations = list(_operations(document))
    for method, path, operation in operations:
        _describe(operation, method, path, schemas)
        wanted = needed.get((method, path), [])
        kept_open = path.startswith(OPEN_PATHS)
        operation["security"] = [] if kept_open else [{KEY: wanted}]
    for method, path, operation in operations:
        if method == "post":
            _link(operation, path, operations, schemas)
    used = dict.fromkeys(tag for _, _, one in operations for tag in one.get("tags", ()))
    document["tags"] = [{"name": tag, "description": TAGS.get(tag, tag)} for tag in used]


def _operations(document: Part) -> Iterator[tuple[str, str, Part]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def _link(
    operation: Part, path: str, every: Iterable[tuple[str, str, Part]], schemas: Part
) -> None:
    """Say of what an operation makes which others can be asked with its id, and how."""
    made = {status: operation["responses"].get(status, {}) for status in ("201", "202")}
    known = NAMED.findall(path)
    for answer in made.values():
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        fields = schemas.get(schema.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
        for _, place, other in every if "id" in fields else ():
            names, begin = NAMED.findall(place), ELSEWHERE.get(path, path + "/{")
            if names[:-1] != known or not place.startswith(begin):
                continue
            given = {name: f"$request.path.{name}" for name in known}
            answer.setdefault("links", {})[other["operationId"]] = {
                "operationId": other["operationId"],
                "description": other["summary"],
                "parameters": {**given, names[-1]: "$response.body#/id"},
            }


def _describe(operation: Part, method: str, path: str, schemas: Part) -> None:
    tag = (operation.get("tags") or ["service"])[0]
    operation["operationId"] = f"{tag}-{operation['summary'].lower().replace(' ', '-')}"
    said = operation.get("description") or operation["summary"]
    operation["summary"], operation["description"] = said.split("\n", 1)[0].rstrip("."), said
    parameters = operation.setdefault("parameters", [])
    for one in parameters:
        _parameter(one)
    if method == "post" and all(one["name"] != REPEATED["name"] for one in parameters):
        parameters.append(dict(REPEATED))
    for kind in operation.get("requestBody", {}).get("content", {}).values():
        _shown(kind, schemas)
    responses: Part = operation["responses"]
    responses.pop("422", None)  # it is told with all of 4XX
    for status, answer in responses.items():
        if status in ANSWERS and answer["description"] == "Successful Response":
            answer["description"] = ANSWERS[status]
        _answer(answer, schemas)
    for status, told in (("4XX", "It cannot be granted."), ("5XX", "It cannot be granted now.")):
        answer = responses.setdefault(status, {"description": told})
        answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        _shown(answer["content"][MEDIA_TYPE], schemas)
    if method == "post" and "{" not in path:
        for status in responses.keys() & {"201", "202"}:
            where = {"description": "Where it is.", "schema": {"type": "string"}}
            responses[status]["headers"] = {"Location": where} | responses[status].get(
                "headers", {}
            )


def _parameter(one: Part) -> None:
    word = one["name"].lower()
    # FastAPI takes these for ones that may be left out: what is answered then is tus's to say.
    if word == "tus-resumable":
        one |= {"required": True, "schema": {"type": "string", "const": "1.0.0"}}
    elif word == "upload-offset":
        one["required"] = True
    if not one.get("description"):
        told = f"Id of the {word}." if one["in"] == "path" else f"The {word}."
        one["description"] = PARAMETERS.get(word, told)
    # What may be left out is left out, and not sent as null.
    choices = one["schema"].pop("anyOf", None)
    if choices is not None:
        given = [choice for choice in choices if choice.get("type") != "null"]
        one["schema"] |= given[0] if len(given) == 1 else {"anyOf": given}


def _answer(answer: Part, schemas: Part) -> None:
    content = answer.get("content", {})
    if len(content) > 1 and content.get("application/json") == {"schema": {}}:
        del content["application/json"]  # of files, whose type a route names itself
    for name, kind in content.items():
        if name == "text/event-stream":
            kind["schema"] = EVENT
        elif not kind.get("schema"):
            kind["schema"] = {"type": "string" if name.startswith("text/") else "object"}
        _shown(kind, schemas)


def _shown(kind: Part, schemas: Part) -> None:
    """Let a part of a request or an answer have an example."""
    if "example" in kind or "examples" in kind or not kind.get("schema"):
        return
    if kind["schema"].get("type") != "string":
        kind["example"] = example(kind["schema"], schemas)
