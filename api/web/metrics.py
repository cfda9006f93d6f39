"""What the service counts of itself, for Prometheus.

Each app has a registry of its own. No label holds what a request says: routes are told by their
templates, and all that has none together.
"""

from collections.abc import Iterator
from time import perf_counter, time
from typing import Any, override

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.web.service import Service
from index.catalogue import hooks, tasks
from index.catalogue.tasks import Task

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ELSEWHERE = "none"
"""Stands for all addresses at which there is no route, and for methods that are none."""
LATENCIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds. Pages are to begin within 0.05, look-ups to be answered in tens of milliseconds."""
DURATIONS = (1.0, 3.0, 10.0, 30.0, 60.0, 180.0, 600.0, 1800.0, 7200.0, 43200.0)
"""Seconds, from a short clip to a large folder."""


class Metrics:
    """What is counted as it happens, and what is looked up when somebody asks.

    Attributes:
        registry: All of it.
    """

    def __init__(self) -> None:
        """Begin at nothing."""
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "wherefrom_requests",
            "Requests that were answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._latency = Histogram(
            "wherefrom_request_seconds",
            "Time until an answer began, by route.",
            ("route",),
            buckets=LATENCIES,
            registry=self.registry,
        )
        self._tasks = Histogram(
            "wherefrom_task_seconds",
            "How long tasks took that have ended, such as traces.",
            ("kind", "state"),
            buckets=DURATIONS,
            registry=self.registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method if method in METHODS else ELSEWHERE, route, status).inc()
        self._latency.labels(route).observe(seconds)

    def ended(self, task: Task) -> None:
        """Count a task that has ended."""
        if task.started_at is not None and task.ended_at is not None:
            spent = max(0.0, task.ended_at - task.started_at)
            self._tasks.labels(task.kind, task.state.value).observe(spent)

    def look_at(self, service: Service) -> None:
        """Tell of the archive and the desk as well, as they are whenever somebody asks."""
        self.registry.register(Census(service))


class Census(Collector):
    """What lies in the archive, and what there is to do."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @override
    def collect(self) -> Iterator[Metric]:
        now = time()
        with self._service.desk.reading() as change:
            counts, oldest = tasks.counted(change), tasks.oldest(change)
            messages = hooks.states(change)
        told = GaugeMetricFamily(
            "wherefrom_tasks", "Tasks that are kept.", labels=("kind", "state")
        )
        for (kind, state), count in counts.items():
            told.add_metric((kind, state.value), count)
        yield told
        age = 0.0 if oldest is None else max(0.0, now - oldest)
        yield _gauge("wherefrom_queue_age_seconds", "How long the first task has waited.", age)
        sent = GaugeMetricFamily(
            "wherefrom_deliveries", "Messages to webhooks that are kept.", labels=("state",)
        )
        for progress, count in messages.items():
            sent.add_metric((progress.value,), count)
        yield sent
        stats = self._service.archive.stats()
        yield _gauge("wherefrom_archive_assets", "Files in the archive.", stats.assets)
        yield _gauge("wherefrom_archive_footage_seconds", "Their length.", stats.seconds)
        yield _gauge("wherefrom_archive_codes", "Their codes.", stats.codes)
        yield _gauge("wherefrom_archive_bytes", "Size of the archive.", stats.bytes)
        yield _gauge("wherefrom_archive_failures", "Files that failed.", stats.failures)


class Counted:
    """Middleware that counts requests; it passes on what streams as it comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, spent = perf_counter(), 500, None

        async def sent(message: Message) -> None:
            nonlocal status, spent
            if message["type"] == "http.response.start":
                status, spent = message["status"], perf_counter() - began
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            seconds = perf_counter() - began if spent is None else spent
            metrics: Metrics = scope["app"].state.metrics
            metrics.answered(scope["method"], template(scope), status, seconds)


def template(scope: Scope) -> str:
    """Return the template of the route that took a request, such as "/v1/traces/{trace}"."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", None) or ELSEWHERE)


def _gauge(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, value=value)
