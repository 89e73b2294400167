"""Tokens, permissions, scopes, revocation, rates and addresses."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from falcon.inspect import inspect_routes

from chassis.base.ids import new_id
from contracts.documents import CHECK_PAGE
from contracts.identity.events import Revocation
from contracts.permissions import ROLE_SCOPES, Module, Role
from gateway.files import UPLOAD
from gateway.proxies import Proxies
from gateway.rates import Rates
from gateway.revocations import RevocationList
from gateway.route import PREFIX, PUBLIC, Route
from gateway.routes import ROUTES, SERVICES, identity
from gateway.streams import EVENTS
from gateway.tokens import Tokens
from tests.gateway.conftest import Gateway, make_gateway
from tests.gateway.fakes import Issuer, no_grants

BOOKS = "/api/v1/books"
POINT, OTHER_POINT = "0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f", "0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e60"
NOW = "2026-09-01T00:00:00Z"


def ask(gateway: Gateway, headers: dict[str, str], path: str = BOOKS):  # type: ignore[no-untyped-def]
    return gateway.client.simulate_get(path, headers=headers)


def test_nobody_comes_in_without_a_token(gateway: Gateway) -> None:
    answer = ask(gateway, {})
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == 'Bearer realm="jiaowu"'


def forged(issuer: Issuer) -> list[str]:
    good = issuer.token()
    head, body, signature = good.split(".")
    return [
        Issuer().token(),  # another key
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{issuer.token(sub=str(uuid4())).split('.')[1]}.{signature}",
        jwt.encode({"sub": "x"}, None, "none"),
        jwt.encode({"sub": "x"}, "x" * 32, "HS256"),
        "a.b.c",
        "x" * 7000,
        issuer.token(lifetime=301),
        issuer.token(lifetime=-1),
        issuer.token(iss="somebody"),
        issuer.token(aud="elsewhere"),
        issuer.token(sub="no-uuid"),
        issuer.token(epoch="x"),
        issuer.token(grants="school"),
        issuer.token(grants=[["emperor", "school", [], []]]),
        issuer.token(issued_ago=-60),
        *(issuer.token(without=claim) for claim in ("sub", "sid", "epoch", "grants", "iat", "exp", "iss", "aud")),
    ]


def test_forged_and_odd_tokens_are_refused(gateway: Gateway) -> None:
    for token in forged(gateway.issuer):
        answer = ask(gateway, {"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json["code"]) == (401, "token_invalid"), token
    for header in ("Basic abc", "Bearer", "Bearer ", "bearer\tx", gateway.issuer.token()):
        assert ask(gateway, {"Authorization": header}).status_code == 401


def test_an_expired_token_says_so(gateway: Gateway) -> None:
    answer = ask(gateway, gateway.bearer(issued_ago=400))
    assert (answer.status_code, answer.json["code"]) == (401, "token_expired")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def known() -> RevocationList:
    """What a gateway has that identity has answered."""
    revocations = RevocationList()
    revocations.complete = True
    return revocations


def test_a_remembered_token_still_expires() -> None:
    time = [1_000_000.0]
    issuer = Issuer()
    tokens = Tokens(issuer.public_key, known(), no_grants, clock=lambda: time[0])
    header = f"Bearer {issuer.token(lifetime=300)}"
    expires = asyncio.run(tokens.principal(header)).claims.exp
    time[0] = expires - 1
    asyncio.run(tokens.principal(header))
    time[0] = expires
    with pytest.raises(Exception, match="token_expired"):
        asyncio.run(tokens.principal(header))


def test_only_an_ed25519_key_is_taken() -> None:
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem = generate_private_key(65537, 2048).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(ValueError, match="Ed25519"):
        Tokens(pem.decode(), known(), no_grants)


def test_a_permission_that_is_missing_is_a_403(gateway: Gateway) -> None:
    answer = ask(gateway, gateway.bearer(grants=[["school_finance", "school", [], []]]))
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert ask(gateway, gateway.bearer(grants=[])).status_code == 403


def test_what_a_colleague_has_handed_on_counts_beside_the_own_roles(gateway: Gateway) -> None:
    mine = [["school_finance", "school", [], []]]
    assert ask(gateway, gateway.bearer(grants=mine)).status_code == 403
    handed = gateway.bearer(grants=mine, delegated=[["books.lend", "point", [POINT]]])
    assert ask(gateway, handed).status_code == 200
    scope = gateway.backend.calls[-1][3].scope
    assert (scope.kind, scope.ids) == ("point", (UUID(POINT),))
    wider = [["teaching_point_admin", "point", [OTHER_POINT], []]]
    assert ask(gateway, gateway.bearer(grants=wider, delegated=[["books.lend", "school", []]])).status_code == 200
    assert gateway.backend.calls[-1][3].scope.kind == "school"
    other = gateway.bearer(grants=mine, delegated=[["books.sell", "school", []]])
    assert ask(gateway, other).status_code == 403


def test_before_the_first_steps_only_the_own_account_works(gateway: Gateway) -> None:
    headers = gateway.bearer(first_steps=True)
    assert ask(gateway, headers).json["code"] == "first_steps_required"
    assert gateway.client.simulate_post("/api/v1/archive", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("grants", "kind", "ids"),
    [
        ([["teaching_point_admin", "point", [POINT], []]], "point", {POINT}),
        (
            [["teaching_point_admin", "point", [POINT], []], ["teaching_point_admin", "point", [OTHER_POINT], []]],
            "point",
            {POINT, OTHER_POINT},
        ),
        ([["student", "student", [POINT], []], ["teaching_point_admin", "point", [POINT], []]], "point", {POINT}),
        ([["teaching_point_admin", "point", [POINT], []], ["school_registrar", "school", [], []]], "school", set()),
        ([["course_lead", "course", [POINT], []]], "course", {POINT}),
        ([["teaching_point_admin", "school", [POINT], []]], "point", set()),
    ],
)
def test_the_widest_grant_for_the_permission_counts(
    gateway: Gateway, grants: list[object], kind: str, ids: set[str]
) -> None:
    assert ask(gateway, gateway.bearer(grants=grants)).status_code == 200
    context = gateway.backend.calls[0][3]
    assert context.scope.kind == kind
    assert set(map(str, context.scope.ids)) == ids
    assert context.permission == "books.lend"


def test_a_route_for_the_signed_in_sees_the_own_account_only(gateway: Gateway) -> None:
    user = str(uuid4())
    gateway.client.simulate_post("/api/v1/archive", headers=gateway.bearer(sub=user))
    context = gateway.backend.calls[0][3]
    assert (context.scope.kind, list(map(str, context.scope.ids))) == ("own", [user])
    assert (str(context.actor.user_id), context.permission) == (user, None)


def test_a_public_route_carries_no_actor_and_no_rows(gateway: Gateway) -> None:
    gateway.client.simulate_post("/api/v1/door", json={"name": "访客"}, headers=gateway.bearer())
    context = gateway.backend.calls[0][3]
    assert context.actor.user_id is None
    assert (context.scope.kind, context.scope.ids) == ("own", ())


def test_an_ended_session_and_a_raised_epoch_count_at_once(gateway: Gateway) -> None:
    user, session = new_id(), new_id()
    headers = gateway.bearer(sub=str(user), sid=str(session), epoch=3)
    others = gateway.bearer(sub=str(user), epoch=4)

    def revoke(session_id: UUID | None, epoch: int | None) -> None:
        gateway.revocations.apply([Revocation(user_id=user, session_id=session_id, epoch=epoch, revoked_at=NOW)])

    revoke(new_id(), None)
    revoke(None, 3)
    revoke(None, 2)
    assert ask(gateway, headers).status_code == 200
    revoke(None, 4)
    assert ask(gateway, headers).json["code"] == "token_revoked"
    assert ask(gateway, others).status_code == 200
    revoke(None, 1)  # an older message that comes late
    assert ask(gateway, headers).json["code"] == "token_revoked"


def test_revocations_are_forgotten_after_no_token_can_live() -> None:
    time = [0.0]
    revocations = RevocationList(clock=lambda: time[0])
    session = new_id()
    revocations.apply([Revocation(user_id=new_id(), session_id=session, epoch=None, revoked_at=NOW)])
    time[0] = 310
    revocations.forget_old()
    assert revocations.is_revoked(new_id(), session, 1)
    time[0] = 700
    revocations.forget_old()
    assert not revocations.is_revoked(new_id(), session, 1)


def test_one_user_may_not_ask_too_often_and_others_are_not_touched() -> None:
    gateway = make_gateway(Rates(user="3/minute"))
    headers = gateway.bearer()
    assert [ask(gateway, headers).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = ask(gateway, headers)
    assert answer.json["code"] == "rate_limited"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert ask(gateway, gateway.bearer()).status_code == 200


def test_an_address_that_nobody_signs_in_from_may_not_ask_too_often() -> None:
    gateway = make_gateway(Rates(address="4/minute"))
    knock = [gateway.client.simulate_post("/api/v1/door", json={"name": "x"}).status_code for _ in range(2)]
    assert knock == [200, 200]
    tries = [ask(gateway, {"Authorization": "Bearer x"}).status_code for _ in range(3)]
    assert tries == [401, 401, 429]
    elsewhere = gateway.client.simulate_post("/api/v1/door", json={"name": "x"}, remote_addr="10.0.0.9")
    assert elsewhere.status_code == 200
    assert ask(gateway, gateway.bearer()).status_code == 200, "whoever is signed in is counted as a user"


def test_six_hundred_people_behind_one_address_sign_in_and_refresh_in_one_minute() -> None:
    """With the limits of production, over the true routes."""
    gateway = make_gateway(routes=identity.ROUTES, services=("identity",))
    statuses: Counter[int] = Counter()
    for number in range(600):
        refresh = {"refresh_token": f"rt_{number:060}"}
        statuses[gateway.client.simulate_post("/api/v1/sessions/refresh", json=refresh).status_code] += 1
        right = {"username": f"26320309{number:08}", "password": "correct-horse-42"}
        statuses[gateway.client.simulate_post("/api/v1/sessions", json=right).status_code] += 1
        expired = ask(gateway, gateway.bearer(issued_ago=400), "/api/v1/account")
        statuses[expired.status_code] += 1
    assert statuses == {200: 600, 201: 600, 401: 600}


ALL_DOORS = [route for route in (*ROUTES, UPLOAD, EVENTS) if route.permission is not PUBLIC]
CODE = ("POST", "/account/second-factor/code")
FIRST_STEPS = {
    ("GET", "/account"),
    ("PUT", "/account"),
    ("POST", "/account/password"),
    ("POST", "/account/second-factor/offer"),
    ("PUT", "/account/second-factor"),
    CODE,
}
ASKED_AGAIN = {
    ("POST", "/applications/admit"),
    ("POST", "/applications/cancel-admission"),
    ("POST", "/applications/prior-education-checks/imports"),
    ("PUT", "/applications/{application_id}/prior-education-check"),
    ("POST", "/refunds/confirm"),
    ("POST", "/refunds/{refund_id}/retry"),
    ("PUT", "/account/second-factor"),
    ("DELETE", "/account/second-factor"),
    ("POST", "/account/second-factor/recovery-codes"),
    ("POST", "/users/{user_id}/reset-second-factor"),
    ("POST", "/sign-in-providers"),
    ("PUT", "/sign-in-providers/{sign_in_provider_id}"),
    ("POST", "/user-bindings"),
    ("POST", "/user-bindings/{user_binding_id}/local-sign-in"),
    ("POST", "/user-bindings/{user_binding_id}/unbind"),
}
EVERYTHING = [[role, ROLE_SCOPES[role], [POINT], list(Module)] for role in Role]


@pytest.mark.parametrize(
    ("claims", "code", "others"),
    [
        ({"first_steps": True}, "first_steps_required", FIRST_STEPS),
        ({"first_steps": True, "second_factor_due": True}, "second_factor_required", {CODE}),
    ],
)
def test_before_the_first_steps_every_door_but_their_own_is_shut(
    claims: dict[str, bool], code: str, others: set[tuple[str, str]]
) -> None:
    """Every address that the gateway has, with the token of somebody who has every role."""
    gateway = make_gateway(routes=ROUTES, services=SERVICES)
    refusals = asked_everywhere(gateway, gateway.bearer(grants=EVERYTHING, **claims))
    assert {door for door, refusal in refusals.items() if refusal != code} == others
    assert len(gateway.backend.calls) <= len(others)


def test_payouts_admission_what_ends_it_and_the_second_factor_itself_want_a_code_of_a_short_while_ago() -> None:
    gateway = make_gateway(routes=ROUTES, services=SERVICES)
    doors, now = [route for route in ROUTES if route.asks_again], int(time.time())
    assert {(route.method, route.path) for route in doors} == ASKED_AGAIN
    for until, refused in ((now - 1, ASKED_AGAIN), (now + 60, set()), (None, set())):
        headers = gateway.bearer(grants=EVERYTHING, second_factor_until=until)
        refusals = asked_everywhere(gateway, headers, doors)
        assert {door for door, code in refusals.items() if code == "second_factor_again"} == refused
    old = {"second_factor_until": now - 1}
    assert ask(gateway, gateway.bearer(grants=EVERYTHING, **old), "/api/v1/bills").status_code == 200
    assert asked_everywhere(gateway, gateway.bearer(grants=[], **old), doors)["POST", "/refunds/confirm"] == "forbidden"


def asked_everywhere(
    gateway: Gateway, headers: dict[str, str], doors: Sequence[Route] = ALL_DOORS
) -> dict[tuple[str, str], str]:
    """What each of these addresses answers to this token: its refusal's code, or nothing."""
    found = {}
    for route in doors:
        path = re.sub(r"{[a-z_]+}", POINT, route.template)
        answer = gateway.client.simulate_request(route.method, path, headers=headers)
        found[route.method, route.path] = answer.json.get("code", "") if answer.content else ""
    return found


