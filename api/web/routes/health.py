"""Whether the service lives, and whether it can answer."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.web.service import Asking, Given
from index.catalogue import tasks

routes = APIRouter(prefix="/health", tags=["health"])


class Health(BaseModel):
    """How it is."""

    status: Literal["ok"]


class Ready(Health):
    """How it is; for those who may read, also how much it has to do."""

    assets: int | None = Field(description="Files that are archived; null without a key.")
    waiting: int | None = Field(description="Tasks that wait for a worker; null without a key.")


@routes.get("/live")
def live() -> Health:
    """Tell that the process answers."""
    return Health(status="ok")


@routes.get("/ready")
def ready(given: Given, asking: Asking) -> Ready:
    """Tell that archive and catalogue can be read."""
    with given.desk.reading() as change:
        waiting = tasks.waiting(change)
    assets = given.archive.extent().assets
    if "read" not in asking.scopes:
        return Ready(status="ok", assets=None, waiting=None)
    return Ready(status="ok", assets=assets, waiting=waiting)
