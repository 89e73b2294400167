"""The key that signs tokens is changed while people work: nobody notices."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import jwt
import pytest
import requests

from chassis.base.clock import SystemClock
from chassis.base.ids import new_id
from chassis.base.pem import private_blocks
from contracts.identity.queries import GetAccount, GetTokenKey
from contracts.identity.tokens import AUDIENCE, ISSUER
from launcher.secrets import Secrets
from launcher.story.client import Client
from launcher.story.people import administrator, administrator_password
from launcher.system import FIRST_ADMINISTRATOR, System
from launcher.token_keys import Pause, change, wait_for
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.timeout(400)]

PEOPLE = 4


def signed_by(key: str) -> str:
    """The token of somebody who is not there, but whose signature can be judged."""
    now = int(SystemClock().now().timestamp())
    claims = {"sub": str(new_id()), "sid": str(new_id()), "epoch": 1, "name": "x", "grants": []}
    return jwt.encode({**claims, "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 60}, key, "EdDSA")


def is_taken(system: System, key: str) -> bool:
    headers = {"Authorization": f"Bearer {signed_by(key)}"}
    answer = requests.get(f"{system.gateway_url}/api/v1/account", headers=headers, timeout=30)
    return answer.status_code != 401


class Work:
    """Somebody who asks and refreshes all the time, each answer counted."""

    def __init__(self, client: Client) -> None:
        self.answers: Counter[int] = Counter()
        self.refreshes = 0
        self._client = client
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._thread.join()

    def _run(self) -> None:
        http = requests.Session()
        while not self._stopping.is_set():
            tokens = self._client.refresh()
            self.refreshes += 1
            for _ in range(10):
                headers = {"Authorization": f"Bearer {tokens.access_token}"}
                answer = http.get(f"{self._client._base}/api/v1/account", headers=headers, timeout=30)
                self.answers[answer.status_code] += 1


def test_the_key_is_changed_under_load_and_no_request_is_refused(system: System) -> None:
    administrator(system)
    kept = Secrets(system.state / "secrets")
    (former,) = private_blocks(kept.token_keys()[0])
    clients = [Client(system.gateway_url) for _ in range(PEOPLE)]
    for client in clients:
        client.sign_in(FIRST_ADMINISTRATOR, administrator_password(system))
    work = [Work(client) for client in clients]

    known = wait_for([system.process("gateway"), system.stand_ins["gateway"]])

    def until(pause: Pause, keys: Sequence[str]) -> None:
        if pause is Pause.KNOWN:
            known(pause, keys)
        signing, other = private_blocks(kept.token_keys()[0])
        eventually(lambda: is_taken(system, signing) and is_taken(system, other), "both keys count", 60)
        if pause is Pause.OUTLIVED:
            public = Secrets(system.state / "secrets").token_keys()[1]
            eventually(lambda: public.startswith(clients[0].send(GetTokenKey()).public_key), "the new key signs")
        before = [each.refreshes for each in work]
        eventually(
            lambda: all(each.refreshes > count + 1 for each, count in zip(work, before, strict=True)),
            "everybody has tokens of the key that signs",
            60,
        )

    with work[0].going_on(), work[1].going_on(), work[2].going_on(), work[3].going_on():
        change(kept, until)
        eventually(lambda: not is_taken(system, former), "the former key counts no more", 60)
        answered = [sum(each.answers.values()) for each in work]
        eventually(
            lambda: all(sum(each.answers.values()) > count for each, count in zip(work, answered, strict=True)),
            "everybody works on with the new key alone",
        )
    assert [set(each.answers) for each in work] == [{200}] * PEOPLE
    assert clients[0].send(GetAccount()).username == FIRST_ADMINISTRATOR
