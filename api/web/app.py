"""The service put together: what runs as long as it does, and who answers what."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from importlib import metadata
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from api.settings import Settings
from api.web import problems
from api.web.pages import search
from api.web.routes import health, traces, uploads
from api.web.service import Service
from api.work import tracing
from api.work.apart import Crew
from api.work.hand import Kind
from api.work.running import Workers
from index.archive import Archive
from index.desk import Desk
from index.hashing.learned import Model

STATIC = Path(__file__).parent / "static"


def app(
    archive: Path, settings: Settings, kinds: Mapping[str, Kind], *, crew: Crew | None = None
) -> FastAPI:
    """Return the service of an archive.

    Args:
        archive: Its folder; its tables are of this version.
        settings: In force.
        kinds: What its workers can do.
        crew: Processes they do it in, of whoever calls; None for its own.
    """

    @asynccontextmanager
    async def running(made: FastAPI) -> AsyncIterator[None]:
        with Archive.open(archive) as opened, Desk.open(archive) as desk:
            workers = Workers(archive, kinds, count=settings.tracers, crew=crew)
            made.state.service = Service(settings, opened, desk, workers)
            workers.start()
            try:
                yield
            finally:
                workers.stop()

    made = FastAPI(
        title="wherefrom",
        summary="Finds the archived footage a clip was made from, and tells what was changed.",
        version=metadata.version("wherefrom"),
        lifespan=running,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    problems.install(made)
    for routes in (health.routes, traces.routes, uploads.routes):
        made.include_router(routes)
    for pages in (search.pages,):
        made.include_router(pages, include_in_schema=False)
    made.mount("/static", StaticFiles(directory=STATIC), name="static")
    return made


def kinds(*, model: Model | None = None, trusted: str | None = None) -> dict[str, Kind]:
    """Return what workers can do.

    Args:
        model: What describes frames as well.
        trusted: Certificates of those whose manifests are trusted, PEM.
    """
    return {"trace": partial(tracing.trace, model=model, trusted=trusted)}
