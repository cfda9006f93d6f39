"""A clip on its way through the pages: sent, followed, and read."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests import clips
from tests.api.conftest import run
from tests.browser import stage
from tests.browser.browsing import chosen, dropped, reached
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser
ENDED = 60_000
"""Milliseconds a trace may take on a busy machine."""


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harbour")
    (folder / "films").mkdir()
    clips.movie(folder / "films" / "harbour.mp4", seconds=5, cuts=(2.0, 4.0), seed=1)
    clips.movie(folder / "quote.mp4", seconds=3, start=1.0, cuts=(2.0, 4.0), seed=1)
    (folder / "letter.mp4").write_text("Dear editor,\n" * 100)
    done = run("index", folder / "films", "--archive", folder / "kept.archive")
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def working(films: Path) -> Iterator[Stage]:
    """Give a service that traces what it is sent."""
    with stage.listening(films / "kept.archive", tracers=1) as service:
        yield service


@pytest.fixture
def idle(films: Path, tmp_path: Path) -> Iterator[Stage]:
    """Give a service that traces nothing, and takes a million bytes."""
    path = Path(shutil.copytree(films / "kept.archive", tmp_path / "kept.archive"))
    with stage.listening(path, upload_limit=1_000_000) as service:
        yield service


def test_a_clip_that_is_chosen_is_traced_to_its_film(
    page: Page, working: Stage, films: Path
) -> None:
    page.goto(working.url)
    page.locator("#clip").set_input_files(films / "quote.mp4")
    page.get_by_role("button", name="Trace it").click()

    page.wait_for_url(re.compile(r"/traces/"))
    expect(page.locator(".verdict p")).to_contain_text("harbour.mp4", timeout=ENDED)
    page.locator(".sources a").click()
    expect(page.locator("h1")).to_have_text("harbour.mp4")


def test_all_of_that_can_be_done_by_keys(page: Page, working: Stage, films: Path) -> None:
    page.goto(working.url)
    reached(page, page.locator("#clip"))
    chosen(page, films / "quote.mp4")
    reached(page, page.get_by_role("button", name="Trace it"))
    page.keyboard.press("Enter")

    expect(page.locator(".verdict p")).to_contain_text("harbour.mp4", timeout=ENDED)
    reached(page, page.locator("svg.lying a.ribbon").first)
    page.keyboard.press("Enter")
    expect(page.locator("tr[aria-current]").first).to_contain_text("harbour.mp4")
    reached(page, page.get_by_role("button", name="Delete", exact=True), back=True)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(working.url + "/")


def test_a_file_that_is_no_clip_says_so_and_what_to_do(
    page: Page, working: Stage, films: Path
) -> None:
    page.goto(working.url)
    dropped(page, films / "letter.mp4")

    expect(page.locator("h1#ended")).to_contain_text("is not a video", timeout=ENDED)
    expect(page.get_by_role("link", name="Trace another clip")).to_be_visible()


def test_a_clip_that_waits_can_be_cancelled(page: Page, idle: Stage, films: Path) -> None:
    page.goto(idle.url)
    dropped(page, films / "quote.mp4")
    expect(page.locator(".doing")).to_have_text("Waiting for its turn.")

    page.get_by_role("button", name="Cancel").click()

    expect(page.locator("h1#ended")).to_have_text("This trace was cancelled.")


def test_a_clip_that_is_too_large_is_not_sent(page: Page, idle: Stage, tmp_path: Path) -> None:
    (tmp_path / "large.mp4").write_bytes(bytes(1_000_001))
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.method))
    page.goto(idle.url)

    dropped(page, tmp_path / "large.mp4")

    expect(page.locator(".drop .trouble")).to_contain_text("1 MB is the most")
    assert "POST" not in sent


def test_a_service_that_is_gone_is_told_apart_from_one_that_refuses(
    page: Page, idle: Stage, films: Path
) -> None:
    page.goto(idle.url)
    page.context.set_offline(offline=True)

    dropped(page, films / "quote.mp4")

    expect(page.locator(".drop .trouble")).to_have_text(
        "The service does not answer. See whether it still runs, then try again."
    )
    expect(page.get_by_role("button", name="Trace it")).to_be_visible()


def test_a_large_clip_is_sent_in_parts_that_go_on_after_a_broken_connection(
    page: Page, films: Path, tmp_path: Path
) -> None:
    offsets: list[str] = []

    def part(asked: Route) -> None:
        offsets.append(asked.request.headers["upload-offset"])
        if len(offsets) == 2:
            asked.abort("connectionreset")
        else:
            asked.continue_()

    path = Path(shutil.copytree(films / "kept.archive", tmp_path / "kept.archive"))
    with stage.listening(path) as service:
        page.route(
            re.compile("/v1/uploads/.+"),
            lambda asked: part(asked) if asked.request.method == "PATCH" else asked.continue_(),
        )
        page.goto(service.url)
        page.evaluate(
            """() => {
                const carried = new DataTransfer();
                carried.items.add(new File([new Uint8Array(33e6)], "large.mp4"));
                const how = { bubbles: true, cancelable: true, dataTransfer: carried };
                document.body.dispatchEvent(new DragEvent("drop", how));
            }"""
        )
        page.wait_for_url(re.compile(r"/traces/"), timeout=ENDED)
        expect(page.locator(".progress h2")).to_have_text("large.mp4")

    assert offsets == ["0", "8000000", "8000000", "16000000", "24000000", "32000000"]


def test_two_people_follow_clips_of_their_own(page: Page, idle: Stage, films: Path) -> None:
    other = page.context.new_page()
    for each in (page, other):
        each.goto(idle.url)
        dropped(each, films / "quote.mp4")
        expect(each.locator(".doing")).to_have_text("Waiting for its turn.")

    other.get_by_role("button", name="Cancel").click()

    expect(other.locator("h1#ended")).to_be_visible()
    expect(page.locator(".doing")).to_have_text("Waiting for its turn.")
