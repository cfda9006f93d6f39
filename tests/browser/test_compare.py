"""The compare player in a real browser: what its canvases show is what the files show then."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # has none
from playwright.sync_api import Browser, Page

from index.decode.clip import stills
from tests.browser import compared
from tests.browser.compared import (
    BOX,
    SIZE,
    START,
    Pixels,
    Served,
    canvas,
    near,
    opened,
    press,
    seek,
)

CODED = 5.0
"""Grey levels by which a picture may differ from the file's by being coded anew, on average."""
MOVED = 8.0
"""By which the next frame differs at least."""
RATE = 30
"""Updates a second that scrubbing must reach."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with compared.serving(tmp_path_factory.mktemp("compared")) as made:
        yield made


@pytest.fixture
def forged(served: Served, browser: Browser) -> Iterator[Page]:
    with playing(served, browser, "forged.mp4") as page:
        yield page


@pytest.fixture
def strung(served: Served, browser: Browser) -> Iterator[Page]:
    with playing(served, browser, "strung.mp4") as page:
        yield page


@pytest.fixture
def voice(served: Served, browser: Browser) -> Iterator[Page]:
    with playing(served, browser, "voice.m4a") as page:
        yield page


@contextmanager
def playing(
    served: Served,
    browser: Browser,
    clip: str,
    **context: Any,  # noqa: ANN401 # what Playwright takes
) -> Iterator[Page]:
    """Give a page with a player, on which nothing may go wrong."""
    url = f"{served.url}/traces/{served.traces[clip]}/compare"
    page, wrong = opened(browser, url, **context)
    yield page
    page.context.close()
    assert wrong == []


def true(path: Path, time: float) -> Pixels:
    """Return what a file shows at a time."""
    return stills(path, [time])[0].picture.astype(np.int16)


def state(page: Page) -> dict[str, Any]:
    shown: dict[str, Any] = page.evaluate("document.querySelector('wf-compare').shown")
    return shown


def inside(picture: Pixels) -> tuple[Pixels, Pixels]:
    """Return the part of a picture in the box, and what is well outside it in one row of pixels."""
    width, height = SIZE
    x0, y0, x1, y1 = (
        round(edge * side) for edge, side in zip(BOX, (width, height) * 2, strict=True)
    )
    mask = np.ones((height, width), bool)
    mask[y0 - 6 : y1 + 6, x0 - 6 : x1 + 6] = False
    return picture[y0 + 4 : y1 - 4, x0 + 4 : x1 - 4], picture[mask]


@pytest.mark.parametrize("time", [0.0, START, 2.217, 3.96])
def test_both_canvases_show_the_frames_that_belong_together(
    served: Served, forged: Page, time: float
) -> None:
    shown = seek(forged, time)

    frame = round(time * 25) / 25
    assert shown["clip"] == pytest.approx(frame, abs=1e-6)
    assert shown["source"] == pytest.approx(frame + compared.LATE, abs=1e-6)
    assert near(canvas(forged, "clip"), true(served.clips / "forged.mp4", frame)) < CODED
    assert near(canvas(forged, "source"), true(served.films / "harbour.mp4", frame + 2)) < CODED


def test_another_frame_would_be_noticed(served: Served) -> None:
    film = served.films / "harbour.mp4"

    apart = [near(true(film, time), true(film, time + 0.04)) for time in (2.0, 3.48, 4.2, 5.0)]

    assert min(apart) > 1.5


def test_frames_are_stepped_by_the_clips_clock(forged: Page) -> None:
    seek(forged, 1.0)

    pairs = []
    for key in ".....,,":
        press(forged, key)
        pairs.append((round(state(forged)["clip"], 3), round(state(forged)["source"], 3)))

    times = [1.04, 1.08, 1.12, 1.16, 1.2, 1.16, 1.12]
    assert pairs == [(time, round(time + 2, 3)) for time in times]


def test_frames_are_stepped_by_the_sources_clock(forged: Page) -> None:
    seek(forged, 1.0)
    forged.keyboard.press("c")

    press(forged, ".")
    press(forged, ".")

    assert state(forged)["source"] == pytest.approx(3.08, abs=1e-6)


def test_steps_go_on_across_pieces(strung: Page) -> None:
    seek(strung, 3.92)

    times = [state(strung)["clip"]]
    for _ in range(5):
        press(strung, ".")
        times.append(state(strung)["clip"])

    assert [round(b - a, 6) for a, b in pairwise(times)] == [0.04] * 5


def test_a_mirrored_source_is_laid_over_the_clip(served: Served, strung: Page) -> None:
    shown = seek(strung, 4.0)
    source = true(served.films / "harbour.mp4", shown["source"])

    beside = canvas(strung, "source")
    strung.keyboard.press("2")
    strung.keyboard.press("s")
    strung.evaluate(
        """() => { const edge = document.querySelector('[data-tune="wipe"]'); edge.value = 1;
        edge.dispatchEvent(new Event('input', {bubbles: true})); }"""
    )

    assert shown["source"] == pytest.approx(4.0, abs=1e-6)
    assert near(beside, source[:, ::-1]) < CODED
    assert near(canvas(strung, "laid"), source[:, ::-1]) < CODED


def test_the_wipe_shows_the_clip_left_and_the_source_right(served: Served, forged: Page) -> None:
    seek(forged, 2.0)
    forged.keyboard.press("2")

    picture, half = canvas(forged, "laid"), SIZE[0] // 2
    assert near(picture[:, :half], true(served.clips / "forged.mp4", 2.0)[:, :half]) < CODED
    assert near(picture[:, half:], true(served.films / "harbour.mp4", 4.0)[:, half:]) < CODED


def test_the_onion_skin_is_half_of_both(served: Served, forged: Page) -> None:
    seek(forged, 2.0)
    forged.keyboard.press("3")

    both = (true(served.clips / "forged.mp4", 2.0) + true(served.films / "harbour.mp4", 4.0)) // 2
    assert near(canvas(forged, "laid"), both) < CODED


def test_the_flicker_shows_one_then_the_other_slowly(served: Served, forged: Page) -> None:
    seek(forged, 2.0)
    clip = true(served.clips / "forged.mp4", 2.0)
    forged.keyboard.press("4")

    changes = forged.evaluate(
        """async () => { const canvas = document.querySelector('[data-side="laid"] canvas');
        const ink = canvas.getContext('2d'); const start = performance.now();
        let last = null, changes = 0;
        while (performance.now() - start < 2000) {
          const now = ink.getImageData(330, 150, 1, 1).data.join();
          if (last !== null && now !== last) changes += 1;
          last = now; await new Promise(requestAnimationFrame);
        } return changes; }"""
    )
    forged.keyboard.press("o")
    one = near(canvas(forged, "laid"), clip)
    forged.keyboard.press("o")
    other = near(canvas(forged, "laid"), clip)

    assert 2 <= changes <= 6  # 3 flashes a second would be 12 changes
    assert min(one, other) < CODED < max(one, other)


def test_nothing_flickers_for_those_who_want_less_motion(served: Served, browser: Browser) -> None:
    with playing(served, browser, "forged.mp4", reduced_motion="reduce") as page:
        page.keyboard.press("4")

        pressed = page.get_attribute('[data-do="flicker"]', "aria-pressed")
        before = canvas(page, "laid")
        page.wait_for_timeout(900)

        assert pressed == "false"
        assert near(before, canvas(page, "laid")) == 0


def test_the_difference_is_dark_but_where_the_clip_was_forged(forged: Page) -> None:
    seek(forged, 2.0)
    forged.keyboard.press("5")

    within, without = inside(canvas(forged, "laid"))
    assert within.mean() > 60
    assert without.mean() < 12


def test_before_it_was_forged_there_is_no_difference(forged: Page) -> None:
    seek(forged, START - 0.04)
    forged.keyboard.press("5")
    before = inside(canvas(forged, "laid"))[0].mean()

    press(forged, ".")

    assert before < 12
    assert inside(canvas(forged, "laid"))[0].mean() > 60


def test_the_heat_map_glows_where_the_clip_was_forged(forged: Page) -> None:
    seek(forged, 2.0)
    forged.keyboard.press("6")

    within, without = inside(canvas(forged, "laid"))
    colour = [float(np.ptp(part, axis=-1).mean()) for part in (within, without)]
    assert colour[0] > 60
    assert colour[1] < 10


def test_a_stretch_without_a_source_says_so(strung: Page) -> None:
    seek(strung, 2.5)

    empty = strung.get_attribute('[data-side="source"] .frame', "data-empty")
    assert empty is not None
    assert "No source is known here" in empty


def test_a_clip_without_pictures_begins_where_its_sound_is_known(voice: Page) -> None:
    assert state(voice)["time"] == pytest.approx(compared.HEARD, abs=0.2)
    assert voice.locator('[data-side="clip"] .frame').get_attribute("data-empty") == (
        "This clip is sound alone: there are no pictures."
    )


def test_a_clip_without_pictures_goes_where_it_is_sent_and_plays_on(voice: Page) -> None:
    voice.evaluate(
        """() => document.dispatchEvent(
        new CustomEvent('wherefrom:seek', {detail: {query: 5.0, source: 0}}))"""
    )
    sent = state(voice)["time"]
    voice.keyboard.press("l")
    voice.wait_for_timeout(600)
    voice.keyboard.press("k")

    assert sent == pytest.approx(5.0)
    assert 5.2 < state(voice)["time"] < 6.5
    assert float(voice.input_value("[data-seek]")) == pytest.approx(state(voice)["time"], abs=0.01)
    assert voice.input_value('[data-tune="voice"]') == "clip"


def test_a_moment_that_is_asked_for_before_the_answer_is_there_is_shown_then(
    served: Served, browser: Browser
) -> None:
    page = browser.new_page()
    page.add_init_script(
        """document.addEventListener('DOMContentLoaded', () => document.dispatchEvent(
        new CustomEvent('wherefrom:seek', {detail: {query: 3.2, source: 0}})));"""
    )
    page.goto(f"{served.url}/traces/{served.traces['forged.mp4']}/compare")
    page.wait_for_selector("wf-compare[data-ready]")

    assert state(page)["clip"] == pytest.approx(3.2, abs=1e-6)
    page.context.close()


@pytest.mark.parametrize("page_of", ["", "/compare"])
@pytest.mark.parametrize("width", [1280, 1360, 1440])
def test_keys_of_the_player_take_a_row_for_each_group_on_a_laptop(
    served: Served, browser: Browser, width: int, page_of: str
) -> None:
    page, _ = opened(
        browser,
        f"{served.url}/traces/{served.traces['forged.mp4']}{page_of}",
        viewport={"width": width, "height": 800},
    )

    rows = page.evaluate(
        """() => [...document.querySelectorAll('wf-compare .controls[role=group]')].map(group => {
        const tops = [...group.querySelectorAll('button')].map(
          one => Math.round(one.getBoundingClientRect().top));
        return Math.max(...tops) - Math.min(...tops); })"""
    )

    assert len(rows) == 3
    assert max(rows) <= 2
    page.context.close()


def test_a_source_that_is_gone_is_named_and_nothing_of_it_shown(
    served: Served, browser: Browser, tmp_path: Path
) -> None:
    aside = (served.films / "market.mp4").rename(tmp_path / "market.mp4")
    try:
        with playing(served, browser, "strung.mp4") as page:
            seek(page, 1.0)
            empty = page.get_attribute('[data-side="source"] .frame', "data-empty") or ""
    finally:
        aside.rename(served.films / "market.mp4")

    assert "market.mp4 is not where it was" in empty
    assert str(served.films) not in empty


def test_boxes_of_findings_are_outlined_while_they_last(forged: Page) -> None:
    def outlined() -> int:
        return forged.locator('[data-side="clip"] .boxes .over').count()

    seek(forged, 1.0)
    before = outlined()
    seek(forged, 2.0)
    meanwhile = outlined()
    forged.keyboard.press("b")

    assert (before, meanwhile, outlined()) == (0, 1, 0)


def test_other_parts_of_the_page_ask_and_are_told(forged: Page) -> None:
    told = forged.evaluate(
        """async () => { const told = new Promise(done => document.addEventListener(
        'wherefrom:time', event => done(event.detail), {once: true}));
        const detail = {query: 3.2, source: 0};
        document.dispatchEvent(new CustomEvent('wherefrom:seek', {detail}));
        return told; }"""
    )

    assert told == {"query": pytest.approx(3.2, abs=1e-6), "source": 0}


def test_scrubbing_shows_at_least_thirty_pairs_a_second(forged: Page) -> None:
    for time in (0.0, 3.9):
        seek(forged, time)

    drawn = forged.evaluate(
        """async () => { const player = document.querySelector('wf-compare'); const seen = [];
        const note = () => seen.push([player.shown.clip, player.shown.source]);
        document.addEventListener('wherefrom:time', note);
        const slider = player.querySelector('[data-seek]'); const start = performance.now();
        for (let now = start; now - start < 2000; now = performance.now()) {
          slider.value = String(3.9 * Math.abs(Math.sin((now - start) / 400)));
          slider.dispatchEvent(new Event('input', {bubbles: true}));
          await new Promise(requestAnimationFrame);
        }
        document.removeEventListener('wherefrom:time', note); return seen; }"""
    )

    assert all(source == pytest.approx(clip + 2, abs=1e-6) for clip, source in drawn)
    assert len(drawn) / 2 >= RATE


def test_playing_keeps_both_in_step(forged: Page) -> None:
    seek(forged, 0.0)
    drawn = forged.evaluate(
        """async () => { const player = document.querySelector('wf-compare'); const seen = [];
        document.addEventListener('wherefrom:time', () => {
          const {clip, source} = player.shown; seen.push([clip, source]); });
        player.querySelector('[data-do="play"]').click();
        for (let n = 0; n < 300 && player.shown.clip < 1.8; n += 1)
          await new Promise(done => setTimeout(done, 100));
        player.querySelector('[data-do="pause"]').click(); return seen; }"""
    )

    assert all(source == pytest.approx(clip + 2, abs=1e-6) for clip, source in drawn)
    assert drawn[-1][0] > 1.7
    assert len({clip for clip, _ in drawn}) > 15


def test_the_sound_that_is_chosen_is_heard_while_it_plays(forged: Page) -> None:
    seek(forged, 0.0)
    forged.evaluate(
        """() => { window.heard = []; const start = AudioBufferSourceNode.prototype.start;
        AudioBufferSourceNode.prototype.start = function (...when) {
          window.heard.push(this.buffer.getChannelData(0).reduce((a, b) => Math.max(a, b), 0));
          return start.apply(this, when); }; }"""
    )

    forged.select_option('[data-tune="voice"]', "source")
    forged.click('[data-do="play"]')

    heard = forged.evaluate(
        """async () => { for (let n = 0; n < 200 && !window.heard.length; n += 1)
        await new Promise(done => setTimeout(done, 100)); return window.heard; }"""
    )
    assert max(heard) > 0.01


def test_times_follow_a_source_that_is_slowed_or_reversed(forged: Page) -> None:
    times = forged.evaluate(
        """async () => { const line = await import('/static/compare-line.js');
        const made = (rate, query, shown) => ({rate, query, shown});
        const back = made(-2, [0, 2], [5, 9]), held = made(0, [1, 3], [4, 4.04]);
        return [line.sourceTime(back, 0.5), line.queryTime(back, 8),
          line.sourceTime(held, 2), line.queryTime(held, 4)]; }"""
    )

    assert times == [8.0, 0.5, 4.0, None]


def test_findings_are_judged_with_the_keyboard_alone(served: Served, browser: Browser) -> None:
    with playing(served, browser, "forged.mp4") as page:
        page.wait_for_selector("wf-findings[data-ready]")
        page.keyboard.press("f")
        page.wait_for_selector(".card[aria-current]")
        focus(page, '.card[aria-current] [data-verdict="confirmed"]')

        page.keyboard.press("Enter")
        page.wait_for_selector('.card[aria-current][data-verdict="confirmed"]')

        number = page.get_attribute(".card[aria-current]", "data-finding")
        kept = served.get(f"/v1/traces/{served.traces['forged.mp4']}/reviews").json()["items"]
        page.reload()
        page.wait_for_selector(f'#finding-{number}[data-verdict="confirmed"]')
        assert [(one["finding"], one["verdict"]) for one in kept] == [
            (int(number or 0), "confirmed")
        ]


def focus(page: Page, selector: str) -> None:
    """Press the tab key until an element is in focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by the tab key")


def test_a_comment_is_shown_as_it_was_written_and_nothing_of_it_runs(
    served: Served, browser: Browser
) -> None:
    with playing(served, browser, "strung.mp4") as page:
        page.wait_for_selector("wf-findings[data-ready]")
        words = "<img src=x onerror=alert(1)> & “seen”"
        card = page.locator(".card:not(.technical .card)").first
        card.locator("[data-comment]").click()
        card.locator("textarea").fill(words)

        card.locator("form button").click()

        page.wait_for_selector("[data-said] q")
        assert card.locator("[data-said] q").inner_text() == words


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(served: Served, browser: Browser, scheme: str) -> None:
    with playing(served, browser, "forged.mp4", color_scheme=scheme) as page:
        page.wait_for_selector("wf-findings[data-ready]")
        page.keyboard.press("6")

        found = Axe().run(page, context="main").response["violations"]

    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def test_the_player_fits_a_phone(served: Served, browser: Browser) -> None:
    with playing(
        served, browser, "forged.mp4", viewport={"width": 360, "height": 740}, has_touch=True
    ) as page:
        wide = page.evaluate("document.documentElement.scrollWidth")

        assert wide <= 360
