"""The API's description and its page for people, served by the gateway alone: nothing is loaded from elsewhere."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import falcon
import orjson

from gateway.openapi import document
from gateway.route import PREFIX, Route

_STATIC = Path(__file__).parent / "static"
_FILES = {
    "/docs/": ("docs.html", "text/html; charset=utf-8"),
    "/docs/docs.css": ("docs.css", "text/css; charset=utf-8"),
    **{
        f"/docs/{name}.js": (f"{name}.js", "text/javascript; charset=utf-8")
        for name in ("docs", "dom", "schema", "texts", "tryit")
    },
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

App = falcon.App[falcon.Request, falcon.Response]


class _Static:
    def __init__(self, content: bytes, content_type: str) -> None:
        self._content = content
        self._content_type = content_type

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.content_type = self._content_type
        resp.data = self._content
        resp.set_header("Content-Security-Policy", _POLICY)


class _Redirect:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.status = falcon.HTTP_308
        resp.set_header("Location", "/docs/")


class _Description:
    """The document takes a moment to make; it is made when it is first asked for."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._make = partial(document, routes)
        self._content: bytes | None = None

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        if self._content is None:
            self._content = orjson.dumps(self._make())
        resp.content_type = "application/json"
        resp.data = self._content


def add_to(app: App, routes: Sequence[Route]) -> None:
    """Serve the page at /docs/ and the document at /api/v1/openapi.json."""
    for path, (name, content_type) in _FILES.items():
        app.add_route(path, _Static((_STATIC / name).read_bytes(), content_type))
    app.add_route("/docs", _Redirect())
    app.add_route(f"{PREFIX}/openapi.json", _Description(routes))