def test_the_doors_are_all_that_the_gateway_has() -> None:
    """So that no address is added beside the table: what else there is, are pages for people."""
    application = make_gateway(routes=ROUTES, services=SERVICES).client.app
    found = {
        (method.method, route.path)
        for route in inspect_routes(application)
        for method in route.methods
        if not method.internal
    }
    public = {(route.method, route.template) for route in ROUTES if route.permission is PUBLIC}
    beside = found - public - {(route.method, route.template) for route in ALL_DOORS}
    pages = ("/docs", CHECK_PAGE)
    assert [path for _, path in beside if path != f"{PREFIX}/openapi.json" and not path.startswith(pages)] == []


def test_no_token_is_good_before_the_revocations_are_known(gateway: Gateway) -> None:
    gateway.revocations.complete = False
    answer = ask(gateway, gateway.bearer())
    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert ask(gateway, {}).json["code"] == "unauthenticated"
    knock = gateway.client.simulate_post("/api/v1/door", json={"name": "x"})
    assert knock.status_code == 200, "who signs in is asked nothing"
    gateway.revocations.complete = True
    assert ask(gateway, gateway.bearer()).status_code == 200


LONG = [["course_lead", "course", [str(new_id()) for _ in range(200)], []]]


def test_grants_that_are_too_long_to_travel_are_asked_for_once(gateway: Gateway) -> None:
    gateway.backend.answers["get_access_grants"] = lambda *_: {"grants": LONG}
    user, session = str(new_id()), str(new_id())
    headers = gateway.bearer(sub=user, sid=session, epoch=7, grants=[], grants_by_reference=True)
    assert [ask(gateway, headers).status_code for _ in range(3)] == [200, 200, 200]
    asked = [call for call in gateway.backend.calls if call[1] == "get_access_grants"]
    assert [call[2] for call in asked] == [{"user_id": user, "session_id": session, "epoch": 7}]
    scope = gateway.backend.calls[-1][3].scope
    assert (scope.kind, set(map(str, scope.ids))) == ("course", set(LONG[0][2]))


