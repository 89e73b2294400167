"""Signing in at the very moment in which the account, its point or its password is taken away."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import jwt
import pytest
from sqlalchemy import select

from chassis.base.context import system_context
from chassis.declaring.entries import IDLE
from chassis.testing.harness import ServiceHarness
from chassis.work.rows import locked
from contracts.base import Operation
from contracts.common import ListAuditEntries, of_service
from contracts.errors import ServiceError
from contracts.identity.commands import (
    DisableTeachingPoint,
    DisableUser,
    EnableTeachingPoint,
    EnableUser,
    IssueOneTimePasswords,
    RefreshSession,
    SignIn,
)
from contracts.identity.unified import DisableSignInProvider, UnbindUser
from contracts.identity.views import SessionTokens
from services.identity.commands.bindings import unbind_user
from services.identity.commands.providers import disable_sign_in_provider
from services.identity.commands.sessions import sign_in
from services.identity.commands.users import disable_user
from services.identity.domain import passwords
from services.identity.tables.points import teaching_points
from services.identity.tables.sign_in import sessions
from services.identity.tables.users import users
from tests.builders import people
from tests.builders.identity import PASSWORD, signed_in, teaching_point, user
from tests.builders.unified import HERE, begun, bound, finish, openid_provider
from tests.lying_provider import LyingProvider
from tests.waiting import eventually

SIGN_IN = SignIn(username="yl.zhao", password=PASSWORD)


def somebody_waits(identity: ServiceHarness) -> bool:
    with identity.owner_connection() as connection:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(connection.exec_driver_sql(waiting).scalar())


def version(identity: ServiceHarness, table: Any, id_: Any) -> int:
    return int(identity.rows(select(table.c.version).where(table.c.id == id_))[0].version)


def is_good(identity: ServiceHarness, tokens: SessionTokens) -> bool:
    """Whether a gateway would take the access token, or identity the refresh token."""
    said = jwt.decode(tokens.access_token, options={"verify_signature": False})
    epoch = identity.rows(select(users.c.epoch).where(users.c.id == tokens.account.user_id))[0].epoch
    session = identity.rows(select(sessions).where(sessions.c.id == said["sid"]))[0]
    try:
        identity.run(RefreshSession(refresh_token=tokens.refresh_token))
    except ServiceError:
        return session.ended_at is None and said["epoch"] >= epoch
    return True


def test_who_signs_in_while_the_account_is_being_disabled_waits_and_is_refused(identity: ServiceHarness) -> None:
    created = user(identity)
    signed_in(identity, created)
    disable = DisableUser(user_id=created.user.id, version=version(identity, users, created.user.id))
    with ThreadPoolExecutor(1) as pool:
        with identity.database.unit_of_work(system_context()) as uow:
            disable_user(disable, uow)
            answer: Future[Any] = pool.submit(identity.refusal, SIGN_IN)
            eventually(lambda: somebody_waits(identity), "the sign-in waits for the account")
        assert answer.result().code == "account_disabled"


def test_who_disables_an_account_that_signs_in_waits_and_ends_the_session(identity: ServiceHarness) -> None:
    created = user(identity)
    signed_in(identity, created)
    disable = DisableUser(user_id=created.user.id, version=version(identity, users, created.user.id))
    with ThreadPoolExecutor(1) as pool:
        with identity.database.unit_of_work(system_context()) as uow:
            tokens = sign_in(SIGN_IN, uow)
            done: Future[Any] = pool.submit(identity.run, disable, people.of_school())
            eventually(lambda: somebody_waits(identity), "who disables waits for the sign-in")
        assert done.result().status == "disabled"
    assert not is_good(identity, tokens)


Undo = Callable[[ServiceHarness], Operation | None]


def the_account(identity: ServiceHarness, created: Any, point: Any) -> tuple[Operation, Undo]:
    id_ = created.user.id
    taken = DisableUser(user_id=id_, version=version(identity, users, id_))
    return taken, lambda harness: EnableUser(user_id=id_, version=version(harness, users, id_))


def the_point(identity: ServiceHarness, created: Any, point: Any) -> tuple[Operation, Undo]:
    taken = DisableTeachingPoint(teaching_point_id=point.id, version=version(identity, teaching_points, point.id))
    return taken, lambda harness: EnableTeachingPoint(
        teaching_point_id=point.id, version=version(harness, teaching_points, point.id)
    )


@pytest.mark.parametrize("what", [the_account, the_point], ids=["account", "point"])
def test_a_sign_in_that_races_the_disabling_leaves_no_good_token(identity: ServiceHarness, what: Any) -> None:
    point = teaching_point(identity)
    created = user(identity, point=point)
    signed_in(identity, created)
    for _ in range(8):
        take, undo = what(identity, created, point)
        together = Barrier(3)

        def come_in(together: Barrier = together) -> SessionTokens | None:
            together.wait()
            try:
                tokens: SessionTokens = identity.run(SIGN_IN)
            except ServiceError:
                return None
            return tokens

        def shut_out(take: Operation = take, together: Barrier = together) -> None:
            together.wait()
            identity.run(take, people.of_school())

        with ThreadPoolExecutor(3) as pool:
            entering = [pool.submit(come_in) for _ in range(2)]
            pool.submit(shut_out).result()
        opened = [tokens for each in entering if (tokens := each.result())]
        assert not any(is_good(identity, tokens) for tokens in opened)
        identity.run(undo(identity), people.of_school())


def test_a_password_that_is_replaced_while_somebody_signs_in_with_it_opens_nothing(identity: ServiceHarness) -> None:
    created = user(identity)
    signed_in(identity, created)
    issue = IssueOneTimePasswords(user_ids=(created.user.id,))
    for _ in range(8):
        (before,) = identity.run(issue, people.of_school()).items
        once = SignIn(username="yl.zhao", password=before.password)
        together = Barrier(2)

        def come_in(once: SignIn = once, together: Barrier = together) -> SessionTokens | None:
            together.wait()
            try:
                tokens: SessionTokens = identity.run(once)
            except ServiceError:
                return None
            return tokens

        with ThreadPoolExecutor(1) as pool:
            entering = pool.submit(come_in)
            together.wait()
            identity.run(issue, people.of_school())
        tokens = entering.result()
        assert tokens is None or not is_good(identity, tokens)


@pytest.mark.parametrize("what", ["unbound", "off"])
def test_who_is_unbound_at_the_moment_of_signing_in_does_not_come_in(
    identity: ServiceHarness, lying: LyingProvider, what: str
) -> None:
    provider = openid_provider(identity, lying)
    created = user(identity)
    binding = bound(identity, provider, created)
    sent = begun(identity, provider, lying)
    with ThreadPoolExecutor(1) as pool:
        with identity.database.unit_of_work(system_context()) as uow:
            locked(uow, users, created.user.id)
            answer = pool.submit(identity.refusal, finish(sent), HERE)
            eventually(lambda: somebody_waits(identity), "the sign-in waits for the account")
            if what == "unbound":
                taken = UnbindUser(user_binding_id=binding.id, version=binding.version, reason="绑定错误")
                unbind_user(taken, uow)
            else:
                off = DisableSignInProvider(sign_in_provider_id=provider.id, version=provider.version)
                disable_sign_in_provider(off, uow)
        code = {"unbound": "subject_not_bound", "off": "sign_in_provider_off"}[what]
        assert answer.result().code == code
    (told,) = identity.ask(of_service("identity", ListAuditEntries)(action="refuse_sign_in"), people.of_school()).items
    assert told.after["code"] == code
    assert identity.rows(select(sessions.c.id)) == []


def test_nobody_waits_while_one_time_passwords_are_hashed(
    identity: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes a tenth of a second and more, and two hundred may be asked for."""
    created = user(identity)
    held = []

    def hashed(password: str) -> str:
        with identity.owner_connection() as connection:
            free = select(users.c.id).where(users.c.id == created.user.id).with_for_update(skip_locked=True)
            held.append(connection.execute(free).first() is None)
        return "hash"

    monkeypatch.setattr(passwords, "hashed", hashed)
    identity.run(IssueOneTimePasswords(user_ids=(created.user.id,)), people.of_school())
    assert held == [False]


def test_the_database_waits_for_as_many_passwords_as_may_be_asked_for(
    identity: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would end a transaction that does nothing for as long as hashing two hundred takes."""
    run, waits = identity.database.run, []

    def seen(*given: Any, **options: Any) -> Any:
        waits.append(options.get("idle", IDLE))
        return run(*given, **options)

    created = user(identity)
    monkeypatch.setattr(identity.database, "run", seen)
    identity.run(IssueOneTimePasswords(user_ids=(created.user.id,)), people.of_school())
    assert max(waits) >= timedelta(minutes=1)
