"""The story's people find out what became of a request whose answer was lost."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from chassis.base.clock import SystemClock
from chassis.base.ids import new_id
from contracts.identity.commands import SignIn
from contracts.identity.states import UserStatus
from contracts.identity.views import AccountView, SessionTokens
from launcher.story.client import Client, ProblemError
from launcher.story.stage import at_once

USERNAME, OLD, NEW = "registrar", "one-time", "made-up-horse-42"


@dataclass
class Accounts:
    """What stands behind the API: one account, which changes its password when asked with the one it has."""

    password: str = OLD
    lost: list[tuple[int, str]] = field(default_factory=list)
    """Answers (status, code) that come in the place of the true ones of changes, after these were carried out."""
    cut_off: int = 0
    """How many answers end in the middle."""
    lost_sign_ins: list[tuple[int, str]] = field(default_factory=list)
    """The same of sign-ins."""
    keys: list[str] = field(default_factory=list)
    """The idempotency keys that came."""
    refuses_with: str = "wrong_current_password"
    asked: list[str] = field(default_factory=list)
    signed: list[bool] = field(default_factory=list)
    """Whether each request that came carried an access token."""
    renewals: list[tuple[int, str]] = field(default_factory=list)
    """Answers (status, code) to the first renewals."""
    came: threading.Event = field(default_factory=threading.Event)
    """Set when anything but a renewal is asked."""

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The status and document for one request."""
        self.asked.append(path.rpartition("/")[2])
        if path.endswith("/refresh"):
            self.came.wait(0.5)  # time for others to come in between, if they do
            return self._tokens(200) if not self.renewals else self._refused(*self.renewals.pop(0))
        self.came.set()
        if path.endswith("/sessions"):
            if self.lost_sign_ins:
                status, code = self.lost_sign_ins.pop(0)
                return status, {"code": code}
            return self._tokens(201) if body["password"] == self.password else (401, {"code": "bad_credentials"})
        if body["current_password"] != self.password:
            return 409, {"code": self.refuses_with}
        self.password = body["new_password"]
        if self.lost:
            status, code = self.lost.pop(0)
            return status, {"code": code}
        return self._tokens(200)

    @staticmethod
    def _refused(status: int, code: str) -> tuple[int, dict[str, Any]]:
        return status, {"code": code}

    @staticmethod
    def _tokens(status: int) -> tuple[int, dict[str, Any]]:
        account = AccountView.model_construct(
            user_id=new_id(), username=USERNAME, name="教务", gender=None, mobile=None, email=None, position=None,
            teaching_point_id=None, teaching_point_name=None, student_id=None, roles=(), permissions={},
            status=UserStatus.ENABLED, first_steps=(), version=1,
        )  # fmt: skip
        later = SystemClock().now() + timedelta(minutes=5)
        tokens = SessionTokens.model_construct(
            access_token="a", access_expires_at=later, refresh_token="r" * 20, refresh_expires_at=later, account=account
        )
        return status, json.loads(tokens.model_dump_json())


class _Handler(BaseHTTPRequestHandler):
    accounts: ClassVar[Accounts]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.accounts.keys.append(self.headers["Idempotency-Key"])
        self.accounts.signed.append("Authorization" in self.headers)
        status, document = self.accounts.answer(self.path, body)
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        if self.accounts.cut_off:
            self.accounts.cut_off -= 1
            content, self.close_connection = content[:5], True
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def signed_in() -> Iterator[Callable[[Accounts], Client]]:
    servers: list[ThreadingHTTPServer] = []

    def sign_in(accounts: Accounts) -> Client:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"accounts": accounts}))
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        client = Client(f"http://127.0.0.1:{server.server_port}")
        client.sign_in(USERNAME, accounts.password)
        return client

    yield sign_in
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_sign_in_whose_answer_was_lost_is_repeated_under_the_same_key(
    signed_in: Callable[[Accounts], Client],
) -> None:
    """So that a one-time password, which opens one session, opens that one again."""
    accounts = Accounts(lost_sign_ins=[(504, "deadline_exceeded"), (503, "service_unavailable")])
    signed_in(accounts)
    assert accounts.asked == ["sessions"] * 3
    assert len(set(accounts.keys)) == 1


def test_an_answer_that_ends_in_the_middle_is_asked_for_again_under_the_same_key(
    signed_in: Callable[[Accounts], Client],
) -> None:
    accounts = Accounts(cut_off=2)
    signed_in(accounts)
    assert accounts.asked == ["sessions"] * 3
    assert len(set(accounts.keys)) == 1


@pytest.mark.parametrize("refusal", ["wrong_current_password", "token_revoked"])
@pytest.mark.parametrize("lost", [(504, "deadline_exceeded"), (503, "service_unavailable")])
def test_a_change_of_password_whose_answer_was_lost_is_found_out_by_signing_in(
    signed_in: Callable[[Accounts], Client], lost: tuple[int, str], refusal: str
) -> None:
    accounts = Accounts(lost=[lost], refuses_with=refusal)
    client = signed_in(accounts)

    tokens = client.change_password(OLD, NEW)

    assert accounts.password == NEW
    assert tokens == client.tokens
    assert accounts.asked == ["sessions", "password", "password", "sessions"]


def test_a_current_password_that_is_wrong_is_told_and_the_session_goes_on(
    signed_in: Callable[[Accounts], Client],
) -> None:
    accounts = Accounts()
    client = signed_in(accounts)
    before = client.tokens

    with pytest.raises(ProblemError, match="wrong_current_password"):
        client.change_password("another", NEW)

    assert accounts.password == OLD
    assert client.tokens == before


def expiring(client: Client, accounts: Accounts) -> None:
    """From here on: the access token has just run out, and only new requests count."""
    assert client.tokens is not None
    client.tokens = client.tokens.model_copy(update={"access_expires_at": SystemClock().now()})
    accounts.asked.clear()
    accounts.signed.clear()
    accounts.came.clear()


def test_whoever_does_several_things_at_once_renews_the_tokens_once_and_sends_nothing_without(
    signed_in: Callable[[Accounts], Client],
) -> None:
    accounts = Accounts()
    client = signed_in(accounts)
    expiring(client, accounts)

    at_once(lambda _: client.send(SignIn(username=USERNAME, password=OLD)), range(6))

    assert accounts.asked == ["refresh"] + ["sessions"] * 6
    assert accounts.signed == [False] + [True] * 6


def test_a_renewal_that_fails_is_told_and_the_next_request_tries_again(
    signed_in: Callable[[Accounts], Client],
) -> None:
    accounts = Accounts(renewals=[(500, "internal_error")])
    client = signed_in(accounts)
    expiring(client, accounts)

    with pytest.raises(ProblemError, match="internal_error"):
        client.send(SignIn(username=USERNAME, password=OLD))
    client.send(SignIn(username=USERNAME, password=OLD))

    assert accounts.asked == ["refresh", "refresh", "sessions"]
    assert accounts.signed == [False, False, True]
