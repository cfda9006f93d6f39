"""A browser for tests of pages: what it says in its console fails the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

PROGRAMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def program() -> str | None:
    """Return the browser to use; None where there is none."""
    found = (path for path in (*PROGRAMS, which("chromium") or "") if path and Path(path).is_file())
    return next(found, None)


@contextmanager
def browsing() -> Iterator[Browser]:
    """Give a browser without a window."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


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
