"""Users of the school and of teaching points (IDN-6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.base.blocking import in_real_thread
from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages import copies
from chassis.work.reasons import refuse
from chassis.work.rows import change, lock, locked, refuse_stale, refuse_unknown
from contracts.base import Done
from contracts.errors import ServiceError
from contracts.identity.commands import (
    CreateUser,
    DisableUser,
    EnableUser,
    ForgiveFailedSignIns,
    IssueOneTimePasswords,
    RemoveUser,
    UpdateUser,
)
from contracts.identity.states import UserStatus
from contracts.identity.views import (
    CreatedUser,
    OneTimePassword,
    OneTimePasswords,
    RemovedUser,
    RoleGrant,
    UserView,
)
from services.identity.domain import passwords
from services.identity.domain.roles import against_grants
from services.identity.steps import attempts
from services.identity.steps.revoking import revoke_users
from services.identity.steps.student_accounts import NO_ACCOUNT
from services.identity.steps.views import grants_of, user_view
from services.identity.tables.points import teaching_points
from services.identity.tables.sign_in import credentials
from services.identity.tables.users import students, user_roles, users

HASHED_WITHIN: Final = timedelta(minutes=1)
"""What two hundred passwords take to hash on a busy machine."""


def create_user(command: CreateUser, uow: UnitOfWork) -> CreatedUser:
    """Add a user with a one-time password for the first sign-in.

    Raises `username_taken` (by its constraint), `not_found` for a point out of reach, and the refusals of
    `against_grants`.
    """
    point_id = command.teaching_point_id
    by_point = uow.context.scope.kind == "point"
    if by_point:
        point_id = point_id or uow.context.actor.teaching_point_id
    if point_id is not None:
        uow.one(select(teaching_points.c.id).where(teaching_points.c.id == point_id))
    refuse(against_grants(command.roles, of_point=point_id is not None, by_point=by_point))
    user_id, made = new_id(), _new_passwords(1)
    uow.execute(
        insert(users).values(
            id=user_id,
            username=command.username.lower(),
            name=command.name,
            gender=command.gender,
            mobile=command.mobile,
            email=command.email,
            position=command.position,
            teaching_point_id=point_id,
        )
    )
    _set_roles(uow, user_id, point_id, command.roles)
    uow.audit(users, user_id, "create", after=_audited(command.username.lower(), command.roles))
    (one_time,) = _issue(uow, [(user_id, command.username.lower())], made)
    return CreatedUser(user=user_view(uow, user_id), one_time_password=one_time)


def update_user(command: UpdateUser, uow: UnitOfWork) -> UserView:
    """Change a user's data and roles. Raises `from_record` for students, `stale_version`, and what `against_grants`
    raises."""
    before = manageable(uow, command.user_id)
    if before.student_id is not None:
        raise ServiceError("from_record")
    refuse(
        against_grants(
            command.roles, of_point=before.teaching_point_id is not None, by_point=uow.context.scope.kind == "point"
        )
    )
    held = grants_of(uow, [before.id])[before.id]
    values = command.model_dump(exclude={"user_id", "version", "roles"})
    refuse_stale(before, command.version)
    change(uow, users, before, "edit", values)
    wanted = tuple(sorted(command.roles, key=lambda grant: grant.role))
    if [g.model_dump() for g in wanted] != [g.model_dump() for g in held]:
        uow.execute(delete(user_roles).where(user_roles.c.user_id == before.id))
        _set_roles(uow, before.id, before.teaching_point_id, wanted)
        uow.audit(users, before.id, "grant", _audited(before.username, held), _audited(before.username, wanted))
        view = user_view(uow, before.id)
        revoke_users(uow, users.c.id == before.id, end_sessions=False)
        return view
    return user_view(uow, before.id)


def remove_user(command: RemoveUser, uow: UnitOfWork) -> RemovedUser:
    """Erase a user who never signed in, and so never acted; disable one who did. Raises `own_account`,
    `from_record`, `stale_version`."""
    user = manageable(uow, command.user_id)
    if user.student_id is not None:
        raise ServiceError("from_record")
    if user.last_signed_in_at is not None:
        return RemovedUser(erased=False, user=_set_status(uow, user, command.version, UserStatus.DISABLED))
    refuse_stale(user, command.version)
    uow.audit(users, user.id, "erase", before={"username": user.username})
    with uow.as_system():  # the credentials that go with the user are out of an administrator's sight
        uow.execute(delete(users).where(users.c.id == user.id))
    return RemovedUser(erased=True, user=None)


def disable_user(command: DisableUser, uow: UnitOfWork) -> UserView:
    """Shut a user out. Raises `own_account`, `stale_version`."""
    return _set_status(uow, manageable(uow, command.user_id), command.version, UserStatus.DISABLED)


def enable_user(command: EnableUser, uow: UnitOfWork) -> UserView:
    """Let a user in again. Raises `own_account`, `stale_version`, and `from_record` for who is no student any more."""
    student_id = uow.one(select(users.c.student_id).where(users.c.id == command.user_id)).student_id
    if student_id is not None:
        _refuse_former_student(uow, student_id)
    return _set_status(uow, manageable(uow, command.user_id), command.version, UserStatus.ENABLED)


def _refuse_former_student(uow: UnitOfWork, student_id: UUID) -> None:
    """Raise `from_record` where the record says that there is no student to let in. The copy is held, so that a state
    that arrives now comes after; it is out of everybody's sight."""
    with uow.as_system():
        record = copies.locked(uow, students, [student_id], required=False).get(student_id)
    if record is None or record.deleted or record.status in NO_ACCOUNT:
        raise ServiceError("from_record")


