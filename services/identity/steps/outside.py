"""Asking the school's providers by HTTP, and nobody else: in seconds, for answers of a size that is known, with no
transaction open.

Only addresses from a provider's settings are asked, and those that the provider names in its own discovery document;
redirects are not followed.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from threading import BoundedSemaphore, Timer
from typing import Any, Final

import orjson
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from contracts.errors import ServiceError
from services.identity.domain.openid import NotBelieved

SECONDS: Final = 6.0
"""For one answer, from the first byte sent to the last one read."""
_SILENCE: Final = 3.0
"""Seconds without a sign."""
LONGEST: Final = 256 * 1024
"""Bytes of an answer."""
_AT_A_TIME: Final = 4
"""Of one process: the others of its workers (six, where no setting says otherwise) go on while a provider hangs."""
_PATIENCE: Final = 3.0
"""Seconds that somebody waits for one of these places; so long they hold a worker, too."""
_HEADERS: Final = {"Accept-Encoding": "identity", "Accept": "application/json, application/xml;q=0.9"}

_places = BoundedSemaphore(_AT_A_TIME)
_ends: ContextVar[ExitStack] = ContextVar("ends")
"""Of what is asked now: what is to be done when that is over."""
_has_place: ContextVar[bool] = ContextVar("has_place", default=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider answered."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """Raises NotBelieved for what is no JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise NotBelieved("bad_json") from None


def get(address: str) -> Answer:
    """Ask for something. Raises `sign_in_provider_unreachable` for all that is no answer in time."""
    return _asked("GET", address)


def post(address: str, form: Mapping[str, str], credentials: tuple[str, str] | None) -> Answer:
    """Send a form; `credentials` are those of HTTP's Basic scheme. Raises as `get`."""
    return _asked("POST", address, data=form, auth=credentials)


@contextmanager
def place() -> Iterator[None]:
    """One of the few places of those who ask, kept for all that is asked within. Raises `sign_in_provider_unreachable`
    where none comes free in seconds: all of them wait for a provider that hangs."""
    if _has_place.get():
        yield
        return
    if not _places.acquire(timeout=_PATIENCE):
        raise ServiceError("sign_in_provider_unreachable")
    has = _has_place.set(True)
    try:
        yield
    finally:
        _has_place.reset(has)
        _places.release()


def _asked(method: str, address: str, **sent: Any) -> Answer:
    try:
        with place(), ExitStack() as ends, requests.Session() as session:
            ends.callback(_ends.reset, _ends.set(ends))
            session.trust_env = False  # neither proxies nor passwords of the process's surroundings
            session.mount("http://", _Adapter())
            session.mount("https://", _Adapter())
            until = time.monotonic() + SECONDS
            with session.request(
                method, address, headers=_HEADERS, timeout=_SILENCE, stream=True, allow_redirects=False, **sent
            ) as response:
                return Answer(response.status_code, _body(response, until))
    except requests.RequestException:
        raise ServiceError("sign_in_provider_unreachable") from None


def _body(response: requests.Response, until: float) -> bytes:
    if response.status_code >= 500 or response.headers.get("Content-Encoding", "identity") != "identity":
        raise ServiceError("sign_in_provider_unreachable")
    body = bytearray()
    for part in response.iter_content(8192):
        body += part
        if len(body) > LONGEST:
            raise ServiceError("sign_in_provider_unreachable")
    if time.monotonic() > until:  # cut: without a length it looks like the whole
        raise ServiceError("sign_in_provider_unreachable")
    return bytes(body)


# --- connections that end in time: what requests counts begins anew with every byte ---


class _Connection(HTTPConnection):
    """One that is cut after `SECONDS`, in whatever it is then: TLS's greeting, headers or body."""

    def _new_conn(self) -> socket.socket:
        opened = super()._new_conn()
        ends = _ends.get()
        # TLS takes the socket over, and a response keeps it: another way leads to it whoever has it.
        cut = Timer(SECONDS, _shut, [ends.enter_context(opened.dup())])
        cut.daemon = True
        cut.start()
        ends.callback(cut.cancel)
        return opened


class _TlsConnection(_Connection, HTTPSConnection):
    """The same with TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    """What gives requests such connections."""

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


def _shut(other_end: socket.socket) -> None:
    with suppress(OSError):  # closed at this moment
        other_end.shutdown(socket.SHUT_RDWR)
