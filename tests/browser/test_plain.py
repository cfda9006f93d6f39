"""Pages whose scripts do not run: what can be read, and what plain forms do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from index.catalogue import tasks
from index.catalogue.tasks import State, Task
from index.desk import Desk
from tests import clips
from tests.browser import stage
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a page of a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def newest(staged: Stage, kind: str) -> Task:
    with Desk.open(staged.archive) as desk, desk.reading() as change:
        return tasks.listed(change, kind=kind, owner=None, most=1)[0]


def test_an_answer_can_be_read(page: Page, staged: Stage) -> None:
    page.goto(staged.trace("rich"))

    expect(page.locator(".verdict p")).to_contain_text("7 stretches come from 3 sources")
    expect(page.locator("wf-findings .card").first).to_contain_text("It means")
    expect(page.locator("wf-findings .judge").first).not_to_be_visible()
    page.locator("svg.lying a.ribbon").first.click()
    expect(page.locator("#stretch-1-1")).to_be_in_viewport()


@pytest.mark.parametrize("compared", [True, False])
def test_a_clip_is_sent_and_its_pixels_compared_only_if_that_is_ticked(
    page: Page, own: Stage, tmp_path: Path, *, compared: bool
) -> None:
    clip = clips.movie(tmp_path / "clip.mp4", seconds=1)
    page.goto(own.url)

    page.locator("#clip").set_input_files(clip)
    page.locator("wf-drop form").first.get_by_role("checkbox").set_checked(compared)
    page.get_by_role("button", name="Trace it").click()

    expect(page.locator(".doing")).to_have_text("Waiting for its turn.")
    expect(page.locator('meta[http-equiv="refresh"]')).to_have_count(1)
    assert newest(own, "trace").request == {"reveal": compared}


def test_a_trace_that_waits_is_cancelled(page: Page, own: Stage) -> None:
    page.goto(own.trace("queued"))

    page.get_by_role("button", name="Cancel").click()

    expect(page.locator("h1#ended")).to_have_text("This trace was cancelled.")


def test_what_is_found_is_told_while_it_is_traced(page: Page, staged: Stage) -> None:
    page.goto(staged.trace("running"))

    found, done = page.locator(".early").all()
    expect(found.locator("li")).to_have_count(2)
    times = "0:00.0–0:05.2, 0:00.0–0:05.2 (sound)"
    expect(found).to_contain_text(f"council-briefing-raw.mxf {times}")
    expect(done.locator("li").first).to_contain_text(stage.FINDINGS[0]["explanation"])
    expect(done.locator("li")).to_have_count(min(6, len(stage.FINDINGS)))


def test_nothing_is_told_to_be_found_before_it_is(page: Page, staged: Stage) -> None:
    page.goto(staged.trace("queued"))

    for part in page.locator(".early").all():
        expect(part).to_be_hidden()


def test_a_trace_is_deleted_once_that_is_confirmed(page: Page, own: Stage) -> None:
    page.goto(own.trace("rich"))

    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("link", name="Keep it").click()
    expect(page.locator(".verdict p")).to_be_visible()
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete").click()

    page.wait_for_url(own.url + "/")
    expect(page.locator('a[href="/traces/rich"]')).to_have_count(0)


def test_a_folder_is_added(page: Page, own: Stage) -> None:
    page.goto(f"{own.url}/archive")

    page.get_by_label("Folder on the machine").fill("films")
    page.get_by_role("button", name="Add it").click()

    page.wait_for_url(f"{own.url}/archive#add")
    expect(page.locator(".tasks li").first).to_contain_text("films")
    expect(page.locator(".tasks li").first).to_contain_text("Waiting for its turn.")
    assert newest(own, "ingest").state is State.QUEUED


def test_a_folder_that_is_not_there_is_told_beside_the_form(page: Page, own: Stage) -> None:
    page.goto(f"{own.url}/archive")

    page.get_by_label("Folder on the machine").fill("nowhere")
    page.get_by_role("button", name="Add it").click()

    expect(page.locator("wf-ingest [role=alert]")).to_have_text(
        "There is no such folder or file. Check the path."
    )
    expect(page.get_by_label("Folder on the machine")).to_have_value("nowhere")
    expect(page.locator("wf-files tbody tr")).to_have_count(7)


def test_files_are_sought_and_sorted(page: Page, staged: Stage) -> None:
    page.goto(f"{staged.url}/archive")
    names = page.locator("wf-files tbody th")
    expect(names.first).to_have_text("g.mp4")

    page.get_by_label("Sort").select_option("by name")
    page.get_by_role("button", name="Show").click()
    expect(names.first).to_have_text("a.mp4")
    page.get_by_label("Find").fill("c.mp4")
    page.get_by_role("button", name="Show").click()

    expect(names).to_have_count(1)
    expect(page.get_by_label("Sort")).to_have_value("name")
