"""Whether the service lives, and whether it can answer."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from api.web.service import Given
from index.catalogue import tasks

routes = APIRouter(prefix="/health", tags=["health"])


class Health(BaseModel):
    """How it is."""

    status: Literal["ok"]


class Ready(Health):
    """How it is, and how much it has to do."""

    assets: int
    waiting: int


@routes.get("/live")
def live() -> Health:
    """Tell that the process answers."""
    return Health(status="ok")


@routes.get("/ready")
def ready(given: Given) -> Ready:
    """Tell that archive and catalogue can be read."""
    with given.desk.reading() as change:
        waiting = tasks.waiting(change)
    return Ready(status="ok", assets=given.archive.extent().assets, waiting=waiting)
