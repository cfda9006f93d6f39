"""The templates, and what all of them are given."""

from functools import cache
from typing import Any

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def environment() -> Environment:
    """Return what renders pages: everything shown is escaped."""
    return Environment(
        loader=PackageLoader("api.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def rendered(template: str, request: Request, **facts: Any) -> str:  # noqa: ANN401 # a template's own
    """Return a page.

    Args:
        template: The file's name.
        request: Whose page it is; its path says where one is in the navigation, and its session
            whether one is signed in and what scripts send to prove that this page asks.
        facts: What the template shows.
    """
    state = request.scope.get("state", {})
    return (
        environment()
        .get_template(template)
        .render(
            path=request.url.path,
            proof=state.get("proof"),
            signed_in=state.get("session") is not None,
            **facts,
        )
    )
