"""What is taken away of a trace, as its page has it made; and what several people say there."""

import time

from playwright.sync_api import Page, expect

from index.catalogue import reviews, tasks
from index.catalogue.reviews import Review, Verdict
from index.catalogue.tasks import State, Task
from index.desk import Desk
from lineage.findings import Significance
from tests import reports
from tests.browser.stage import Stage

GRAVE = next(
    number
    for number, one in enumerate(reports.rich().findings, 1)
    if one.significance is not Significance.TECHNICAL
)
"""Number of a finding that is not folded away."""


def wanted(stage: Stage) -> Task:
    """Return what the page asked to be made, once it did."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with Desk.open(stage.archive) as desk, desk.reading() as change:
            trace = tasks.find(change, "rich")
            assert trace is not None
            found = tasks.made_of(change, trace.number)
        if found:
            return found[0]
        time.sleep(0.05)
    raise TimeoutError


def end(stage: Stage, task: Task, state: State, outcome: dict[str, object]) -> None:
    with Desk.open(stage.archive) as desk, desk.changing() as change:
        desk.folder(task.id).mkdir(exist_ok=True)
        (desk.folder(task.id) / "bundle.zip").write_bytes(b"a bag")
        tasks.finish(change, task.number, state, outcome, now=time.time())


def test_a_bundle_is_made_while_the_page_says_so_and_saved_once_it_is(
    page: Page, own: Stage
) -> None:
    page.goto(own.trace("rich"))
    note = page.locator("[data-making]")

    with page.expect_download() as saved:
        page.get_by_role("link", name="Evidence bundle").click()
        expect(note).to_have_text("Evidence bundle: being made.")
        end(own, wanted(own), State.DONE, {"size": 5, "sha256": "ab" * 32})

    expect(note).to_have_text("Evidence bundle: made.")
    assert saved.value.path().read_bytes() == b"a bag"
    assert saved.value.suggested_filename.endswith(".bundle.zip")


def test_why_a_bundle_cannot_be_made_is_said_on_the_page(page: Page, own: Stage) -> None:
    page.goto(own.trace("rich"))

    page.get_by_role("link", name="Evidence bundle").click()
    problem = {
        "problem": "no-space",
        "status": 507,
        "title": "The disk is full.",
        "detail": "Make room.",
    }
    end(own, wanted(own), State.FAILED, problem)

    note = page.locator("[data-making]")
    expect(note).to_have_text("Evidence bundle: The disk is full. Make room.")


def test_people_who_disagree_are_shown_side_by_side(page: Page, own: Stage) -> None:
    with Desk.open(own.archive) as desk, desk.changing() as change:
        trace = tasks.find(change, "rich")
        assert trace is not None
        said = Review(str(GRAVE), Verdict.REJECTED, "Not so.", "ann", time.time())
        reviews.add(change, trace.number, said)
    page.goto(own.trace("rich"))
    card = page.locator(f"#finding-{GRAVE}")
    word = card.locator("[data-said]")
    expect(word).to_contain_text("Rejected by a person (ann")

    card.get_by_role("button", name="Confirm").click()

    expect(word).to_contain_text("People disagree on this, so it is not decided.")
    expect(word).to_contain_text("Not so.")
    expect(word).to_contain_text("Confirmed by a person (at the service")
    expect(card.get_by_role("button", name="Confirm")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-count]")).to_contain_text("0 of")
    card.get_by_role("button", name="Take back").click()
    expect(word).not_to_contain_text("disagree")
    expect(word).to_contain_text("Rejected by a person (ann")
