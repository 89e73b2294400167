"""What other services' events make identity do."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import current
from contracts.courses.events import CoursesDecided
from contracts.enrollment.events import EnrollmentDecided
from contracts.finance.events import FinanceDecided
from contracts.identity.events import StudentAccountsMade, StudentAccountsRefused
from contracts.registry.events import RegistryDecided, StudentState
from services.identity.steps.notices import keep
from services.identity.steps.student_accounts import account_of, settle
from services.identity.tables.users import students


def on_student_state(events: Sequence[StudentState], uow: UnitOfWork) -> None:
    """Every student has an account: the student number is its name, the record says whose and where it is.

    Bulk and in any order: of two states of a student the newer counts. Whose number is somebody else's username is
    refused by an answer, and nobody else with them.
    """
    newest = current(uow, students, events)
    answers = settle(uow, [account_of(newest[id_][0]) for id_ in sorted(newest)])
    for event in events:
        refused = [row for row in answers.refused if newest[row.student_id][1] is event]
        made = [row for row in answers.made if newest[row.student_id][1] is event]
        uow.publish_rows(StudentAccountsRefused, refused, because=event)
        uow.publish_rows(StudentAccountsMade, made, because=event)


def on_courses_decided(events: Sequence[CoursesDecided], uow: UnitOfWork) -> None:
    """Withdrawals and assessment requirements: a notice each."""
    keep(uow, events)


def on_enrollment_decided(events: Sequence[EnrollmentDecided], uow: UnitOfWork) -> None:
    """Application forms: a notice each."""
    keep(uow, events)


def on_finance_decided(events: Sequence[FinanceDecided], uow: UnitOfWork) -> None:
    """Remittance slips: a notice each."""
    keep(uow, events)


def on_registry_decided(events: Sequence[RegistryDecided], uow: UnitOfWork) -> None:
    """Status changes: a notice each, of a transfer for both points."""
    keep(uow, events)