def issue_one_time_passwords(command: IssueOneTimePasswords, uow: UnitOfWork) -> OneTimePasswords:
    """Give each of the users a password for the next sign-in; their sessions end, and no failure so far counts.

    Raises `some_not_found`, `some_sign_in_elsewhere`, and `own_account` for the actor's own: a session that was left
    open must not become a password.
    """
    if uow.context.actor.user_id in command.user_ids:
        raise ServiceError("own_account")
    made = _new_passwords(len(command.user_ids))
    # Held before their credentials change: the order of whoever signs in.
    rows = lock(uow, users, command.user_ids)
    if missing := len(command.user_ids) - len(rows):
        raise ServiceError("some_not_found", count=missing)
    if elsewhere := sum(not row.local_sign_in for row in rows.values()):
        raise ServiceError("some_sign_in_elsewhere", count=elsewhere)
    for user_id in rows:
        uow.audit(users, user_id, "issue_one_time_password")
    issued = _issue(uow, [(row.id, row.username) for row in rows.values()], made)
    attempts.forgive(uow, list(rows))
    revoke_users(uow, ids_in(users.c.id, command.user_ids), end_sessions=True)
    return OneTimePasswords(items=tuple(issued))


def forgive_failed_sign_ins(command: ForgiveFailedSignIns, uow: UnitOfWork) -> Done:
    """Let users try again who wait after wrong passwords. Raises `some_not_found`, `own_account`."""
    if uow.context.actor.user_id in command.user_ids:
        raise ServiceError("own_account")
    refuse_unknown(uow, users, command.user_ids)
    for user_id in command.user_ids:
        uow.audit(users, user_id, "forgive_failed_sign_ins")
    attempts.forgive(uow, command.user_ids)
    return Done()


def manageable(uow: UnitOfWork, user_id: UUID) -> Row[Any]:
    """The user in the actor's scope, locked. Raises `not_found`, and `own_account` for the actor's own."""
    user = locked(uow, users, user_id)
    if user_id == uow.context.actor.user_id:
        raise ServiceError("own_account")
    return user


def _set_status(uow: UnitOfWork, user: Row[Any], version: int, status: UserStatus) -> UserView:
    refuse_stale(user, version)
    change(uow, users, user, "edit", {"status": status, "shut_out": status is UserStatus.DISABLED})
    view = user_view(uow, user.id)
    if status is UserStatus.DISABLED:
        revoke_users(uow, users.c.id == user.id, end_sessions=True)
    return view


def _set_roles(uow: UnitOfWork, user_id: UUID, point_id: UUID | None, grants: Sequence[RoleGrant]) -> None:
    uow.execute(
        insert(user_roles),
        [
            {
                "user_id": user_id,
                "teaching_point_id": point_id,
                "role": grant.role,
                "modules": list(grant.modules),
                "course_ids": list(grant.course_ids),
            }
            for grant in grants
        ],
    )


def _new_passwords(count: int) -> list[tuple[str, str]]:
    """One-time passwords with their hashes. Each takes a tenth of a second and more: made before any row is held."""
    clear = [passwords.one_time_password() for _ in range(count)]
    return [(password, in_real_thread(passwords.hashed, password)) for password in clear]


def _issue(
    uow: UnitOfWork, accounts: Sequence[tuple[UUID, str]], made: Sequence[tuple[str, str]]
) -> list[OneTimePassword]:
    """Give accounts the one-time passwords that were made, kept as hashes out of everybody's sight."""
    until = uow.now + passwords.ONE_TIME_LIFETIME
    rows = [
        {"user_id": user_id, "password_hash": password_hash, "one_time_until": until, "changed_at": uow.now}
        for (user_id, _), (_, password_hash) in zip(accounts, made, strict=True)
    ]
    given = upsert(credentials).values(rows)
    set_ = {name: given.excluded[name] for name in ("password_hash", "one_time_until", "changed_at")}
    with uow.as_system():
        uow.execute(given.on_conflict_do_update(index_elements=["user_id"], set_=set_))
        ids = [user_id for user_id, _ in accounts]
        uow.execute(update(users).where(ids_in(users.c.id, ids)).values(must_change_password=True))
    return [
        OneTimePassword(user_id=user_id, username=username, password=password, expires_at=until)
        for (user_id, username), (password, _) in zip(accounts, made, strict=True)
    ]


def _audited(username: str, grants: Sequence[RoleGrant]) -> dict[str, Any]:
    return {"username": username, "roles": [grant.model_dump(mode="json") for grant in grants]}
