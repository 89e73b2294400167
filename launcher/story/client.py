"""A person's way into the API over HTTP: an operation goes in, its answer comes out.

    client = Client("http://127.0.0.1:8000")
    client.sign_in("admin", password)
    point: TeachingPointDetails = client.send(CreateTeachingPoint(code="3203", name="徐州教学点"))

Address and method of an operation come from the gateway's route table, so they are written once.
"""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import requests
from pydantic import BaseModel

from chassis.base.clock import SystemClock
from chassis.base.ids import new_id
from contracts.base import Command, Operation, Page, PageQuery
from contracts.identity.commands import ChangePassword, RefreshSession, SignIn
from contracts.identity.views import SessionTokens
from contracts.types import FileReference
from gateway.binding import path_fields
from gateway.route import PREFIX, Route
from gateway.routes import ROUTES

PATIENCE = 70.0
"""Seconds for which a request is sent again while the system is busy, starting, has lost a part, or counts sign-ins."""
_TIMEOUT = (5.0, 70.0)
"""Seconds to connect, and between bytes of the answer: more than any route allows itself."""
_SOON = timedelta(seconds=30)
_ROUTES: dict[tuple[type[Operation], bool], Route] = {
    (route.operation, route.downloads is not None): route for route in ROUTES
}
_AGAIN = {
    "overloaded",
    "service_unavailable",
    "deadline_exceeded",
    "command_in_progress",
    "rate_limited",
    "too_many_transfers",
}
"""What passes by itself. The same idempotency key makes a second sending harmless."""

_LOST = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
"""How it shows that whoever was to answer has died: before the answer, or in the middle of it."""

_PERHAPS_CHANGED = {"token_revoked", "wrong_current_password"}
"""How the repetition of a change of password is refused that was carried out but whose answer was lost: by the
gateway, or by the accounts' service where the gateway has not heard of the change yet."""


class ProblemError(Exception):
    """The API's answer was a problem document."""

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        self.status = status
        self.code: str = document.get("code", "unreadable_answer")
        self.errors: list[dict[str, Any]] = document.get("errors", [])
        self.challenge: dict[str, Any] | None = document.get("challenge")
        """The work that has to be done first."""
        reasons = "; ".join(f"{error['path']}: {error['message']}" for error in self.errors)
        super().__init__(f"{self.code} ({status}): {document.get('detail', '')} {reasons}".strip())


