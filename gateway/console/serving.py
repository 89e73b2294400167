"""Serves the console: its files, and its page at every address that only the console knows."""

import re
from typing import Any

import falcon
from falcon.asgi import Request, Response

from contracts.documents import CHECK_PAGE
from gateway.console.build import INDEX, LASTING, Asset, Build
from gateway.pages import App
from gateway.route import PREFIX

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    # Documents that the page has fetched are shown in a frame of it.
    "frame-src blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_LASTING = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"
_NOT_MODIFIED = 304
_OTHERS = "|".join(part.strip("/").split("/")[0] for part in (PREFIX, "/docs/", CHECK_PAGE, LASTING))
_OF_THE_CONSOLE = re.compile(rf"/(?!({_OTHERS})(/|$))")
"""Addresses below which nobody else has any."""


class _File:
    def __init__(self, asset: Asset) -> None:
        self._asset = asset

    async def on_get(self, req: Request, resp: Response) -> None:
        encoding, content = self._asset.body(req.get_header("Accept-Encoding") or "")
        tag = self._asset.tag(encoding)
        resp.set_headers(
            {
                "Cache-Control": _LASTING if self._asset.lasting else _ASK_EACH_TIME,
                "Content-Security-Policy": _POLICY,
                "ETag": tag,
                "Vary": "Accept-Encoding",
            }
        )
        if tag in (req.get_header("If-None-Match") or ""):
            resp.status = _NOT_MODIFIED
            return
        resp.content_type = self._asset.content_type
        resp.data = content
        if encoding is not None:
            resp.set_header("Content-Encoding", encoding)

    on_head = on_get


def add_to(app: App, build: Build) -> None:
    """Serve the build at /. What the API, the other pages and the build itself don't have is told as everywhere."""
    for path, asset in build.assets.items():
        app.add_route(path, _File(asset))
    page = _File(build.assets[INDEX])
    app.add_route("/", page)

    async def at_an_address_of_its_own(req: Request, resp: Response | None, **_: Any) -> None:
        if resp is None or req.method not in ("GET", "HEAD") or "text/html" not in req.accept:
            raise falcon.HTTPRouteNotFound
        await page.on_get(req, resp)

    app.add_sink(at_an_address_of_its_own, _OF_THE_CONSOLE)
