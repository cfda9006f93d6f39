"""Forged clips traced by a service that listens, and a browser that shows them."""

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import numpy.typing as npt
from playwright.sync_api import Browser, Page

from tests import clips
from tests.api.conftest import run
from tests.api.web.conftest import listening
from tests.browser.browsing import watched

SIZE = (480, 270)
BOX = (0.55, 0.35, 0.85, 0.75)
"""What is replaced in the forged clip, as shares of its frame."""
LATE, START, END = 2.0, 1.48, 2.92
"""Where the forged clip begins in its source, and when the box is replaced."""

KNOWN, AGAIN = 2.0, 3.0
"""When the clip that strings films together leaves the first, and when the second begins."""
HEARD = 3.0
"""When the clip without pictures begins to sound like the harbour."""
STRUNG = 140
"""Frames of the clip that strings films together."""

type Pixels = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Served:
    """A service with traced clips.

    Attributes:
        url: Its address.
        films: The folder of the archived films.
        clips: The folder of the traced clips.
        traces: Ids by the clip's name.
        archive: Its folder.
    """

    url: str
    films: Path
    clips: Path
    traces: dict[str, str]
    archive: Path

    def answer(self, name: str) -> dict[str, Any]:
        """Return what was found of a clip."""
        got: dict[str, Any] = self.get(f"/v1/traces/{self.traces[name]}/answer").json()
        return got

    def get(self, path: str) -> httpx2.Response:
        """Return what is answered to a GET."""
        return httpx2.get(f"{self.url}{path}", timeout=60)


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Make films and forged clips, trace the clips, and serve them."""
    films, suspects = folder / "films", folder / "suspects"
    films.mkdir()
    suspects.mkdir()
    made_films(films)
    made_clips(suspects)
    archive = folder / "films.archive"
    done = run("index", films, "--archive", archive)
    assert done.exit_code == 0, done.output
    with listening(archive) as url:
        traces = {path.name: begun(url, path) for path in sorted(suspects.iterdir())}
        for name in traces.values():
            ended(url, name)
        yield Served(url, films, suspects, traces, archive)


def made_films(folder: Path) -> None:
    """Write what is archived."""
    speech = clips.speech
    clips.movie(
        folder / "harbour.mp4", seconds=7, size=SIZE, edit=clips.strewn, sound=speech(7, seed=4)
    )
    clips.movie(folder / "market.mp4", seconds=4, size=SIZE, seed=2, sound=speech(4, seed=6))


def made_clips(folder: Path) -> None:
    """Write what is traced: a forged clip, one that strings films together, and sound alone."""
    forged(folder)
    voice = np.concatenate([clips.speech(HEARD, seed=12), clips.speech(5, seed=4, start=1.0)])
    clips.sound_only(folder / "voice.m4a", samples=voice)
    clips.write(
        folder / "strung.mp4", map(strung, np.arange(STRUNG) / 25), list(np.arange(STRUNG) / 25)
    )


def forged(folder: Path) -> Path:
    """Write a clip of the harbour in which a part is replaced for a while, and all of the sound."""
    return clips.movie(
        folder / "forged.mp4",
        seconds=4,
        start=LATE,
        size=SIZE,
        edit=patched,
        sound=clips.speech(4, seed=8),
    )


def patched(picture: clips.Picture, time: float) -> clips.Picture:
    """Put another picture into a box for a while."""
    picture = clips.strewn(picture, LATE + time)
    if START - 0.02 <= time < END - 0.02:
        width, height = SIZE
        left, top, right, bottom = (
            round(edge * side) for edge, side in zip(BOX, (width, height) * 2, strict=True)
        )
        inside = clips.picture(time, seed=9, size=(right - left, bottom - top))
        picture[top:bottom, left:right] = inside
    return picture


def strung(time: float) -> clips.Picture:
    """Show the market, something unknown, and the harbour mirrored."""
    if time < KNOWN:
        return clips.picture(1.0 + time, size=SIZE, seed=2)
    if time < AGAIN:
        return clips.picture(time, size=SIZE, seed=9)
    shown = clips.strewn(clips.picture(time, size=SIZE), time)
    return np.ascontiguousarray(shown[:, ::-1])


def begun(url: str, path: Path) -> str:
    """Send a clip; return the id of its trace."""
    with path.open("rb") as file:
        got = httpx2.post(f"{url}/v1/traces", files={"clip": (path.name, file)}, timeout=60)
    assert got.status_code == 202, got.text
    return str(got.json()["id"])


def ended(url: str, trace: str) -> None:
    """Wait until a trace is done."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        now = httpx2.get(f"{url}/v1/traces/{trace}", timeout=60).json()
        if now["state"] not in {"queued", "running"}:
            assert now["state"] == "done", now
            return
        time.sleep(0.2)
    raise TimeoutError(trace)


def canvas(page: Page, side: str) -> Pixels:
    """Return the pixels of a canvas of the player, int16 (h, w, 3)."""
    data = page.evaluate(
        """side => {
          const canvas = document.querySelector(`wf-compare [data-side="${side}"] canvas`);
          const ink = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let text = ""; for (let i = 0; i < ink.data.length; i += 8192)
            text += String.fromCharCode(...ink.data.subarray(i, i + 8192));
          return [canvas.width, canvas.height, btoa(text)];
        }""",
        side,
    )
    width, height, code = data
    return (
        np.frombuffer(base64.b64decode(code), np.uint8)
        .reshape(height, width, 4)[:, :, :3]
        .astype(np.int16)
    )


def seek(page: Page, time: float) -> dict[str, Any]:
    """Have the player show a moment; return what it says it shows."""
    shown: dict[str, Any] = page.evaluate(
        """async time => { const player = document.querySelector('wf-compare');
        await player.seek(time); return player.shown; }""",
        time,
    )
    return shown


def press(page: Page, key: str) -> None:
    """Press a key and wait until what it asks for is shown."""
    page.evaluate(
        """() => { window.drawn = new Promise(done => document.addEventListener(
        'wherefrom:time', () => done(null), {once: true})); }"""
    )
    page.keyboard.press(key)
    page.evaluate("Promise.race([window.drawn, new Promise(done => setTimeout(done, 10000))])")


def opened(
    browser: Browser,
    url: str,
    **context: Any,  # noqa: ANN401 # what Playwright takes
) -> tuple[Page, list[str]]:
    """Open a page with a player, ready; return it and a list of all that goes wrong on it."""
    page = browser.new_context(**context).new_page()
    wrong = watched(page)
    page.goto(url)
    page.wait_for_selector("wf-compare[data-ready]", timeout=30_000)
    return page, wrong


def near(some: Pixels, others: Pixels) -> float:
    """Return by how many grey levels two pictures differ on average."""
    return float(abs(some - others).mean())
