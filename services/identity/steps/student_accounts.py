"""Students' accounts: made, kept in line with the record, or refused where the name is somebody else's.

Identity is the arbiter of usernames. Whoever has a name keeps it; a student whose number it is, is refused and tried
again when the record changes or the name becomes free.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, case, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in, insert_rows
from chassis.data.unit_of_work import UnitOfWork
from contracts.identity.events import MadeAccount, RefusedAccount
from contracts.identity.states import UserStatus
from contracts.permissions import Role
from contracts.types import EnrolmentStatus
from services.identity.steps.revoking import revoke_users
from services.identity.tables.users import refused_accounts, user_roles, users

NO_ACCOUNT: Final = frozenset(
    {
        EnrolmentStatus.LEFT,
        EnrolmentStatus.GRADUATED,
        EnrolmentStatus.COMPLETED_WITHOUT_DIPLOMA,
        EnrolmentStatus.EXPIRED,
        EnrolmentStatus.ADMISSION_FORFEITED,
        EnrolmentStatus.ADMISSION_CANCELLED,
    }
)
"""Who is no student any more (docs/sagas.md, 3.9)."""

USERNAME_TAKEN: Final = "username_taken"

Account = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answers:
    """What is to be told of the accounts: who was refused, and who has one after having been refused."""

    refused: Sequence[RefusedAccount]
    made: Sequence[MadeAccount]


def account_of(record: Any) -> Account:
    """The account that a student's record wants; `record` is a `StudentItem` or a row of the copy."""
    gone = record.deleted or record.status in NO_ACCOUNT
    return {
        "id": new_id(),
        "username": record.student_number.lower(),
        "name": record.name,
        "gender": getattr(record, "gender", None),  # the copy of the record does without
        "student_id": record.id,
        "teaching_point_id": record.teaching_point_id,
        "record_version": record.version,
        "status": UserStatus.DISABLED if gone else UserStatus.ENABLED,
    }


def settle(uow: UnitOfWork, wanted: Sequence[Account]) -> Answers:
    """Give each student, named once and in order of id, the account that is wanted, all in a handful of statements.

    Whoever calls holds the students' copies locked, so that nobody else tries the same refused student meanwhile.
    """
    if not wanted:
        return Answers((), ())
    ids = [account["student_id"] for account in wanted]
    refused_before = _refused_before(uow, ids)
    known = _lock_accounts(uow, ids)
    made = _make(uow, [account for account in wanted if account["student_id"] not in known])
    # Neither known nor made: another process made it at this moment, or the name is somebody else's.
    known |= _lock_accounts(uow, set(ids) - known.keys() - made.keys())
    followed = _follow(uow, [account for account in wanted if account["student_id"] in known], known)
    _give_student_role(uow, [*made.values(), *followed])
    refused = [
        account
        for account in wanted
        if account["student_id"] not in known.keys() | made.keys() and account["status"] == UserStatus.ENABLED
    ]
    _remember(uow, refused)
    settled = refused_before - {account["student_id"] for account in refused}
    if settled:
        uow.execute(delete(refused_accounts).where(ids_in(refused_accounts.c.student_id, settled)))
    return Answers(
        refused=[RefusedAccount(student_id=account["student_id"], code=USERNAME_TAKEN) for account in refused],
        made=[MadeAccount(student_id=id_) for id_ in ids if id_ in settled and id_ in known.keys() | made.keys()],
    )


def _refused_before(uow: UnitOfWork, student_ids: Collection[UUID]) -> set[UUID]:
    r = refused_accounts.c
    return {row.student_id for row in uow.rows(select(r.student_id).where(ids_in(r.student_id, student_ids)))}


def _lock_accounts(uow: UnitOfWork, student_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    if not student_ids:
        return {}
    columns = (users.c.student_id, users.c.teaching_point_id, users.c.status)
    of_them = select(*columns).where(ids_in(users.c.student_id, student_ids)).order_by(users.c.student_id)
    return {row.student_id: row for row in uow.rows(of_them.with_for_update())}


def _make(uow: UnitOfWork, accounts: Sequence[Account]) -> dict[UUID, UUID]:
    """Make new accounts; user id by student id of those that could be made. Whoever wants a name at the same moment
    waits at the constraint and then finds it taken."""
    if not accounts:
        return {}
    new = insert_rows(users, accounts).on_conflict_do_nothing().returning(users.c.id, users.c.student_id)
    return {row.student_id: row.id for row in uow.rows(new)}


def _follow(uow: UnitOfWork, accounts: Sequence[Account], before: Mapping[UUID, Row[Any]]) -> list[UUID]:
    """Let accounts that there are follow newer records; the users that changed. Access that the change takes away ends
    at once. Who was shut out by a person stays so."""
    if not accounts:
        return []
    newer = insert_rows(users, accounts)
    changed = uow.rows(
        newer.on_conflict_do_update(
            constraint="uq_users_student_id",
            set_={
                "gender": func.coalesce(newer.excluded.gender, users.c.gender),
                "status": case((users.c.shut_out, UserStatus.DISABLED), else_=newer.excluded.status),
                **{name: newer.excluded[name] for name in ("name", "teaching_point_id", "record_version")},
            },
            where=newer.excluded.record_version > func.coalesce(users.c.record_version, 0),
        ).returning(users.c.id, users.c.student_id, users.c.teaching_point_id, users.c.status)
    )
    moved = [
        row.id
        for row in changed
        if (before[row.student_id].teaching_point_id, before[row.student_id].status)
        != (row.teaching_point_id, row.status)
    ]
    if moved:
        revoke_users(uow, ids_in(users.c.id, moved), end_sessions=False)
    return [row.id for row in changed]


def _remember(uow: UnitOfWork, refused: Sequence[Account]) -> None:
    if not refused:
        return
    rows = [
        {
            "student_id": account["student_id"],
            "username": account["username"],
            "code": USERNAME_TAKEN,
            "refused_at": uow.now,
        }
        for account in refused
    ]
    remembered = insert_rows(refused_accounts, rows)
    newest = {name: remembered.excluded[name] for name in ("username", "code")}
    uow.execute(remembered.on_conflict_do_update(index_elements=["student_id"], set_=newest))


def _give_student_role(uow: UnitOfWork, user_ids: Sequence[UUID]) -> None:
    """One statement for all: the role, and the point that the account belongs to now."""
    role = insert(user_roles).from_select(
        ["user_id", "role", "teaching_point_id"],
        select(users.c.id, text(f"'{Role.STUDENT}'"), users.c.teaching_point_id).where(ids_in(users.c.id, user_ids)),
    )
    now_at = {"teaching_point_id": role.excluded.teaching_point_id}
    uow.execute(role.on_conflict_do_update(index_elements=["user_id", "role"], set_=now_at))
