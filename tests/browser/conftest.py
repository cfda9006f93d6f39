"""A browser, and services to look at with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.api.conftest import archive, films, no_settings, suspects
from tests.api.web.conftest import desk_archive
from tests.api.web.test_restart import server
from tests.browser import stage
from tests.browser.browsing import browsing, program, watched
from tests.browser.stage import Stage

__all__ = ["archive", "desk_archive", "films", "no_settings", "server", "suspects"]


# As long as Playwright lives its loop counts as running, and nothing else can run one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a browser, or skip where there is none."""
    if program() is None:
        pytest.skip("no Chromium on this machine")
    with browsing() as made:
        yield made


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Give a service with a trace in every state, which no worker touches."""
    made = stage.seeded(stage.archive(tmp_path_factory.mktemp("staged")))
    with stage.listening(made, **stage.shown(made)) as service:
        yield service


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Stage]:
    """Give such a service for one test, which may change it."""
    made = stage.seeded(stage.archive(tmp_path))
    with stage.listening(made, **stage.shown(made)) as service:
        yield service


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a page; whatever its console complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB")
    made = context.new_page()
    made.set_default_timeout(20_000)
    # Films that are made up have no pictures to be shown.
    wrong = watched(made, expected=("Failed to load resource",))
    yield made
    context.close()
    assert wrong == []
