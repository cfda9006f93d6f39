"""Every page in every state: what anyone can see, hear or reach by keys."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # has none
from playwright.sync_api import Page, Route, expect

from index.archive import Archive
from tests.api.conftest import run
from tests.browser import stage
from tests.browser.browsing import MOVES, moves
from tests.browser.contact import EVERY, LOCKED, PLACES
from tests.browser.stage import FINDINGS, Stage, answer

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKED_AT = 12
"""Of many alike, those in which axe looks for something: for five hundred it takes minutes."""
COLOURS = ["color-contrast", "link-in-text-block"]
"""What axe says of a page that its colours decide."""
WEIGHT = 300_000
"""Bytes of a page with all it needs, without media."""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Give the service of an archive of nothing."""
    made = stage.bare(tmp_path_factory.mktemp("bare"))
    with stage.listening(made, **stage.shown(made)) as service:
        yield service


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Give a service that lets in nobody without a key."""
    made = stage.bare(tmp_path_factory.mktemp("locked"))
    stage.locked(made)
    with stage.listening(made) as service:
        yield service


def path(staged: Stage, name: str) -> str:
    return staged.url + EVERY[name].replace("ASSET", first(staged))


def first(staged: Stage) -> str:
    with Archive.open(staged.archive) as opened:
        return next((one.id for one in opened.assets()), "")


@pytest.fixture
def place(request: pytest.FixtureRequest, name: str) -> str:
    """Return the address of a page, on the stage that has it."""
    fixture = "staged" if name in PLACES else "locked" if name in LOCKED else "bare"
    return path(request.getfixturevalue(fixture), name)


def violations(page: Page, *, colours: bool = False) -> list[str]:
    """Return what axe finds on a page; what its colours decide alone, if that is asked for."""
    chosen = {"type": "rule", "values": COLOURS} if colours else {"type": "tag", "values": RULES}
    alike = [f"{many}:nth-of-type(n+{LOOKED_AT})" for many in ("a.ribbon", "tr", ".sources li")]
    context = {"exclude": [[one] for one in alike]}
    found = Axe().run(page, context=context, options={"runOnly": chosen}).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("name", EVERY)
def test_axe_finds_nothing_in_both_themes(page: Page, place: str) -> None:
    page.goto(place)
    page.wait_for_timeout(300)

    # Halfway from one colour to another, words may be hard to read.
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    light = violations(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    dark = violations(page, colours=True)

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


@pytest.mark.parametrize("name", ["rich", "sounding"])
def test_each_source_that_the_verdict_names_is_a_link_of_its_colour(
    page: Page, staged: Stage, name: str
) -> None:
    page.goto(staged.trace(name))

    named = page.locator(".verdict p a")
    look = named.first.get_attribute("class") or ""
    named.first.click()

    expect(named.first).to_have_text("council-briefing-raw.mxf")
    expect(page.locator(f".sources li:target .badge.{look.split()[-1]}")).to_have_text("A")


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

    expect(page.locator(".steps [aria-current]")).to_have_text("Proving which files it shows")
    expect(page.locator(".doing")).to_have_text("Proving which files it shows.")
    found, done = page.locator(".early").all()
    expect(found.locator("li")).to_have_count(2)
    times = "0:00.0–0:05.2, 0:00.0–0:05.2 (sound)"
    expect(found).to_contain_text(f"council-briefing-raw.mxf {times}")
    first = FINDINGS[0]["explanation"]
    expect(done.locator("li").first).to_contain_text(first)
    expect(done.locator("li")).to_have_count(min(6, len(FINDINGS)))


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


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "name",
    ["search", "rich", "sounding", "running", "compare", "archive", "lineage", "asset", "hinted"],
)
def test_nothing_moves_by_itself_while_a_page_comes(
    page: Page, staged: Stage, name: str, width: int
) -> None:
    page.add_init_script(MOVES)
    page.set_viewport_size({"width": width, "height": 860})
    page.route("**/v1/**", late)
    page.route("**/static/*.js", late)

    page.goto(path(staged, name))
    page.wait_for_load_state("load")
    page.wait_for_timeout(600)

    moved_by, what = moves(page)
    assert moved_by <= 0.01, what


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


def test_files_are_listed_with_size_and_date_in_the_order_that_is_chosen(
    page: Page, staged: Stage
) -> None:
    page.goto(path(staged, "archive"))
    rows = page.locator("wf-files tbody tr:not(.spacer)")

    page.get_by_label("Sort").select_option("by name")

    expect(rows.first.locator("th")).to_have_text("a.mp4")
    size = (staged.archive.parent / "films" / "a.mp4").stat().st_size
    expect(rows.first.locator(".size")).to_have_text(f"{size} bytes")
    expect(rows.first.locator(".added time")).to_have_text(re.compile(r"^\d+ [A-Z][a-z]+ 20\d\d$"))


def late(route: Route) -> None:
    """Answer after the page was shown."""
    time.sleep(0.05)
    route.continue_()


def listed(route: Route) -> None:
    """Answer as an archive of a hundred thousand files would."""
    asked = parse_qs(urlsplit(route.request.url).query)
    start = int(asked.get("cursor", ["0"])[0])
    facts: dict[str, Any] = {
        "title": None,
        "duration": 60.0,
        "width": 1920,
        "height": 1080,
        "size": 2_000_000_000,
    }
    facts["added_at"] = "2026-04-12T10:00:00Z"
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
