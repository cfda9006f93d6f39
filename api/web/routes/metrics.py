"""What Prometheus collects."""

from typing import cast

from fastapi import APIRouter, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from api.web.metrics import Metrics
from api.web.service import needs

routes = APIRouter(tags=["health"], dependencies=[needs("read")])


@routes.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {
            "content": {"text/plain": {"schema": {"type": "string"}}},
            "description": "In the text format of Prometheus, version 0.0.4.",
        }
    },
)
def metrics(request: Request) -> Response:
    """Return what is counted, in the text format of Prometheus.

    Totals alone: what anybody asked for is not told. A key with the scope `read` is enough, so that
    what collects them need hold none that may do more.
    """
    counted = cast("Metrics", request.app.state.metrics)
    return Response(generate_latest(counted.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)
