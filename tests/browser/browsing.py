"""A browser for tests of pages: what it says in its console fails the test."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

PROGRAMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def program() -> str | None:
    """Return the browser to use; None where there is none."""
    found = (path for path in (*PROGRAMS, which("chromium") or "") if path and Path(path).is_file())
    return next(found, None)


@contextmanager
def browsing() -> Iterator[Browser]:
    """Give a browser without a window."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


PATIENCE = 20_000
"""Milliseconds that are waited for what is expected: a busy machine is not a failing test."""
LITTLE = 0.001
"""A move so small is not told."""
MOVES = """
window.moves = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) {
    if (one.hadRecentInput) continue;
    const what = one.sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? node?.textContent);
    window.moves.push([one.value, ...what]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
"""Keeps what moved by itself, how far, on each page that is opened from now on."""


def moves(page: Page) -> tuple[float, list[str]]:
    """Return by how much all that is on a page has moved by itself, and what did; see `MOVES`.

    Source: Layout Instability (WICG), section 3; no more than 0.1 counts as good.
    """
    found = page.evaluate("window.moves")
    return sum(one[0] for one in found), [str(one) for one in found if one[0] > LITTLE]


def watched(page: Page, *, expected: tuple[str, ...] = ()) -> list[str]:
    """Return a list to which all is added that goes wrong on a page from now on.

    Args:
        page: The page.
        expected: Beginnings of what a test provokes.
    """
    wrong: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(expected or "\0"):
            wrong.append(f"{message.type}: {message.text}")

    page.on("console", said)
    page.on("pageerror", lambda error: wrong.append(f"uncaught: {error}"))
    return wrong


def reached(page: Page, wanted: Locator, *, back: bool = False) -> None:
    """Go on by the Tab key until an element has the focus."""
    for _ in range(90):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"{wanted} is not reached by the Tab key")


def chosen(page: Page, path: Path) -> None:
    """Choose a file by Space where its input has the focus."""
    with page.expect_file_chooser() as choosing:
        page.evaluate("0")  # that one is expected is told unawaited: Space could be there first
        page.keyboard.press("Space")
    choosing.value.set_files(path)


def dropped(page: Page, path: Path) -> None:
    """Drop a file onto the page."""
    page.evaluate(
        """([name, code]) => {
            const carried = new DataTransfer();
            const bytes = Uint8Array.from(atob(code), (sign) => sign.charCodeAt(0));
            carried.items.add(new File([bytes], name));
            const how = { bubbles: true, cancelable: true, dataTransfer: carried };
            document.body.dispatchEvent(new DragEvent("drop", how));
        }""",
        [path.name, base64.b64encode(path.read_bytes()).decode()],
    )
