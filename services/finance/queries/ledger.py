"""The ledger: its entries, and what a point or student owed at the end of a day (FIN-7)."""

from decimal import Decimal

from sqlalchemy import ColumnElement, func, select

from chassis.data.lists import Listing
from chassis.data.pages import equals, on_days
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Page
from contracts.errors import ServiceError
from contracts.finance.queries import GetBalance, ListLedgerEntries
from contracts.finance.states import AccountKind
from contracts.finance.views import BalanceView, LedgerEntryView
from services.finance.tables.ledger import ledger_entries

ENTRIES = Listing[LedgerEntryView](
    ListLedgerEntries,
    ledger_entries,
    filters={
        "since": lambda day, uow: on_days(ledger_entries.c.posted_at, day, None),
        "until": lambda day, uow: on_days(ledger_entries.c.posted_at, None, day),
    },
    few=frozenset({"student_id", "bill_id", "transaction_id"}),
)


def list_ledger_entries(query: ListLedgerEntries, uow: UnitOfWork) -> Page[LedgerEntryView]:
    """Entries, the newest first."""
    return ENTRIES.page(query, uow)


def get_balance(query: GetBalance, uow: UnitOfWork) -> BalanceView:
    """What one point or one student owed at the end of a day: the sum of the entries until then.

    Raises `balance_of_whom`. Nothing was ever posted for one that does not exist: all zero, like outside the scope.
    """
    if (query.teaching_point_id is None) == (query.student_id is None):
        raise ServiceError("balance_of_whom")
    on = query.on or uow.today
    columns = ledger_entries.c

    bank = columns.account == AccountKind.BANK

    def total(*conditions: ColumnElement[bool]) -> ColumnElement[Decimal]:
        return func.coalesce(func.sum(columns.amount).filter(*conditions), 0)

    row = uow.one(
        select(
            total(columns.account == AccountKind.RECEIVABLE),
            total(columns.account == AccountKind.SUSPENSE),
            total(columns.account == AccountKind.REFUND_PAYABLE),
            total(bank, columns.amount > 0),
            total(bank, columns.amount < 0),
        ).where(
            equals(columns.teaching_point_id, query.teaching_point_id),
            equals(columns.student_id, query.student_id),
            on_days(columns.posted_at, None, on),
        )
    )
    receivable, suspense, refund_payable, paid, refunded = tuple(row)
    return BalanceView(
        on=on,
        receivable=receivable,
        suspense=suspense,
        refund_payable=refund_payable,
        paid_total=paid,
        refunded_total=-refunded,
    )