@pytest.mark.parametrize(
    ("refusal", "status"),
    [("token_revoked", 401), ("service_unavailable", 503), ("deadline_exceeded", 503), ("overloaded", 503)],
)
def test_whose_grants_nobody_can_tell_is_refused_and_asked_for_again(
    gateway: Gateway, refusal: str, status: int
) -> None:
    params = {"service": "identity", "retry_after": 1} if status == 503 else {}
    gateway.backend.refuse("get_access_grants", refusal, **params)
    headers = gateway.bearer(grants=[], grants_by_reference=True)
    answer = ask(gateway, headers)
    assert (answer.status_code, answer.json["code"]) == (status, refusal)
    gateway.backend.answers["get_access_grants"] = lambda *_: {"grants": "rubbish"}
    assert ask(gateway, headers).status_code == 503
    gateway.backend.answers["get_access_grants"] = lambda *_: {"grants": LONG}
    assert ask(gateway, headers).status_code == 200


def test_grants_that_were_asked_for_end_with_their_epoch(gateway: Gateway) -> None:
    gateway.backend.answers["get_access_grants"] = lambda *_: {"grants": LONG}
    user = new_id()
    headers = gateway.bearer(sub=str(user), epoch=3, grants=[], grants_by_reference=True)
    assert ask(gateway, headers).status_code == 200
    gateway.revocations.apply([Revocation(user_id=user, session_id=None, epoch=4, revoked_at=NOW)])
    assert ask(gateway, headers).json["code"] == "token_revoked"


