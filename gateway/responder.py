"""One responder per route: admit, bind, take a place, call, answer."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import falcon
import orjson
from falcon.asgi import Request, Response

from contracts.base import Operation
from contracts.errors import ServiceError
from gateway.binding import Binding
from gateway.body import Bodies
from gateway.calls import Calls
from gateway.door import Access, Door
from gateway.guards import Places
from gateway.problems import MEDIA_TYPE, problem
from gateway.route import Route
from gateway.session_cookies import SessionCookies

Responder = Callable[..., Awaitable[None]]
OwnHandler = Callable[[dict[str, Any], Access], Awaitable[dict[str, Any]]]
Send = Callable[[Request, Response, dict[str, Any], ExitStack], Awaitable[None]]
"""Puts an answer into the response; what is held until it has left stands in the stack, to be taken over."""

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Responders:
    """Makes them."""

    door: Door
    places: Places
    calls: Calls
    sender: Callable[[Route], Send]
    """For routes whose answer is a file."""
    own: Sequence[Callable[[type[Operation]], OwnHandler | None]]
    """What the gateway answers in place of a service."""
    cookies: SessionCookies
    bodies: Bodies = field(default_factory=Bodies)

    def of(self, route: Route) -> Responder:
        """What Falcon calls for a route."""
        binding = Binding(route)
        status = falcon.code_to_http_status(route.status)
        send = send_json if route.downloads is None else self.sender(route)
        own = next(filter(None, (handler(route.operation) for handler in self.own)), None)

        async def asked(payload: dict[str, Any], access: Access) -> dict[str, Any]:
            return await self.calls.make(route.operation, payload, access.context)

        async def respond(req: Request, resp: Response, **path: str) -> None:
            req.context.operation, req.context.never_before = route.operation, route.never_before
            access = await self.door.grant(route, req)
            with self.cookies.of(route, req, resp) as jar, ExitStack() as held:
                body = await self.bodies.read(req, route.max_body, access.who) if route.has_body else b""
                payload = binding.payload(path, req.query_string, req.content_type, body, jar.tokens)
                held.enter_context(self.places.one_of(access.who))
                answer = jar.take(await (own or asked)(payload, access))
                resp.status = status
                if access.context.idempotency_key is not None:
                    resp.set_header("Idempotency-Key", access.context.idempotency_key)
                await send(req, resp, answer, held)

        return respond


async def send_json(req: Request, resp: Response, answer: dict[str, Any], held: ExitStack) -> None:
    """The answer as the service gave it: it was made from its contract there."""
    resp.content_type = JSON
    resp.data = orjson.dumps(answer)


async def send_problem(req: Request, resp: Response, error: ServiceError, params: dict[str, Any]) -> None:
    """A refusal as a problem document: what Falcon calls for it."""
    document = problem(error, req.context.language, req.context.correlation_id, req.context.operation)
    req.context.code = error.code
    resp.status = falcon.code_to_http_status(document.status)
    resp.content_type = MEDIA_TYPE
    resp.data = document.body
    resp.set_headers(document.headers)
