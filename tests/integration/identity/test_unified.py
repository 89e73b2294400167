"""Signing in by a provider: what has to come back, from where, how often, and what of it is believed."""

from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import create_engine, text

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.common import ListAuditEntries, of_service
from contracts.identity.commands import DisableUser, SignOut
from contracts.identity.queries import GetUser
from contracts.identity.unified import (
    BeginUnifiedSignIn,
    DisableSignInProvider,
    GetSignInOptions,
    ListUnboundSubjects,
)
from services.identity.steps import outside
from tests.builders.identity import user
from tests.builders.people import of_school
from tests.builders.unified import HERE, begun, bound, came_in, cas_provider, finish, openid_provider
from tests.lying_provider import LyingProvider
from tests.waiting import eventually


def refused_because(identity: ServiceHarness) -> list[str]:
    """What the trail tells of sign-ins that were not believed."""
    query = of_service("identity", ListAuditEntries)(action="refuse_sign_in")
    return [entry.after["code"] for entry in identity.ask(query, of_school()).items]


def test_a_bound_user_comes_in_and_goes_on_where_they_wanted(identity: ServiceHarness, lying: LyingProvider) -> None:
    provider = openid_provider(identity, lying)
    created = user(identity)
    bound(identity, provider, created)
    sent = begun(identity, provider, lying, "/registry/students?search=%E5%BC%A0&size=50")
    session = identity.run(finish(sent, iss=lying.address), HERE)
    assert session.account.user_id == created.user.id
    assert session.account.first_steps == ("complete_profile",), "the password is the provider's"
    assert session.return_path == "/registry/students?search=%E5%BC%A0&size=50"
    assert sent["redirect_uri"] == provider.callback_address
    asked = lying.fields("/token")
    challenge = urlsafe_b64encode(sha256(asked["code_verifier"].encode()).digest()).decode().rstrip("=")
    assert (asked["code"], challenge) == ("a-code", sent["code_challenge"])
    left = identity.run(SignOut(refresh_token=session.refresh_token), HERE).provider_sign_out
    assert left.startswith(f"{lying.address}/session/end?client_id=jiaowu&post_logout_redirect_uri=http")


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"signed_by": "another"}, "signature"),
        ({"aud": "another"}, "audience"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"exp": 1_600_000_000}, "expired"),
        ({"nonce": "of another start"}, "nonce"),
        ({"sub": "x\ny"}, "bad_subject"),
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in_and_the_trail_says_why(
    identity: ServiceHarness, lying: LyingProvider, claims: dict[str, Any], reason: str
) -> None:
    provider = openid_provider(identity, lying)
    bound(identity, provider, user(identity))
    lying.claims = claims
    sent = begun(identity, provider, lying)
    assert identity.refusal(finish(sent), HERE).code == "sign_in_provider_not_believed"
    assert refused_because(identity) == [reason]
    assert identity.refusal(finish(sent), HERE).code == "sign_in_finished"


def test_an_answer_of_another_provider_is_not_even_asked_about(identity: ServiceHarness, lying: LyingProvider) -> None:
    provider = openid_provider(identity, lying)
    refusal = identity.refusal(finish(begun(identity, provider, lying), iss="https://evil.example"), HERE)
    assert (refusal.code, lying.count("/token")) == ("sign_in_provider_not_believed", 0)


def test_what_came_back_is_used_once_in_ten_minutes_in_the_browser_that_began(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying)
    bound(identity, provider, user(identity))
    sent = begun(identity, provider, lying)
    for browser in (None, "c" * 40):
        assert identity.refusal(finish(sent, browser_token=browser), HERE).code == "sign_in_elsewhere"
    for state in (None, "s" * 43):
        assert identity.refusal(finish(sent, state_token=state), HERE).code == "sign_in_not_started"
    assert lying.count("/token") == 0
    identity.run(finish(sent), HERE)
    assert identity.refusal(finish(sent), HERE).code == "sign_in_finished"
    assert lying.count("/token") == 1
    late = begun(identity, provider, lying)
    identity.clock.advance(timedelta(minutes=10, seconds=1))
    refusal = identity.refusal(finish(late), HERE)
    assert (refusal.code, refusal.params) == ("sign_in_too_late", {"minutes": 10})


