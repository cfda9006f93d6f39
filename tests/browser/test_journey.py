"""The whole way of a forged clip: sent, followed, compared in each mode, judged, taken away."""

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Browser, Page, expect

from index.decode.clip import stills
from tests import clips
from tests.api.conftest import run
from tests.api.web.conftest import key
from tests.api.web.conftest import listening as serving
from tests.api.web.test_restart import Server
from tests.browser import compared, stage
from tests.browser.browsing import MOVES, chosen, dropped, moves, reached, watched
from tests.browser.compared import Pixels, canvas, press

pytestmark = pytest.mark.browser
ENDED = 300_000
"""Milliseconds a trace may take on a busy machine."""
CODED = 6.0
"""Grey levels by which a picture may differ from the file's by being coded anew, on average."""
MODES = {"1": "side", "2": "wipe", "3": "onion", "4": "flicker", "5": "difference", "6": "heat"}
REAL = ("text-to-lip-sync_result-voice.mp4", "lipwab_test.mp4")
"""A clip in which a mouth was made to say something else, and what it was made from."""
UPRIGHT = ("ad-injector_output-video.mp4", "ad-injector_original-video.mp4")
"""The same of a door on which something was put, filmed by a phone."""


@dataclass(frozen=True)
class Case:
    """A service, a forged clip, and the film it was made from."""

    url: str
    clip: Path
    film: Path

    def true(self, page: Page) -> tuple[Pixels, Pixels]:
        """Return what both files show at the times that the player says it shows."""
        shown = page.evaluate("document.querySelector('wf-compare').shown")
        pictures = (
            stills(path, [shown[side]])[0].picture
            for path, side in ((self.clip, "clip"), (self.film, "source"))
        )
        clip, film = (picture.astype(np.int16) for picture in pictures)
        return clip, film


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Give a service that has a made film, and a clip forged of that."""
    folder = tmp_path_factory.mktemp("made")
    for name in ("films", "suspects"):
        (folder / name).mkdir()
    compared.made_films(folder / "films")
    clip = compared.forged(folder / "suspects")
    with archived(folder, folder / "films") as url:
        yield Case(url, clip, folder / "films" / "harbour.mp4")


@pytest.fixture(scope="module")
def real(footage: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Give a service that has a real film, of which a real clip was forged."""
    yield from of(footage, tmp_path_factory.mktemp("real"), *REAL)


