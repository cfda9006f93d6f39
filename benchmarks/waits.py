"""How long people wait for the service: for a page's first byte, and for what is told of a clip.

    python -m benchmarks.waits --footage ../shared/footage/archive

Pages are asked for in an archive of a hundred thousand assets, among them those of a trace with
five hundred stretches; only the rows of made-up assets are there, for no page reads codes. Clips
of half a minute are sent to a service of an archive of real films and of those they were cut from:
one has to wait from when all of it has arrived until the first candidate is told. The first clip
meets a service that has just been started. Of a brief one, first findings are waited for as well.
"""

import argparse
import hashlib
import http.client
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from api.exports import kept
from api.exports.document import document, line
from api.work import tracing
from benchmarks import films, machine
from benchmarks.cases import FOOTAGE
from benchmarks.films import Coding
from benchmarks.indexing import indexed
from benchmarks.machine import Measure
from benchmarks.service import serving
from index.archive import Archive
from index.catalogue import assets, tasks
from index.catalogue.tasks import State, Task
from index.desk import Desk
from index.files import Location
from index.values import WHOLE, Asset, AssetRow, Channel, Interval, Media
from lineage import derive, report
from lineage.values import Query, Report, Searched, Segment, Source

BYTE, CANDIDATES, FINDINGS = 50.0, 3.0, 5.0
"""What must be reached: milliseconds until the first byte of 95 in 100 pages, and seconds until the
first candidates, and of a brief clip the first findings."""
TRACE = "waited"
FOLDER = "/made-up"
SHOT = 2.0
"""Seconds of a stretch."""
GOING = 60.0
"""Seconds after which a trace counts as not answered."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured.

    Attributes:
        assets: Assets of the archive whose pages are asked for.
        stretches: Stretches of the trace.
        sources: Sources among which they take turns.
        times: How often each page is asked for.
        clips: Clips that are sent.
        seconds: Length of each.
        brief: Length of the brief one.
    """

    assets: int = 100_000
    stretches: int = 500
    sources: int = 40
    times: int = 200
    clips: int = 3
    seconds: float = 30.0
    brief: float = 10.0


BRIEF = Scale(assets=100, stretches=10, sources=2, times=3, clips=1, seconds=3.0, brief=3.0)


def measures(folder: Path, footage: Sequence[Path], scale: Scale) -> Iterator[Measure]:
    """Yield all numbers."""
    yield from pages(folder / "many.archive", scale)
    yield from clips(folder, footage, scale)


def pages(archive: Path, scale: Scale) -> Iterator[Measure]:
    """Yield how long the first byte of each page takes."""
    one = filled(archive, scale)
    addresses = {
        "search": "/",
        "archive": "/archive",
        "archive, by length": "/archive?sort=-duration",
        "archive, what is called so": "/archive?q=tape-0000",
        "lineage": "/lineage",
        "an asset": f"/assets/{one.id}",
        f"result of {scale.stretches} stretches": f"/traces/{TRACE}",
        "compare": f"/traces/{TRACE}/compare",
    }
    every: list[float] = []
    with serving(archive) as (port, _):
        for name, address in addresses.items():
            first, *later = (waited(port, address) for _ in range(scale.times))
            every += later
            usual = _share(later, 0.95)
            note = f"the first time {1e3 * first:.0f} ms"
            yield Measure(f"{name}: first byte, p95", 1e3 * usual, "ms", at_most=BYTE, note=note)
    note = f"{scale.assets:,} assets"
    yield Measure("all pages: first byte, p95", 1e3 * _share(every, 0.95), "ms", note=note)


def waited(port: int, address: str) -> float:
    """Return the seconds until the first byte of a page.

    Raises:
        RuntimeError: There is no such page.
    """
    link = http.client.HTTPConnection("127.0.0.1", port)
    begun = time.perf_counter()
    link.request("GET", address, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    answer = link.getresponse()
    took = time.perf_counter() - begun
    answer.read()
    link.close()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{address} is answered {answer.status}")
    return took


def clips(folder: Path, footage: Sequence[Path], scale: Scale) -> Iterator[Measure]:
    """Yield how long it takes until something is told of clips."""
    starts = [500.0 + 100 * number for number in range(scale.clips + 1)]
    lengths = [*[scale.seconds] * scale.clips, scale.brief]
    whole = [
        films.film(
            folder / f"film-{s:.0f}.mp4", scale.seconds + 10, coding=Coding(), start=s, voice=True
        )
        for s in starts
    ]
    sent = [
        films.film(
            folder / f"clip-{s:.0f}.mp4", length, coding=Coding(quality=26), start=s + 5, voice=True
        )
        for s, length in zip(starts, lengths, strict=True)
    ]
    archive = folder / "films.archive"
    indexed([*whole, *footage], archive)
    with serving(archive, tracers=1) as (port, _):
        every = [told(port, clip) for clip in sent]
    name = f"a clip of {scale.seconds:.0f} s, 720p: first candidates after"
    for number, took in enumerate(every[:-1], 1):
        which = "just started" if number == 1 else f"clip {number}"
        yield Measure(f"{name}, {which}", took["candidates"], "s", at_most=CANDIDATES)
    name = f"a clip of {scale.brief:.0f} s, 720p"
    took = every[-1]
    yield Measure(f"{name}: first findings after", took["findings"], "s", at_most=FINDINGS)
    yield Measure(f"{name}: answer after", took["state"], "s")


def told(port: int, clip: Path) -> Mapping[str, float]:
    """Return the seconds from when a clip has arrived until the first event of each kind is told.

    That of "state" is the last one, when the answer is there.

    Raises:
        RuntimeError: No candidates or no findings are told.
    """
    border = uuid4().hex
    head = f'--{border}\r\nContent-Disposition: form-data; name="clip"; filename="{clip.name}"\r\n'
    body = f"{head}\r\n".encode() + clip.read_bytes() + f"\r\n--{border}--\r\n".encode()
    kind = f"multipart/form-data; boundary={border}"
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=GOING)
    link.request("POST", "/v1/traces", body, {"Content-Type": kind})
    address = json.loads(link.getresponse().read())["links"]["events"]
    begun = time.perf_counter()
    link.request("GET", address)
    took: dict[str, float] = {}
    for said in link.getresponse():
        event = said.decode().removeprefix("event: ").strip()
        if said.startswith(b"event: ") and (event == "state" or event not in took):
            took[event] = time.perf_counter() - begun
    link.close()  # the last event was that it has ended
    if not {"candidates", "findings"} <= took.keys():
        raise RuntimeError(f"of {clip.name} only {', '.join(took)} was told")
    return took


