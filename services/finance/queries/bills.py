"""Bills: the list from which they are chosen (FIN-3), one with its history, and their public state."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, select

from chassis.data.bulk import ids_in
from chassis.data.pages import begins, equals, page_of
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.steps import history_of
from contracts.base import Page
from contracts.finance.events import BillItem
from contracts.finance.queries import GetBill, ListBills
from contracts.finance.source import SourceKind
from contracts.finance.views import BillDetails, BillView
from contracts.text.cleaning import number
from services.finance.queries.labels import Labels, labels
from services.finance.steps.bills import source_of
from services.finance.tables.bills import BILL_PREFIX, bills
from services.finance.tables.copies import student_search, students
from services.finance.tables.payments import payment_lines

_OF_STUDENT = ("intake", "level", "student_type", "major_code", "schooling_length")
_OF_BILL = ("teaching_point_id", "student_id", "course_id", "status", "kind")


def list_bills(query: ListBills, uow: UnitOfWork) -> Page[BillView]:
    """Bills by what they are, and by whose student."""
    statement = select(bills)
    if _asks_for_students(query):
        statement = statement.outerjoin(students, students.c.id == bills.c.student_id)
    statement = statement.where(*(equals(bills.c[name], getattr(query, name)) for name in _OF_BILL))
    statement = statement.where(
        *(equals(students.c[name], getattr(query, name)) for name in _OF_STUDENT if getattr(query, name))
    )
    statement = _searched(statement, query)
    sortable = {
        "issued_at": bills.c.issued_at,
        "number": bills.c.number,
        "amount": bills.c.amount,
        "student_number": students.c.student_number,
    }
    return page_of(
        BillView, uow, statement, query, sortable=sortable, default="-issued_at", views=lambda rows: views(uow, rows)
    )


def _asks_for_students(query: ListBills) -> bool:
    by_student = (query.sort or "").lstrip("-") == "student_number"
    return by_student or any(getattr(query, name) is not None for name in _OF_STUDENT)


def _searched(statement: Select[tuple[object]], query: ListBills) -> Select[tuple[object]]:
    if query.selection_id is not None:
        statement = statement.where(
            bills.c.source_kind == SourceKind.SELECTION, bills.c.source_id == query.selection_id
        )
    if query.remittance_id is not None:
        # Also slips that it was on before: a bill goes on a new slip when the first one was rejected.
        on_slip = exists().where(
            payment_lines.c.bill_id == bills.c.id, payment_lines.c.remittance_id == query.remittance_id
        )
        statement = statement.where(on_slip)
    return statement.where(_found(query.search))


def _found(text: str | None) -> ColumnElement[bool]:
    """Bills by their number, where it is the beginning of one, and else by whose they are."""
    if text is not None and number(text).upper().startswith(BILL_PREFIX):
        return begins(bills.c.number, text)
    return student_search.found(bills.c.student_id, text)


def get_bill(query: GetBill, uow: UnitOfWork) -> BillDetails:
    """A bill with its history."""
    row = uow.one(select(bills).where(bills.c.id == query.bill_id))
    history = history_of(uow, row.id)
    return BillDetails(**_shown(row, labels(uow, [row])), history=history)


def bills_of(remittance_id: UUID) -> Select[tuple[object]]:
    """The bills that a remittance slip pays, without an order."""
    on_it = select(bills).join(payment_lines, payment_lines.c.bill_id == bills.c.id)
    return on_it.where(payment_lines.c.remittance_id == remittance_id)


def views(uow: UnitOfWork, rows: Sequence[Row[tuple[object]]]) -> tuple[BillView, ...]:
    """Rows of bills as they are shown. Sees all rows from here on: what the actor may read has been read."""
    names = labels(uow, rows)
    return tuple(_view(row, names) for row in rows)


def _view(row: Row[tuple[object]], names: Labels) -> BillView:
    return BillView(**_shown(row, names))


def _shown(row: Row[tuple[object]], names: Labels) -> dict[str, Any]:
    return {**row._mapping, **names.of(row), "source": source_of(row)}


def bill_items(ids: Sequence[UUID], uow: UnitOfWork) -> list[BillItem]:
    """Bills as courses copies them."""
    found = uow.rows(select(bills).where(ids_in(bills.c.id, ids)))
    return [BillItem(**row._mapping, source=source_of(row)) for row in found]