@pytest.fixture(scope="module")
def upright(footage: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Give the same of a film that stands upright."""
    yield from of(footage, tmp_path_factory.mktemp("upright"), *UPRIGHT)


def of(footage: Path, folder: Path, clip: str, film: str) -> Iterator[Case]:
    """Give a service that has one real film."""
    original = footage / "archive" / film
    with archived(folder, original) as url:
        yield Case(url, footage / "suspect" / clip, original)


def archived(folder: Path, films: Path) -> AbstractContextManager[str]:
    """Give the address of a service that has films, and knows how they are related."""
    archive = folder / "films.archive"
    for command in (("index", films), ("lineage", "--update")):
        done = run(*command, "--archive", archive)
        assert done.exit_code == 0, done.output
    return serving(archive)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a page on which nothing may go wrong, and nothing move by itself."""
    yield from opened(browser)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Give such a page on a phone."""
    yield from opened(
        browser, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )


def opened(browser: Browser, **context: Any) -> Iterator[Page]:  # noqa: ANN401 # what Playwright takes
    made = browser.new_context(**{"viewport": {"width": 1360, "height": 860}, **context})
    page = made.new_page()
    page.set_default_timeout(30_000)
    page.add_init_script(MOVES)
    wrong = watched(page)
    yield page
    made.close()
    assert wrong == []


def test_the_whole_way_of_a_made_clip_by_keys_alone(page: Page, made: Case) -> None:
    by_keys(page, made)


@pytest.mark.footage
def test_the_whole_way_of_a_real_clip_by_keys_alone(page: Page, real: Case) -> None:
    by_keys(page, real)


def test_the_whole_way_of_a_made_clip_by_pointer_on_a_phone(phone: Page, made: Case) -> None:
    by_pointer(phone, made)

    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.footage
def test_the_whole_way_of_a_real_clip_by_pointer(page: Page, upright: Case) -> None:
    by_pointer(page, upright)


def by_keys(page: Page, case: Case) -> None:
    page.goto(case.url)
    reached(page, page.locator("#clip"))
    chosen(page, case.clip)
    reached(page, page.get_by_role("button", name="Trace it"))
    page.keyboard.press("Enter")
    answered(page, case)

    found(page)
    for mode in MODES:
        page.keyboard.press(mode)
        shown_aligned(page, case, mode)
    page.keyboard.press("1")
    stepped(page)
    played(page)
    page.keyboard.press("s")
    assert page.locator(".stage[data-swapped]").count() == 1

    page.keyboard.press("f")
    reached(page, page.locator('.card[aria-current] [data-verdict="confirmed"]'))
    page.keyboard.press("Enter")
    expect(page.locator('.card[aria-current][data-verdict="confirmed"]')).to_have_count(1)
    paper = page.get_by_role("group", name="Take away").get_by_text("PDF")
    reached(page, paper, back=True)
    taken_away(page, lambda: page.keyboard.press("Enter"))
    reached(page, page.locator("header").get_by_role("link", name="Lineage"), back=True)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Who descends from whom")


def by_pointer(page: Page, case: Case) -> None:
    page.goto(case.url)
    dropped(page, case.clip)
    answered(page, case)

    found(page)
    for mode, name in MODES.items():
        page.locator(f'button[data-mode="{name}"]').click()
        shown_aligned(page, case, mode)
    page.locator('button[data-mode="wipe"]').click()
    laid = page.locator('[data-side="laid"] canvas')
    wide = laid.evaluate("one => one.getBoundingClientRect().width")
    laid.click(position={"x": wide / 4, "y": 20})
    assert float(page.locator('[data-tune="wipe"]').input_value()) == pytest.approx(0.25, abs=0.02)

    card = page.locator(".card").first
    card.locator("[data-seek]").click()
    expect(card).to_have_attribute("data-now", "")
    card.get_by_role("button", name="Confirm").click()
    expect(card).to_have_attribute("data-verdict", "confirmed")
    paper = page.get_by_role("group", name="Take away").get_by_text("PDF")
    taken_away(page, paper.click)
    page.locator("header").get_by_role("link", name="Lineage").click()
    expect(page.locator("h1")).to_have_text("Who descends from whom")


def answered(page: Page, case: Case) -> None:
    """Wait for the answer and its players, on a page on which nothing moves by itself."""
    expect(page.locator(".verdict p a")).to_contain_text([case.film.name], timeout=ENDED)
    page.wait_for_selector("wf-compare[data-ready]")
    page.wait_for_selector("wf-findings[data-ready]")
    assert moves(page)[0] <= 0.01, moves(page)[1]


def shown_aligned(page: Page, case: Case, mode: str) -> None:
    """Make sure that what is drawn is both files' frames at the times that are told."""
    name = MODES[mode]
    page.wait_for_selector(f'.stage[data-mode="{name}"]')
    clip, film = case.true(page)
    size = canvas(page, "clip" if name == "side" else "laid").shape[:2]
    left, right = fitted(clip, size), fitted(film, size)
    half = size[1] // 2
    if name == "side":
        assert near(canvas(page, "clip"), left) < CODED
        assert near(canvas(page, "source"), fitted(film, canvas(page, "source").shape[:2])) < CODED
        return
    laid = canvas(page, "laid")
    match name:
        case "wipe":
            assert near(laid[:, : half - 2], left[:, : half - 2]) < CODED
            assert near(laid[:, half + 2 :], right[:, half + 2 :]) < CODED
        case "onion":
            assert near(laid, (left + right) // 2) < CODED
        case "flicker":
            assert min(near(laid, left), near(laid, right)) < CODED
        case "difference":
            within, without = parted(laid.mean(axis=-1), boxed(page))
            assert within > 1.5 * without + 1
        case _:
            within, without = parted(np.ptp(laid, axis=-1), boxed(page))
            assert within > 1.5 * without + 1


def near(some: Pixels, others: Pixels) -> float:
    """Return by how many grey levels two pictures differ on average."""
    return float(abs(some - others).mean())


def fitted(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """Return a picture as small as it is drawn, given height and width."""
    small = cv2.resize(picture.astype(np.uint8), size[::-1], interpolation=cv2.INTER_AREA)
    return small.astype(np.int16)


def parted(values: npt.NDArray[Any], box: list[float]) -> tuple[float, float]:
    """Return the means of what is in a box and of what is not."""
    height, width = values.shape
    inside = np.zeros(values.shape, bool)
    left, top, right, bottom = box
    inside[
        round(top * height) : round(bottom * height), round(left * width) : round(right * width)
    ] = True
    return float(values[inside].mean()), float(values[~inside].mean())


def boxed(page: Page) -> list[float]:
    """Return the box of a finding at the moment that is shown; raise where none has one."""
    box: list[float] | None = page.evaluate(
        """async () => {
          const { trace } = document.querySelector("wf-compare").dataset;
          const { time } = document.querySelector("wf-compare").shown;
          const answer = await (await fetch(`/v1/traces/${trace}/answer`)).json();
          const here = ({ query, box }) => box && query[0] <= time && time < query[1];
          return answer.findings.find(here)?.box ?? null;
        }"""
    )
    if box is None:
        raise LookupError("nothing with a box was found at this moment")
    return box


def stepped(page: Page) -> None:
    """Make sure that comma and dot go a frame to and fro."""
    times = []
    for letter in (".", ".", ","):
        before = shown(page)["clip"]
        page.keyboard.press(letter)
        page.wait_for_function(
            "time => document.querySelector('wf-compare').shown.clip !== time", arg=before
        )
        times.append(shown(page)["clip"] - before)
    assert times[0] > 0
    assert times[1] > 0
    assert times[2] == pytest.approx(-times[1])


def played(page: Page) -> None:
    """Make sure that L plays, K pauses and J plays backwards."""
    speed = page.locator("[data-speed]")
    page.keyboard.press("l")
    expect(speed).to_have_text("1×")
    page.wait_for_timeout(300)
    page.keyboard.press("k")
    expect(speed).to_have_text("")
    page.keyboard.press("j")
    expect(speed).to_have_text("-1×")
    page.keyboard.press("k")
    expect(page.locator('[data-do="pause"]')).to_have_attribute("aria-pressed", "true")


def shown(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = page.evaluate("document.querySelector('wf-compare').shown")
    return told


def found(page: Page) -> None:
    """Go to a finding by its key until one is shown that has a box."""
    for _ in range(6):
        press(page, "f")
        expect(page.locator(".card[aria-current]")).to_have_count(1)
        with suppress(LookupError):
            boxed(page)
            return
    raise AssertionError("no finding has a box")


def taken_away(page: Page, press: Callable[[], object]) -> None:
    """Make sure that pressing the button for a PDF has one saved, where one can be made."""
    with page.expect_download(timeout=ENDED) as saving:
        press()
    assert Path(saving.value.path()).read_bytes().startswith(b"%PDF")


def test_a_clip_is_traced_though_the_service_is_killed_meanwhile(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    clip = clips.movie(tmp_path / "long.mp4", seconds=20, cuts=(2.0, 4.0), seed=1)
    page = browser.new_page()
    page.goto(server.url)
    dropped(page, clip)
    expect(page.locator(".steps [aria-current]")).to_be_visible(timeout=ENDED)

    server.end(signal.SIGKILL)
    expect(page.locator(".doing")).to_have_text("The service does not answer. Waiting for it.")
    server.start()

    expect(page.locator(".verdict p")).to_contain_text("harbour.mp4", timeout=ENDED)
    page.context.close()


def test_two_people_trace_at_once_and_see_their_own_alone(
    browser: Browser, archive: Path, suspects: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copytree(archive, tmp_path / "shared.archive"))
    keys = [key(path, "read", "trace") for _ in range(2)]
    with stage.listening(path, tracers=2) as service:
        pages = [browser.new_context().new_page() for _ in keys]
        for page, text in zip(pages, keys, strict=True):
            page.goto(service.url)
            page.get_by_label("Your key").fill(text)
            with page.expect_navigation():  # until its scripts hear what is dropped
                page.get_by_role("button", name="Sign in").click()
        for page, name in zip(pages, ("quote.mp4", "stranger.mp4"), strict=True):
            dropped(page, suspects / name)
        ours, theirs = pages
        expect(ours.locator(".verdict p")).to_contain_text("harbour.mp4", timeout=ENDED)
        expect(theirs.locator(".verdict p")).to_contain_text("Not in these", timeout=ENDED)

        place = ours.url
        for page, name in zip(pages, ("quote.mp4", "stranger.mp4"), strict=True):
            page.goto(service.url)
            expect(page.locator(".recent .clipname")).to_have_text([name])
        theirs.goto(place)
        expect(theirs.locator("h1")).to_have_text("There is no trace of this id.")
        for page in pages:
            page.context.close()
