"""Asking the school's providers by HTTP, and nobody else: in seconds, for answers of a size that is known, with no
transaction open.

Only addresses from a provider's settings are asked, and those that the provider names in its own discovery document;
redirects are not followed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any, Final

import orjson
import requests

from contracts.errors import ServiceError
from services.identity.domain.openid import NotBelieved

SECONDS: Final = 6.0
"""For one answer, from the first byte sent to the last one read."""
_SILENCE: Final = 3.0
"""Seconds without a sign."""
LONGEST: Final = 256 * 1024
"""Bytes of an answer."""
_AT_A_TIME: Final = 3
"""Of one process: the others of its workers go on while a provider hangs."""
_HEADERS: Final = {"Accept-Encoding": "identity", "Accept": "application/json, application/xml;q=0.9"}

_places = BoundedSemaphore(_AT_A_TIME)


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


def _asked(method: str, address: str, **sent: Any) -> Answer:
    until = time.monotonic() + SECONDS
    try:
        with _place(), requests.Session() as session:
            session.trust_env = False  # neither proxies nor passwords of the process's surroundings
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
        if len(body) > LONGEST or time.monotonic() > until:
            raise ServiceError("sign_in_provider_unreachable")
    return bytes(body)


@contextmanager
def _place() -> Iterator[None]:
    """One of the few at a time."""
    if not _places.acquire(blocking=False):
        raise ServiceError("sign_in_provider_unreachable")
    try:
        yield
    finally:
        _places.release()
