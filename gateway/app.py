"""The application: routes, limits and errors put together. Plain ASGI, at home in any server and any test."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

import falcon.asgi
from falcon.asgi import Request, Response

from chassis.papers.store import FileStore
from chassis.running.logging import get_logger
from contracts.errors import ServiceError
from gateway import docs, notices, verify
from gateway.calls import Calls
from gateway.console import serving as console
from gateway.console.build import Build
from gateway.door import Door
from gateway.files import UPLOAD, Files
from gateway.guards import Places
from gateway.middleware import EveryRequest
from gateway.owners import Owners
from gateway.pages import App
from gateway.proxies import Proxies
from gateway.rates import Rates
from gateway.responder import Responders, send_problem
from gateway.route import Route
from gateway.routes import ROUTES, SERVICES
from gateway.session_cookies import SessionCookies
from gateway.streams import EVENTS, EventsResource, Hub
from gateway.task_centre import TaskCentre
from gateway.task_watch import TaskWatch
from gateway.to_do import ToDoList
from gateway.tokens import Tokens

log = get_logger(__name__)


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
    places: Places = field(default_factory=Places)
    proxies: Proxies = field(default_factory=Proxies)
    console: Build | None = None
    """What people work with in a browser; a gateway without one serves the API alone."""


def create_app(dependencies: Dependencies) -> App:
    """The gateway as an ASGI application."""
    calls, hub, routes = dependencies.calls, dependencies.hub, dependencies.routes
    door = Door(dependencies.tokens, dependencies.rates, dependencies.proxies)
    files = Files(dependencies.files, door)
    owners = Owners(calls, dependencies.services)
    tasks, to_do = TaskCentre(owners, TaskWatch(calls, hub)), ToDoList(owners, routes, hub)
    own, cookies = (tasks.handler, to_do.handler), SessionCookies(dependencies.proxies)
    responders = Responders(door, dependencies.places, calls, files.sender, own, cookies)
    beginnings = (tasks.missed, partial(notices.missed, calls), to_do.missed)

    app = falcon.asgi.App(middleware=[EveryRequest(dependencies.proxies)])
    app.req_options.strip_url_path_trailing_slash = False
    app.add_error_handler(Exception, _unforeseen)
    app.add_error_handler(falcon.HTTPError, _of_falcon)
    app.add_error_handler(ServiceError, send_problem)
    resources: dict[str, SimpleNamespace] = defaultdict(SimpleNamespace)
    for route in routes:
        setattr(resources[route.template], f"on_{route.method.lower()}", responders.of(route))
    for template, resource in resources.items():
        app.add_route(template, resource)
    app.add_route(UPLOAD.template, files)
    app.add_route(EVENTS.template, EventsResource(hub, door, beginnings, dependencies.tokens))
    docs.add_to(app, routes)
    verify.add_to(app, routes)
    if dependencies.console is not None:
        console.add_to(app, dependencies.console)
    return app


async def _of_falcon(req: Request, resp: Response, error: falcon.HTTPError, params: dict[str, Any]) -> None:
    if isinstance(error, falcon.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(dict(error.headers or {}).get("Allow", "").split(", ")))
        refusal = ServiceError("method_not_allowed", allowed=allowed)
    elif isinstance(error, falcon.HTTPNotFound):
        refusal = ServiceError("route_not_found")
    else:
        refusal = ServiceError("bad_request")
    await send_problem(req, resp, refusal, params)


async def _unforeseen(req: Request, resp: Response, error: Exception, params: dict[str, Any]) -> None:
    log.error("request_failed", exc_info=error, correlation_id=req.context.correlation_id)
    await send_problem(req, resp, ServiceError("internal_error"), params)
