"""Handing permissions to colleagues, and taking them back (IDN-7). Delegations are out of their people's own sight, so
these run as the system, each on the acting user's rows only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, insert, or_, select

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import refuse
from chassis.work.rows import lock
from contracts.errors import ServiceError
from contracts.identity.delegation import DelegationsView, EndDelegations, GiveDelegations
from contracts.identity.states import DelegationState
from services.identity.domain import delegating
from services.identity.steps import delegations as steps
from services.identity.steps.delegation_views import delegations_view
from services.identity.steps.notices import tell_user
from services.identity.steps.revoking import revoke_users
from services.identity.steps.views import grants_of
from services.identity.tables.users import delegations, users

_d = delegations.c
_TOLD = ("receiver_id", "permission", "until", "reason")


def give_delegations(command: GiveDelegations, uow: UnitOfWork) -> DelegationsView:
    """Hand permissions of the acting user to a colleague.

    Raises `not_a_colleague`, also for whom there is not; what `against_giving` says; `delegation_exists` (by its
    constraint) for what the colleague has of the acting user already; `too_many_delegations`.
    """
    me = uow.acting_user
    people = lock(uow, users, sorted({me, command.receiver_id}))  # held: neither loses anything meanwhile
    receiver = people.get(command.receiver_id)
    if receiver is None or receiver.id == me or not steps.are_colleagues(people[me], receiver):
        raise ServiceError("not_a_colleague")
    refuse(delegating.against_giving(command.permissions, grants_of(uow, [me])[me], command.until, uow.today))
    steps.end_expired_of(uow, me)
    rows = [
        {
            "id": new_id(),
            "giver_id": me,
            "receiver_id": receiver.id,
            "permission": permission,
            "until": command.until,
            "reason": command.reason,
            "given_at": uow.now,
        }
        for permission in command.permissions
    ]
    uow.execute(insert(delegations), rows)
    _refuse_too_many(uow, me, receiver)
    for row in rows:
        uow.audit(delegations, row["id"], "give_delegation", after={name: row[name] for name in _TOLD})
    tell_user(uow, receiver.id, "delegation", "give_delegation", DelegationState.COUNTS)
    revoke_users(uow, users.c.id == receiver.id, end_sessions=False)  # the next tokens say what is new
    return delegations_view(uow, me)


def end_delegations(command: EndDelegations, uow: UnitOfWork) -> DelegationsView:
    """End what the acting user has given or received. Raises `some_not_found`."""
    me = uow.acting_user
    mine = or_(_d.giver_id == me, _d.receiver_id == me)
    wanted = select(delegations).where(ids_in(_d.id, command.delegation_ids), mine, steps.OPEN)
    rows = uow.rows(wanted.order_by(_d.id).with_for_update())
    if missing := len(command.delegation_ids) - len(rows):
        raise ServiceError("some_not_found", count=missing)
    for state, these in (
        (DelegationState.TAKEN_BACK, [row for row in rows if row.giver_id == me]),
        (DelegationState.GIVEN_BACK, [row for row in rows if row.giver_id != me]),
    ):
        steps.end(uow, these, state)
        for other in {row.receiver_id if row.giver_id == me else row.giver_id for row in these}:
            tell_user(uow, other, "delegation", "end_delegation", state)
    revoke_users(uow, ids_in(users.c.id, {row.receiver_id for row in rows}), end_sessions=False)
    return delegations_view(uow, me)


def _refuse_too_many(uow: UnitOfWork, giver_id: Any, receiver: Row[Any]) -> None:
    for whose in (_d.giver_id == giver_id, _d.receiver_id == receiver.id):
        if uow.scalar(select(func.count()).where(whose, steps.counting(uow))) > delegating.MOST_OPEN:
            raise ServiceError("too_many_delegations", limit=delegating.MOST_OPEN)
