"""Figures of the console, in Debian's Chromium before a running system: `./jiaowu bench console`.

    python -m tests.performance.console_bench --name large --folder .local/large     # a school that is kept
    python -m tests.performance.console_bench --scale 0.1                            # builds one, and drops it again

Needs the servers that `./jiaowu bench console` starts. How long it is built, how much a browser loads before people
sign in, how much it adds to the API's own time until a list can be used, and how many frames are late while somebody
scrolls through 200 rows. Browser, system and servers share the machine. Prints figures, asserts nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, Request, ViewportSize, expect, sync_playwright
from rich.console import Console

from contracts.registry.queries import ListStudents
from launcher import console_build
from launcher.story.people import Person
from tests.browser.chromium import chromium
from tests.browser.doing import settled, sign_in
from tests.performance import large_school
from tests.performance.figures import figure, quantile

TIMES = 20
"""How often a list is opened, or turned to its next page."""
MOST_ROWS = 200
SPEED = 3000
"""Pixels a second, of somebody who scrolls quickly."""
LATE = 1000 / 30
"""Milliseconds after which people see that a frame was left out."""
SCREEN: ViewportSize = {"width": 1280, "height": 800}
STUDENTS, ITS_PATH = "/registry/students", "/api/v1/students"

# Until the rows that the click asked for are there, at rest and painted; and what of it the API took.
_UNTIL_USABLE = """async (element, path) => {
  const began = performance.now();
  element.click();
  const answers = () => performance.getEntriesByType("resource")
    .filter(({ name, startTime }) => startTime >= began && new URL(name).pathname === path);
  const isThere = () => answers().length > 0 && document.querySelector("main tbody tr") !== null
    && document.querySelector("main [aria-busy=true]") === null;
  const frame = () => new Promise((shown) => requestAnimationFrame(shown));
  while (!isThere()) await frame();
  await frame();
  await new Promise((painted) => setTimeout(painted));
  const [answer] = answers();
  return [performance.now() - began, answer.responseEnd - answer.startTime];
}"""
_WATCH_FRAMES = """() => {
  window.seenFrames = [];
  const note = (now) => { window.seenFrames.push(now); requestAnimationFrame(note); };
  requestAnimationFrame(note);
}"""
_HEIGHT = "() => document.scrollingElement.scrollHeight - innerHeight"


def building(console: Console) -> None:
    """All of it from its sources, with its packages there; and again, when nothing has changed."""
    (console_build.DIST / "index.html").unlink(missing_ok=True)
    for what in ("built from its sources", "looked at, when nothing has changed"):
        began = time.monotonic()
        console_build.ensure_built()
        figure(console, what, f"{time.monotonic() - began:.1f} s")


def first_view(browser: Browser, url: str, console: Console) -> None:
    """What is loaded until people can sign in, as it comes through the network."""
    page = browser.new_page(viewport=SCREEN, locale="zh-CN")
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(url)
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    page.wait_for_load_state("networkidle")
    sizes, encodings = Counter[str](), set[str]()
    for request in finished:
        sizes[request.resource_type] += request.sizes()["responseBodySize"]
        answer = request.response()
        if request.resource_type == "script" and answer is not None:
            encodings.add(answer.headers.get("content-encoding", "plain"))
    for kind, size in sizes.most_common():
        wanted = "≤ 150 kB of script" if kind == "script" else ""
        compressed = f" ({', '.join(sorted(encodings))})" if kind == "script" else ""
        figure(console, f"{kind}{compressed}", f"{size / 1000:.1f} kB", wanted)
    page.close()


def opening(page: Page, console: Console) -> None:
    """From the click in the menu to the list: the console is there, the list's own code and rows are not."""
    met = []
    for _ in range(TIMES):
        page.goto("/")
        settled(page)
        group = page.get_by_role("button", name="学籍", exact=True)
        group.click()
        met.append(until_usable(page.get_by_role("link", name="学生", exact=True)))
    tell(console, "from the menu, 50 rows", met)


