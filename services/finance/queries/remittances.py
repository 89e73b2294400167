"""Remittance slips."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select

from chassis.data.lists import Listing
from chassis.data.pages import matches
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import Reader
from chassis.work.steps import history_of
from contracts.base import Page
from contracts.finance.queries import GetRemittance, ListRemittances
from contracts.finance.views import RemittanceDetails, RemittanceView
from contracts.types import FileReference
from services.finance.queries.bills import bills_of, views
from services.finance.tables.bills import bills
from services.finance.tables.payments import remittances
from services.finance.tables.shared import metadata

SHOWN_BILLS = 200

_files = metadata.tables["files"]


def _with_receipts() -> Select[Any]:
    receipt = (_files.c.sha256, _files.c.size, _files.c.media_type, _files.c.name)
    return select(remittances, *(column.label(f"receipt_{column.name}") for column in receipt)).outerjoin(
        _files, _files.c.id == remittances.c.receipt_file_id
    )


def _search(text: str, uow: Reader) -> ColumnElement[bool]:
    return matches(text, titles=[remittances.c.payer_name], numbers=[remittances.c.number])


REMITTANCES = Listing[RemittanceView](
    ListRemittances,
    remittances,
    shown=_with_receipts,
    views=lambda uow, rows: (RemittanceView(**_fields(row)) for row in rows),
    filters={"search": _search},
)


def list_remittances(query: ListRemittances, uow: UnitOfWork) -> Page[RemittanceView]:
    """Slips, the newest first."""
    return REMITTANCES.page(query, uow)


def get_remittance(query: GetRemittance, uow: UnitOfWork) -> RemittanceDetails:
    """A slip with its bills and history."""
    return remittance_details(uow, query.remittance_id)


def remittance_details(uow: UnitOfWork, remittance_id: UUID) -> RemittanceDetails:
    """A slip with its bills and history; the last thing that a unit of work asks, see `views`."""
    row = uow.one(_with_receipts().where(remittances.c.id == remittance_id))
    history = history_of(uow, row.id)
    first = bills_of(row.id).order_by(bills.c.id).limit(SHOWN_BILLS)
    return RemittanceDetails(**_fields(row), bills=views(uow, uow.rows(first)), history=history)


def _fields(row: Row[Any]) -> dict[str, Any]:
    receipt = None
    if row.receipt_file_id is not None:
        receipt = FileReference(
            sha256=row.receipt_sha256,
            name=row.receipt_name,
            size=row.receipt_size,
            media_type=row.receipt_media_type,
        )
    return {**row._mapping, "created_by": row.entered_by, "receipt": receipt}
