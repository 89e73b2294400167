"""A real Chromium before the running system: people sign in once and keep their tabs for the tests that follow.

Whatever a page complains of fails the test. Of a failed test `.local/browser/` keeps pictures and what was said.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from launcher import console_build
from launcher.paths import LOCAL
from launcher.system import System
from tests.browser.chromium import chromium as running_chromium
from tests.browser.doing import sign_in
from tests.browser.premises import Premises
from tests.browser.watching import Watch
from tests.end_to_end.scenery import make_scene
from tests.whole_system import Servers, whole_system

KEPT = LOCAL / "browser"
PATIENCE = 20_000
"""Milliseconds for which something that must come is waited for."""
CHINESE = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": {"width": 1280, "height": 800}}
Contexts = Callable[..., BrowserContext]
Desk = Callable[[str], Page]

# Playwright has a loop of its own while it runs, so it ends with this package: tests of others begin loops too.


@pytest.fixture(scope="package")
def system(
    tmp_path_factory: pytest.TempPathFactory, postgres_admin_url: str, amqp_admin_url: str, management_url: str
) -> Iterator[System]:
    """A running system with the console as it is now."""
    console_build.ensure_built()
    servers = Servers(postgres_admin_url, amqp_admin_url, management_url)
    with whole_system(tmp_path_factory.mktemp("system"), servers, "web", console_build.SITE) as system:
        yield system


@pytest.fixture(scope="package")
def premises(system: System) -> Premises:
    """The school on it."""
    return Premises(make_scene(system))


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        yield playwright


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    with running_chromium(playwright) as browser:
        yield browser


@pytest.fixture(scope="package")
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="package")
def lasting(chromium: Browser, premises: Premises, watch: Watch) -> Contexts:
    """Opens what a browser keeps for one person: cookies, storage."""

    def open_(**settings: Any) -> BrowserContext:
        context = watch.over(chromium.new_context(base_url=premises.url, **{**CHINESE, **settings}))
        context.set_default_timeout(PATIENCE)
        return context

    return open_


@pytest.fixture
def fresh(lasting: Contexts) -> Iterator[Contexts]:
    """As `lasting`, for one test."""
    opened: list[BrowserContext] = []

    def open_(**settings: Any) -> BrowserContext:
        opened.append(lasting(**settings))
        return opened[-1]

    yield open_
    for context in opened:
        context.close()


@pytest.fixture
def stranger(fresh: Contexts) -> Page:
    """A tab of a browser that nobody has signed in with."""
    return fresh().new_page()


@pytest.fixture(scope="package")
def at_work() -> dict[str, BrowserContext]:
    """Whoever has signed in."""
    return {}


@pytest.fixture
def desk(at_work: dict[str, BrowserContext], lasting: Contexts, premises: Premises) -> Iterator[Desk]:
    """`desk("cashier")`: a tab of somebody who is signed in, at the first page."""
    opened: list[Page] = []

    def sit_down(title: str) -> Page:
        if title not in at_work:
            at_work[title] = lasting()
            page = at_work[title].new_page()
            sign_in(page, premises.people()[title].username, premises.password(title))
        else:
            page = at_work[title].new_page()
        opened.append(page)
        return page

    yield sit_down
    for page in opened:
        page.close()


@pytest.fixture(autouse=True)
def nothing_wrong(request: pytest.FixtureRequest, watch: Watch, fresh: Contexts, desk: Desk) -> Iterator[None]:
    """Every test fails of what pages complained of. (It names who closes pages, and so ends before them.)"""
    watch.begin()
    yield
    failed = request.node.stash.get(FAILED, False)
    if failed or watch.wrong:
        watch.keep(KEPT / re.sub(r"[^\w-]+", "-", request.node.name).strip("-")[:100])
    assert watch.wrong == []


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """The outcome of a test, which its fixtures hear of by this."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report
