"""Pages for people, served by the gateway alone: nothing is loaded from elsewhere, and nothing is sent there."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import falcon.asgi
from falcon.asgi import Request, Response

STATIC = Path(__file__).parent / "static"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

App = falcon.asgi.App[Request, Response]


class Static:
    """A file, as it is sent."""

    def __init__(self, name: str, content: bytes) -> None:
        self._content = content
        self._content_type = f"{_TYPES[Path(name).suffix]}; charset=utf-8"

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = self._content_type
        resp.data = self._content
        resp.set_header("Content-Security-Policy", _POLICY)


def add_page(app: App, path: str, page: str, others: Sequence[str], filled_in: Mapping[str, str] | None = None) -> None:
    """Serve a page at `path`, which ends with a slash, and below it the files that it loads. `filled_in` are words of
    the page in double braces, and what stands in their place."""
    content = (STATIC / page).read_text("utf-8")
    for name, value in (filled_in or {}).items():
        content = content.replace(f"{{{{{name}}}}}", value)
    app.add_route(path, Static(page, content.encode()))
    for name in others:
        app.add_route(f"{path}{name}", Static(name, (STATIC / name).read_bytes()))
