"""A client of the service, for programs.

    >>> with Client("http://127.0.0.1:8417", key="wf_…") as client:  # doctest: +SKIP
    ...     answer = client.trace(Path("clip.mp4"))
    ...     print(answer["verdict"]["summary"])

It needs nothing but `httpx2`, and knows nothing of the rest of this program. What it returns are
the documents of the API as they come, which /v1/openapi.json describes.
"""

import base64
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, override

import httpx2

type Json = dict[str, Any]

TUS = {"Tus-Resumable": "1.0.0"}
ENDED = frozenset({"done", "failed", "cancelled"})
"""States after which nothing more happens to a trace or an ingest."""


class Problem(Exception):  # noqa: N818 # as RFC 9457 calls it
    """What the service answered instead, as RFC 9457 describes it.

    Attributes:
        type: Which kind of problem, a URI.
        title: What is wrong, one sentence.
        status: Of HTTP; None where a task ended with it.
        detail: What to do.
        extra: Its other members.
        retry_after: Seconds after which to ask again, where that was said.
    """

    def __init__(self, document: Mapping[str, Any], *, retry_after: float | None = None) -> None:
        super().__init__(str(document.get("title", "The service answered with a problem.")))
        self.type = str(document.get("type", document.get("problem", "about:blank")))
        self.title = str(self)
        self.status: int | None = document.get("status")
        self.detail = str(document.get("detail", ""))
        known = {"type", "problem", "title", "status", "detail"}
        self.extra = {name: value for name, value in document.items() if name not in known}
        self.retry_after = retry_after

    @override
    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a trace or an ingest.

    Attributes:
        number: From 1 on; `follow` takes it as `after`.
        kind: Such as "state" or "progress".
        data: The facts.
    """

    number: int
    kind: str
    data: Json = field(hash=False)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the client bears with a service that is away.

    Attributes:
        tries: Times in a row that nothing at all comes before it gives up.
        wait: Seconds between these.
        chunk: Bytes sent at a time; what was sent before a connection broke is not sent again.
        large: Files of more bytes are sent so that they can be resumed.
    """

    tries: int = 10
    wait: float = 1.0
    chunk: int = 8 << 20
    large: int = 32 << 20


