"""Permissions that were handed on: which count, what they reach, and how they end.

Rows tell what was given; what it reaches is found anew from the giver's roles each time that a token is made, so that
it is never more than the giver has. All of it is out of everybody's sight: whoever calls runs as the system, or says
so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, select, update

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from contracts.identity.states import DelegationState, UserStatus
from contracts.identity.tokens import DelegatedPermission
from contracts.permissions import Role
from services.identity.domain import delegating
from services.identity.steps.views import grants_of
from services.identity.tables.users import delegations, user_roles, users

_d = delegations.c
OPEN: Final = _d.state == DelegationState.COUNTS


def counting(uow: UnitOfWork) -> ColumnElement[bool]:
    """Those that count today."""
    return and_(OPEN, _d.until >= uow.today)


def received(uow: UnitOfWork, user_id: UUID) -> tuple[DelegatedPermission, ...]:
    """What colleagues have handed to a user, as it reaches today, in the order of its names."""
    rows = uow.rows(_with_giver().where(_d.receiver_id == user_id, counting(uow)))
    grants = grants_of(uow, list({row.giver_id for row in rows})) if rows else {}
    reaches = (delegating.reach(r.permission, grants[r.giver_id], r.giver_id, r.teaching_point_id) for r in rows)
    return tuple(sorted(reach for reach in reaches if reach is not None))


def giver_roles(uow: UnitOfWork, user_id: UUID) -> set[Role]:
    """The roles of those whose permissions a user holds: what is demanded of them is demanded of whoever acts in their
    place."""
    of_givers = select(user_roles.c.role).join(delegations, _d.giver_id == user_roles.c.user_id)
    return set(map(Role, uow.scalars(of_givers.where(_d.receiver_id == user_id, counting(uow)))))


def end_expired(uow: UnitOfWork, most: int) -> set[UUID]:
    """End those whose last day is over, so many at once; who received them."""
    return _end_over(uow, _over(uow).limit(most).with_for_update(skip_locked=True))


def end_expired_of(uow: UnitOfWork, giver_id: UUID) -> None:
    """End those of a giver whose last day is over, which are out of the way then of what is given anew."""
    _end_over(uow, _over(uow).where(_d.giver_id == giver_id).with_for_update())


def _over(uow: UnitOfWork) -> Select[Any]:
    return select(delegations).where(OPEN, _d.until < uow.today).order_by(_d.id)


def _end_over(uow: UnitOfWork, over: Select[Any]) -> set[UUID]:
    rows = uow.rows(over)
    end(uow, rows, DelegationState.EXPIRED)
    return {row.receiver_id for row in rows}


def end_lost(uow: UnitOfWork, user_ids: Collection[UUID]) -> set[UUID]:
    """End what these users have handed on or received and may not any more, because they have lost it, are shut out or
    belong elsewhere; who else has other permissions now. Called where roles, status or point have changed."""
    if not user_ids:
        return set()
    concerned = ids_in(_d.giver_id, user_ids) | ids_in(_d.receiver_id, user_ids)
    rows = uow.rows(_with_giver().where(OPEN, concerned).order_by(_d.id).with_for_update(of=delegations))
    if not rows:
        return set()
    lost = _lost(uow, rows)
    end(uow, lost, DelegationState.LOST)
    # What remains may reach less, or more, than before.
    of_givers = {row.receiver_id for row in rows if row.giver_id in set(user_ids)}
    return (of_givers | {row.receiver_id for row in lost}) - set(user_ids)


def _lost(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    people = {row.giver_id for row in rows} | {row.receiver_id for row in rows}
    account = {row.id: row for row in uow.rows(select(users).where(ids_in(users.c.id, people)))}
    grants = grants_of(uow, list(people))
    return [
        row
        for row in rows
        if not are_colleagues(account[row.giver_id], account[row.receiver_id])
        or row.permission not in delegating.own(grants[row.giver_id])
    ]


def are_colleagues(one: Row[Any], other: Row[Any]) -> bool:
    """Whether two accounts are of the same organisation, both can sign in, and neither is a student's."""
    same = one.teaching_point_id == other.teaching_point_id
    return same and all(each.status == UserStatus.ENABLED and each.student_id is None for each in (one, other))


def end(uow: UnitOfWork, rows: Sequence[Row[Any]], state: DelegationState) -> None:
    """End these, which are held, and say so in the trail."""
    if not rows:
        return
    ended = update(delegations).where(ids_in(_d.id, [row.id for row in rows]))
    uow.execute(ended.values(state=state, ended_at=uow.now))
    for row in rows:
        uow.audit(delegations, row.id, "end_delegation", after={"permission": row.permission, "state": state})


def _with_giver() -> Any:
    return select(delegations, users.c.teaching_point_id).join(users, users.c.id == _d.giver_id)
