"""The page on which anybody checks a document, by the code that stands on it.

What is asked about follows a `#` in the address, so that no server and no log on the way hears of it.
"""

import html
from collections.abc import Sequence
from typing import Final

import orjson

from contracts.documents import CHECK_PAGE, CheckDocument, CheckedDocument
from contracts.words import field_word
from gateway.pages import App, add_page
from gateway.route import Route

_LABELLED: Final = (
    (CheckDocument, ("number", "code")),
    (CheckedDocument, ("title", "holder_name_masked", "issued_on", "ended_on")),
)
_FILES = ("verify.css", "verify.js", "work.js", "dom.js")


def add_to(app: App, routes: Sequence[Route]) -> None:
    """Serve the page; it asks the services that issue documents."""
    checks = [f"{route.service}={route.template}" for route in routes if issubclass(route.operation, CheckDocument)]
    add_page(app, CHECK_PAGE, "verify.html", _FILES, {"checks": " ".join(checks), "labels": html.escape(labels())})


def labels() -> str:
    """What the fields are called that the page asks for and shows: JSON, field → Chinese and English."""
    words = {name: field_word(contract, name) for contract, names in _LABELLED for name in names}
    return orjson.dumps({name: (word.zh, word.en) for name, word in words.items() if word is not None}).decode()