class Client:
    """Asks a service; use it in a `with` statement."""

    def __init__(
        self,
        address: str = "http://127.0.0.1:8417",
        *,
        key: str | None = None,
        timeout: float = 60.0,
        patience: Patience = Patience(),
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            address: Of the service.
            key: That it gave out, if it gave out any.
            timeout: Seconds to wait for an answer.
            patience: How long to bear with a service that is away.
            transport: By which it is reached, where that is not the network.
        """
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._http = httpx2.Client(
            base_url=address, headers=headers, timeout=timeout, transport=transport
        )
        self._patience = patience

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def trace(
        self,
        clip: Path,
        *,
        reveal: bool = True,
        heed: Callable[[Event], None] = lambda _: None,
    ) -> Json:
        """Trace a clip, wait until that is done and return the answer.

        Args:
            clip: The file.
            reveal: Whether pixels are compared too.
            heed: Told what happens meanwhile.

        Raises:
            Problem: The clip could not be traced.
        """
        begun = self.begin(clip, reveal=reveal)
        ended = self.wait(begun, heed=heed)
        if ended["state"] != "done":
            raise Problem(ended["outcome"] or {"title": f"The trace was {ended['state']}."})
        return self.answer(begun["id"])

    def begin(self, clip: Path, *, reveal: bool = True) -> Json:
        """Send a clip, and return its trace, which has to wait for its turn.

        A large file is sent in pieces, so that a broken connection costs one of them.

        Raises:
            Problem: It is not taken.
        """
        if clip.stat().st_size > self._patience.large:
            sent = self.upload(clip).rpartition("/")[2]
            return self._post("/v1/traces", json={"upload": sent, "reveal": reveal})
        with clip.open("rb") as file:
            form = {"reveal": "true" if reveal else "false"}
            return self._post("/v1/traces", files={"clip": (clip.name, file)}, data=form)

    def wait(self, begun: Json, *, heed: Callable[[Event], None] = lambda _: None) -> Json:
        """Wait until a trace, or what else was begun, has ended; return it as it is then."""
        for event in self.follow(begun):
            heed(event)
        return self._get(begun["links"]["self"])

    def follow(self, begun: Json, *, after: int = 0) -> Iterator[Event]:
        """Yield what happens to a trace or an ingest, until it has ended.

        Where the connection breaks, it goes on from there.

        Args:
            begun: The trace or ingest.
            after: Number of the last event that is known.

        Raises:
            Problem: It is not there, or not the caller's.
            httpx2.TransportError: The service stays away.
        """
        failures = 0
        while True:
            try:
                for event in self._events(begun["links"]["events"], after):
                    after, failures = event.number, 0
                    yield event
                    if event.kind == "state" and event.data.get("state") in ENDED:
                        return
                if self._get(begun["links"]["self"])["state"] in ENDED:
                    return
                time.sleep(self._patience.wait)  # it stops, and will be back
            except httpx2.TransportError:
                failures += 1
                if failures >= self._patience.tries:
                    raise
                time.sleep(self._patience.wait)

    def answer(self, trace: str) -> Json:
        """Return the answer of a trace that is done (docs/trace.schema.json)."""
        return self._get(f"/v1/traces/{trace}/answer")

    def bundle(
        self, trace: str, target: Path, *, heed: Callable[[Event], None] = lambda _: None
    ) -> None:
        """Have the evidence bundle of a trace made, wait for it, and save it as a zip.

        Args:
            trace: Its id.
            target: The file to write.
            heed: Told what happens meanwhile.

        Raises:
            Problem: It could not be made.
        """
        self._parcel(trace, "bundle", target, heed)

    def pdf(
        self, trace: str, target: Path, *, heed: Callable[[Event], None] = lambda _: None
    ) -> None:
        """Have the report of a trace made as a PDF, wait for it, and save it; as `bundle`."""
        self._parcel(trace, "pdf", target, heed)

    def reviews(self, trace: str) -> Iterator[Json]:
        """Yield every word that people said of a trace's findings, the oldest first."""
        return self._pages(f"/v1/traces/{trace}/reviews")

    def traces(self) -> Iterator[Json]:
        """Yield one's traces, the newest first."""
        return self._pages("/v1/traces")

    def cancel(self, begun: Json) -> Json:
        """Stop a trace or an ingest; return it as it is then."""
        return self._post(f"{begun['links']['self']}/cancel")

    def delete(self, trace: str) -> None:
        """Delete a trace with all that was made of it."""
        self._delete(f"/v1/traces/{trace}")

    def upload(self, clip: Path) -> str:
        """Send a file in pieces, by tus; return its address, which `resume` takes as well.

        Raises:
            Problem: It is not taken.
            httpx2.TransportError: The service stays away.
        """
        name = base64.b64encode(clip.name.encode("utf-8", "replace")).decode()
        headers = {
            **TUS,
            "Upload-Length": str(clip.stat().st_size),
            "Upload-Metadata": f"filename {name}",
        }
        made = _checked(self._http.post("/v1/uploads", headers=headers))
        return self.resume(clip, httpx2.URL(made.headers["Location"]).path)

    def resume(self, clip: Path, upload: str) -> str:
        """Send what is missing of a file, wherever that was broken off; return its address.

        Raises:
            Problem: It is not taken.
            httpx2.TransportError: The service stays away.
        """
        size, failures = clip.stat().st_size, 0
        with clip.open("rb") as file:
            while True:
                try:
                    offset = self._offset(upload)
                    while offset < size:
                        file.seek(offset)
                        offset = self._piece(upload, offset, file.read(self._patience.chunk))
                        failures = 0
                except httpx2.TransportError:
                    failures += 1
                    if failures >= self._patience.tries:
                        raise
                    time.sleep(self._patience.wait)
                else:
                    return upload

    def lookup(self, fingerprint: Json) -> Json:
        """Tell where a clip may come from by its codes alone (docs/lookup.schema.json).

        Args:
            fingerprint: What `wherefrom fingerprint` writes.
        """
        return self._post("/v1/lookup", json=fingerprint)

    def watch(self, trace: str, *, note: str | None = None) -> Json:
        """Watch for footage that explains what a trace left unexplained; return the watch."""
        return self._post("/v1/watches", json={"trace": trace, "note": note})

    def watches(self) -> Iterator[Json]:
        """Yield one's watches, the newest first."""
        return self._pages("/v1/watches")

    def unwatch(self, watch: str) -> None:
        """Watch no more."""
        self._delete(f"/v1/watches/{watch}")

    def hook(self, url: str, *events: str) -> Json:
        """Tell an address of events; return the webhook with its secret, which is shown once."""
        return self._post("/v1/webhooks", json={"url": url, "events": list(events)})

    def hooks(self) -> Iterator[Json]:
        """Yield one's webhooks."""
        return self._pages("/v1/webhooks")

    def ping(self, hook: str) -> Json:
        """Send a webhook a message, to see whether it comes; return the delivery."""
        return self._post(f"/v1/webhooks/{hook}/ping")

    def deliveries(self, hook: str) -> Iterator[Json]:
        """Yield what was sent to a webhook, the newest first."""
        return self._pages(f"/v1/webhooks/{hook}/deliveries")

    def unhook(self, hook: str) -> None:
        """Tell an address nothing more."""
        self._delete(f"/v1/webhooks/{hook}")

    def ingest(self, path: str) -> Json:
        """Add a folder of the server to the archive; return the ingest, to be followed."""
        return self._post("/v1/ingests", json={"path": path})

    def failures(self) -> Iterator[Json]:
        """Yield the files that could not be added to the archive."""
        return self._pages("/v1/failures")

    def _parcel(self, trace: str, kind: str, target: Path, heed: Callable[[Event], None]) -> None:
        begun = self._post(f"/v1/traces/{trace}/{kind}")
        made = self.wait(begun, heed=heed)
        if made["state"] != "done":
            raise Problem(made["problem"] or {"title": f"It was {made['state']}."})
        with self._http.stream("GET", made["links"]["file"]) as response:
            if response.is_error:
                response.read()
            _checked(response)
            with target.open("wb") as file:
                for piece in response.iter_bytes():
                    file.write(piece)

    def _events(self, address: str, after: int) -> Iterator[Event]:
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(after)}
        with self._http.stream("GET", address, headers=headers) as response:
            if response.is_error:
                response.read()
            for one in httpx2.EventSource(_checked(response)):
                data = one.json()
                yield Event(int(one.id), one.event, data if isinstance(data, dict) else {})

    def _offset(self, upload: str) -> int:
        told = _checked(self._http.head(upload, headers=TUS))
        return int(told.headers["Upload-Offset"])

    def _piece(self, upload: str, offset: int, piece: bytes) -> int:
        """Send a piece; return the offset after it."""
        headers = {
            **TUS,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        }
        sent = _checked(self._http.patch(upload, content=piece, headers=headers))
        return int(sent.headers["Upload-Offset"])

    def _get(self, address: str, **params: str) -> Json:
        return _document(self._http.get(address, params=params))

    def _post(self, address: str, **sent: Any) -> Json:  # noqa: ANN401 # as httpx2 takes it
        """Ask for something to be made, once, even if the connection breaks before the answer."""
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        try:
            return _document(self._http.post(address, headers=headers, **sent))
        except (httpx2.ReadError, httpx2.RemoteProtocolError):
            if "files" in sent:  # which were read
                raise
            return _document(self._http.post(address, headers=headers, **sent))

    def _delete(self, address: str) -> None:
        _checked(self._http.delete(address))

    def _pages(self, address: str) -> Iterator[Json]:
        page = self._get(address)
        yield from page["items"]
        while page["next"] is not None:
            page = self._get(address, cursor=page["next"])
            yield from page["items"]


def _document(response: httpx2.Response) -> Json:
    found = _checked(response).json()
    return found if isinstance(found, dict) else {}


def _checked(response: httpx2.Response) -> httpx2.Response:
    """Return an answer that is none of a problem.

    Raises:
        Problem: It is one.
    """
    if not response.is_error:
        return response
    try:
        document = response.json()
    except ValueError:
        document = {}
    if not isinstance(document, dict) or "title" not in document:
        document = {"title": f"The service answered {response.status_code}."}
    after = response.headers.get("Retry-After", "")
    wait = float(after) if after.isdigit() else None
    raise Problem({"status": response.status_code} | document, retry_after=wait)
