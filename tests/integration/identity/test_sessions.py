"""Signing in, staying signed in and being shut out."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import func, select

from chassis.base.context import Context
from chassis.base.settings import settings
from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness, acting
from contracts.identity.commands import (
    ChangePassword,
    DisableTeachingPoint,
    DisableUser,
    EndSessions,
    IssueOneTimePasswords,
    RefreshSession,
    SignIn,
    SignOut,
    UpdateAccount,
    UpdateUser,
)
from contracts.identity.events import AccessRevoked
from contracts.identity.queries import GetAccount, GetTokenKey, ListRevocations, ListSessions
from contracts.identity.states import FirstStep
from contracts.identity.tokens import AUDIENCE, MAX_LIFETIME, AccessClaims
from contracts.identity.views import SessionTokens
from services.identity.bootstrap import make
from services.identity.service import Identity
from services.identity.steps import tokens
from tests.builders import people
from tests.builders.identity import PASSWORD, signed_in, teaching_point, user


@pytest.fixture
def identity(
    harness_of: Callable[[type[Service]], ServiceHarness], monkeypatch: pytest.MonkeyPatch
) -> Iterator[ServiceHarness]:
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    monkeypatch.setenv("JIAOWU_TOKEN_PRIVATE_KEY", key.decode())
    settings.cache_clear()
    tokens.signing_key.cache_clear()
    yield harness_of(Identity)
    settings.cache_clear()
    tokens.signing_key.cache_clear()


def claims(identity: ServiceHarness, session: SessionTokens) -> AccessClaims:
    key = identity.ask(GetTokenKey()).public_key
    decoded = jwt.decode(
        session.access_token,
        key,
        algorithms=["EdDSA"],
        audience=AUDIENCE,
        options={"verify_exp": False, "verify_iat": False},
    )
    return AccessClaims.model_validate(decoded)


def own(session: SessionTokens) -> Context:
    return acting(user_id=session.account.user_id, scope="own", ids=[session.account.user_id])


def test_a_token_carries_the_roles_and_lives_five_minutes(identity: ServiceHarness) -> None:
    point = teaching_point(identity)
    session = signed_in(identity, user(identity, point=point))
    said = claims(identity, session)
    assert said.sub == session.account.user_id
    assert said.teaching_point_id == point.id
    assert said.grants == (("teaching_point_admin", "point", (point.id,), ()),)
    assert said.exp - said.iat == MAX_LIFETIME
    assert not said.first_steps


def test_before_the_first_steps_the_token_says_so(identity: ServiceHarness) -> None:
    created = user(identity)
    session = identity.run(SignIn(username=created.user.username, password=created.one_time_password.password))
    assert session.account.first_steps == (FirstStep.CHANGE_PASSWORD, FirstStep.COMPLETE_PROFILE)
    assert claims(identity, session).first_steps


def test_a_one_time_password_opens_one_session_and_expires(identity: ServiceHarness) -> None:
    first, second = user(identity, "first"), user(identity, "second")
    sign_in = SignIn(username="first", password=first.one_time_password.password)
    identity.run(sign_in)
    assert identity.refusal(sign_in).code == "one_time_password_expired"
    identity.clock.advance(timedelta(days=8))
    late = SignIn(username="second", password=second.one_time_password.password)
    assert identity.refusal(late).code == "one_time_password_expired"


def test_unknown_users_and_wrong_passwords_look_the_same(identity: ServiceHarness) -> None:
    user(identity, "known")
    for username in ("known", "unknown"):
        assert identity.refusal(SignIn(username=username, password="wrong-password")).code == "bad_credentials"


def test_after_five_failures_the_account_waits_even_for_the_right_password(identity: ServiceHarness) -> None:
    signed_in(identity, user(identity))
    wrong, right = SignIn(username="yl.zhao", password="wrong"), SignIn(username="YL.zhao", password=PASSWORD)
    assert [identity.refusal(wrong).code for _ in range(5)] == ["bad_credentials"] * 5
    waiting = identity.refusal(right)
    assert waiting.code == "account_waits"
    assert 0 < int(str(waiting.params["retry_after"])) <= 900
    identity.clock.advance(timedelta(minutes=15, seconds=1))
    assert identity.run(right).access_token


def test_a_successful_sign_in_forgets_the_failures_before_it(identity: ServiceHarness) -> None:
    signed_in(identity, user(identity))
    wrong, right = SignIn(username="yl.zhao", password="wrong"), SignIn(username="yl.zhao", password=PASSWORD)
    for _ in range(3):
        assert [identity.refusal(wrong).code for _ in range(4)] == ["bad_credentials"] * 4
        assert identity.run(right).access_token


def test_many_guesses_at_once_get_no_more_than_five(identity: ServiceHarness) -> None:
    signed_in(identity, user(identity))
    with ThreadPoolExecutor(12) as pool:
        codes = list(
            pool.map(lambda n: identity.refusal(SignIn(username="yl.zhao", password=f"guess-{n}")).code, range(12))
        )
    assert 0 < codes.count("bad_credentials") <= 5
    # Guesses come one after the other; on a slow machine some wait in vain for their turn.
    assert set(codes) <= {"bad_credentials", "account_waits", "command_in_progress"}


def test_a_refreshed_session_goes_on_and_its_former_token_ends_it(identity: ServiceHarness) -> None:
    session = signed_in(identity, user(identity))
    renewed = identity.run(RefreshSession(refresh_token=session.refresh_token))
    assert renewed.refresh_token != session.refresh_token
    identity.clock.advance(tokens.REFRESH_GRACE + timedelta(seconds=1))
    assert identity.refusal(RefreshSession(refresh_token=session.refresh_token)).code == "session_ended"
    assert identity.refusal(RefreshSession(refresh_token=renewed.refresh_token)).code == "session_ended"
    (ended,) = (r for event in identity.published(AccessRevoked) for r in event.revocations if r.session_id)
    assert ended.session_id == claims(identity, session).sid


def test_a_client_that_never_saw_its_new_tokens_may_ask_again_at_once(identity: ServiceHarness) -> None:
    session = signed_in(identity, user(identity))
    lost = identity.run(RefreshSession(refresh_token=session.refresh_token))
    again = identity.run(RefreshSession(refresh_token=session.refresh_token))
    assert identity.refusal(RefreshSession(refresh_token=lost.refresh_token)).code == "session_ended"
    assert identity.run(RefreshSession(refresh_token=again.refresh_token)).access_token


def test_an_unused_session_ends_by_itself(identity: ServiceHarness) -> None:
    session = signed_in(identity, user(identity))
    identity.clock.advance(tokens.SESSION_LIFETIME)
    assert identity.refusal(RefreshSession(refresh_token=session.refresh_token)).code == "session_ended"


def test_signing_out_ends_the_session_and_may_be_repeated(identity: ServiceHarness) -> None:
    session = signed_in(identity, user(identity))
    for _ in range(2):
        identity.run(SignOut(refresh_token=session.refresh_token))
    assert identity.refusal(RefreshSession(refresh_token=session.refresh_token)).code == "session_ended"


def test_a_changed_password_ends_all_sessions_and_opens_one(identity: ServiceHarness) -> None:
    old = signed_in(identity, user(identity))
    command = ChangePassword(current_password=PASSWORD, new_password="another-horse", confirmation="another-horse")
    new = identity.run(command, own(old))
    assert identity.refusal(RefreshSession(refresh_token=old.refresh_token)).code == "session_ended"
    assert claims(identity, new).epoch > claims(identity, old).epoch
    assert identity.run(RefreshSession(refresh_token=new.refresh_token))


@pytest.mark.parametrize(
    ("current", "new", "code"),
    [
        ("wrong-password", "another-horse", "wrong_current_password"),
        (PASSWORD, PASSWORD, "password_unchanged"),
        (PASSWORD, "12345678", "password_too_easy"),
        (PASSWORD, "yl.zhao-2026", "password_too_easy"),
    ],
)
def test_a_password_change_is_refused(identity: ServiceHarness, current: str, new: str, code: str) -> None:
    session = signed_in(identity, user(identity))
    command = ChangePassword(current_password=current, new_password=new, confirmation=new)
    assert identity.refusal(command, own(session)).code == code
    assert identity.run(SignIn(username="yl.zhao", password=PASSWORD))


def test_guessing_at_the_current_password_counts_as_failed_sign_ins(identity: ServiceHarness) -> None:
    session = signed_in(identity, user(identity))
    command = ChangePassword(current_password="guess", new_password="another-horse", confirmation="another-horse")
    for _ in range(5):
        assert identity.refusal(command, own(session)).code == "wrong_current_password"
    assert identity.refusal(command, own(session)).code == "account_waits"


def test_a_disabled_user_is_shut_out_at_once(identity: ServiceHarness) -> None:
    created = user(identity)
    session = signed_in(identity, created)
    version = identity.ask(GetAccount(), own(session)).version
    identity.run(DisableUser(user_id=created.user.id, version=version), people.of_school())
    assert identity.refusal(SignIn(username="yl.zhao", password=PASSWORD)).code == "account_disabled"
    assert identity.refusal(RefreshSession(refresh_token=session.refresh_token)).code == "session_ended"
    newest = identity.published(AccessRevoked)[-1].revocations[-1]
    assert newest.user_id == created.user.id
    assert newest.epoch is not None
    assert newest.epoch > claims(identity, session).epoch


def test_only_who_knows_the_password_learns_that_an_account_is_disabled(identity: ServiceHarness) -> None:
    created = user(identity)
    signed_in(identity, created)
    version = identity.ask(GetAccount(), acting(user_id=created.user.id)).version
    identity.run(DisableUser(user_id=created.user.id, version=version), people.of_school())
    assert identity.refusal(SignIn(username="yl.zhao", password="wrong")).code == "bad_credentials"


def test_a_disabled_points_users_are_shut_out(identity: ServiceHarness) -> None:
    point = teaching_point(identity)
    session = signed_in(identity, user(identity, point=point))
    elsewhere = signed_in(identity, user(identity, "other"))
    identity.run(DisableTeachingPoint(teaching_point_id=point.id, version=1), people.of_school())
    assert identity.refusal(SignIn(username="yl.zhao", password=PASSWORD)).code == "teaching_point_disabled"
    assert identity.refusal(RefreshSession(refresh_token=session.refresh_token)).code == "session_ended"
    assert identity.run(RefreshSession(refresh_token=elsewhere.refresh_token))


def test_new_roles_raise_the_epoch_and_the_same_roles_do_not(identity: ServiceHarness) -> None:
    created = user(identity)
    session = signed_in(identity, created)
    seen = identity.ask(GetAccount(), own(session))
    fields = {"user_id": seen.user_id, "name": seen.name, "roles": [{"role": "school_registrar"}]}
    same = identity.run(UpdateUser.model_validate({**fields, "version": seen.version}), people.of_school())
    renewed = identity.run(RefreshSession(refresh_token=session.refresh_token))
    assert claims(identity, renewed).epoch == claims(identity, session).epoch
    fields["roles"] = [{"role": "school_finance"}]
    identity.run(UpdateUser.model_validate({**fields, "version": same.version}), people.of_school())
    renewed = identity.run(RefreshSession(refresh_token=renewed.refresh_token))
    assert claims(identity, renewed).epoch == claims(identity, session).epoch + 1
    assert claims(identity, renewed).grants[0][0] == "school_finance"


def test_gateways_can_ask_for_what_they_missed(identity: ServiceHarness) -> None:
    since = identity.clock.now()
    session = signed_in(identity, user(identity))
    identity.clock.advance(timedelta(minutes=1))
    asked = identity.ask(ListRevocations(since=since))
    assert {r.user_id for r in asked.items} == {session.account.user_id}
    assert asked.as_of < identity.clock.now(), "a commit that is on its way must be in the next answer"
    identity.run(SignOut(refresh_token=session.refresh_token))
    assert [r.session_id for r in identity.ask(ListRevocations(since=asked.as_of)).items] == [
        claims(identity, session).sid
    ]


def test_an_account_ends_its_own_sessions_and_no_others(identity: ServiceHarness) -> None:
    mine = signed_in(identity, user(identity))
    other = signed_in(identity, user(identity, "other"))
    listed = identity.ask(ListSessions(), own(mine)).items
    assert claims(identity, mine).sid in {session.id for session in listed}
    theirs = EndSessions(session_ids=(claims(identity, other).sid,))
    assert identity.refusal(theirs, own(mine)).code == "some_not_found"
    identity.run(EndSessions(session_ids=tuple(session.id for session in listed)), own(mine))
    assert identity.refusal(RefreshSession(refresh_token=mine.refresh_token)).code == "session_ended"
    assert identity.run(RefreshSession(refresh_token=other.refresh_token))


def test_a_point_may_reissue_passwords_of_its_own_users_only(identity: ServiceHarness) -> None:
    here, there = teaching_point(identity), teaching_point(identity, "3204", "鼓楼教学点")
    colleague, stranger = user(identity, point=here), user(identity, "stranger", point=there)
    issued = identity.run(IssueOneTimePasswords(user_ids=(colleague.user.id,)), people.of_point(here.id))
    assert identity.run(SignIn(username="yl.zhao", password=issued.items[0].password))
    foreign = IssueOneTimePasswords(user_ids=(stranger.user.id,))
    assert identity.refusal(foreign, people.of_point(here.id)).code == "some_not_found"


def test_secrets_are_kept_only_as_hashes_and_never_as_stored_answers(identity: ServiceHarness) -> None:
    created = user(identity)
    one_time = created.one_time_password.password
    session = identity.run(SignIn(username="yl.zhao", password=one_time), acting(key="k"))
    for table in identity.service.metadata.sorted_tables:
        for row in identity.rows(select(table)):
            assert one_time not in str(row), table.name
            assert session.refresh_token not in str(row), table.name
    assert identity.rows(select(func.count()).select_from(identity.table("idempotency_keys")))[0][0] == 0


def test_a_new_system_gets_one_first_administrator(identity: ServiceHarness) -> None:
    made = identity.database.run(Context(), lambda uow: make(uow, "admin"))
    assert made is not None
    assert identity.run(SignIn(username="admin", password=made.password))
    assert identity.database.run(Context(), lambda uow: make(uow, "admin")) is None
    again = identity.database.run(Context(), lambda uow: make(uow, "admin", again=True))
    assert again is not None


def test_a_profile_edit_names_the_version_it_saw(identity: ServiceHarness) -> None:
    session = signed_in(identity, user(identity))
    account = identity.ask(GetAccount(), own(session))
    fields = {"name": "钱二", "gender": "male", "mobile": "13900000001"}
    changed = identity.run(UpdateAccount.model_validate({**fields, "version": account.version}), own(session))
    assert changed.name == "钱二"
    stale = UpdateAccount.model_validate({**fields, "version": account.version})
    assert identity.refusal(stale, own(session)).code == "stale_version"
