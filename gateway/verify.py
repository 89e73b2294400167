"""The page on which anybody checks a document, by the code that stands on it.

What is asked about follows a `#` in the address, so that no server and no log on the way hears of it.
"""

from collections.abc import Sequence

from contracts.documents import CHECK_PAGE, CheckDocument
from gateway.pages import App, add_page
from gateway.route import Route

_FILES = ("verify.css", "verify.js", "work.js", "dom.js")


def add_to(app: App, routes: Sequence[Route]) -> None:
    """Serve the page; it asks the services that issue documents."""
    checks = [f"{route.service}={route.template}" for route in routes if issubclass(route.operation, CheckDocument)]
    add_page(app, CHECK_PAGE, "verify.html", _FILES, {"checks": " ".join(checks)})
