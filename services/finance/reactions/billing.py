"""Selections and resits were made: issue their bills, all in a handful of statements, or say why not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.base.clock import local_date
from chassis.base.ids import new_id
from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from chassis.work.reasons import Reason
from chassis.work.steps import remember
from contracts.base import Event
from contracts.courses.events import CoursesSelected, SelectedCourse
from contracts.exams.events import RegisteredResit, ResitsRegistered
from contracts.finance.events import BillingRefused, RefusedBilling
from contracts.finance.source import Source, SourceKind
from contracts.finance.states import BillStatus, PostingKind
from contracts.types import EducationLevel, ExamKind, FeeKind
from services.finance.domain.pricing import Chargeable, PriceList, Standard
from services.finance.domain.workflows import BILL
from services.finance.steps import bills as bill_steps
from services.finance.steps import ledger
from services.finance.tables.bills import billings, bills
from services.finance.tables.copies import students
from services.finance.tables.fees import fee_standards


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be billed."""

    source: Source
    student_id: UUID
    course_id: UUID
    exam_round_id: UUID | None
    exam_kind: ExamKind | None
    charged: Chargeable
    event: Event


def on_courses_selected(events: Sequence[CoursesSelected], uow: UnitOfWork) -> None:
    """Issue the bills of new selections: one for the credit fee and, with a final, one for the exam fee."""
    _bill(uow, [_selection(selected, event) for event in events for selected in event.selections])


def on_resits_registered(events: Sequence[ResitsRegistered], uow: UnitOfWork) -> None:
    """Issue the bill of each new resit."""
    _bill(uow, [_resit(resit, event) for event in events for resit in event.resits])


def _selection(selected: SelectedCourse, event: Event) -> Due:
    source = Source(kind=SourceKind.SELECTION, id=selected.selection_id)
    with_exam = selected.exam_round_id is not None
    return _due(source, selected, selected.selected_at, event, credits_=selected.credits, with_exam=with_exam)


def _resit(resit: RegisteredResit, event: Event) -> Due:
    source = Source(kind=SourceKind.REGISTRATION, id=resit.registration_id)
    return _due(source, resit, resit.registered_at, event, credits_=None, with_exam=True)


def _due(
    source: Source,
    row: SelectedCourse | RegisteredResit,
    made_at: datetime,
    event: Event,
    *,
    credits_: Decimal | None,
    with_exam: bool,
) -> Due:
    return Due(
        source=source,
        student_id=row.student_id,
        course_id=row.course_id,
        exam_round_id=row.exam_round_id,
        exam_kind=row.exam_kind,
        charged=Chargeable(
            education_levels=row.education_levels,
            student_type=row.student_type,
            student_source=row.student_source,
            on=local_date(made_at),
            credits=credits_,
            with_exam=with_exam,
        ),
        event=event,
    )


def _bill(uow: UnitOfWork, dues: Sequence[Due]) -> None:
    known = _students(uow, dues)
    prices = _price_list(uow)
    priced = [(due, prices.charges(due.charged)) for due in {due.source.id: due for due in dues}.values()]
    claimed = _claim(
        uow, {due.source: "refused" if isinstance(charges, Reason) else "billed" for due, charges in priced}
    )
    rows: list[dict[str, Any]] = []
    for due, charges in priced:
        if due.source.id in claimed and not isinstance(charges, Reason):
            rows += _rows(due, charges, known[due.student_id], uow.now)
    _issue(uow, rows)
    _refuse(uow, [(d, c) for d, c in priced if isinstance(c, Reason) and d.source.id in claimed])


def _price_list(uow: UnitOfWork) -> PriceList:
    return PriceList(
        Standard(
            id=row.id,
            education_level=EducationLevel(row.education_level),
            kind=FeeKind(row.kind),
            amount=row.amount,
            student_type=row.student_type,
            student_source=row.student_source,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        for row in uow.rows(select(fee_standards).where(~fee_standards.c.deleted))
    )


def _claim(uow: UnitOfWork, outcomes: dict[Source, str]) -> set[UUID]:
    """Those of the sources that nobody decided before: not those that were cancelled early, or come a second time."""
    if not outcomes:
        return set()
    rows = [
        {"id": source.id, "source": source.kind, "outcome": outcomes[source], "decided_at": uow.now}
        for source in sorted(outcomes, key=lambda source: source.id)
    ]
    claimed = insert_rows(billings, rows).on_conflict_do_nothing().returning(billings.c.id)
    return {row.id for row in uow.rows(claimed)}


def _students(uow: UnitOfWork, dues: Sequence[Due]) -> dict[UUID, Row[Any]]:
    """The students, from the copy: a transfer may have come since the selection.

    The copies stay locked, so that what is billed under the old point is there when the transfer's reaction runs.
    """
    return locked(uow, students, {due.student_id for due in dues})


def _rows(due: Due, charges: Sequence[Any], student: Row[Any], now: datetime) -> Iterator[dict[str, Any]]:
    for charge in charges:
        exam = charge.kind is FeeKind.EXAM
        yield {
            "id": new_id(),
            "source_kind": due.source.kind,
            "source_id": due.source.id,
            "student_id": due.student_id,
            "teaching_point_id": student.teaching_point_id,
            "cohort_id": student.cohort_id,
            "course_id": due.course_id,
            "exam_round_id": due.exam_round_id if exam else None,
            "exam_kind": due.exam_kind if exam else None,
            "kind": charge.kind,
            "fee_standard_id": charge.standard_id,
            "amount": charge.amount,
            "status": BillStatus.UNPAID,
            "issued_at": now,
        }


# What history, ledger and audit need of a new bill: ten thousand rows of all columns take their time.
_ISSUED = ("id", "number", "status", "teaching_point_id", "student_id", "course_id", "kind", "amount")


def _issue(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    issued = uow.rows(insert_rows(bills, rows).returning(*(bills.c[name] for name in _ISSUED)))
    remember(uow, BILL, bills, issued, "issue", audited=("number", "amount"))
    ledger.post(uow, [bill_steps.posting(PostingKind.BILL_ISSUED, bill) for bill in issued])


def _refuse(uow: UnitOfWork, refused: Sequence[tuple[Due, Reason]]) -> None:
    answers: dict[int, tuple[Event, list[RefusedBilling]]] = {}
    for due, missing in refused:
        answer = RefusedBilling(source=due.source, code=missing.code, params=dict(missing.params))
        answers.setdefault(id(due.event), (due.event, []))[1].append(answer)
    for event, rows in answers.values():
        uow.publish_rows(BillingRefused, rows, because=event)
