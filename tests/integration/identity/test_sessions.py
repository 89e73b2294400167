"""Signing in, staying signed in and being shut out."""

from datetime import timedelta

import jwt
import pytest
from sqlalchemy import func, select

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness, acting
from contracts.identity.commands import (
    ChangePassword,
    DisableTeachingPoint,
    DisableUser,
    EnableUser,
    EndSessions,
    IssueOneTimePasswords,
    RefreshSession,
    SignIn,
    SignOut,
    UpdateAccount,
    UpdateUser,
)
from contracts.identity.events import AccessRevoked
from contracts.identity.queries import (
    GetAccessGrants,
    GetAccount,
    GetTokenKey,
    GetUser,
    ListRevocations,
    ListSessions,
)
from contracts.identity.states import FirstStep
from contracts.identity.tokens import AUDIENCE, LONGEST_TRANSACTION, MAX_LIFETIME, AccessClaims
from contracts.identity.views import SessionTokens
from services.identity.bootstrap import make
from services.identity.domain.lifetimes import lifetime_of
from services.identity.tables.sign_in import sessions
from services.identity.tables.users import users
from tests.builders import people
from tests.builders.identity import PASSWORD, signed_in, student_signed_in, teaching_point, user


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


def test_signing_in_makes_nobodys_edit_stale(identity: ServiceHarness) -> None:
    """An account that keeps signing in can be disabled all the same."""
    created = user(identity)
    signed_in(identity, created)
    seen = identity.ask(GetUser(user_id=created.user.id), people.of_school())
    for _ in range(3):
        identity.run(SignIn(username="yl.zhao", password=PASSWORD))
    disabled = identity.run(DisableUser(user_id=seen.id, version=seen.version), people.of_school())
    assert disabled.last_signed_in_at is not None
    # Neither does the end of its sessions: the version that was answered can be edited.
    assert identity.run(EnableUser(user_id=seen.id, version=disabled.version), people.of_school()).status == "enabled"


def test_a_lead_with_two_hundred_courses_has_a_token_that_gateways_take(identity: ServiceHarness) -> None:
    courses = [str(new_id()) for _ in range(200)]
    created = user(identity, "lead", roles=({"role": "course_lead", "course_ids": courses},))
    session = signed_in(identity, created)
    said = claims(identity, session)
    assert len(session.access_token) < 1_000
    assert (said.grants_by_reference, said.grants) == (True, ())
    asked = GetAccessGrants(user_id=said.sub, session_id=said.sid, epoch=said.epoch)
    ((role, kind, ids, _),) = identity.ask(asked).grants
    assert (role, kind, sorted(map(str, ids))) == ("course_lead", "course", sorted(courses))


def test_grants_are_told_of_the_present_epoch_and_an_open_session_only(identity: ServiceHarness) -> None:
    created = user(identity)
    said = claims(identity, signed_in(identity, created))
    asked = {"user_id": said.sub, "session_id": said.sid, "epoch": said.epoch}
    assert len(identity.ask(GetAccessGrants.model_validate(asked)).grants) == 1
    others = ({"epoch": said.epoch - 1}, {"epoch": said.epoch + 1}, {"session_id": new_id()}, {"user_id": new_id()})
    for wrong in others:
        assert identity.refusal(GetAccessGrants.model_validate({**asked, **wrong})).code == "token_revoked"
    identity.run(EndSessions(session_ids=(said.sid,)), acting(user_id=said.sub, scope="own", ids=[said.sub]))
    assert identity.refusal(GetAccessGrants.model_validate(asked)).code == "token_revoked"


def test_the_longest_token_that_carries_its_grants_is_one_that_gateways_take(identity: ServiceHarness) -> None:
    lengths = {}
    for count in (85, 95):
        courses = [str(new_id()) for _ in range(count)]
        created = user(identity, f"lead{count}", roles=({"role": "course_lead", "course_ids": courses},))
        session = signed_in(identity, created)
        lengths[len(session.access_token)] = claims(identity, session).grants_by_reference
    assert max(lengths) < 6_000
    assert set(lengths.values()) == {True, False}


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


