"""Every page in every state: what anyone can see, hear or reach by keys."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # has none
from playwright.sync_api import Browser, Page, Route, expect

from index.archive import Archive
from tests.api.conftest import run
from tests.browser import stage
from tests.browser.contact import PLACES
from tests.browser.stage import Stage, answer

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
UNLIKE = {"cancelled", "common", "many", "queued"}
"""Pages of the kind of another; axe takes minutes for five hundred ribbons."""
WEIGHT = 300_000
"""Bytes of a page with all it needs, without media."""


def path(staged: Stage, name: str) -> str:
    place = PLACES[name]
    return staged.url + place.replace("ASSET", first(staged))


def first(staged: Stage) -> str:
    with Archive.open(staged.archive) as opened:
        return next(opened.assets()).id


def violations(page: Page) -> list[str]:
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": RULES}}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("name", [name for name in PLACES if name not in UNLIKE])
def test_axe_finds_nothing_in_both_themes(page: Page, staged: Stage, name: str) -> None:
    page.goto(path(staged, name))
    page.wait_for_timeout(300)

    # Halfway from one colour to another, words may be hard to read.
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    light = violations(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    dark = violations(page)

    assert light == []
    assert dark == []


@pytest.mark.parametrize(
    "name", ["search", "rich", "many", "running", "lineage", "asset", "archive"]
)
@pytest.mark.parametrize("width", [320, 390])
def test_a_narrow_page_is_not_moved_sideways(
    page: Page, staged: Stage, name: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 700})

    page.goto(path(staged, name))

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["search", "rich", "lineage", "archive"])
def test_a_page_from_right_to_left_is_not_moved_sideways(
    page: Page, staged: Stage, name: str
) -> None:
    page.goto(path(staged, name))

    page.evaluate("document.documentElement.dir = 'rtl'")

    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    brand, pages = (page.locator(one).bounding_box() for one in (".brand", "header nav"))
    assert brand is not None
    assert pages is not None
    assert brand["x"] > pages["x"]


@pytest.mark.parametrize("name", ["search", "rich", "lineage", "archive", "running"])
def test_a_page_weighs_little(page: Page, staged: Stage, name: str) -> None:
    sizes: list[int] = []
    page.on("response", lambda got: sizes.append(int(got.headers.get("content-length", 0))))

    page.goto(path(staged, name))
    page.wait_for_timeout(300)

    assert 10_000 < sum(sizes) <= WEIGHT


def test_a_name_that_is_a_page_is_shown_as_words(page: Page, staged: Stage) -> None:
    page.on("dialog", lambda _: pytest.fail("a name ran as a script"))

    page.goto(path(staged, "search"))
    page.goto(staged.trace("hostile"))

    expect(page.locator("h1")).to_contain_text("<script>alert(1)</script>")
    assert page.locator("script:not([src])").count() == 0


def test_ribbons_say_where_to_seek(page: Page, staged: Stage) -> None:
    told = answer(staged, "rich")["sources"]
    listen(page, "wherefrom:seek")
    alone(page)
    page.goto(staged.trace("rich"))

    page.locator("svg.lying a.ribbon").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    start = told[1]["segments"][0]["query"][0]
    assert heard(page) == [{"query": start, "source": 1}]
    expect(page.locator("tr[aria-current]")).to_have_count(1)
    expect(page.locator("wf-timeline .here")).to_contain_text("street-protest-2019.mp4")


def test_the_clips_bar_seeks_where_it_is_pointed_at(page: Page, staged: Stage) -> None:
    listen(page, "wherefrom:seek")
    alone(page)
    page.goto(staged.trace("rich"))
    page.locator("svg.lying").scroll_into_view_if_needed()
    box = page.locator("svg.lying").bounding_box()
    assert box is not None

    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 30)

    [seek] = heard(page)
    assert abs(seek["query"] - 12.0) < 0.2
    assert seek["source"] is None


def test_rows_of_the_table_seek_as_ribbons_do(page: Page, staged: Stage) -> None:
    listen(page, "wherefrom:seek")
    alone(page)
    page.goto(staged.trace("rich"))

    page.locator("#stretch-2-2 a.seek").click()

    assert heard(page) == [{"query": 13.1, "source": 1}]


def test_the_playhead_follows_the_players(page: Page, staged: Stage) -> None:
    alone(page)
    page.goto(staged.trace("rich"))

    places = [moved(page, time) for time in (6.0, 18.0)]

    # The clip lasts 24 s and is drawn from end to end of 1000 units.
    assert [round(one) for one in places] == [250, 750]


def test_a_source_that_is_reversed_is_followed_backwards(page: Page, staged: Stage) -> None:
    alone(page)
    page.goto(staged.trace("rich"))

    moved(page, 13.3)
    early = float(page.locator("svg.lying line.playhead").nth(1).get_attribute("x1") or "nan")
    moved(page, 15.3)
    late = float(page.locator("svg.lying line.playhead").nth(1).get_attribute("x1") or "nan")

    assert late < early


def test_five_hundred_stretches_are_followed_at_the_rate_of_the_screen(
    page: Page, staged: Stage
) -> None:
    page.goto(staged.trace("many"))
    expect(page.locator("svg.lying a.ribbon")).to_have_count(500)

    spent = page.evaluate(
        """() => {
            const start = performance.now();
            for (let step = 0; step < 60; step++) {
                const detail = { query: step * 25, source: 0 };
                document.dispatchEvent(new CustomEvent("wherefrom:time", { detail }));
                document.body.getBoundingClientRect();
            }
            return (performance.now() - start) / 60;
        }"""
    )

    assert spent < 33


def test_stretches_are_one_stop_of_the_tab_key(page: Page, staged: Stage) -> None:
    page.goto(staged.trace("many"))

    stops = page.locator('svg.lying a.ribbon[tabindex="0"]').count()

    assert stops == 1


def test_a_phone_shows_the_timeline_upright(page: Page, staged: Stage) -> None:
    page.set_viewport_size({"width": 390, "height": 844})

    page.goto(staged.trace("rich"))

    expect(page.locator("svg.upright")).to_be_visible()
    expect(page.locator("svg.lying")).to_be_hidden()


def test_what_is_found_is_told_while_it_is_traced(page: Page, staged: Stage) -> None:
    page.goto(staged.trace("running"))

    expect(page.locator(".steps [aria-current]")).to_have_text("Proving what they are like")
    expect(page.locator(".doing")).to_have_text("Proving what they are like.")
    expect(page.locator(".early li")).to_have_count(2)
    expect(page.locator(".early")).to_contain_text("council-briefing-raw.mxf 0:00.0–0:05.2")


def test_pages_can_be_read_without_script(browser: Browser, staged: Stage) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(staged.trace("rich"))
    expect(page.locator(".verdict p")).to_contain_text("7 stretches come from 3 sources")
    page.locator("svg.lying a.ribbon").first.click()
    expect(page.locator("#stretch-1-1")).to_be_in_viewport()
    page.goto(staged.url)
    expect(page.get_by_role("button", name="Trace it")).to_be_visible()

    context.close()


def test_a_trace_is_deleted_once_that_is_confirmed(page: Page, own: Stage) -> None:
    page.goto(own.trace("rich"))

    page.get_by_role("button", name="Delete", exact=True).first.click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("h1")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).first.click()
    page.locator("dialog").get_by_role("button", name="Delete").click()

    page.wait_for_url(re.compile(r"/$"))
    expect(page.locator('a[href="/traces/rich"]')).to_have_count(0)


def test_one_who_holds_a_key_signs_in_and_may_do_what_it_allows(page: Page, tmp_path: Path) -> None:
    archive = stage.seeded(stage.archive(tmp_path))
    made = run("keys", "add", "Ann", "--scope", "admin", "--archive", archive)
    key = re.search(r"wf_\S+", made.output)
    assert key is not None, made.output
    with stage.listening(archive) as service:
        page.goto(service.trace("rich"))
        expect(page.locator("h1")).to_have_text("Sign in")
        assert violations(page) == []
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        assert violations(page) == []

        page.get_by_label("Your key").fill(key[0])
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator(".verdict p")).to_contain_text("7 stretches")
        page.get_by_role("button", name="Delete", exact=True).first.click()
        page.locator("dialog").get_by_role("button", name="Delete").click()
        page.wait_for_url(service.url + "/")
        page.get_by_role("button", name="Sign out").click()
        expect(page.locator("h1")).to_have_text("Sign in")


def test_lines_of_a_lineage_tell_what_speaks_for_them(page: Page, staged: Stage) -> None:
    page.goto(path(staged, "lineage"))

    page.locator("a.line").first.focus()

    expect(page.locator(".evidence").first).to_contain_text("They are alike.")


def test_nothing_moves_once_a_page_is_shown(page: Page, staged: Stage) -> None:
    page.goto(staged.trace("rich"))

    moved_by = page.evaluate(
        """() => new Promise((resolve) => {
            let sum = 0;
            const seen = new PerformanceObserver((list) => {
                for (const each of list.getEntries()) sum += each.value;
            });
            seen.observe({ type: "layout-shift", buffered: true });
            setTimeout(() => resolve(sum), 500);
        })"""
    )

    assert moved_by < 0.01


def test_a_hundred_thousand_files_are_scrolled_with_few_rows_on_the_page(
    page: Page, staged: Stage
) -> None:
    page.route("**/v1/assets?*", listed)
    page.goto(path(staged, "archive"))
    rows = page.locator("wf-files tbody tr:not(.spacer)")
    expect(rows.first).to_contain_text("tape-000000.mxf")

    slowest = page.evaluate(
        """async () => {
            const list = document.querySelector("wf-files .list");
            let slowest = 0;
            for (let step = 0; step < 40; step++) {
                const start = performance.now();
                list.scrollTop = list.scrollHeight;
                list.dispatchEvent(new Event("scroll"));
                slowest = Math.max(slowest, performance.now() - start);
                await new Promise((resolve) => setTimeout(resolve, 50));
            }
            return slowest;
        }"""
    )

    assert 10 < rows.count() < 120
    last = rows.last.text_content() or ""
    assert int(last.split("-")[1][:6]) > 1_000
    assert slowest < 200


def test_files_that_are_sought_are_asked_of_the_archive(page: Page, staged: Stage) -> None:
    page.goto(path(staged, "archive"))
    rows = page.locator("wf-files tbody tr:not(.spacer)")
    expect(rows).to_have_count(7)

    page.get_by_label("Find").fill("c.mp4")
    expect(rows).to_have_count(1)
    page.get_by_label("Find").fill("nothing of that name")

    expect(page.locator("wf-files .none")).to_be_visible()


def listed(route: Route) -> None:
    """Answer as an archive of a hundred thousand files would."""
    asked = parse_qs(urlsplit(route.request.url).query)
    start = int(asked.get("cursor", ["0"])[0])
    facts = {"title": None, "duration": 60.0, "width": 1920, "height": 1080}
    items = [
        {"id": f"{number:016x}", "name": f"tape-{number:06d}.mxf", **facts}
        for number in range(start, start + 200)
    ]
    route.fulfill(json={"items": items, "next": str(start + 200)})


def listen(page: Page, kind: str) -> None:
    """Keep the details of events of a kind."""
    page.add_init_script(
        f"""window.heard = [];
        document.addEventListener({json.dumps(kind)}, (event) => heard.push(event.detail));"""
    )


def alone(page: Page) -> None:
    """Keep the players from a page: they tell times of their own."""
    page.route("**/static/compare*.js", lambda asked: asked.abort())


def heard(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("window.heard")
    return found


def moved(page: Page, time: float) -> float:
    """Tell that the players are at a time; return where the playhead is along the clip."""
    page.evaluate(
        """(query) => document.dispatchEvent(
            new CustomEvent("wherefrom:time", { detail: { query, source: 0 } }))""",
        time,
    )
    return float(page.locator("svg.lying line.playhead").first.get_attribute("x1") or "nan")
