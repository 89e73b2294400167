"""Bills: the list from which they are chosen (FIN-3), one with its history, and their public state."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, select

from chassis.data.bulk import ids_in
from chassis.data.lists import Listing
from chassis.data.pages import begins
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import Reader
from chassis.work.steps import history_of
from contracts.base import Page
from contracts.finance.events import BillItem
from contracts.finance.queries import GetBill, ListBills
from contracts.finance.source import SourceKind
from contracts.finance.views import BillDetails, BillView
from contracts.text.cleaning import number
from services.finance.queries.labels import Labels, labels
from services.finance.steps.bills import source_of, told_source
from services.finance.tables.bills import BILL_PREFIX, bills
from services.finance.tables.copies import student_search, students
from services.finance.tables.payments import payment_lines

_s = students.c


def _bills() -> Select[Any]:
    return select(bills).outerjoin(students, students.c.id == bills.c.student_id)


def _of_selection(selection_id: UUID, uow: Reader) -> ColumnElement[bool]:
    return and_(bills.c.source_kind == SourceKind.SELECTION, bills.c.source_id == selection_id)


def _on_slip(remittance_id: UUID, uow: Reader) -> ColumnElement[bool]:
    # Also slips that it was on before: a bill goes on a new slip when the first one was rejected.
    on_slip = select(payment_lines.c.bill_id).where(payment_lines.c.remittance_id == remittance_id)
    return bills.c.id.in_(on_slip)


def _search(text: str, uow: Reader) -> ColumnElement[bool]:
    """Bills by their number, where it is the beginning of one, and else by whose they are."""
    if number(text).upper().startswith(BILL_PREFIX):
        return begins(bills.c.number, text)
    return student_search.found(bills.c.student_id, text)


def views(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> tuple[BillView, ...]:
    """Rows of bills as they are shown. Sees all rows from here on: what the actor may read has been read."""
    names = labels(uow, rows)
    return tuple(_view(row, names) for row in rows)


BILLS = Listing[BillView](
    ListBills,
    bills,
    shown=_bills,
    views=views,
    filters={"selection_id": _of_selection, "remittance_id": _on_slip, "search": _search},
    sorts={"student_number": _s.student_number},
    few=frozenset({"student_id", "selection_id", "remittance_id"}),
)


def list_bills(query: ListBills, uow: UnitOfWork) -> Page[BillView]:
    """Bills by what they are, and by whose student."""
    return BILLS.page(query, uow)


def get_bill(query: GetBill, uow: UnitOfWork) -> BillDetails:
    """A bill with its history."""
    row = uow.one(select(bills).where(bills.c.id == query.bill_id))
    history = history_of(uow, row.id)
    return BillDetails(**_shown(row, labels(uow, [row])), history=history)


def bills_of(remittance_id: UUID) -> Select[tuple[object]]:
    """The bills that a remittance slip pays, without an order."""
    on_it = select(bills).join(payment_lines, payment_lines.c.bill_id == bills.c.id)
    return on_it.where(payment_lines.c.remittance_id == remittance_id)


def _view(row: Row[tuple[object]], names: Labels) -> BillView:
    return BillView(**_shown(row, names))


def _shown(row: Row[tuple[object]], names: Labels) -> dict[str, Any]:
    return {**row._mapping, **names.of(row), **told_source(row)}


def bill_items(ids: Sequence[UUID], uow: UnitOfWork) -> list[BillItem]:
    """Bills as courses copies them."""
    found = uow.rows(select(bills).where(ids_in(bills.c.id, ids)))
    return [BillItem(**row._mapping, source=source_of(row)) for row in found]
