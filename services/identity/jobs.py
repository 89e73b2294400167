"""Due work of identity."""

from __future__ import annotations

from sqlalchemy import or_, select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import MAX_EVENT_ROWS
from contracts.identity.events import StudentAccountsMade, StudentAccountsRefused
from services.identity.steps import delegations, provider_secrets, second_factors
from services.identity.steps.revoking import revoke_users
from services.identity.steps.student_accounts import NO_ACCOUNT, account_of, settle
from services.identity.tables.users import refused_accounts, students, users


def retry_refused_accounts(uow: UnitOfWork) -> int:
    """Make the accounts of refused students whose name has become free, and forget those who need none any more. Who is
    being tried by a reaction at this moment is left to it."""
    r = refused_accounts.c
    somebody_elses = select(users.c.id).where(
        users.c.username == r.username, users.c.student_id.is_distinct_from(r.student_id)
    )
    due = (
        select(students)
        .join(refused_accounts, r.student_id == students.c.id)
        .where(or_(~somebody_elses.exists(), students.c.status.in_(NO_ACCOUNT), students.c.deleted))
        .order_by(students.c.id)
        .limit(MAX_EVENT_ROWS)
        .with_for_update(of=[students, refused_accounts], skip_locked=True)
    )
    tried = [account_of(student) for student in uow.rows(due)]
    answers = settle(uow, tried)
    uow.publish_rows(StudentAccountsRefused, answers.refused)
    uow.publish_rows(StudentAccountsMade, answers.made)
    return len(tried) - len(answers.refused)


def end_expired_delegations(uow: UnitOfWork) -> int:
    """End what was handed on until a day that is over, also in tokens that were made before; for how many people."""
    receivers = delegations.end_expired(uow, MAX_EVENT_ROWS)
    if receivers:
        revoke_users(uow, ids_in(users.c.id, receivers), end_sessions=False)
    return len(receivers)


def seal_anew(uow: UnitOfWork) -> int:
    """While keys are changed: what the former key has sealed is sealed with the one that signs, before that goes."""
    return second_factors.seal_anew(uow, MAX_EVENT_ROWS) + provider_secrets.seal_anew(uow)
