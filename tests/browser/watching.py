"""What must not happen on a page while somebody works with it, and what is kept of a test that failed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

API = "/api/"
# How Chromium tells of an answer that is no success: the rules for answers judge those.
_ANSWER = "Failed to load resource: the server responded with a status of"
_LOUD = {"error", "warning", "assert"}
_SAYS_WHY = {400, 401, 409, 422, 423, 428, 429}
"""Answers by which the server says what is wrong with what people did, or what is to be done first."""


class Watch:
    """Looks over every context that is opened: scripts that fail, what the policy refuses, what is not found."""

    def __init__(self) -> None:
        self.contexts: list[BrowserContext] = []
        self.wrong: list[str] = []
        self._lines: list[str] = []
        self._allowed: list[re.Pattern[str]] = []

    def begin(self) -> None:
        """Another test begins."""
        self.wrong, self._lines, self._allowed = [], [], []

    def over(self, context: BrowserContext) -> BrowserContext:
        """The context, which is looked over from now on."""
        context.on("console", self._said)
        context.on("weberror", self._failed)
        context.on("response", self._answered)
        context.on("requestfailed", self._lost)
        context.on("close", lambda closed: self.contexts.remove(closed))
        self.contexts.append(context)
        return context

    @contextmanager
    def allowing(self, *patterns: str) -> Iterator[None]:
        """In this block what matches one of these is meant to happen."""
        before = self._allowed
        self._allowed = [*before, *(re.compile(pattern) for pattern in patterns)]
        try:
            yield
        finally:
            self._allowed = before

    def keep(self, folder: Path) -> None:
        """Write down what was seen, with a picture of every page that is open."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "log.txt").write_text("\n".join(self._lines))
        pages = [page for context in self.contexts for page in context.pages if not page.is_closed()]
        for number, page in enumerate(pages, start=1):
            page.screenshot(path=folder / f"page{number}.png", full_page=True)

    # -- what is heard --

    def _said(self, message: ConsoleMessage) -> None:
        line = f"{message.type}: {message.text}"
        self._lines.append(line)
        if message.type in _LOUD and not message.text.startswith(_ANSWER):
            self._tell(line)

    def _failed(self, error: WebError) -> None:
        self._tell(f"exception: {error.error}")

    def _answered(self, response: Response) -> None:
        line = f"{response.status} {response.request.method} {response.url}"
        self._lines.append(line)
        of_api = urlsplit(response.url).path.startswith(API)
        if response.status >= 400 and not (of_api and response.status in _SAYS_WHY):
            self._tell(line)

    def _lost(self, request: Request) -> None:
        line = f"{request.failure}: {request.method} {request.url}"
        self._lines.append(line)
        if request.failure != "net::ERR_ABORTED":  # whoever goes to another page waits no longer
            self._tell(line)

    def _tell(self, line: str) -> None:
        if not any(pattern.search(line) for pattern in self._allowed):
            self.wrong.append(line)