def test_a_one_time_sign_in_whose_answer_was_lost_is_repeated_under_its_key(identity: ServiceHarness) -> None:
    created = user(identity)
    sign_in = SignIn(username="yl.zhao", password=created.one_time_password.password)
    lost = identity.run(sign_in, key="the-first-sign-in")
    identity.clock.advance(timedelta(minutes=4))
    again = identity.run(sign_in, key="the-first-sign-in")
    assert again.refresh_token == lost.refresh_token
    assert claims(identity, again).sid == claims(identity, lost).sid
    assert identity.refusal(sign_in, key="another-sign-in").code == "one_time_password_expired"
    guess = SignIn(username="yl.zhao", password="wrong-password")
    assert identity.refusal(guess, key="the-first-sign-in").code == "bad_credentials"
    assert identity.run(RefreshSession(refresh_token=again.refresh_token)).access_token
    assert identity.refusal(sign_in, key="the-first-sign-in").code == "one_time_password_expired"


def test_a_sign_in_is_repeated_for_five_minutes_and_then_it_is_another(identity: ServiceHarness) -> None:
    created = user(identity)
    once = SignIn(username="yl.zhao", password=created.one_time_password.password)
    identity.run(once, key="the-first-sign-in")
    identity.clock.advance(timedelta(minutes=5))
    assert identity.refusal(once, key="the-first-sign-in").code == "one_time_password_expired"
    signed_in(identity, user(identity, "second"))
    sign_in = SignIn(username="second", password=PASSWORD)
    one, same = (identity.run(sign_in, key="a-later-sign-in") for _ in range(2))
    identity.clock.advance(timedelta(minutes=5))
    other = identity.run(sign_in, key="a-later-sign-in")
    assert claims(identity, one).sid == claims(identity, same).sid != claims(identity, other).sid


def test_a_repeated_sign_in_does_not_bring_an_ended_session_back(identity: ServiceHarness) -> None:
    created = user(identity)
    sign_in = SignIn(username="yl.zhao", password=created.one_time_password.password)
    session = identity.run(sign_in, key="the-first-sign-in")
    identity.run(SignOut(refresh_token=session.refresh_token))
    assert identity.refusal(sign_in, key="the-first-sign-in").code == "one_time_password_expired"


def test_unknown_users_and_wrong_passwords_look_the_same(identity: ServiceHarness) -> None:
    user(identity, "known")
    for username in ("known", "unknown"):
        assert identity.refusal(SignIn(username=username, password="wrong-password")).code == "bad_credentials"


def test_a_password_serves_for_years(identity: ServiceHarness) -> None:
    """Nobody has to change it for its age: whoever must, chooses the next in a row."""
    signed_in(identity, user(identity))
    identity.clock.advance(timedelta(days=3 * 365))
    assert identity.run(SignIn(username="yl.zhao", password=PASSWORD)).account.first_steps == ()


def test_an_unused_session_ends_by_itself(identity: ServiceHarness) -> None:
    session = signed_in(identity, user(identity))
    identity.clock.advance(lifetime_of(student=False).unused)
    assert identity.refusal(RefreshSession(refresh_token=session.refresh_token)).code == "session_ended"


def refreshed_as_long_as_possible(identity: ServiceHarness, session: SessionTokens, step: timedelta) -> timedelta:
    """How long a session lasts that is refreshed again and again; its access tokens never outlive it."""
    started = identity.clock.now()
    for _ in range(100):
        identity.clock.advance(step)
        refresh = RefreshSession(refresh_token=session.refresh_token)
        if identity.clock.now() >= session.refresh_expires_at:
            assert identity.refusal(refresh).code == "session_ended"
            return identity.clock.now() - started
        session = identity.run(refresh)
        assert session.access_expires_at <= session.refresh_expires_at
    raise AssertionError("it goes on for ever")


def test_a_session_ends_after_a_working_day_whatever_its_refreshes(identity: ServiceHarness) -> None:
    session = signed_in(identity, user(identity))
    assert refreshed_as_long_as_possible(identity, session, timedelta(minutes=31)) == timedelta(hours=12, minutes=24)


def test_a_students_session_ends_after_thirty_days_whatever_its_refreshes(identity: ServiceHarness) -> None:
    session = student_signed_in(identity)
    assert refreshed_as_long_as_possible(identity, session, timedelta(days=6, hours=23)) == timedelta(days=34, hours=19)


def test_a_students_session_that_nobody_uses_ends_after_a_week(identity: ServiceHarness) -> None:
    session = student_signed_in(identity)
    identity.clock.advance(timedelta(days=7))
    assert identity.refusal(RefreshSession(refresh_token=session.refresh_token)).code == "session_ended"


