"""What every request gets: a correlation id, its language, safe headers, one line in the log."""

import asyncio
import time
from uuid import UUID

import falcon
from falcon.asgi import Request, Response

from chassis.base import metrics
from chassis.base.ids import new_id
from chassis.running.logging import get_logger
from gateway.language import preferred
from gateway.proxies import Proxies

log = get_logger("gateway.access")

CORRELATION_HEADER = "X-Correlation-Id"

# An answer of the API is data for a program: it may not be cached, sniffed, framed or run. Pages tell otherwise.
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_UNLESS_TOLD = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
# Two years, RFC 6797. Said only where TLS was spoken (section 7.2), which ends at a proxy of ours.
_ENCRYPTED_ONLY = "max-age=63072000; includeSubDomains"


class EveryRequest:
    """Falcon middleware around all that the gateway answers."""

    def __init__(self, proxies: Proxies) -> None:
        self._proxies = proxies

    async def process_request(self, req: Request, resp: Response) -> None:
        context = req.context
        context.started = time.perf_counter()
        context.correlation_id = _correlation_id(req.get_header(CORRELATION_HEADER))
        context.language = preferred(req.get_header("Accept-Language"))
        context.operation = context.user_id = context.code = None
        context.never_before = 0.0

    async def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
        context = req.context
        resp.set_headers(_ALWAYS)
        resp.set_header(CORRELATION_HEADER, str(context.correlation_id))
        for name, value in _UNLESS_TOLD.items():
            if resp.get_header(name) is None:
                resp.set_header(name, value)
        if self._proxies.came_encrypted(req):
            resp.set_header("Strict-Transport-Security", _ENCRYPTED_ONLY)
        if (left := context.started + context.never_before - time.perf_counter()) > 0:
            await asyncio.sleep(left)  # in no place that somebody else wants
        self._record(req, resp.status_code, time.perf_counter() - context.started)

    def _record(self, req: Request, status: int, seconds: float) -> None:
        # The template, not the path, and no query string: both can hold what is a person's own business.
        route = req.uri_template or "(none)"
        method = req.method if req.method in falcon.HTTP_METHODS else "(other)"
        metrics.http_request(method, route, status, seconds)
        log.info(
            "request",
            method=method,
            route=route,
            status=status,
            code=req.context.code,
            ms=round(seconds * 1000, 1),
            user_id=req.context.user_id,
            correlation_id=req.context.correlation_id,
        )


def _correlation_id(header: str | None) -> UUID:
    """The caller's own id when it is a UUID, else a new one: what is logged is never the caller's free text."""
    if header is not None and len(header) == 36:
        try:
            return UUID(header)
        except ValueError:
            pass
    return new_id()