def turning(page: Page, console: Console, size: int) -> None:
    """From the click on the next page to its rows."""
    page.goto(f"{STUDENTS}?size={size}")
    settled(page)
    further = page.get_by_role("navigation", name="分页").get_by_role("button", name="下一页")
    tell(console, f"the next page, {size} rows", [until_usable(further) for _ in range(TIMES)])


def until_usable(button: Locator) -> tuple[float, float]:
    """Milliseconds from a click until its list can be used, and what the API took of them."""
    expect(button).to_be_enabled()
    whole, api = button.evaluate(_UNTIL_USABLE, ITS_PATH)
    return whole, api


def tell(console: Console, what: str, met: Sequence[tuple[float, float]]) -> None:
    """Medians and what 95 of 100 don't exceed."""
    for name, values, wanted in (
        ("until it can be used", [whole for whole, _ in met], ""),
        ("of which the API", [api for _, api in met], ""),
        ("of which the browser", [whole - api for whole, api in met], "≤ 150 ms"),
    ):
        middle, most = quantile(values, 0.5), quantile(values, 0.95)
        figure(console, f"{what}: {name}", f"{middle:.0f} ms (p95 {most:.0f})", wanted)


def scrolling(page: Page, console: Console) -> None:
    """Through a page of as many rows as there can be, by the wheel."""
    page.goto(f"{STUDENTS}?size={MOST_ROWS}")
    expect(page.get_by_role("row").nth(MOST_ROWS)).to_be_attached()
    height = page.evaluate(_HEIGHT)
    page.evaluate(_WATCH_FRAMES)
    gesture = {"x": SCREEN["width"] // 2, "y": SCREEN["height"] // 2, "speed": SPEED, "gestureSourceType": "mouse"}
    for distance in (-height, height):
        session = page.context.new_cdp_session(page)
        session.send("Input.synthesizeScrollGesture", {**gesture, "yDistance": distance})
    frames: list[float] = page.evaluate("() => window.seenFrames")
    took = [after - before for before, after in pairwise(frames)]
    late = [each for each in took if each > LATE]
    rows = page.get_by_role("row").count() - 1
    figure(console, f"frames while {rows} rows ({height} pixels) passed and came back", f"{len(took)}")
    figure(console, f"of which longer than {LATE:.0f} ms", f"{len(late)}, the longest {max(took):.0f} ms", "none")


def measure(system_url: str, person: Person, console: Console) -> None:
    """All that is seen in a browser."""
    with sync_playwright() as playwright, chromium(playwright) as browser:
        console.print("\n[bold]The page on which people sign in[/]")
        first_view(browser, system_url, console)
        page = browser.new_context(base_url=system_url, viewport=SCREEN, locale="zh-CN").new_page()
        sign_in(page, person.username, large_school.PASSWORD)
        console.print(f"\n[bold]The list of students, as the school's registrar sees it[/] (medians of {TIMES})")
        opening(page, console)
        for size in (50, MOST_ROWS):
            turning(page, console, size)
        console.print("\n[bold]Scrolling[/]")
        scrolling(page, console)


def main() -> int:
    """Build the console, build or find the school, start its system, look, print."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.performance.console_bench", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--name", help="a school that is kept: what its databases' names begin with")
    parser.add_argument("--folder", type=Path, help="where its system keeps ports, secrets and files")
    parser.add_argument("--scale", type=float, default=0.1, help="of one that is built: 0.01 for ten thousand students")
    options = parser.parse_args()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    console.print("[bold]Building[/]")
    building(console)
    with large_school.standing(options.name, options.folder, options.scale, console_build.SITE) as system:
        system.up()
        people = large_school.people(system)
        students = people.staff["registrar"].client.count(ListStudents())
        console.print(f"\nA school of {students:,} students")
        measure(system.gateway_url, people.staff["registrar"], console)
    return 0


if __name__ == "__main__":
    sys.exit(main())