def filled(archive: Path, scale: Scale) -> Asset:
    """Make an archive of made-up assets and a trace of some of them; return one of these."""
    media = _media(3600.0)
    with Archive.open(archive, create=True):
        pass
    with Desk.open(archive) as desk:
        with desk.changing() as change:
            for number in range(scale.assets):
                name = f"tape-{number:06}.mxf"
                digest = hashlib.sha256(name.encode()).hexdigest()
                row = assets.insert(change, digest, name, media, description=assets.Description())
                assets.place(change, row, Location(f"file://{FOLDER}/{name}", 1, 1))
        with desk.reading() as change:
            some = assets.by_rows(change, [AssetRow(1 + row) for row in range(scale.sources)])
        _put(desk, answer(some, media, scale))
    return some[0]


def answer(sources: Sequence[Asset], media: Media, scale: Scale) -> Report:
    """Return the answer of a clip that takes its stretches from sources in turn."""
    cut: list[list[Segment]] = [[] for _ in sources]
    for number in range(scale.stretches):
        here, there = SHOT * number, 30.0 + (40 * 7 * number) % 3_000
        cut[number % len(sources)].append(
            Segment(
                query=Interval(here, here + SHOT),
                source=Interval(there, there + SHOT),
                rate=1.0,
                channel=Channel.PICTURE,
                variant="plain",
                confidence=0.97,
                frame_exact=True,
                query_box=WHOLE,
                source_box=WHOLE,
                likeness=0.94,
                motion=0.9,
            )
        )
    found = [
        Source(asset, Channel.PICTURE, tuple(part), len(part) / scale.stretches)
        for asset, part in zip(sources, cut, strict=True)
    ]
    facts = _media(SHOT * scale.stretches)
    query = Query("supercut.mp4", f"file://{FOLDER}/supercut.mp4", "0" * 64, facts)
    searched = Searched("made-up", scale.assets, media.duration, 1, (Channel.PICTURE,))
    findings = derive.derived(query, searched, found, [])
    return Report(
        version="0",
        query=query,
        searched=searched,
        sources=tuple(found),
        unexplained=(),
        summary=report.summary(query, found, unexplained=[], searched=searched, findings=findings),
        picture_explained=1.0,
        limits=report.limits(query, found, unexplained=[], searched=searched),
        timing={"total": 1.0},
        findings=tuple(findings),
    )


def _media(seconds: float) -> Media:
    return Media(
        duration=seconds,
        width=1920,
        height=1080,
        frame_rate=25.0,
        has_picture=True,
        has_sound=False,
        container="mp4",
        codec="h264",
    )


def _put(desk: Desk, told: Report) -> None:
    """Put a trace that is done onto a desk."""
    now, folder = time.time(), desk.folder(TRACE)
    folder.mkdir(mode=0o700)
    (folder / tracing.ANSWER).write_text(line(told), encoding="utf-8")
    (folder / tracing.KEPT).write_text(kept.written(told), encoding="utf-8")
    said = document(told)
    outcome = {
        "found": True,
        "summary": said["verdict"]["summary"],
        "sources": len(said["sources"]),
        "findings": len(said["findings"]),
        "sha256": said["query"]["sha256"],
    }
    task = Task(TRACE, "trace", "local", told.query.name, {"reveal": True}, now, now + 86_400)
    with desk.changing() as change:
        tasks.finish(change, tasks.add(change, task), State.DONE, outcome, now=now)


def _share(every: Sequence[float], share: float) -> float:
    return sorted(every)[min(len(every) - 1, int(share * len(every)))]


def main() -> int:
    """Measure, say and save; return the exit code."""
    options = argparse.ArgumentParser(description="How long people wait for the service.")
    options.add_argument("--footage", type=Path, default=FOOTAGE / "archive")
    options.add_argument("--brief", action="store_true", help="only try that every step works")
    asked = options.parse_args()
    facts = machine.facts()
    footage = sorted(asked.footage.glob("*.mp4")) if asked.footage.is_dir() else []
    with tempfile.TemporaryDirectory(prefix="wherefrom-waits-") as temporary:
        print(f"{facts['processor']}, {facts['cores']} cores, load {facts['load']}")
        scale = BRIEF if asked.brief else Scale()
        some = footage[: scale.clips] if asked.brief else footage
        found = [machine.told(each) for each in measures(Path(temporary), some, scale)]
    if not asked.brief:
        print(machine.save("waits", facts, measures=found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
