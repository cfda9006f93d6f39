"""Requests that follow the API's description, and such that nearly do, with keys of each scope.

Whatever comes is answered as the description says. Nothing is run meanwhile and nothing is sent to
anybody; what is asked for waits.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from time import time
from typing import Any, override
from uuid import uuid4

import pytest
import schemathesis
from _pytest.mark.structures import ParameterSet
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import run_state_machine_as_test
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, CheckFunction, GenerationMode, SerializationContext
from schemathesis.config import (
    GenerationConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
)
from starlette.types import Receive, Scope, Send

from api.settings import Settings
from api.web.app import app
from api.work import tracing
from index.catalogue import hooks, tasks
from index.catalogue.hooks import Hook
from index.catalogue.tasks import State, Task
from index.desk import Desk
from tests.api.web.conftest import HERE, key

SCOPES = ("read", "trace", "ingest", "admin")
LITTLE = settings(
    max_examples=6,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
STEPS = (8, 9, 10, 11, 12, 13, 14)
"""Steps for which links are followed: more, where those before did not lead to all asked for."""
SCHEMA = schemathesis.openapi.from_dict(
    app(Path("nowhere.archive"), Settings(), {}).openapi(),
    config=SchemathesisConfig(
        projects=ProjectsConfig(
            default=ProjectConfig(generation=GenerationConfig(with_security_parameters=False))
        )
    ),
)
RUNNING: list[FastAPI] = []
"""The service that is asked."""
UNFORESEEN = {
    "asset-type",
    "bad-form",
    "bad-hash",
    "bad-list",
    "bad-media",
    "binding",
    "cursor",
    "fetch-refused",
    "offset",
    "too-large",
}
"""Problems of values that have the form that is described, and are none."""
THERE = {
    "parcel": "known-parcel",
    "trace": "known",
    "ingest": "known-ingest",
    "watch": "known",
    "webhook": "known",
}
"""Ids of what there is, by the name of the parameter."""


@pytest.fixture(scope="module")
def served(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive in which somebody had a clip traced, and asked to be told."""
    folder = tmp_path_factory.mktemp("fuzzed") / "served.archive"
    shutil.copytree(archive, folder)
    with Desk.open(folder) as desk, desk.changing() as change:
        for kind, name in (("trace", THERE["trace"]), ("ingest", THERE["ingest"])):
            number = tasks.add(change, Task(name, kind, "local", "a clip", {}, time()))
            tasks.finish(change, number, State.DONE, None, now=time())
            desk.folder(name).mkdir()
        (desk.folder(THERE["trace"]) / tracing.ANSWER).write_text("{}")
        trace = tasks.find(change, THERE["trace"])
        of = None if trace is None else trace.number
        made = Task(THERE["parcel"], "pdf", "local", "a clip", {"words": 0}, time(), trace=of)
        tasks.finish(change, tasks.add(change, made), State.FAILED, None, now=time())
        hooks.add(change, Hook("known", "local", "https://a.example", "whsec_AAAA", (), time()))
    return folder


