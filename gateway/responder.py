"""One responder per route: admit, bind, call, answer."""

from collections.abc import Callable
from typing import Any

import falcon
import orjson

from contracts.errors import ServiceError
from gateway.binding import Binding
from gateway.calls import Calls
from gateway.door import Access, Door
from gateway.problems import MEDIA_TYPE, problem
from gateway.route import Route

Responder = Callable[..., None]
OwnHandler = Callable[[dict[str, Any], Access], dict[str, Any]]
Send = Callable[[falcon.Request, falcon.Response, dict[str, Any]], None]

JSON = "application/json"


def responder(route: Route, door: Door, calls: Calls, send: Send, own: OwnHandler | None = None) -> Responder:
    """What Falcon calls for a route. `own` answers in place of a service, `send` puts the answer into the response."""
    binding = Binding(route)
    status = falcon.code_to_http_status(route.status)

    def respond(req: falcon.Request, resp: falcon.Response, **path: str) -> None:
        environ = req.env
        req.context.operation = route.operation
        req.context.never_before = route.never_before
        access = door.grant(route, environ, req.context.correlation_id, req.context.language)
        context = access.context
        payload = binding.payload(
            path,
            environ.get("QUERY_STRING", ""),
            environ.get("CONTENT_TYPE"),
            environ.get("CONTENT_LENGTH"),
            environ["wsgi.input"],
        )
        answer = own(payload, access) if own else calls.make(route.operation, payload, context)
        resp.status = status
        if context.idempotency_key is not None:
            resp.set_header("Idempotency-Key", context.idempotency_key)
        send(req, resp, answer)

    return respond


def send_json(req: falcon.Request, resp: falcon.Response, answer: dict[str, Any]) -> None:
    """The answer as the service gave it: it was made from its contract there."""
    resp.content_type = JSON
    resp.data = orjson.dumps(answer)


def send_problem(req: falcon.Request, resp: falcon.Response, error: ServiceError) -> None:
    """A refusal as a problem document."""
    operation = getattr(req.context, "operation", None)  # none where no route was found
    document = problem(error, req.context.language, req.context.correlation_id, operation)
    req.context.code = error.code
    resp.status = falcon.code_to_http_status(document.status)
    resp.content_type = MEDIA_TYPE
    resp.data = document.body
    resp.set_headers(document.headers)