def test_two_starts_of_one_browser_both_end_signed_in(identity: ServiceHarness, lying: LyingProvider) -> None:
    provider = openid_provider(identity, lying)
    bound(identity, provider, user(identity))
    first, second = begun(identity, provider, lying), begun(identity, provider, lying)
    for sent in (first, second):
        lying.nonce = sent["nonce"]
        assert identity.run(finish(sent), HERE).access_token


def test_a_provider_that_changes_its_key_is_asked_for_the_new_one(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying)
    bound(identity, provider, user(identity))
    for _ in range(2):
        came_in(identity, provider, lying)
    assert (lying.count("/jwks"), lying.count("/.well-known/openid-configuration")) == (1, 1)
    lying.key_name = "two"
    came_in(identity, provider, lying)
    assert lying.count("/jwks") == 2


@pytest.mark.parametrize(
    "instead",
    [
        (500, b""),
        (200, b" " * (outside.LONGEST + 1)),
        (404, b"{}"),
    ],
)
def test_a_provider_that_does_not_answer_in_measure_is_as_if_away(
    identity: ServiceHarness, lying: LyingProvider, instead: tuple[int, bytes]
) -> None:
    provider = openid_provider(identity, lying)
    lying.instead = lambda path: instead if path == "/.well-known/openid-configuration" else None
    command = BeginUnifiedSignIn(sign_in_provider_id=provider.id, work=None)
    assert identity.refusal(command, HERE).code == "sign_in_provider_unreachable"
    lying.instead = lambda path: None
    lying.discovery = {"issuer": "https://evil.example"}
    assert identity.refusal(command, HERE).code == "sign_in_provider_not_believed"


def test_where_a_provider_sends_us_elsewhere_nobody_goes(identity: ServiceHarness, lying: LyingProvider) -> None:
    provider = openid_provider(identity, lying)
    true = lying.answer("/.well-known/openid-configuration")
    answers = {"/.well-known/openid-configuration": (302, f"{lying.address}/copy".encode()), "/copy": true}
    lying.instead = answers.get
    command = BeginUnifiedSignIn(sign_in_provider_id=provider.id, work=None)
    assert identity.refusal(command, HERE).code == "sign_in_provider_unreachable"
    assert lying.count("/copy") == 0


def test_while_a_provider_is_asked_no_transaction_is_open(identity: ServiceHarness, lying: LyingProvider) -> None:
    provider = openid_provider(identity, lying)
    bound(identity, provider, user(identity))
    seen: dict[str, int] = {}
    engine = create_engine(identity.admin_url)
    counted = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start < now()")

    def look(path: str) -> None:
        with engine.connect() as connection:
            seen[path] = connection.scalar(counted.execution_options())

    lying.instead = look
    came_in(identity, provider, lying)
    assert seen == {"/.well-known/openid-configuration": 0, "/token": 0, "/jwks": 0}
    engine.dispose()


def test_a_code_that_the_provider_does_not_take_and_an_error_of_it_let_nobody_in(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying)
    lying.instead = lambda path: (400, b'{"error":"invalid_grant"}') if path == "/token" else None
    for changes in ({}, {"authorization_code": None}, {"authorization_code": None, "ticket": "ST-1"}):
        refusal = identity.refusal(finish(begun(identity, provider, lying), **changes), HERE)
        assert refusal.code == "sign_in_provider_refused"


def test_who_is_bound_to_nobody_is_told_so_and_the_school_sees_it(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying, name_attribute="name")
    for _ in range(2):
        assert identity.refusal(finish(begun(identity, provider, lying)), HERE).code == "subject_not_bound"
    (tried,) = identity.ask(ListUnboundSubjects(), of_school()).items
    assert (tried.subject, tried.name, tried.provider_name) == ("20210417", "张三", "统一身份认证")
    bound(identity, provider, user(identity))
    assert identity.ask(ListUnboundSubjects(), of_school()).items == ()
    came_in(identity, provider, lying)


def test_who_is_disabled_does_not_come_in_by_a_provider_either_and_the_trail_says_so(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying)
    created = user(identity)
    bound(identity, provider, created)
    version = identity.ask(GetUser(user_id=created.user.id), of_school()).version
    identity.run(DisableUser(user_id=created.user.id, version=version), of_school())
    assert identity.refusal(finish(begun(identity, provider, lying)), HERE).code == "account_disabled"
    assert refused_because(identity) == ["account_disabled"]


