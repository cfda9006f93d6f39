"""What every request is given: the archive, the desk, the workers, the settings, and who asks."""

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, cast

from fastapi import Depends, Request

from api.settings import Settings
from api.web.problems import RefusedError
from api.work.running import Workers
from index.archive import Archive
from index.desk import Desk

LOCAL = "local"
"""Who asks where no keys were made: whoever sits at this machine."""
SCOPES = ("read", "trace", "ingest", "admin")
"""What a key may be made for; one for admin holds all."""


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """What runs as long as the service does.

    Attributes:
        settings: In force.
        archive: Open for reading; may be used by several threads.
        desk: What the service keeps.
        workers: Run what was asked for.
    """

    settings: Settings
    archive: Archive
    desk: Desk
    workers: Workers


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        id: Of the key, or `LOCAL`.
        scopes: What may be asked for.
    """

    id: str
    scopes: frozenset[str]


NOBODY = Caller("nobody", frozenset())
"""Who asks without a key where one is needed: for what is open to everyone."""


def service(request: Request) -> Service:
    """Return what runs as long as the service does."""
    return cast("Service", request.app.state.service)


def caller(request: Request) -> Caller:
    """Return who asks, as the gate made sure of."""
    return cast("Caller", getattr(request.state, "caller", NOBODY))


type Given = Annotated[Service, Depends(service)]
type Asking = Annotated[Caller, Depends(caller)]


def token() -> str:
    """Return an id that cannot be guessed: 128 bits, fit for addresses and file names."""
    return secrets.token_urlsafe(16).replace("-", "A").replace("_", "B")


@dataclass(frozen=True, slots=True)
class Needs:
    """Lets a request through only where its caller has a scope.

    Attributes:
        scope: Which.
    """

    scope: str

    def __call__(self, asking: Asking) -> None:
        """Let it through.

        Raises:
            RefusedError: Its caller has not.
        """
        if self.scope not in asking.scopes:
            raise RefusedError(
                f"Your key may not do this: it lacks the scope {self.scope}.",
                hint=f"Use a key that was made with --scope {self.scope}.",
                slug="scope",
                status=HTTPStatus.FORBIDDEN,
            )


def needs(scope: str) -> Any:  # noqa: ANN401 # what FastAPI takes
    """Return what lets a request through only where its caller has a scope."""
    return Depends(Needs(scope))