def test_an_ended_token_costs_no_question(gateway: Gateway) -> None:
    headers = gateway.bearer(grants=[], grants_by_reference=True, issued_ago=400)
    assert ask(gateway, headers).json["code"] == "token_expired"
    assert gateway.backend.calls == []


def test_two_keys_count_and_one_that_is_gone_counts_no_more(gateway: Gateway) -> None:
    first, second = gateway.issuer, Issuer()
    by_first, by_second = ({"Authorization": f"Bearer {each.token()}"} for each in (first, second))

    def statuses() -> list[int]:
        return [ask(gateway, headers).status_code for headers in (by_first, by_second)]

    assert statuses() == [200, 401]
    gateway.tokens.trust([first.public_key, second.public_key])
    assert statuses() == [200, 200]
    gateway.tokens.trust([second.public_key, first.public_key])
    assert statuses() == [200, 200]
    gateway.tokens.trust([second.public_key])
    assert statuses() == [401, 200], "one that was remembered too"
    with pytest.raises(ValueError, match="no public key"):
        gateway.tokens.trust([])
    assert statuses() == [401, 200]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("198.51.100.5", "203.0.113.7", "198.51.100.5"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_only_our_own_proxies_say_who_the_client_is(peer: str, forwarded: str, client: str) -> None:
    gateway = make_gateway(proxies=Proxies(["10.0.0.0/8"]))
    headers = {**gateway.bearer(), "X-Forwarded-For": forwarded}
    gateway.client.simulate_get(BOOKS, headers=headers, remote_addr=peer)
    assert gateway.backend.calls[0][3].client == client


def test_a_key_of_another_gateway_is_not_ours() -> None:
    gateway, other = make_gateway(), Issuer(Ed25519PrivateKey.generate())
    assert ask(gateway, {"Authorization": f"Bearer {other.token()}"}).status_code == 401
