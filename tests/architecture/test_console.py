"""The console has a page for everything that the API can do: no route and no permission is there for nobody."""

import re
from pathlib import Path
from typing import Any

from contracts.permissions import PERMISSIONS
from gateway.console.operations import operations
from gateway.routes import ROUTES

SOURCES = Path(__file__).resolve().parents[2] / "console" / "src"
ALL: dict[str, dict[str, Any]] = operations(ROUTES)
NO_PAGE = {
    "identity.GetTokenKey": "for programs that check tokens themselves",
    **dict.fromkeys(
        (
            "enrollment.ListAdmissionStatements",
            "identity.ListAccountStatements",
            "registry.ListCancellationStatements",
            "registry.ListRecordStatements",
        ),
        "`./jiaowu reconcile` compares whole services; the page compares what is billed",
    ),
    "registry.CheckDocument": "strangers check documents on the gateway's own page, which needs no console",
}
"""Operation → why no page of the console uses it."""

_NAMED = re.compile(r'"([a-z]+\.[A-Z]\w*(?:\.\w+)?)"')
_OF_ANY_SERVICE = re.compile(r"`\$\{[\w.]+\}\.([A-Z]\w*)`")
"""A page that is there for every service that has the operation."""
_SENT = re.compile(r'\.([A-Z]+)\("(/api/[^"]+)"')
_IMPORTED = re.compile(r'(?:from|import\()\s*"(?:@/|\.{1,2}/)([^"]+)"')


def sources() -> dict[Path, str]:
    """What people wrote, without its tests."""
    found = [path for path in SOURCES.rglob("*") if path.suffix in {".ts", ".vue"}]
    return {path: path.read_text() for path in found if ".test." not in path.name}


def used() -> set[str]:
    """The operations that something in the console asks for."""
    text = "\n".join(sources().values())
    anywhere = set(_OF_ANY_SERVICE.findall(text))
    sent = set(_SENT.findall(text))
    return set(_NAMED.findall(text)) | {
        name
        for name, each in ALL.items()
        if name.partition(".")[2] in anywhere or (each["method"], each["path"]) in sent
    }


def test_every_route_is_used_by_a_page() -> None:
    assert sorted(set(ALL) - used() - set(NO_PAGE)) == []


def test_every_exception_is_one() -> None:
    assert sorted(set(NO_PAGE) - (set(ALL) - used())) == []


def test_every_operation_that_a_page_names_is_there() -> None:
    assert sorted(used() - set(ALL)) == []


def test_every_permission_opens_something_on_a_page() -> None:
    opened = {ALL[name]["permission"] for name in used() & set(ALL)}
    assert sorted(PERMISSIONS - opened) == []


def test_no_page_is_forgotten() -> None:
    """Whatever lies among the pages is loaded by a table of routes or by another page."""
    imported = {Path(name).name for text in sources().values() for name in _IMPORTED.findall(text)}
    pages = {path for path in sources() if "pages" in path.parts} - set(SOURCES.glob("pages/*/routes.ts"))
    lost = [str(path.relative_to(SOURCES)) for path in pages if not {path.name, path.stem} & imported]
    assert sorted(lost) == []
