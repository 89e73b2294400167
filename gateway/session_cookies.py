"""A browser's session: its tokens, and what tells that a sign-in was begun in this browser, travel in cookies that no
script reads, and in no body.

Who sends the header `Session-Cookie: yes` asks for that, on routes with the mark `session_cookie`. Without it no cookie
is looked at and none is set. The header keeps other sites out: a form can't send it, and no preflight lets scripts of
theirs do so.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from falcon.asgi import Request, Response
from pydantic import TypeAdapter, ValidationError

from contracts.base import Operation
from contracts.errors import ServiceError
from contracts.identity.commands import DeviceToken, RefreshTokenText
from contracts.identity.unified import BrowserToken
from gateway.proxies import Proxies
from gateway.route import PREFIX, Route

HEADER, YES = "Session-Cookie", "yes"
PATH = f"{PREFIX}/sessions"
"""Where browsers send them back; they may be set by answers from anywhere."""

_SECURE = "__Secure-"
"""The beginning of a name that browsers take from TLS alone."""
_DEVICE_SECONDS = 365 * 24 * 3600
_START_SECONDS = 3600
_LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class TokenCookie:
    """A token that has a cookie: the field of the contracts, the cookie's name, and what such a token looks like."""

    field: str
    name: str
    token: TypeAdapter[str]

    def found(self, values: list[str] | None) -> str | None:
        """The token. None where there is none, and where there are two: a neighbouring host may have set one."""
        if values is None or len(values) != 1:
            return None
        try:
            return self.token.validate_python(values[0])
        except ValidationError:
            return None


SESSION = TokenCookie("refresh_token", "jiaowu_session", TypeAdapter(RefreshTokenText))
DEVICE = TokenCookie("device_token", "jiaowu_device", TypeAdapter(DeviceToken))
START = TokenCookie("browser_token", "jiaowu_start", TypeAdapter(BrowserToken))
COOKIES = (SESSION, DEVICE, START)
FIELDS = frozenset(cookie.field for cookie in COOKIES)


@dataclass(frozen=True, slots=True)
class Jar:
    """What cookies mean to one request."""

    tokens: Mapping[str, str]
    """Those that came, by the operation's fields."""
    take: Callable[[dict[str, Any]], dict[str, Any]]
    """Puts an answer's tokens into cookies, and answers the rest of it."""


_NONE = Jar({}, lambda answer: answer)


class SessionCookies:
    """Reads and sets them."""

    def __init__(self, proxies: Proxies) -> None:
        self._proxies = proxies

    @contextmanager
    def of(self, route: Route, req: Request, resp: Response) -> Iterator[Jar]:
        """The request's cookies; none where the browser did not ask for that. A session that turns out inside of the
        block to have ended is forgotten.

        Raises `cross_site_request`, and `session_ended` where there is no cookie that the operation needs.
        """
        if not route.session_cookie or req.get_header(HEADER) != YES:
            yield _NONE
            return
        _refuse_other_sites(req)
        try:
            yield Jar(self._tokens(route.operation, req), lambda answer: self._take(route.operation, req, resp, answer))
        except ServiceError as refusal:
            if refusal.code == "session_ended":
                self._forget(SESSION, req, resp)
            raise

    def _tokens(self, operation: type[Operation], req: Request) -> dict[str, str]:
        named = {cookie.field: cookie.found(req.get_cookie_values(self._name(cookie, req))) for cookie in COOKIES}
        tokens = {field: token for field, token in named.items() if token and field in operation.model_fields}
        if _needs_session(operation) and SESSION.field not in tokens:
            raise ServiceError("session_ended")
        return tokens

    def _take(self, operation: type[Operation], req: Request, resp: Response, answer: dict[str, Any]) -> dict[str, Any]:
        if token := answer.get(SESSION.field):
            until = datetime.fromisoformat(answer["refresh_expires_at"]).timestamp()
            self._set(SESSION, req, resp, token, max_age=max(1, int(until - time.time())))
        elif _needs_session(operation):  # signed out
            self._forget(SESSION, req, resp)
        if token := answer.get(DEVICE.field):
            self._set(DEVICE, req, resp, token, max_age=_DEVICE_SECONDS)
        if token := answer.get(START.field):
            self._set(START, req, resp, token, max_age=_START_SECONDS)
        return {field: value for field, value in answer.items() if field not in FIELDS}

    def _forget(self, cookie: TokenCookie, req: Request, resp: Response) -> None:
        self._set(cookie, req, resp, "", expires=_LONG_AGO)

    def _set(self, cookie: TokenCookie, req: Request, resp: Response, value: str, **lifetime: Any) -> None:
        resp.set_cookie(
            self._name(cookie, req),
            value,
            path=PATH,
            secure=self._proxies.came_encrypted(req),
            http_only=True,
            same_site="Strict",
            **lifetime,
        )

    def _name(self, cookie: TokenCookie, req: Request) -> str:
        return f"{_SECURE}{cookie.name}" if self._proxies.came_encrypted(req) else cookie.name


def refusals(operation: type[Operation]) -> Iterator[str]:
    """The codes that are answered here, beside the operation's own."""
    yield "cross_site_request"
    if _needs_session(operation):
        yield "session_ended"


def _needs_session(operation: type[Operation]) -> bool:
    return SESSION.field in operation.model_fields


def _refuse_other_sites(req: Request) -> None:
    """Raise `cross_site_request` where the browser says that a page of another origin is asking.

    `Sec-Fetch-Site` is its own word. Where it sends none (without TLS), `Origin` has to name the host that was asked.
    """
    site, origin = req.get_header("Sec-Fetch-Site"), req.get_header("Origin")
    if site is not None:
        is_ours = site == "same-origin"
    else:
        is_ours = origin is None or origin.partition("://")[2] == req.get_header("Host")
    if not is_ours:
        raise ServiceError("cross_site_request")
