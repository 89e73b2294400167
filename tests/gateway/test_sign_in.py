"""Tokens, permissions, scopes, revocation, rates and addresses."""

from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.base.ids import new_id
from contracts.identity.events import Revocation
from gateway.rates import Rates
from gateway.revocations import RevocationList
from gateway.tokens import Tokens
from tests.gateway.conftest import Gateway, make_gateway
from tests.gateway.fakes import Issuer

BOOKS = "/api/v1/books"
POINT, OTHER_POINT = "0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f", "0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e60"
NOW = "2026-09-01T00:00:00Z"


def ask(gateway: Gateway, headers: dict[str, str]):  # type: ignore[no-untyped-def]
    return gateway.client.simulate_get(BOOKS, headers=headers)


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


def test_a_remembered_token_still_expires() -> None:
    time = [1_000_000.0]
    issuer = Issuer()
    tokens = Tokens(issuer.public_key, RevocationList(), clock=lambda: time[0])
    header = f"Bearer {issuer.token(lifetime=300)}"
    expires = tokens.principal(header).claims.exp
    time[0] = expires - 1
    tokens.principal(header)
    time[0] = expires
    with pytest.raises(Exception, match="token_expired"):
        tokens.principal(header)


def test_only_an_ed25519_key_is_taken() -> None:
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem = generate_private_key(65537, 2048).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(ValueError, match="Ed25519"):
        Tokens(pem.decode(), RevocationList())


def test_a_permission_that_is_missing_is_a_403(gateway: Gateway) -> None:
    answer = ask(gateway, gateway.bearer(grants=[["school_finance", "school", [], []]]))
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert ask(gateway, gateway.bearer(grants=[])).status_code == 403


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


def test_guessing_is_slowed_down_by_address() -> None:
    gateway = make_gateway(Rates(sign_in="2/minute", address="4/minute"))
    knock = [gateway.client.simulate_post("/api/v1/door", json={"name": "x"}).status_code for _ in range(3)]
    assert knock == [200, 200, 429]
    tries = [ask(gateway, {"Authorization": "Bearer x"}).status_code for _ in range(5)]
    assert tries == [401, 401, 401, 401, 429]
    elsewhere = gateway.client.simulate_post("/api/v1/door", json={"name": "x"}, remote_addr="10.0.0.9")
    assert elsewhere.status_code == 200


def test_whoever_is_signed_in_may_not_guess_faster() -> None:
    gateway = make_gateway(Rates(sign_in="2/minute"))
    tries = [gateway.client.simulate_post("/api/v1/archive", headers=gateway.bearer()).status_code for _ in range(3)]
    assert tries == [200, 200, 429]


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
    gateway = make_gateway(trusted_proxies=["10.0.0.0/8"])
    headers = {**gateway.bearer(), "X-Forwarded-For": forwarded}
    gateway.client.simulate_get(BOOKS, headers=headers, remote_addr=peer)
    assert gateway.backend.calls[0][3].client == client


def test_a_key_of_another_gateway_is_not_ours() -> None:
    gateway, other = make_gateway(), Issuer(Ed25519PrivateKey.generate())
    assert ask(gateway, {"Authorization": f"Bearer {other.token()}"}).status_code == 401
