"""The API's description and its page for people."""

from collections.abc import Sequence
from functools import cache

import falcon
import orjson
from falcon.asgi import Request, Response

from gateway.openapi.document import document
from gateway.pages import App, add_page
from gateway.route import PREFIX, Route

_SCRIPTS = tuple(f"{name}.js" for name in ("docs", "dom", "schema", "texts", "tryit"))


class _Redirect:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.status = falcon.HTTP_308
        resp.set_header("Location", "/docs/")


class _Description:
    """The document takes a moment to make; it is made when it is first asked for."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._content = cache(lambda: orjson.dumps(document(routes)))

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = "application/json"
        resp.data = self._content()


def add_to(app: App, routes: Sequence[Route]) -> None:
    """Serve the page at /docs/ and the document at /api/v1/openapi.json."""
    add_page(app, "/docs/", "docs.html", ("docs.css", *_SCRIPTS))
    app.add_route("/docs", _Redirect())
    app.add_route(f"{PREFIX}/openapi.json", _Description(routes))
