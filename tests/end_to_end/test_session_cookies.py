"""A browser and the running system: one that keeps cookies, and never sees what is in them."""

from secrets import token_hex

import pytest
import requests

from contracts.identity.commands import CreateUser, RoleGrantInput
from contracts.identity.views import CreatedUser
from contracts.permissions import Role
from gateway.route import PREFIX
from launcher.story.people import administrator
from launcher.system import System

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.timeout(120)]

PASSWORD = "made-up-mule-43"


class Browser:
    """Sends what a page of ours sends, with the cookies that it was given."""

    def __init__(self, gateway_url: str) -> None:
        self._base = gateway_url + PREFIX
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers.update({"Session-Cookie": "yes", "Origin": gateway_url})

    @property
    def session(self) -> str | None:
        """The cookie, of which a script would know nothing."""
        value: str | None = self._http.cookies.get("jiaowu_session")
        return value

    def post(self, path: str, fields: object = None, **headers: str) -> requests.Response:
        return self._http.post(self._base + path, json=fields, headers=headers, timeout=30)

    def is_in(self, tokens: dict[str, str]) -> bool:
        """Whether an access token opens the account."""
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        return self._http.get(f"{self._base}/account", headers=headers, timeout=30).ok


def test_a_browser_comes_in_goes_on_and_leaves_and_sees_no_refresh_token(system: System) -> None:
    role = RoleGrantInput(role=Role.SCHOOL_REGISTRAR)
    made: CreatedUser = administrator(system).send(
        CreateUser(username=f"browser.{token_hex(4)}", name="浏览器", roles=(role,))
    )
    first = made.one_time_password
    browser, key = Browser(system.gateway_url), {"Idempotency-Key": token_hex(16)}

    sign_in = {"username": first.username, "password": first.password}
    answers = [browser.post("/sessions", sign_in, **key) for _ in range(2)]
    opened = browser.session
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [answer.cookies["jiaowu_session"] for answer in answers] == [opened, opened], "the answer was lost: the same"

    bearer = {"Authorization": f"Bearer {answers[1].json()['access_token']}"}
    change = {"current_password": first.password, "new_password": PASSWORD, "confirmation": PASSWORD}
    answers.append(browser.post("/account/password", change, **bearer))
    changed = browser.session
    answers.append(browser.post("/sessions/refresh"))
    assert [answer.ok for answer in answers] == [True] * 4, answers[-1].text
    assert len({opened, changed, browser.session}) == 3, "each is new"
    for answer in answers:
        assert not answer.json().keys() & {"refresh_token", "device_token"}
        assert browser.is_in(answer.json()) is (answer in answers[2:]), "a new password ends what was open"

    kept = browser.session
    assert browser.post("/sessions/sign-out").ok
    assert browser.session is None
    browser._http.cookies.set("jiaowu_session", kept, path=f"{PREFIX}/sessions")
    ended = browser.post("/sessions/refresh")
    assert (ended.status_code, ended.json()["code"]) == (401, "session_ended")