def test_an_older_session_that_promised_more_ends_as_well(identity: ServiceHarness) -> None:
    """As one that the release before has prolonged again and again."""
    session = signed_in(identity, user(identity))
    identity.clock.advance(timedelta(hours=12))
    with identity.owner_connection() as connection:
        connection.execute(sessions.update().values(expires_at=identity.clock.now() + timedelta(hours=1)))
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
        (PASSWORD, "赵一的密码-2026", "password_too_easy"),
        (PASSWORD, "x13900000000y", "password_too_easy"),
        (PASSWORD, "P@ssw0rd123", "password_too_easy"),
        (PASSWORD, "woaini1314", "password_too_easy"),
    ],
)
def test_a_password_change_is_refused(identity: ServiceHarness, current: str, new: str, code: str) -> None:
    session = signed_in(identity, user(identity))
    command = ChangePassword(current_password=current, new_password=new, confirmation=new)
    assert identity.refusal(command, own(session)).code == code
    assert identity.run(SignIn(username="yl.zhao", password=PASSWORD))


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
    identity.clock.advance(timedelta(minutes=3))
    asked = identity.ask(ListRevocations(since=since))
    assert {r.user_id for r in asked.items} == {session.account.user_id}
    on_its_way = timedelta(seconds=LONGEST_TRANSACTION)
    assert asked.as_of == identity.clock.now() - on_its_way, "a commit that is on its way must be in the next answer"
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


def test_nobody_issues_a_one_time_password_to_the_own_account(identity: ServiceHarness) -> None:
    """Not among others either: a session that was left open must not become a password."""
    point = teaching_point(identity)
    mine, other = user(identity, point=point), user(identity, "other", point=point)
    me = people.of_point(point.id, user_id=mine.user.id)
    command = IssueOneTimePasswords(user_ids=(other.user.id, mine.user.id))
    assert identity.refusal(command, me).code == "own_account"
    once = SignIn(username="other", password=other.one_time_password.password)
    assert identity.run(once).access_token, "nothing was issued to the other one"


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


def test_a_students_name_and_gender_are_the_records(identity: ServiceHarness) -> None:
    session = student_signed_in(identity, gender="female")
    account = identity.ask(GetAccount(), own(session))
    assert (account.name, account.gender) == ("孙三", "female")
    as_recorded = {"name": "孙三", "gender": "female", "mobile": "13900000001", "version": account.version}
    for other in ({"name": "孙四"}, {"gender": "male"}):
        refused = UpdateAccount.model_validate({**as_recorded, **other})
        assert identity.refusal(refused, own(session)).code == "from_record"
    changed = identity.run(UpdateAccount.model_validate(as_recorded), own(session))
    assert changed.mobile == "13900000001"


@pytest.mark.parametrize("name", ["12345", "回车名_x000D_", "张 三"])
def test_whatever_name_a_record_has_keeps_no_student_at_the_first_steps(identity: ServiceHarness, name: str) -> None:
    session = student_signed_in(identity, gender="female")
    with identity.owner_connection() as connection:
        connection.execute(users.update().where(users.c.id == session.account.user_id).values(name=name))
    account = identity.ask(GetAccount(), own(session))
    completed = identity.run(UpdateAccount(version=account.version, mobile="13900000001"), own(session))
    assert (completed.name, completed.gender, completed.mobile) == (name, "female", "13900000001")


def test_whose_name_is_no_records_gives_it(identity: ServiceHarness) -> None:
    session = signed_in(identity, user(identity))
    account = identity.ask(GetAccount(), own(session))
    refused = identity.refusal(UpdateAccount(version=account.version, mobile="13900000001"), own(session))
    assert [(error.path, error.code) for error in refused.errors] == [
        ("name", "field_required"),
        ("gender", "field_required"),
    ]


def test_a_gender_that_the_record_did_not_tell_is_given_once(identity: ServiceHarness) -> None:
    session = student_signed_in(identity)
    account = identity.ask(GetAccount(), own(session))
    fields = {"name": "孙三", "gender": "female", "mobile": "13900000001"}
    given = identity.run(UpdateAccount.model_validate({**fields, "version": account.version}), own(session))
    other = UpdateAccount.model_validate({**fields, "gender": "male", "version": given.version})
    assert identity.refusal(other, own(session)).code == "from_record"