@pytest.fixture(scope="module")
def asked(served: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A service that is asked more than anybody may ask, and does nothing of it."""
    opened = tmp_path_factory.mktemp("opened")
    much = dict.fromkeys(("rate", "burst", "begins", "queue_limit", "caller_limit"), 1_000_000)
    settings = Settings.model_validate({"tracers": 0, "ingest_roots": (opened,), **much})
    made = app(served, settings, {})
    with TestClient(made, base_url=HERE):
        made.state.courier.stop()
        RUNNING[:] = [made]
        yield made


@pytest.fixture(scope="module")
def keys(served: Path, asked: FastAPI) -> dict[str, str]:
    """A key of each scope of a service that runs, and what is no key."""
    assert asked
    made = {scope: key(served, *dict.fromkeys(("read", scope))) for scope in SCOPES}
    return made | {"none": "wf_nobody_nothing"}


async def ready(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer by the service that runs, without beginning another."""
    if scope["type"] == "http":
        await RUNNING[0](scope, receive, send)
        return
    for word in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{word}.complete"})


@schemathesis.serializer("application/offset+octet-stream")
def piece(_: SerializationContext, value: object) -> bytes:
    """Return a piece of an upload as it is sent."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def cases(mode: GenerationMode) -> list[ParameterSet]:
    """Return a strategy of requests for each operation that can be asked so, with its name."""
    SCHEMA.app = ready
    found = [one.ok() for one in SCHEMA.get_all_operations() if isinstance(one, Ok)]
    assert len(found) > 30
    return [
        pytest.param(one.as_strategy(mode), id=one.label)
        for one in found
        if mode is GenerationMode.POSITIVE or can_be_wrong(one.definition.raw)
    ]


def can_be_wrong(operation: Mapping[str, Any]) -> bool:
    """Return whether anything but an id, of which any may be there, is asked with."""
    places = {one["in"] for one in operation["parameters"]}
    return "requestBody" in operation or bool(places - {"path"})


def unforeseen(case: Case[Any], response: Response) -> list[CheckFunction]:
    """Return the checks that a request is beyond, for what no schema can say."""
    problem = response.headers.get("content-type", [""])[0] == "application/problem+json"
    told = response.json() if problem and response.content else {"type": "", "title": ""}
    checks: list[CheckFunction] = [ignored_auth]
    if told["type"].rpartition("/")[2] in UNFORESEEN or "Value error" in told["title"]:
        checks.append(positive_data_acceptance)
    # Of a form, nothing is anything but text; and tus has statuses of its own.
    if case.media_type == "multipart/form-data" or response.status_code in {412, 460}:
        checks.append(negative_data_rejection)
    return checks


def ask(case: Case[Any], keys: dict[str, str], *, known: bool) -> None:
    """Send a request with each key, and hold what is answered against the description."""
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] += uuid4().hex
    if known:
        there = {name: value for name, value in THERE.items() if name in case.path_parameters}
        case.path_parameters |= there
    for scope, one in keys.items():
        response = case.call(headers={"Authorization": f"Bearer {one}"})
        case.validate_response(response, excluded_checks=unforeseen(case, response))
        assert (response.status_code == HTTPStatus.UNAUTHORIZED) == (scope == "none")
        for rule in case.operation.definition.raw["security"]:
            lacking = set(rule.get("key", ())) - {"read", scope} and scope != "admin"
            assert not lacking or response.status_code >= HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("requests", cases(GenerationMode.POSITIVE))
def test_what_follows_the_description_is_answered_as_it_says(
    requests: SearchStrategy[Case[Any]], keys: dict[str, str]
) -> None:
    @LITTLE
    @given(case=requests, known=some.booleans())
    def run(case: Case[Any], *, known: bool) -> None:
        ask(case, keys, known=known)

    run()


@pytest.mark.parametrize("requests", cases(GenerationMode.NEGATIVE))
def test_what_does_not_follow_it_is_refused_as_it_says(
    requests: SearchStrategy[Case[Any]], keys: dict[str, str]
) -> None:
    @LITTLE
    @given(case=requests, known=some.booleans())
    def run(case: Case[Any], *, known: bool) -> None:
        ask(case, keys, known=known)

    run()


@pytest.mark.parametrize(
    ("kind", "reached"),
    [
        ("banks", {"GET /v1/banks/{bank}/export", "PATCH /v1/banks/{bank}"}),
        ("traces", {"POST /v1/traces/{trace}/cancel", "GET /v1/traces/{trace}/reviews"}),
        ("webhooks", {"POST /v1/webhooks/{webhook}/rotate", "POST /v1/webhooks/{webhook}/ping"}),
    ],
)
def test_what_was_made_is_asked_as_the_description_links_it(
    served: Path, keys: dict[str, str], kind: str, reached: set[str]
) -> None:
    assert keys  # a service runs
    mine = key(served, "admin")
    # What waits is never done here, so following it would never end.
    schema = SCHEMA.include(path_regex=f"^/v1/{kind}").exclude(path_regex="/events$")
    answered: set[str] = set()

    class Links(schema.as_state_machine()):  # type: ignore[misc] # made on the spot
        """Asks for what answers lead to, with the ids that they hold."""

        @override
        def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
            return {"headers": {"Authorization": f"Bearer {mine}"}}

        @override
        def before_call(self, case: Case[Any]) -> None:
            if "Idempotency-Key" in case.headers:
                case.headers["Idempotency-Key"] += uuid4().hex

        @override
        def after_call(self, response: Response, case: Case[Any]) -> None:
            if response.status_code < HTTPStatus.MULTIPLE_CHOICES:
                answered.add(case.operation.label)

        @override
        def validate_response(self, response: Response, case: Case[Any], **_: Any) -> None:
            case.validate_response(response, excluded_checks=unforeseen(case, response))

    schema.app = ready
    for steps in STEPS:
        few = settings(LITTLE, max_examples=10, stateful_step_count=steps)
        with suppress(FlakyStrategyDefinition):  # ids are drawn by the service, anew each time
            run_state_machine_as_test(Links, settings=few)
        if reached <= answered:
            break

    assert reached <= answered
