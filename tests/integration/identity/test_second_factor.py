"""The second factor: set up, asked for, guessed at, lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text

from chassis.base.context import Context
from chassis.base.settings import settings
from chassis.testing.harness import ServiceHarness
from contracts.common import of_service
from contracts.errors import ServiceError
from contracts.identity.commands import ChangePassword, RefreshSession, RoleGrantInput, SignIn, UpdateUser
from contracts.identity.notices import ListNotices
from contracts.identity.queries import GetAccount, GetUser
from contracts.identity.second_factor import (
    EnterCode,
    GetSecondFactor,
    OfferSecondFactor,
    RemoveSecondFactor,
    RenewRecoveryCodes,
    ResetSecondFactor,
    SetUpSecondFactor,
)
from contracts.identity.states import FirstStep
from contracts.identity.views import CreatedUser, SessionTokens
from contracts.permissions import Role
from contracts.settings import ChangeSetting
from services.identity.bootstrap import make
from services.identity.domain.guessing import LIMITS, Limit, Source
from services.identity.jobs import seal_anew
from services.identity.tables.sign_in import recovery_codes, second_factors
from tests.builders import people
from tests.builders.identity import (
    HOME,
    PASSWORD,
    code_of,
    from_address,
    in_session,
    private_key,
    signed_in,
    teaching_point,
    user,
    with_second_factor,
)
from tests.builders.identity import claims_of as said

STRANGER = "203.0.113.7"
SIGN_IN = SignIn(username="yl.zhao", password=PASSWORD)


@pytest.fixture
def owner(identity: ServiceHarness) -> CreatedUser:
    created = user(identity)
    signed_in(identity, created)
    return created


def enter(identity: ServiceHarness, session: SessionTokens, code: str, at: str = HOME) -> None:
    identity.run(EnterCode(code=code), replace(in_session(session), client=at))


def refused(identity: ServiceHarness, session: SessionTokens, code: str, at: str = HOME) -> str:
    return identity.refusal(EnterCode(code=code), replace(in_session(session), client=at)).code


def signed_in_at(identity: ServiceHarness, address: str, device: str | None = None) -> SessionTokens:
    command = SIGN_IN.model_copy(update={"device_token": device})
    session: SessionTokens = identity.run(command, from_address(address))
    return session


def refreshed(identity: ServiceHarness, session: SessionTokens) -> SessionTokens:
    again: SessionTokens = identity.run(RefreshSession(refresh_token=session.refresh_token))
    return again


def demand(identity: ServiceHarness, *roles: Role, version: int = 1) -> None:
    change = of_service("identity", ChangeSetting)
    command = change(name="second_factor_roles", value=list(roles), version=version, reason="测试")
    identity.run(command, people.of_school())


def trail(identity: ServiceHarness, action: str) -> list[Any]:
    audit = identity.table("audit_entries")
    return identity.rows(select(audit).where(audit.c.action == action).order_by(audit.c.id))


def wrong(secret: str, identity: ServiceHarness) -> str:
    """A code that is none of this minute."""
    return f"{(int(code_of(identity, secret)) + 7) % 1_000_000:06}"


def test_who_has_one_gives_a_code_before_anything_else_and_then_is_let_in(identity, owner) -> None:  # type: ignore[no-untyped-def]
    first = signed_in_at(identity, HOME)
    assert not said(first).second_factor_due
    assert said(first).second_factor_until is None
    elsewhere = signed_in_at(identity, STRANGER)
    secret, _ = with_second_factor(identity, first)
    assert identity.refusal(RefreshSession(refresh_token=elsewhere.refresh_token)).code == "session_ended"
    assert said(refreshed(identity, first)).second_factor_until, "who set it up has shown it"
    assert identity.ask(GetUser(user_id=owner.user.id), people.of_school()).second_factor == "set_up"

    session = signed_in_at(identity, HOME)
    assert session.account.first_steps == (FirstStep.ENTER_CODE,)
    assert (said(session).first_steps, said(session).second_factor_due) == (True, True)
    assert session.device_token is None, "who knows the password alone has not shown that the device is theirs"
    enter(identity, session, code_of(identity, secret, later=1))
    let_in = refreshed(identity, session)
    assert let_in.account.first_steps == ()
    assert let_in.device_token
    assert not said(let_in).second_factor_due
    assert said(let_in).second_factor_until == int(identity.clock.now().timestamp()) + 600
    assert identity.ask(GetAccount(), in_session(let_in)).first_steps == ()


def test_a_code_counts_as_long_as_the_school_has_set(identity, owner) -> None:  # type: ignore[no-untyped-def]
    session = signed_in_at(identity, HOME)
    with_second_factor(identity, session)
    change = of_service("identity", ChangeSetting)
    identity.run(change(name="second_factor_minutes", value=3, version=1, reason="测试"), people.of_school())
    shown_at = identity.clock.now()
    identity.clock.advance(timedelta(minutes=2))
    until = said(refreshed(identity, session)).second_factor_until
    assert until == int((shown_at + timedelta(minutes=3)).timestamp())


def test_a_code_is_taken_once_and_each_recovery_code_once(identity, owner) -> None:  # type: ignore[no-untyped-def]
    session = signed_in_at(identity, HOME)
    secret, recovery = with_second_factor(identity, session)
    assert refused(identity, session, code_of(identity, secret)) == "code_used", "it was the one that set it up"
    following = code_of(identity, secret, later=1)
    enter(identity, session, following)
    assert refused(identity, session, following) == "code_used"
    enter(identity, session, recovery[0].upper().replace("-", ""))
    assert refused(identity, session, recovery[0]) == "wrong_code"
    assert identity.ask(GetSecondFactor(), in_session(session)).recovery_codes_left == len(recovery) - 1
    renewed = identity.run(RenewRecoveryCodes(), in_session(session)).codes
    assert not set(renewed) & set(recovery)
    assert refused(identity, session, recovery[1]) == "wrong_code"
    enter(identity, session, renewed[0])
    kept = identity.rows(select(recovery_codes.c.hash))
    assert not any(code.encode() in bytes(row.hash) for row in kept for code in renewed)


def test_of_one_code_that_is_sent_twice_at_once_one_counts(identity, owner) -> None:  # type: ignore[no-untyped-def]
    session = signed_in_at(identity, HOME)
    secret, _ = with_second_factor(identity, session)
    code, together = code_of(identity, secret, later=1), Barrier(4)

    def send(number: int) -> str:
        together.wait()
        try:
            enter(identity, session, code, f"203.0.113.{number}")
        except ServiceError as refusal:
            return refusal.code
        return "taken"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == ["code_used"] * 3 + ["taken"]


def test_whoever_guesses_codes_is_held_up_and_not_the_owner(identity, owner, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setitem(LIMITS, Source.CODES, Limit(7, timedelta(days=1)))
    home = signed_in_at(identity, HOME)
    secret, recovery = with_second_factor(identity, home)
    known = signed_in_at(identity, HOME)
    enter(identity, known, code_of(identity, secret, later=1))
    device = refreshed(identity, known).device_token
    thief = signed_in_at(identity, STRANGER)
    guess = wrong(secret, identity)
    assert [refused(identity, thief, guess, STRANGER) for _ in range(6)] == ["wrong_code"] * 5 + ["account_waits"]
    for number in range(2):
        signed_in_at(identity, f"192.0.2.{number}")  # which makes it no home
        assert refused(identity, thief, guess, f"192.0.2.{number}") == "wrong_code"
    assert refused(identity, thief, guess, "192.0.2.9") == "account_waits", "from everywhere together"
    assert {row.after["code"] for row in trail(identity, "code_failed")} == {"wrong_code", "account_waits"}

    enter(identity, signed_in_at(identity, HOME), code_of(identity, secret, later=1))
    travelling = signed_in_at(identity, "192.0.2.20", device)
    enter(identity, travelling, code_of(identity, secret, later=1), "192.0.2.20")
    enter(identity, signed_in_at(identity, "192.0.2.21"), recovery[0], "192.0.2.21")


def test_where_the_school_demands_one_it_is_set_up_before_anything_else_after_the_other_steps(identity) -> None:  # type: ignore[no-untyped-def]
    created = user(identity)
    before = signed_in(identity, created)
    demand(identity, Role.SCHOOL_REGISTRAR)
    at_work = refreshed(identity, before)
    assert at_work.account.first_steps == (FirstStep.SET_UP_SECOND_FACTOR,), "who works is asked within minutes"
    newcomer = user(identity, "new.one")
    one_time = SignIn(username="new.one", password=newcomer.one_time_password.password)
    steps = FirstStep.CHANGE_PASSWORD, FirstStep.COMPLETE_PROFILE, FirstStep.SET_UP_SECOND_FACTOR
    assert identity.run(one_time).account.first_steps == steps

    session = signed_in_at(identity, HOME)
    assert session.account.first_steps == (FirstStep.SET_UP_SECOND_FACTOR,)
    assert (said(session).first_steps, said(session).second_factor_due) == (True, False)
    with_second_factor(identity, session)
    assert refreshed(identity, session).account.first_steps == ()
    assert identity.refusal(RemoveSecondFactor(), in_session(session)).code == "second_factor_demanded"
    demand(identity, Role.SCHOOL_FINANCE, version=2)
    signed_in(identity, user(identity, "another"))
    assert identity.run(SignIn(username="another", password=PASSWORD)).account.first_steps == ()
    identity.run(RemoveSecondFactor(), in_session(session))
    gone = refreshed(identity, session)
    assert (said(gone).second_factor_until, said(gone).second_factor_due) == (None, False)
    assert signed_in_at(identity, HOME).account.first_steps == ()


def test_a_role_that_comes_during_a_session_brings_what_is_demanded_of_it(identity, owner) -> None:  # type: ignore[no-untyped-def]
    demand(identity, Role.SCHOOL_FINANCE)
    session = signed_in_at(identity, HOME)
    assert session.account.first_steps == ()
    seen = identity.ask(GetUser(user_id=owner.user.id), people.of_school())
    roles = (RoleGrantInput(role=Role.SCHOOL_REGISTRAR), RoleGrantInput(role=Role.SCHOOL_FINANCE))
    identity.run(UpdateUser(user_id=seen.id, version=seen.version, name=seen.name, roles=roles), people.of_school())
    assert refreshed(identity, session).account.first_steps == (FirstStep.SET_UP_SECOND_FACTOR,)


def test_a_device_that_was_known_by_the_password_alone_is_none_once_there_is_a_second_factor(identity, owner) -> None:  # type: ignore[no-untyped-def]
    thief, home = signed_in_at(identity, STRANGER), signed_in_at(identity, HOME)
    assert thief.device_token
    identity.clock.advance(timedelta(minutes=1))
    with_second_factor(identity, home)
    again = signed_in_at(identity, STRANGER, thief.device_token)
    [row] = identity.rows(select(identity.table("sessions")).order_by(text("started_at DESC")).limit(1))
    assert (row.device_id, again.device_token) == (None, None)
    demand(identity, Role.SCHOOL_REGISTRAR)
    newcomer = user(identity, "to.set.up")
    signed_in(identity, newcomer)
    due = identity.run(SignIn(username="to.set.up", password=PASSWORD))
    assert due.account.first_steps == (FirstStep.SET_UP_SECOND_FACTOR,)
    assert due.device_token is None


def test_who_changes_the_password_has_shown_the_second_factor(identity, owner) -> None:  # type: ignore[no-untyped-def]
    session = signed_in_at(identity, HOME)
    with_second_factor(identity, session)
    change = ChangePassword(current_password=PASSWORD, new_password="correct-horse-43", confirmation="correct-horse-43")
    changed = identity.run(change, in_session(session))
    assert changed.account.first_steps == ()
    assert said(changed).second_factor_until


def test_an_offer_is_good_for_its_owner_and_for_a_quarter_of_an_hour(identity, owner) -> None:  # type: ignore[no-untyped-def]
    session = signed_in_at(identity, HOME)
    other = signed_in(identity, user(identity, "another"))
    offered = identity.run(OfferSecondFactor(), in_session(session))
    code = code_of(identity, offered.secret)
    stolen = identity.refusal(SetUpSecondFactor(offer=offered.offer, code=code), in_session(other))
    assert stolen.code == "offer_expired"
    guessed = SetUpSecondFactor(offer=offered.offer, code=wrong(offered.secret, identity))
    assert identity.refusal(guessed, in_session(session)).code == "wrong_code"
    late = SetUpSecondFactor(offer=offered.offer, code=code_of(identity, offered.secret, later=31))
    assert identity.refusal(late, in_session(session)).code == "offer_expired"
    assert identity.ask(GetSecondFactor(), in_session(session)).state == "none"


def test_a_new_phone_takes_the_place_of_the_old_one(identity, owner) -> None:  # type: ignore[no-untyped-def]
    session = signed_in_at(identity, HOME)
    old, _ = with_second_factor(identity, session)
    new, _ = with_second_factor(identity, session)
    assert refused(identity, session, code_of(identity, old, later=1)) == "wrong_code"
    enter(identity, session, code_of(identity, new))


def test_who_has_lost_it_is_helped_with_a_reason_and_told(identity) -> None:  # type: ignore[no-untyped-def]
    point, neighbour = teaching_point(identity), teaching_point(identity, "3204", "鼓楼教学点")
    created = user(identity, point=point)
    session = signed_in(identity, created)
    reset = ResetSecondFactor(user_id=created.user.id, reason="手机遗失，已当面核对身份")
    helper = people.of_point(point.id)
    assert identity.refusal(reset, helper).code == "second_factor_missing"
    with_second_factor(identity, session)
    assert identity.refusal(reset, people.of_point(neighbour.id)).code == "not_found"
    assert identity.refusal(reset, people.of_point(point.id, user_id=created.user.id)).code == "own_account"
    assert identity.run(reset, helper).second_factor == "none"
    assert identity.refusal(RefreshSession(refresh_token=session.refresh_token)).code == "session_ended"
    [entry] = trail(identity, "reset_second_factor")
    assert entry.after["reason"] == reset.reason
    again = signed_in_at(identity, HOME)
    assert again.account.first_steps == ()
    [notice] = identity.ask(ListNotices(), in_session(again)).items
    assert notice.message == "两步验证：重置两步验证（未设置）"
    assert identity.rows(select(recovery_codes)) == []


def test_the_first_administrator_who_has_lost_everything_is_helped_on_the_server(identity) -> None:  # type: ignore[no-untyped-def]
    """By who may run commands there, and by nobody else."""
    admin = user(identity, "admin", roles=({"role": "system_admin"},))
    with_second_factor(identity, signed_in(identity, admin))

    def came_in(**asked: bool) -> tuple[FirstStep, ...]:
        made = identity.database.run(Context(), lambda uow: make(uow, "admin", again=True, **asked))
        session: SessionTokens = identity.run(SignIn(username="admin", password=made.password))
        return session.account.first_steps

    assert came_in() == (FirstStep.ENTER_CODE, FirstStep.CHANGE_PASSWORD)
    for _ in range(2):
        assert came_in(without_second_factor=True) == (FirstStep.CHANGE_PASSWORD,)
    assert len(trail(identity, "reset_second_factor")) == 1


def test_what_is_kept_is_sealed_and_follows_a_change_of_keys(identity, owner, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    session = signed_in_at(identity, HOME)
    secret, recovery = with_second_factor(identity, session)
    [kept] = identity.rows(select(second_factors))
    assert secret.encode() not in bytes(kept.sealed)
    former, new, newest = settings().token_private_key.get_secret_value(), private_key(), private_key()

    def sign_with(*keys: str) -> None:
        monkeypatch.setenv("JIAOWU_TOKEN_PRIVATE_KEY", "\n".join(keys))
        settings.cache_clear()

    sign_with(new, former)
    enter(identity, session, code_of(identity, secret, later=1))
    sealed = lambda: identity.database.run(Context(), seal_anew)  # noqa: E731
    assert (sealed(), sealed()) == (1, 0)
    sign_with(new)
    enter(identity, session, code_of(identity, secret, later=1))
    sign_with(newest)  # at once, since the former has become known
    assert refused(identity, session, code_of(identity, secret, later=1)) == "second_factor_unreadable"
    enter(identity, session, recovery[0])
