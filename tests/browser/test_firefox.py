"""Firefox ESR, which offices with other computers have: people come in by the keyboard and open every page."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.browser.addresses import may_open
from tests.browser.firefox import ENTER, TAB, Firefox
from tests.browser.premises import Premises
from tests.browser.test_every_page import STAFF, STUDENT

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]

_SIGN_OUT = """return fetch("/api/v1/sessions/sign-out", {
  method: "POST", body: "{}", headers: { "Session-Cookie": "yes", "Content-Type": "application/json" },
}).then(({ status }) => status)"""
_FOCUSED = "return document.activeElement.name === 'username'"
_IN = "return document.querySelector('nav[aria-label=主菜单]') !== null"
_THERE = """return document.documentElement.dataset.left === undefined && document.querySelector("h1") !== null
  && document.querySelector("[aria-busy=true]") === null && document.querySelector("h1").textContent"""
_ALERTS = "return [...document.querySelectorAll('[role=alert]')].map((each) => each.textContent.trim()).filter(Boolean)"


TOGETHER = 4
"""Pages that are on their way at the same time, each in a tab of its own."""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with Firefox(tmp_path_factory.mktemp("firefox")) as firefox:
        yield firefox


@pytest.fixture(scope="module")
def opened() -> set[str]:
    """The pages that somebody has opened in it."""
    return set()


def come_in(firefox: Firefox, premises: Premises, title: str) -> None:
    """Sign in as a person by the keys alone. Whoever leaves a page while its code is on its way hears that it did not
    come, so each is waited for."""
    firefox.close_others()
    firefox.open(premises.url + "/")
    firefox.wait_for(_THERE)
    firefox.look(_SIGN_OUT)
    firefox.open(premises.url + "/")
    firefox.wait_for(_FOCUSED)
    firefox.type(premises.people()[title].username, TAB, premises.password(title), ENTER)
    firefox.wait_for(_IN)
    firefox.wait_for(_THERE)


@pytest.mark.parametrize("title", [*STAFF, STUDENT])
def test_firefox_opens_every_page(title: str, firefox: Firefox, premises: Premises, opened: set[str]) -> None:
    def evaluate(function: str) -> Any:
        return firefox.look(f"return ({function})()")

    come_in(firefox, premises, title)
    paths = list(may_open(evaluate, premises.people()[title], opened, student=title == STUDENT))
    wrong: list[str] = []
    for first in range(0, len(paths), TOGETHER):
        wrong += faults(firefox, premises.url, paths[first : first + TOGETHER])
    assert wrong == []


def faults(firefox: Firefox, origin: str, paths: Sequence[str]) -> Iterator[str]:
    """What is wrong with some pages, which are opened together."""
    tabs = dict(zip(paths, firefox.tabs(len(paths)), strict=True))
    for path, tab in tabs.items():
        firefox.turn_to(tab)
        firefox.set_out(origin + path)
    for path, tab in tabs.items():
        firefox.turn_to(tab)
        firefox.wait_for(_THERE)
        yield from (f"{path}: {said}" for said in firefox.look(_ALERTS))
    yield from (f"one of {', '.join(paths)}: {said}" for said in firefox.complaints(origin))


def test_what_firefox_complains_of_is_heard(firefox: Firefox, premises: Premises, tmp_path: Path) -> None:
    firefox.open(premises.url + "/")
    firefox.complaints(premises.url)
    firefox.look(
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">'); setTimeout(() => nobody())"
    )
    heard = ""
    while "nobody is not defined" not in heard or "style-src" not in heard:
        heard += "\n".join(firefox.complaints(premises.url))
