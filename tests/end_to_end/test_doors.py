"""What a running gateway lets in: nothing that it can't judge, and grants that no token can carry."""

import signal
from secrets import token_hex

import pytest
import requests

from chassis.base.ids import new_id
from contracts.courses.queries import ListCourses
from contracts.identity.commands import CreateUser, RoleGrantInput
from contracts.identity.views import CreatedUser
from contracts.permissions import Role
from launcher.story.people import administrator, come_in, complete_profile
from launcher.system import GATEWAY, System
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.timeout(400)]


def test_a_gateway_that_starts_while_identity_hangs_is_not_ready_and_takes_no_token(system: System) -> None:
    client = administrator(system).client
    token = client.refresh().access_token
    address = f"{system.gateway_url}/api/v1/account"
    identity, gateway = system.process("identity"), system.process(GATEWAY)

    def ask() -> requests.Response:
        return requests.get(address, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def listens() -> bool:
        try:
            return requests.get(f"{system.gateway_url}/docs/", timeout=5).ok
        except requests.RequestException:  # nobody is accepted for a while: identity may yet answer
            return False

    assert ask().status_code == 200
    gateway.stop()
    identity.send(signal.SIGSTOP)
    try:
        gateway.start()
        eventually(listens, "the gateway listens", 60)
        refused = ask()
        assert (refused.status_code, refused.json()["code"]) == (503, "service_unavailable")
        assert not gateway.ready()
        assert "revocations" in gateway.unready_because()
    finally:
        identity.send(signal.SIGCONT)
    system.wait_ready([GATEWAY, "identity"])
    assert eventually(lambda: ask().status_code == 200, "the token counts again")


def test_a_lead_with_two_hundred_courses_comes_in(system: System) -> None:
    chief = administrator(system)
    lead = RoleGrantInput(role=Role.COURSE_LEAD, course_ids=tuple(new_id() for _ in range(200)))
    made: CreatedUser = chief.send(CreateUser(username=f"lead.{token_hex(4)}", name="课程负责人", roles=(lead,)))
    client = come_in(system.gateway_url, made.one_time_password, "made-up-horse-42")
    complete_profile(client)
    assert client.tokens is not None
    assert len(client.tokens.access_token) < 4_000
    assert client.count(ListCourses()) >= 0
    assert len(client.tokens.account.roles[0].course_ids) == 200
