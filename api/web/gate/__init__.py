"""The gate: what every request passes before anything is done for it, outermost first.

    headers    what browsers may do with an answer
    logs       an id and a line of the log for each request; defects are told, not shown
    admission  who asks, from where, and whether that is too often
      callers    keys, sessions, and whoever sits at this machine
      origins    names of this machine; requests that pages of other sites cause
      rates      buckets of tokens
      keys       what a key looks like
    bodies     how long a request may be
    replays    requests that are sent twice and done once
    deeds      the audit log
    tags       answers that one has already

All are plain ASGI: nothing is held back, so that uploads and events stream.
"""

from fastapi import FastAPI

from api.settings import Settings
from api.web.gate.admission import Admitted
from api.web.gate.bodies import Bounded
from api.web.gate.deeds import Noted
from api.web.gate.headers import Headed
from api.web.gate.logs import Logged
from api.web.gate.replays import Replayed
from api.web.gate.tags import Tagged


def install(app: FastAPI, settings: Settings) -> None:
    """Put the gate before an app."""
    app.add_middleware(Tagged)
    app.add_middleware(Noted)
    app.add_middleware(Replayed)
    app.add_middleware(Bounded, settings=settings)
    app.add_middleware(Admitted, settings=settings)
    app.add_middleware(Logged)
    app.add_middleware(Headed)
