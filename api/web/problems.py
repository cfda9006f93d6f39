"""Errors as RFC 9457 problems for programs, and as pages for people."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.problems import problem_of
from api.web.pages.templates import rendered
from index.errors import UserError

MEDIA_TYPE = "application/problem+json"
TYPES = "https://wherefrom.invalid/problems/"
"""Begins each problem's `type`; docs/problems.md lists them. They are names, not to be opened."""


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
    """Return a problem: a document under /v1, a page elsewhere."""
    if not request.url.path.startswith("/v1"):
        page = rendered("problem.html", request, title=title, hint=detail, status=status)
        return Response(page, status, dict(headers or {}), "text/html; charset=utf-8")
    document = {
        "type": TYPES + slug,
        "title": title,
        "status": status,
        "detail": detail,
        **(extra or {}),
    }
    return JSONResponse(document, status, dict(headers or {}), MEDIA_TYPE)


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
    slugs = {404: "not-found", 405: "method-not-allowed"}
    told = {
        404: ("There is nothing at this address.", "Check the address."),
        405: ("This address does not do that.", "See the header Allow for what it does."),
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
