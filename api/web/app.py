"""The service put together: what runs as long as it does, and who answers what."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from importlib import metadata
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from api.settings import Settings
from api.web import gate, problems, schema
from api.web.metrics import Counted, Metrics
from api.web.pages import archive as files
from api.web.pages import lineage as lineages
from api.web.pages import login, meanings, result, search, sheets
from api.web.routes import (
    assets,
    audit,
    bank_lists,
    banks,
    bindings,
    exports,
    hashes,
    health,
    hooks,
    ingests,
    lineage,
    lookup,
    media,
    metrics,
    parcels,
    reviews,
    traces,
    uploads,
    watches,
)
from api.web.service import Service, needs
from api.work import ingesting, tracing, watching
from api.work import parcels as packed
from api.work.apart import Crew
from api.work.delivering import Courier, sender
from api.work.hand import Kind
from api.work.proxies import Studio
from api.work.running import Workers, WorkParams
from index.archive import Archive
from index.catalogue import replies
from index.desk import Desk
from index.hashing.learned import Model

STATIC = Path(__file__).parent / "static"
DEFAULT = Settings()
API = (
    health.routes,
    traces.routes,
    uploads.routes,
    media.routes,
    reviews.routes,
    exports.routes,
    parcels.routes,
    lookup.routes,
    banks.routes,
    bank_lists.routes,
    assets.routes,
    lineage.routes,
    bindings.routes,
    hashes.routes,
    ingests.routes,
    watches.routes,
    hooks.routes,
    metrics.routes,
    audit.routes,
)


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
            with desk.changing() as change:
                replies.abandon(change)
            params = WorkParams(deeds=settings.deeds_kept)
            workers = Workers(archive, kinds, count=settings.tracers, params=params, crew=crew)
            counted: Metrics = made.state.metrics
            courier = Courier(desk, sender(settings.hook_networks), ended=counted.ended)
            made.state.service = Service(settings, opened, desk, workers)
            made.state.studio = Studio()
            made.state.courier = courier
            counted.look_at(made.state.service)
            workers.start()
            courier.start()
            try:
                yield
            finally:
                workers.stop()
                made.state.studio.close()
                courier.stop()

    made = FastAPI(
        title="wherefrom",
        summary="Finds the archived footage a clip was made from, and tells what was changed.",
        version=metadata.version("wherefrom"),
        lifespan=running,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would tell its own name as the request has it
        responses=problems.PROBLEM,
    )
    made.state.metrics = Metrics()
    problems.install(made)
    gate.install(made, settings)
    made.add_middleware(Counted)
    for routes in API:
        made.include_router(routes)
    for pages in (search.pages, result.pages, lineages.pages, files.pages):
        made.include_router(pages, include_in_schema=False, dependencies=[needs("read")])
    for pages in (login.pages, meanings.pages, sheets.pages):  # open to everyone
        made.include_router(pages, include_in_schema=False)
    schema.install(made, API)
    made.mount("/static", StaticFiles(directory=STATIC), name="static")
    return made


def kinds(
    settings: Settings = DEFAULT, *, model: Model | None = None, trusted: str | None = None
) -> dict[str, Kind]:
    """Return what workers can do.

    Args:
        settings: In force.
        model: What describes frames as well.
        trusted: Certificates of those whose manifests are trusted, PEM.
    """
    return {
        "trace": partial(tracing.trace, model=model, trusted=trusted),
        "watch": watching.watch,
        "ingest": partial(ingesting.ingest, settings=settings, model=model),
        packed.BUNDLE: packed.bundle,
        packed.PDF: packed.pdf,
    }
