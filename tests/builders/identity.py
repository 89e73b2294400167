"""Accounts and teaching points for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
from pyotp import TOTP

from chassis.base.context import Actor, Context, Scope
from chassis.base.ids import new_id
from chassis.base.pem import new_private_key
from chassis.testing.harness import ServiceHarness, acting
from contracts.identity.commands import (
    ChangePassword,
    CreateTeachingPoint,
    CreateUser,
    IssueOneTimePasswords,
    SignIn,
    UpdateAccount,
)
from contracts.identity.queries import ListUsers
from contracts.identity.second_factor import (
    OfferedSecondFactor,
    OfferSecondFactor,
    RecoveryCodes,
    SetUpSecondFactor,
)
from contracts.identity.tokens import AccessClaims
from contracts.identity.views import CreatedUser, SessionTokens, TeachingPointDetails
from contracts.registry.events import StudentItem, StudentState
from services.identity.domain.codes import STEP_SECONDS
from tests.builders.people import of_school

PASSWORD = "correct-horse-42"
HOME = "198.51.100.20"


def private_key() -> str:
    """A new key for tokens, PEM."""
    return new_private_key()


def from_address(address: str) -> Context:
    """Somebody who has not signed in, at this address."""
    return Context(actor=Actor(name="anonymous"), scope=Scope("own"), client=address)


def student_item(point_id: UUID, version: int = 1, **changes: Any) -> StudentItem:
    """A student as the registry tells of one."""
    fields = {
        "id": new_id(),
        "version": version,
        "student_number": "2632030906100001",
        "name": "孙三",
        "teaching_point_id": point_id,
        "programme_id": new_id(),
        "intake": "202609",
        "major_name": "软件工程",
        "status": "active",
        "status_change_open": False,
        "degree_intent": False,
        "suspensions": (),
        "level": "top_up_bachelor",
        "major_code": "080902",
        "schooling_length": "2.5",
    }
    return StudentItem.model_validate({**fields, **changes})


def teaching_point(identity: ServiceHarness, code: str = "3203", name: str = "云龙教学点") -> TeachingPointDetails:
    """A teaching point."""
    made: TeachingPointDetails = identity.run(CreateTeachingPoint(code=code, name=name), of_school())
    return made


def user(
    identity: ServiceHarness,
    username: str = "yl.zhao",
    *,
    point: TeachingPointDetails | None = None,
    roles: tuple[dict[str, Any], ...] | None = None,
) -> CreatedUser:
    """A user with a one-time password: of a point its administrator, else the school's registrar."""
    role = "school_registrar" if point is None else "teaching_point_admin"
    command = CreateUser.model_validate(
        {
            "username": username,
            "name": "赵一",
            "teaching_point_id": point.id if point else None,
            "roles": roles or ({"role": role},),
        }
    )
    made: CreatedUser = identity.run(command, of_school())
    return made


def signed_in(identity: ServiceHarness, created: CreatedUser) -> SessionTokens:
    """The user's session after the first steps: password changed, profile complete."""
    one_time = created.one_time_password.password
    identity.run(SignIn(username=created.user.username, password=one_time))
    me = acting(user_id=created.user.id, scope="own", ids=[created.user.id])
    change = ChangePassword(current_password=one_time, new_password=PASSWORD, confirmation=PASSWORD)
    session: SessionTokens = identity.run(change, me)
    profile = UpdateAccount.model_validate(
        {
            "version": session.account.version,
            "name": session.account.name,
            "gender": "female",
            "mobile": "13900000000",
        }
    )
    identity.run(profile, me)
    again: SessionTokens = identity.run(SignIn(username=created.user.username, password=PASSWORD))
    return again


def claims_of(session: SessionTokens) -> AccessClaims:
    """What the session's access token says."""
    return AccessClaims.model_validate(jwt.decode(session.access_token, options={"verify_signature": False}))


def in_session(session: SessionTokens) -> Context:
    """Who has this session, doing something in it."""
    said = claims_of(session)
    actor = Actor(said.sub, said.name, said.teaching_point_id, said.student_id, said.sid)
    return Context(actor, Scope("own", (said.sub,)), client=HOME)


def code_of(identity: ServiceHarness, secret: str, *, later: int = 0) -> str:
    """What an app with this secret shows now, or so many steps later; the service's clock follows."""
    identity.clock.advance(timedelta(seconds=STEP_SECONDS * later))
    return TOTP(secret).at(identity.clock.now())


def with_second_factor(identity: ServiceHarness, session: SessionTokens) -> tuple[str, Sequence[str]]:
    """Set up a second factor in this session: the app's secret, and the recovery codes."""
    me = in_session(session)
    offered: OfferedSecondFactor = identity.run(OfferSecondFactor(), me)
    code = code_of(identity, offered.secret)
    made: RecoveryCodes = identity.run(SetUpSecondFactor(offer=offered.offer, code=code), me)
    return offered.secret, made.codes


def student_signed_in(identity: ServiceHarness, **record: Any) -> SessionTokens:
    """A student's session after the change of the one-time password; `record` are fields of the student's record."""
    item = student_item(teaching_point(identity).id, **record)
    identity.feed(StudentState, item)
    (account,) = identity.ask(ListUsers(search=item.student_number.lower()), of_school()).items
    (issued,) = identity.run(IssueOneTimePasswords(user_ids=(account.id,)), of_school()).items
    me = acting(user_id=account.id, scope="own", ids=[account.id])
    change = ChangePassword(current_password=issued.password, new_password=PASSWORD, confirmation=PASSWORD)
    changed: SessionTokens = identity.run(change, me)
    return changed
