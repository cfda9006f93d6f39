"""Take a picture of every page in every state, and put them onto sheets to be looked at.

`just contact` writes them to a folder; look at each sheet before a change of looks is merged.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from index.archive import Archive
from tests.browser import stage
from tests.browser.browsing import browsing, program

WIDE, NARROW = (1280, 860), (390, 844)
MARGIN, WORDS = 24, 22
PLACES = {
    "search": "/",
    "rich": "/traces/rich",
    "sounding": "/traces/sounding",
    "nothing": "/traces/nothing",
    "common": "/traces/common",
    "many": "/traces/many",
    "hinted": "/traces/hinted",
    "running": "/traces/running",
    "queued": "/traces/queued",
    "failed": "/traces/failed",
    "cancelled": "/traces/cancelled",
    "expired": "/traces/expired",
    "deleting": "/traces/rich/delete",
    "compare": "/traces/rich/compare",
    "lineage": "/lineage",
    "unknown": "/lineage?file=nobody.mp4",
    "asset": "/assets/ASSET",
    "archive": "/archive",
    "problems": "/problems",
    "problem": "/problems/too-large",
}
EMPTY = {"empty-search": "/", "empty-archive": "/archive", "empty-lineage": "/lineage"}
LOCKED = {"login": "/login"}
EVERY = {**PLACES, **EMPTY, **LOCKED}


@dataclass(frozen=True)
class Look:
    """How pages are looked at."""

    name: str
    size: tuple[int, int]
    theme: Literal["light", "dark"]
    rtl: bool = False
    whole: bool = True
    printed: bool = False


LOOKS = (
    Look("light", WIDE, "light"),
    Look("dark", WIDE, "dark"),
    Look("phone", NARROW, "light"),
    Look("phone-dark", NARROW, "dark"),
    Look("rtl", WIDE, "light", rtl=True),
    Look("print", (794, 1123), "light", printed=True),
)
TALLEST = 2600
"""Pixels of a page that are shown: of five hundred rows the rest looks the same."""


def main() -> int:
    """Take the pictures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures are put")
    parser.add_argument("--look", choices=[one.name for one in LOOKS], action="append")
    parser.add_argument("--page", choices=list(EVERY), action="append")
    asked = parser.parse_args()
    if program() is None:
        print("No browser was found to take pictures with: install Chromium.", file=sys.stderr)
        return 1
    asked.folder.mkdir(parents=True, exist_ok=True)
    looks = [one for one in LOOKS if not asked.look or one.name in asked.look]
    with TemporaryDirectory() as name, browsing() as browser:
        pages = list(_pages(Path(name), asked.page))
        for look in looks:
            sheet = _sheet(list(_shots(browser, pages, look, asked.folder)))
            path = asked.folder / f"sheet-{look.name}.png"
            sheet.save(path)
            print(path)
    return 0


def _pages(folder: Path, wanted: list[str] | None) -> Iterator[tuple[str, Path, str]]:
    """Yield names of pages, whose archive each is of, and their paths there."""
    for part in ("full", "empty", "locked"):
        (folder / part).mkdir()
    full = stage.seeded(stage.archive(folder / "full"))
    with Archive.open(full) as opened:
        first = next(opened.assets()).id
    empty, locked = stage.bare(folder / "empty"), stage.bare(folder / "locked")
    stage.locked(locked)
    for places, archive in ((PLACES, full), (EMPTY, empty), (LOCKED, locked)):
        for name, path in places.items():
            if not wanted or name in wanted:
                yield name, archive, path.replace("ASSET", first)


def _shots(
    browser: Browser, pages: list[tuple[str, Path, str]], look: Look, folder: Path
) -> Iterator[tuple[str, Image.Image]]:
    width, height = look.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=look.theme
    )
    for archive in dict.fromkeys(archive for _, archive, _ in pages):
        with stage.listening(archive, **stage.shown(archive)) as service:
            for name in [one for one in pages if one[1] == archive]:
                page = context.new_page()
                page.goto(service.url + name[2])
                page.wait_for_timeout(500)  # what comes by script
                if look.rtl:
                    page.evaluate("document.documentElement.dir = 'rtl'")
                if look.printed:
                    page.emulate_media(media="print")
                path = folder / f"{look.name}-{name[0]}.png"
                page.screenshot(path=path, full_page=look.whole)
                page.close()
                with Image.open(path) as picture:
                    yield (
                        name[0],
                        picture.convert("RGB").crop(
                            (0, 0, picture.width, min(TALLEST, picture.height))
                        ),
                    )
    context.close()


def _sheet(shots: list[tuple[str, Image.Image]]) -> Image.Image:
    """Return pictures in columns, each below its name, at half their size."""
    columns = 4 if shots[0][1].width > WIDE[0] // 2 else 6
    small = [(name, one.resize((one.width // 2, one.height // 2))) for name, one in shots]
    width = small[0][1].width + MARGIN
    heights = [MARGIN] * columns
    places = []
    for _, one in small:
        column = heights.index(min(heights))
        places.append((MARGIN + column * width, heights[column]))
        heights[column] += one.height + MARGIN + WORDS
    sheet = Image.new("RGB", (MARGIN + columns * width, max(heights)), (120, 120, 120))
    draw = ImageDraw.Draw(sheet)
    for (name, one), (x, y) in zip(small, places, strict=True):
        draw.text((x, y + 4), name, fill=(255, 255, 255))
        sheet.paste(one, (x, y + WORDS))
    return sheet


if __name__ == "__main__":
    sys.exit(main())