class Client:
    """One person's session."""

    def __init__(self, gateway_url: str) -> None:
        self._base = gateway_url
        self._http = requests.Session()
        self._http.headers["Accept-Language"] = "en"
        self._http.trust_env = False  # a proxy of the environment has no business with our own address
        self._clock = SystemClock()
        self.tokens: SessionTokens | None = None
        self._renewal = threading.RLock()
        """Held while tokens are renewed: somebody who does several things at once would send them without any."""
        self._sign_in = ("", "")
        self._devices: dict[str, str] = {}

    # -- who one is ----------------------------------------------------------------------------------------

    def sign_in(self, username: str, password: str) -> SessionTokens:
        """Open a session, as the device that signed in as this user before, if it did."""
        self.tokens = None
        as_stranger = SignIn(username=username, password=password)
        device = {"device_token": self._devices[username]} if username in self._devices else {}
        try:
            tokens: SessionTokens = self.send(as_stranger.model_copy(update=device))
        except ProblemError as problem:
            if problem.code != "validation_failed" or not device:
                raise
            tokens = self.send(as_stranger)  # while gateways are replaced, one may not know of devices yet
        if tokens.device_token is not None:
            self._devices[username] = tokens.device_token
        self.tokens, self._sign_in = tokens, (username, password)
        return tokens

    def sign_in_again(self) -> SessionTokens:
        """Open another session of who signed in last."""
        return self.sign_in(*self._sign_in)

    def change_password(self, current: str, new: str) -> SessionTokens:
        """Change one's own password; this session goes on."""
        command = ChangePassword(current_password=current, new_password=new, confirmation=new)
        username, _ = self._sign_in
        try:
            self.tokens = self.send(command)
        except ProblemError as problem:
            if problem.code not in _PERHAPS_CHANGED:
                raise
            return self._try_new_password(username, new, problem)
        self._sign_in = username, new
        return self.tokens

    def _try_new_password(self, username: str, new: str, problem: ProblemError) -> SessionTokens:
        """Find out whether an earlier sending of the change took effect, whose answer never came.

        Raises the problem that the last one met when it did not.
        """
        before = self.tokens
        try:
            return self.sign_in(username, new)
        except ProblemError as refused:
            if refused.code != "bad_credentials":
                raise
            self.tokens = before
            raise problem from None

    def refresh(self) -> SessionTokens:
        """Get new tokens, with the grants that one has now."""
        with self._renewal:
            assert self.tokens is not None
            before = self.tokens
            self.tokens = None  # the expired access token would only be in the way
            try:
                self.tokens = self.send(RefreshSession(refresh_token=before.refresh_token))
            except ProblemError as problem:
                if problem.code != "session_ended":
                    raise
                return self.sign_in_again()  # the same: a refresh token that was used once ends the session
            finally:
                self.tokens = self.tokens or before  # where nothing came of it, the next request tries again
            return self.tokens

    # -- what one can do -----------------------------------------------------------------------------------

    def send(self, operation: Operation) -> Any:
        """Carry out a command or ask a question; the answer is what the operation's contract says.

        Raises ProblemError.
        """
        route = _ROUTES[type(operation), False]
        return route.operation.answers.model_validate_json(self._ask(route, operation).content)

    def pages(self, query: PageQuery) -> Iterator[Any]:
        """All rows of a list, page by page."""
        after = query.after
        while True:
            page: Page[Any] = self.send(query.model_copy(update={"after": after, "size": 200}))
            yield from page.items
            after = page.next_after
            if after is None:
                return

    def count(self, query: PageQuery) -> int:
        """How many rows a list has."""
        page: Page[Any] = self.send(query.model_copy(update={"size": 1}))
        return page.total

    def download(self, operation: Operation) -> bytes:
        """The file that an operation answers with."""
        return self._ask(_ROUTES[type(operation), True], operation).content

    def upload(self, name: str, content: bytes) -> FileReference:
        """Bring in a file, to be named in a command."""
        answer = self._deliver("POST", f"{PREFIX}/files", files={"file": (name, content)})
        return FileReference.model_validate_json(answer.content)

    # -- how it travels ------------------------------------------------------------------------------------

    def _ask(self, route: Route, operation: Operation) -> requests.Response:
        fields = _json(operation)
        path = route.template.format(**{name: fields.pop(name) for name in path_fields(route.path)})
        headers = {"Idempotency-Key": str(new_id())} if isinstance(operation, Command) else {}
        if route.has_body:
            return self._deliver(route.method, path, headers=headers, json=fields)
        return self._deliver(route.method, path, headers=headers, params=_query(fields))

    def _deliver(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **what: Any
    ) -> requests.Response:
        """Send it until it is answered for good, or PATIENCE is over."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._http.request(
                    method, self._base + path, headers=self._signed(headers or {}), timeout=_TIMEOUT, **what
                )
            except _LOST:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)
                continue
            if answer.ok:
                return answer
            problem = ProblemError(answer.status_code, _document(answer))
            if problem.code not in _AGAIN or time.monotonic() > deadline:
                raise problem
            time.sleep(min(5.0, float(answer.headers.get("Retry-After", 0.2))))

    def _signed(self, headers: dict[str, str]) -> dict[str, str]:
        with self._renewal:
            if self.tokens is None:
                return headers
            if self.tokens.access_expires_at - self._clock.now() < _SOON:
                self.refresh()
            return {**headers, "Authorization": f"Bearer {self.tokens.access_token}"}


def _json(operation: BaseModel) -> dict[str, Any]:
    return operation.model_dump(mode="json", exclude_unset=True)


def _query(fields: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = []
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            if each is not None:
                pairs.append((name, str(each).lower() if isinstance(each, bool) else str(each)))
    return pairs


def _document(answer: requests.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except requests.JSONDecodeError:
        return {"detail": answer.text[:200]}
    return document if isinstance(document, dict) else {}
