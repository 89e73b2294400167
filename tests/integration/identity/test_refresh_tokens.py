"""Refreshing: several tabs at once, lost answers, and tokens that come back later."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import jwt
import pytest
from sqlalchemy import select

from chassis.base.context import system_context
from chassis.base.settings import settings
from chassis.testing.harness import ServiceHarness
from contracts.identity.commands import RefreshSession, SignIn, SignOut
from contracts.identity.events import AccessRevoked
from contracts.identity.views import SessionTokens
from services.identity import emergency
from services.identity.domain.lifetimes import REFRESH_GRACE
from services.identity.steps import refresh_tokens
from services.identity.steps.revoking import end_all_sessions
from services.identity.tables.sign_in import sessions
from tests.builders.identity import PASSWORD, from_address, private_key, signed_in, user


@pytest.fixture
def session(identity: ServiceHarness) -> SessionTokens:
    return signed_in(identity, user(identity))


def refresh(identity: ServiceHarness, token: str) -> str:
    answered: SessionTokens = identity.run(RefreshSession(refresh_token=token))
    return answered.refresh_token


def is_over(identity: ServiceHarness, token: str) -> bool:
    return identity.refusal(RefreshSession(refresh_token=token)).code == "session_ended"


def reuse_in_trail(identity: ServiceHarness) -> list[str]:
    audit = identity.table("audit_entries")
    reused = select(audit.c.client, audit.c.after).where(audit.c.action == "refresh_token_reused")
    return [row.after["session_id"] for row in identity.rows(reused)]


@pytest.mark.parametrize("tabs", [2, 5])
def test_tabs_that_refresh_at_once_all_go_on(identity: ServiceHarness, session: SessionTokens, tabs: int) -> None:
    held = [session.refresh_token] * tabs
    for _ in range(3):
        together = Barrier(tabs)

        def tab(token: str, together: Barrier = together) -> str:
            together.wait()
            return refresh(identity, token)

        with ThreadPoolExecutor(tabs) as pool:
            held = list(pool.map(tab, held))
        assert len(set(held)) == 1, "one token has one successor"
        identity.clock.advance(timedelta(minutes=5))
    assert reuse_in_trail(identity) == []


def test_a_token_answers_the_same_for_thirty_seconds_from_its_first_use(
    identity: ServiceHarness, session: SessionTokens
) -> None:
    first = refresh(identity, session.refresh_token)
    for _ in range(3):
        identity.clock.advance(REFRESH_GRACE / 3)
        assert refresh(identity, session.refresh_token) == first
    identity.clock.advance(timedelta(seconds=1))
    assert is_over(identity, session.refresh_token), "asking again makes the time no longer"


def test_a_slow_tab_gets_the_newest_where_the_others_went_further_and_goes_on(
    identity: ServiceHarness, session: SessionTokens
) -> None:
    """Its own successor was used by another: with that it would be taken for a thief at its next refresh."""
    chain = [session.refresh_token]
    for _ in range(3):
        chain.append(refresh(identity, chain[-1]))
        identity.clock.advance(timedelta(seconds=5))
    held = {refresh(identity, token) for token in chain[:-1]}
    assert held == {chain[-1]}
    identity.clock.advance(timedelta(minutes=5))
    (slow,) = held
    assert refresh(identity, slow) == refresh(identity, chain[-1]) not in chain
    assert reuse_in_trail(identity) == []


@pytest.mark.parametrize("refreshes", [1, 2, 7])
def test_a_token_that_is_used_later_ends_the_session_and_is_in_the_trail(
    identity: ServiceHarness, session: SessionTokens, refreshes: int
) -> None:
    newest = session.refresh_token
    for _ in range(refreshes):
        newest = refresh(identity, newest)
        identity.clock.advance(REFRESH_GRACE + timedelta(seconds=1))
    assert is_over(identity, session.refresh_token)
    assert is_over(identity, newest)
    (row,) = identity.rows(select(sessions).where(sessions.c.ended_at == identity.clock.now()))
    ended = [r.session_id for event in identity.published(AccessRevoked) for r in event.revocations if r.session_id]
    assert ended == [row.id]
    assert reuse_in_trail(identity) == [str(row.id)]


def test_what_was_never_a_token_ends_nothing(identity: ServiceHarness, session: SessionTokens) -> None:
    token = session.refresh_token
    for forged in (token[:-4] + "AAAA", "rt_" + "A" * 70, "rt_4f7Qm0aWc2yL8sVd1kXe", token.replace("rt_", "")):
        assert is_over(identity, forged)
    assert refresh(identity, token)


def test_who_has_the_key_alone_makes_no_refresh_token(identity: ServiceHarness, session: SessionTokens) -> None:
    """Each session has a secret of its own in the database, so a key that was stolen opens none."""
    id_ = UUID(jwt.decode(session.access_token, options={"verify_signature": False})["sid"])
    second = refresh(identity, session.refresh_token)
    for number in range(3):
        for secret in (b"", refresh_tokens.new_secret()):
            assert is_over(identity, refresh_tokens.refresh_token(id_, number, secret))
    identity.clock.advance(timedelta(minutes=5))
    assert refresh(identity, second), "nor does it end one"
    assert reuse_in_trail(identity) == []


def test_all_sessions_end_where_the_key_became_known(identity: ServiceHarness, session: SessionTokens) -> None:
    other = signed_in(identity, user(identity, "other"))
    assert identity.database.run(system_context(), end_all_sessions) >= 2
    assert is_over(identity, session.refresh_token)
    assert is_over(identity, other.refresh_token)


def test_a_command_on_the_server_ends_all_sessions(
    identity: ServiceHarness,
    session: SessionTokens,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JIAOWU_DATABASE_URL", identity.database.engine.url.render_as_string(hide_password=False))
    settings.cache_clear()
    open_ones = len(identity.rows(select(sessions).where(sessions.c.ended_at.is_(None))))
    assert emergency.main() == 0
    assert capsys.readouterr().out == f"{open_ones}\n"
    assert is_over(identity, session.refresh_token)
    assert signed_in(identity, user(identity, "later")).refresh_token


def test_a_sign_in_is_the_same_one_while_the_key_is_changed(
    identity: ServiceHarness, session: SessionTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = settings().token_private_key.get_secret_value()
    once = replace(from_address("198.51.100.20"), idempotency_key="one-and-the-same")
    sign_in = SignIn(username="yl.zhao", password=PASSWORD)
    first: SessionTokens = identity.run(sign_in, once)
    monkeypatch.setenv("JIAOWU_TOKEN_PRIVATE_KEY", private_key() + old)
    settings.cache_clear()
    assert identity.run(sign_in, once).refresh_token == first.refresh_token


def test_signing_out_in_one_tab_signs_the_others_out(identity: ServiceHarness, session: SessionTokens) -> None:
    newest = refresh(identity, refresh(identity, session.refresh_token))
    identity.run(SignOut(refresh_token=session.refresh_token))
    assert is_over(identity, newest)


def test_sessions_go_on_while_the_key_is_changed(
    identity: ServiceHarness, session: SessionTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = settings().token_private_key.get_secret_value()
    second = refresh(identity, session.refresh_token)
    monkeypatch.setenv("JIAOWU_TOKEN_PRIVATE_KEY", private_key() + old)
    settings.cache_clear()
    assert refresh(identity, session.refresh_token) == second, "made by the former key"
    third = refresh(identity, second)
    monkeypatch.setenv("JIAOWU_TOKEN_PRIVATE_KEY", private_key())
    settings.cache_clear()
    assert refresh(identity, third), "the newest is known by its hash, whatever key made it"


@pytest.mark.parametrize("secret", [None, b"of a session that a new process began"])
def test_a_session_whose_tokens_are_not_numbered_goes_on(
    identity: ServiceHarness, session: SessionTokens, secret: bytes | None
) -> None:
    """They were random once: it is from before, as a student's may be, or was refreshed by who knew no numbers."""
    random = "rt_" + "x" * 43
    open_session = jwt.decode(session.access_token, options={"verify_signature": False})["sid"]

    def as_before_tokens_were_numbered(former: str, token: str) -> None:
        with identity.owner_connection() as connection:
            hashes = {
                "former_refresh_hash": refresh_tokens.refresh_hash(former),
                "refresh_hash": refresh_tokens.refresh_hash(token),
                "secret": secret,
            }
            changed = sessions.update().where(sessions.c.id == open_session)
            connection.execute(changed.values(**hashes, last_used_at=identity.clock.now()))

    as_before_tokens_were_numbered(session.refresh_token, random)
    assert refresh(identity, session.refresh_token), "its answer was lost"
    as_before_tokens_were_numbered("rt_" + "y" * 43, random)
    successor = refresh(identity, random)
    assert refresh(identity, random) == successor
    identity.clock.advance(REFRESH_GRACE + timedelta(seconds=1))
    assert is_over(identity, random)
    assert is_over(identity, successor)
