"""Due work of identity."""

from __future__ import annotations

from sqlalchemy import or_, select, update

from chassis.data.unit_of_work import UnitOfWork
from contracts.base import MAX_EVENT_ROWS
from contracts.identity.events import StudentAccountsMade, StudentAccountsRefused
from services.identity.steps import kept_secrets
from services.identity.steps.student_accounts import NO_ACCOUNT, account_of, settle
from services.identity.tables import refused_accounts, sign_in_providers, students, users


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


def seal_secrets_anew(uow: UnitOfWork) -> int:
    """Seal under the key that signs now what another one has sealed, before that one goes; how many secrets."""
    table, sealed = sign_in_providers, 0
    rows = uow.rows(select(table.c.id, table.c.client_secret).where(table.c.client_secret.is_not(None)))
    for row in rows:
        found = kept_secrets.opened(row.client_secret, row.id.bytes)
        if found is not None and found[1]:
            kept = kept_secrets.sealed(found[0], row.id.bytes)
            same = (table.c.id == row.id) & (table.c.client_secret == row.client_secret)
            sealed += uow.execute(update(table).where(same).values(client_secret=kept)).rowcount
    return sealed
