"""Errors as RFC 9457 problems for programs, and as pages for people."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from api.problems import problem_of
from api.web.pages.templates import rendered
from index.errors import UserError

MEDIA_TYPE = "application/problem+json"
TYPES = "/problems/"
"""Begins each problem's `type`, a page of the service that says what it means."""
LOG = logging.getLogger("wherefrom.web")


class Problem(BaseModel):
    """What was wrong with a request, and what to do (RFC 9457)."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/not-found",
                    "title": "There is no trace of this id.",
                    "status": 404,
                    "detail": "Check it; traces are deleted after some time.",
                    "request": "0c1e4f5a9b7d4c2e8f60312ab4cd9e71",
                }
            ]
        },
    )

    type: str = Field(description="What kind of problem: the address of a page that explains it.")
    title: str = Field(description="What is wrong, in one sentence.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What to do, in one sentence.")
    request: str | None = Field(None, description="Id of the request, as the log has it.")


PROBLEM: dict[int | str, dict[str, Any]] = {
    name: {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
    }
    for name, description in {
        "4XX": "The request cannot be granted; the problem says why, and what to do.",
        "5XX": "The service cannot grant it now; the problem says why, and what to do.",
    }.items()
}
"""What each operation can answer besides, for the description of the API."""


class RefusedError(UserError):
    """A request that cannot be granted, with a status of its own.

    Args:
        message: What is wrong, one sentence.
        hint: What to do.
        slug: The last part of the problem's type; never changes once published.
        status: What is answered.
        headers: Sent along.
        extra: Members of the problem beside the usual ones.
    """

    def __init__(  # noqa: PLR0913 # all of a problem
        self,
        message: str,
        *,
        hint: str,
        slug: str,
        status: HTTPStatus,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.slug, self.status = slug, status
        self.headers, self.extra = dict(headers or {}), dict(extra or {})


def answer(  # noqa: PLR0913 # all of a problem
    request: Request,
    status: int,
    slug: str,
    title: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """Return a problem: a page for one who looks for one, else a document."""
    name = request.scope.get("state", {}).get("request")
    if _for_people(request):
        facts = {"title": title, "hint": detail, "status": status, "request_id": name}
        try:
            page = rendered("problem.html", request, **facts)
        except Exception:  # a template's; a document is better than nothing
            LOG.exception("no page for a problem")
        else:
            return Response(page, status, dict(headers or {}), "text/html; charset=utf-8")
    document = {
        "type": TYPES + slug,
        "title": title,
        "status": status,
        "detail": detail,
        **({} if name is None else {"request": name}),
        **(extra or {}),
    }
    return JSONResponse(document, status, dict(headers or {}), MEDIA_TYPE)


def told(request: Request, error: Exception) -> Response:
    """Return an error as a problem; for those before whom no handler of FastAPI stands."""
    return _http(request, error) if isinstance(error, HTTPException) else _user(request, error)


def defect(request: Request) -> Response:
    """Return a problem that says nothing of what went wrong but where it can be looked up."""
    name = request.scope["state"]["request"]
    return answer(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "defect",
        "A defect in the service ended this request.",
        f"Report it with the id of the request, {name}.",
    )


def _for_people(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    if "text/html" in accepted:
        return True
    programs = request.url.path.startswith(("/v1", "/health", "/metrics"))
    return not programs and "json" not in accepted


def install(app: FastAPI) -> None:
    """Let an app tell every error that way."""
    app.add_exception_handler(UserError, _user)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)


def _user(request: Request, error: Exception) -> Response:
    assert isinstance(error, UserError)  # noqa: S101 # it is installed for these
    if isinstance(error, RefusedError):
        return answer(
            request,
            error.status,
            error.slug,
            str(error),
            error.hint,
            headers=error.headers,
            extra=error.extra,
        )
    row = problem_of(error)
    return answer(request, row.status, row.slug, str(error), error.hint)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 # it is installed for these
    slugs = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}
    told = {
        404: ("There is nothing at this address.", "Check the address."),
        405: ("This address does not do that.", "See the header Allow for what it does."),
        413: (str(error.detail), "Send less, or have `upload_limit` raised."),
    }
    title, detail = told.get(error.status_code, (str(error.detail), "Mend the request."))
    slug = slugs.get(error.status_code, "request")
    return answer(request, error.status_code, slug, title, detail, headers=error.headers)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 # it is installed for these
    places = [
        {"where": "/".join(str(part) for part in one["loc"]), "problem": one["msg"]}
        for one in error.errors()
    ]
    first = places[0]
    return answer(
        request,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid",
        f"The request's {first['where']} is not what is expected: {first['problem']}.",
        "See `errors` for each place that is wrong, and /v1/openapi.json for what is expected.",
        extra={"errors": places},
    )
