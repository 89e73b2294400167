"""The application: routes, limits and errors put together. Plain ASGI, at home in any server and any test."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import falcon.asgi
from falcon.asgi import Request, Response

from chassis.running.logging import get_logger
from contracts.base import Operation
from contracts.errors import ServiceError
from gateway import docs, responder, verify
from gateway.body import Bodies
from gateway.calls import Calls
from gateway.door import Door
from gateway.files import UPLOAD, Files, FileStore
from gateway.guards import Places
from gateway.middleware import EveryRequest
from gateway.notices import NoticeHints
from gateway.owners import Owners
from gateway.proxies import Proxies
from gateway.rates import Rates
from gateway.route import Route
from gateway.routes import ROUTES, SERVICES
from gateway.streams import EVENTS, EventsResource, Hub
from gateway.task_centre import TaskCentre
from gateway.task_watch import TaskWatch
from gateway.to_do import ToDoList
from gateway.tokens import Tokens

log = get_logger(__name__)

App = falcon.asgi.App[Request, Response]


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """What the application is given; the defaults are those of production."""

    calls: Calls
    tokens: Tokens
    files: FileStore
    hub: Hub = field(default_factory=Hub)
    rates: Rates = field(default_factory=Rates)
    routes: Sequence[Route] = ROUTES
    services: Sequence[str] = SERVICES
    """Those that are asked for tasks and for what waits."""
    requests: int = 200
    """Requests at a time; beyond, 503 at once."""
    requests_of_one: int = 50
    """Of one user or address; beyond, 429 at once."""
    proxies: Proxies = field(default_factory=Proxies)


def create_app(dependencies: Dependencies) -> App:
    """The gateway as an ASGI application."""
    places = Places(dependencies.requests, dependencies.requests_of_one)
    door = Door(dependencies.tokens, dependencies.rates, dependencies.proxies)
    calls = dependencies.calls
    files = Files(dependencies.files, door)
    app = falcon.asgi.App(middleware=[EveryRequest(dependencies.proxies)])
    app.req_options.strip_url_path_trailing_slash = False
    app.add_error_handler(Exception, _unforeseen)
    app.add_error_handler(falcon.HTTPError, _of_falcon)
    app.add_error_handler(ServiceError, _refusal)
    hub, owners = dependencies.hub, Owners(calls, dependencies.services)
    tasks = TaskCentre(owners, TaskWatch(calls, hub))
    to_do = ToDoList(owners, dependencies.routes, hub)
    _Table(door, places, calls, files, (tasks, to_do)).add_to(app, dependencies.routes)
    app.add_route(UPLOAD.template, files)
    beginnings = (tasks, NoticeHints(calls, hub), to_do)
    app.add_route(EVENTS.template, EventsResource(hub, door, beginnings, dependencies.tokens))
    docs.add_to(app, dependencies.routes)
    verify.add_to(app, dependencies.routes)
    return app


class OwnAnswers(Protocol):
    """Something that answers operations itself."""

    def handler(self, operation: type[Operation]) -> responder.OwnHandler | None: ...


@dataclass(frozen=True, slots=True)
class _Table:
    """Turns the route table into Falcon's resources."""

    door: Door
    places: Places
    calls: Calls
    files: Files
    own: Sequence[OwnAnswers]
    """What the gateway answers in place of a service."""
    bodies: Bodies = field(default_factory=Bodies)

    def add_to(self, app: App, routes: Sequence[Route]) -> None:
        """Add every route."""
        by_path: dict[str, list[Route]] = defaultdict(list)
        for route in routes:
            by_path[route.template].append(route)
        for template, together in by_path.items():
            resource = _Resource()
            for route in together:
                setattr(resource, f"on_{route.method.lower()}", self._responder(route))
            app.add_route(template, resource)

    def _responder(self, route: Route) -> responder.Responder:
        send = responder.send_json if route.downloads is None else self.files.sender(route)
        own = next(filter(None, (each.handler(route.operation) for each in self.own)), None)
        return responder.responder(route, self.door, self.bodies, self.places, self.calls, send, own)


class _Resource:
    """What Falcon asks for its `on_…` methods; they are set from the table."""


async def _refusal(req: Request, resp: Response, error: ServiceError, params: dict[str, Any]) -> None:
    responder.send_problem(req, resp, error)


async def _of_falcon(req: Request, resp: Response, error: falcon.HTTPError, params: dict[str, Any]) -> None:
    if isinstance(error, falcon.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(dict(error.headers or {}).get("Allow", "").split(", ")))
        refusal = ServiceError("method_not_allowed", allowed=allowed)
    elif isinstance(error, falcon.HTTPNotFound):
        refusal = ServiceError("route_not_found")
    else:
        refusal = ServiceError("bad_request")
    responder.send_problem(req, resp, refusal)


async def _unforeseen(req: Request, resp: Response, error: Exception, params: dict[str, Any]) -> None:
    log.error("request_failed", exc_info=error, correlation_id=req.context.correlation_id)
    responder.send_problem(req, resp, ServiceError("internal_error"))
