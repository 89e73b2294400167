"""What every answer carries for the browser's sake, and what the log keeps of every request."""

import pytest
from structlog.testing import capture_logs

from contracts.documents import CHECK_PAGE
from gateway.proxies import Proxies
from tests.gateway.conftest import Gateway, make_gateway
from tests.gateway.test_files import PDF, SCAN, SHA
from tests.gateway.test_requests import lend

POLICY = ("default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'")
PROXY = "10.0.0.1"


def test_no_answer_of_the_api_can_be_run_framed_or_given_another_base(gateway: Gateway) -> None:
    gateway.store.files["library", SHA] = b"%PDF-1.7"
    gateway.backend.answers["get_scan"] = lambda *_: {"sha256": SHA, "name": "a.pdf", "size": 8, "media_type": PDF}
    answers = (
        lend(gateway, {"title": "a"}),
        lend(gateway, {}),
        gateway.client.simulate_get("/nowhere"),
        gateway.client.simulate_get(SCAN, headers=gateway.bearer()),
    )
    assert [answer.status_code for answer in answers] == [201, 422, 404, 200]
    for answer in answers:
        policy = answer.headers["content-security-policy"].split("; ")
        assert [directive for directive in POLICY if directive not in policy] == []
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert answers[-1].headers["content-security-policy"].startswith("sandbox;")


@pytest.mark.parametrize("page", ["/docs/", CHECK_PAGE])
def test_the_pages_load_and_send_nothing_elsewhere(gateway: Gateway, page: str) -> None:
    policy = gateway.client.simulate_get(page).headers["content-security-policy"].split("; ")
    wanted = {"default-src 'none'", "script-src 'self'", "connect-src 'self'", "base-uri 'none'"}
    assert wanted | {"form-action 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert not [directive for directive in policy if "unsafe" in directive or "http" in directive]


@pytest.mark.parametrize(
    ("address", "protocol", "told"),
    [(PROXY, "https", True), (PROXY, "http", False), (PROXY, None, False), ("203.0.113.9", "https", False)],
)
def test_browsers_are_told_to_stay_with_tls_where_a_proxy_of_ours_was_asked_by_it(
    address: str, protocol: str | None, told: bool
) -> None:
    gateway = make_gateway(proxies=Proxies(["10.0.0.0/8"]))
    headers = {"X-Forwarded-Proto": protocol} if protocol else {}
    answer = gateway.client.simulate_get("/nowhere", headers=headers, remote_addr=address)
    found = answer.headers.get("strict-transport-security")
    assert found == ("max-age=63072000; includeSubDomains" if told else None)


@pytest.mark.parametrize("method", ["OPTIONS", "POST", "GET"])
def test_no_other_origin_is_let_in_and_no_cookie_is_set(gateway: Gateway, method: str) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    for path in ("/api/v1/door", "/api/v1/books", "/docs/"):
        headers = gateway.client.simulate_request(method, path, headers={**asked, **gateway.bearer()}).headers
        assert [name for name in headers if name.lower().startswith(("access-control-", "set-cookie"))] == []


def test_a_request_is_not_given_back_to_who_sent_it(gateway: Gateway) -> None:
    answer = gateway.client.simulate_request("TRACE", "/api/v1/books", headers=gateway.bearer())
    assert answer.status_code == 405
    assert "Bearer" not in answer.text


def test_the_log_tells_who_was_refused_what_and_why(gateway: Gateway) -> None:
    tutor = gateway.bearer(sub="0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f", grants=[["course_tutor", "tutor", [], []]])
    with capture_logs() as lines:
        refused = gateway.client.simulate_get("/api/v1/books", headers=tutor)
        unknown = gateway.client.simulate_get("/api/v1/books", headers={"Authorization": "Bearer nonsense"})
    assert (refused.status_code, unknown.status_code) == (403, 401)
    told = [(str(line["user_id"]), line["route"], line["code"]) for line in lines if line["event"] == "request"]
    assert told == [
        ("0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f", "/api/v1/books", "forbidden"),
        ("None", "/api/v1/books", "token_invalid"),
    ]