def test_of_who_is_not_bound_no_name_is_kept_unless_the_school_wants_it(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = openid_provider(identity, lying)
    identity.refusal(finish(begun(identity, provider, lying)), HERE)
    (tried,) = identity.ask(ListUnboundSubjects(), of_school()).items
    assert tried.name is None


def test_by_a_provider_out_of_use_nobody_begins_and_nobody_ends(identity: ServiceHarness, lying: LyingProvider) -> None:
    provider = openid_provider(identity, lying, password_address="https://sso.example/password")
    (option,) = identity.ask(GetSignInOptions()).items
    assert (option.name, option.password_address) == ("统一身份认证", "https://sso.example/password")
    sent = begun(identity, provider, lying)
    identity.run(DisableSignInProvider(sign_in_provider_id=provider.id, version=provider.version), of_school())
    assert identity.refusal(finish(sent), HERE).code == "sign_in_provider_off"
    for which in (provider.id, new_id()):
        command = BeginUnifiedSignIn(sign_in_provider_id=which, work=None)
        assert identity.refusal(command, HERE).code == "sign_in_provider_off"
    assert identity.ask(GetSignInOptions()).items == ()


# --- CAS ---

WHO = "<cas:authenticationSuccess><cas:user>20210417</cas:user>{}</cas:authenticationSuccess>"


def test_a_ticket_is_asked_about_for_the_same_service_and_used_once(
    identity: ServiceHarness, lying: LyingProvider
) -> None:
    provider = cas_provider(identity, lying)
    bound(identity, provider, user(identity))
    lying.cas = WHO.format("")
    wanted = "/registry/students?search=张三&x=100%25&y=?#a"
    sent = begun(identity, provider, lying, wanted)
    session = identity.run(finish(sent), HERE)
    assert session.return_path == wanted
    assert lying.fields("/p3/serviceValidate") == {"service": sent["service"], "ticket": "ST-1"}
    assert parse_qs(urlsplit(sent["service"]).query) == {"state": [sent["state"]]}
    assert identity.refusal(finish(sent), HERE).code == "sign_in_finished"
    left = identity.run(SignOut(refresh_token=session.refresh_token), HERE).provider_sign_out
    assert left.startswith(f"{lying.address}/logout?service=http")


def test_a_ticket_that_stands_for_nobody_lets_nobody_in(identity: ServiceHarness, lying: LyingProvider) -> None:
    provider = cas_provider(identity, lying, name_attribute="xm")
    assert identity.refusal(finish(begun(identity, provider, lying)), HERE).code == "sign_in_provider_refused"
    lying.cas = "<cas:nonsense/>"
    assert identity.refusal(finish(begun(identity, provider, lying)), HERE).code == "sign_in_provider_not_believed"
    lying.cas = WHO.format("<cas:attributes><cas:xm/><cas:xm>张三</cas:xm><cas:xm>张叁</cas:xm></cas:attributes>")
    assert identity.refusal(finish(begun(identity, provider, lying)), HERE).code == "subject_not_bound"
    (tried,) = identity.ask(ListUnboundSubjects(), of_school()).items
    assert tried.name == "张三"


# --- when many ask at the same time ---


def test_who_finishes_while_all_places_are_taken_waits_for_one(
    identity: ServiceHarness, lying: LyingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "_places", BoundedSemaphore(1))
    provider = cas_provider(identity, lying)
    bound(identity, provider, user(identity))
    lying.cas = WHO.format("")
    sent = begun(identity, provider, lying)
    with ThreadPoolExecutor(1) as pool, outside.place():
        with monkeypatch.context() as hasty:
            hasty.setattr(outside, "_PATIENCE", 0.01)
            hurried = pool.submit(identity.refusal, finish(sent), HERE)
            assert hurried.result().code == "sign_in_provider_unreachable"
        answer = pool.submit(identity.run, finish(sent), HERE)
        eventually(answer.running, "the sign-in waits for the place")
    assert answer.result().access_token, "the start was not used up by who found no place"
