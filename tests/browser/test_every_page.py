"""Every page that there is, opened by somebody who may: it fits the screen, and everybody can use it."""

import pytest
from playwright.sync_api import Page, expect

from contracts.registry.commands import SuspendStudent
from contracts.registry.queries import GetStudent
from launcher import console_build
from tests.browser.addresses import addresses, may_open
from tests.browser.conftest import Desk
from tests.browser.doing import settled
from tests.browser.premises import Premises

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]

STUDENT = "student"
PLAIN = {"/sign-in", "/sign-in/unified", "/first-steps"}
"""What comes before the frame: nobody who is signed in stays there."""
STAFF = (
    *("system administrator", "admissions", "registrar", "exams officer", "cashier"),
    *("point's administrator", "point's registrar"),
)
"""Who together may open every page of the staff's."""
NARROWEST, PHONE = 1024, 360
"""Pixels: what pages of the staff's, and of students', must fit."""
_AXE = console_build.PACKAGES / "axe-core" / "axe.min.js"
# Rules of WCAG 2.2 AA, and what axe calls good practice.
_ASK = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run({ runOnly: tags, resultTypes: ["violations"] });
  const told = (id, impact, node) => [impact, id, node.html.slice(0, 200)];
  return found.violations.flatMap(({ id, impact, nodes }) => nodes.map((node) => told(id, impact, node)));
}"""
# As a link on the page would lead there: Firefox opens every page by its address.
_GO = """async (path) => {
  await document.querySelector("#app").__vue_app__.config.globalProperties.$router.push(path);
  await new Promise((shown) => requestAnimationFrame(shown));
}"""
_TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """The pages that somebody has opened."""
    return set()


def come_to(page: Page, path: str) -> None:
    """Load the console there, and what looks at it; wait until all of it is there."""
    page.goto(path)
    page.evaluate(_AXE.read_text())
    wait_for_all(page)


def wait_for_all(page: Page) -> None:
    """Wait until all of a page is there."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page)


def serious_faults(page: Page) -> list[str]:
    """What keeps people from using the page as it is now."""
    return [f"{rule}: {html}" for impact, rule, html in page.evaluate(_ASK) if impact in ("serious", "critical")]


@pytest.fixture(scope="module", autouse=True)
def rows_of_every_kind(premises: Premises) -> None:
    """What the scene lacks: the student who signs in has asked for nothing yet."""
    registrar = premises.scene.school.staff.registrar
    student = premises.scene.here.students[1]
    version = registrar.send(GetStudent(student_id=student.id)).version
    today = premises.scene.stage.today
    registrar.send(SuspendStudent(student_id=student.id, version=version, from_on=today, reason="因病休养"))


@pytest.mark.parametrize("title", [*STAFF, STUDENT])
def test_the_pages_of_a_person_open_fit_the_screen_and_can_be_used_by_everybody(
    title: str, desk: Desk, premises: Premises, seen: set[str]
) -> None:
    page, width = desk(title), PHONE if title == STUDENT else NARROWEST
    page.set_viewport_size({"width": width, "height": 800})
    come_to(page, "/")
    wrong: list[str] = []
    for path in list(may_open(page.evaluate, premises.people()[title], seen, student=title == STUDENT)):
        page.evaluate(_GO, path)
        wait_for_all(page)
        failures = page.get_by_role("alert").all_inner_texts()
        wrong += [f"{path}: {text}" for text in failures if text.strip()]
        wrong += [f"{path}: {fault}" for fault in serious_faults(page)]
        if (pixels := page.evaluate(_TOO_WIDE)) > 0:
            wrong.append(f"{path}: {pixels} pixels too wide for {width}")
    assert wrong == []


def test_every_page_was_opened_by_somebody_with_rows_in_it(desk: Desk, seen: set[str]) -> None:
    page = desk("cashier")
    come_to(page, "/")
    unseen = {address.pattern for address in addresses(page.evaluate)} - seen - PLAIN
    assert sorted(unseen) == []


def test_the_page_for_visitors_fits_a_phone_and_can_be_used_by_everybody(stranger: Page, premises: Premises) -> None:
    _ = premises.admission_round
    stranger.set_viewport_size({"width": PHONE, "height": 740})
    come_to(stranger, "/signup")
    stranger.get_by_role("combobox", name="或选择城市").select_option(index=1)
    stranger.get_by_role("radio").first.check()
    expect(stranger.get_by_role("button", name="提交报名")).to_be_visible()
    assert serious_faults(stranger) == []
    assert stranger.evaluate(_TOO_WIDE) <= 0


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/unified", "/nowhere"])
def test_pages_without_a_permission_have_no_serious_faults(path: str, stranger: Page) -> None:
    come_to(stranger, path)
    assert serious_faults(stranger) == []
