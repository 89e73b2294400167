"""Accounts and teaching points for tests."""

from __future__ import annotations

from typing import Any

from chassis.testing.harness import ServiceHarness, acting
from contracts.identity.commands import ChangePassword, CreateTeachingPoint, CreateUser, SignIn, UpdateAccount
from contracts.identity.views import CreatedUser, SessionTokens, TeachingPointDetails
from tests.builders.people import of_school

PASSWORD = "correct-horse-42"


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
