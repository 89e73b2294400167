"""One responder per route: admit, bind, take a place, call, answer."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

import falcon
import orjson
from falcon.asgi import Request, Response

from contracts.errors import ServiceError
from gateway.binding import Binding
from gateway.body import Bodies
from gateway.calls import Calls
from gateway.door import Access, Door
from gateway.guards import Places
from gateway.problems import MEDIA_TYPE, problem
from gateway.route import Route

Responder = Callable[..., Awaitable[None]]
OwnHandler = Callable[[dict[str, Any], Access], Awaitable[dict[str, Any]]]
Send = Callable[[Request, Response, dict[str, Any], ExitStack], Awaitable[None]]
"""Puts an answer into the response; what is held until it has left stands in the stack, to be taken over."""

JSON = "application/json"


def responder(
    route: Route,
    door: Door,
    bodies: Bodies,
    places: Places,
    calls: Calls,
    send: Send,
    own: OwnHandler | None = None,
) -> Responder:
    """What Falcon calls for a route. `own` answers in place of a service, `send` puts the answer into the response."""
    binding = Binding(route)
    status = falcon.code_to_http_status(route.status)

    async def respond(req: Request, resp: Response, **path: str) -> None:
        about = req.context
        about.operation, about.never_before = route.operation, route.never_before
        access = await door.grant(route, req)
        body = await bodies.read(req, route.max_body, access.who) if route.has_body else b""
        payload = binding.payload(path, req.query_string, req.content_type, body)
        with ExitStack() as held:
            held.enter_context(places.one_of(access.who))
            answer = await (own(payload, access) if own else calls.make(route.operation, payload, access.context))
            resp.status = status
            if access.context.idempotency_key is not None:
                resp.set_header("Idempotency-Key", access.context.idempotency_key)
            await send(req, resp, answer, held)

    return respond


async def send_json(req: Request, resp: Response, answer: dict[str, Any], held: ExitStack) -> None:
    """The answer as the service gave it: it was made from its contract there."""
    resp.content_type = JSON
    resp.data = orjson.dumps(answer)


def send_problem(req: Request, resp: Response, error: ServiceError) -> None:
    """A refusal as a problem document."""
    operation = getattr(req.context, "operation", None)  # none where no route was found
    document = problem(error, req.context.language, req.context.correlation_id, operation)
    req.context.code = error.code
    resp.status = falcon.code_to_http_status(document.status)
    resp.content_type = MEDIA_TYPE
    resp.data = document.body
    resp.set_headers(document.headers)
