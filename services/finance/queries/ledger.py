"""The ledger: its entries, what a point or student owed at the end of a day (FIN-7), what reached the bank by day."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from chassis.data.lists import Listing
from chassis.data.pages import equals, on_days
from chassis.data.row_scope import shows
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Page
from contracts.errors import ServiceError
from contracts.finance.queries import GetBalance, GetPaymentsByDay, ListLedgerEntries
from contracts.finance.states import AccountKind
from contracts.finance.views import BalanceView, DayOfPayments, LedgerEntryView, PaymentsByDay
from services.finance.steps.fence import proven_until
from services.finance.steps.folding import AMOUNTS, DAY, PROVEN_UNTIL, Key, sums_by
from services.finance.tables.ledger import ledger_entries, ledger_transactions
from services.finance.tables.proof import ledger_days

_Sums = dict[Any, tuple[Decimal, Decimal]]
"""Account or day → debit and credit."""

_e = ledger_entries.c
_d = ledger_days.c

# An entry has the bill of its transaction, whose table has the index.
_of_bill = select(ledger_transactions.c.id)

ENTRIES = Listing[LedgerEntryView](
    ListLedgerEntries,
    ledger_entries,
    filters={
        "bill_id": lambda bill_id, uow: _e.transaction_id.in_(_of_bill.where(ledger_transactions.c.bill_id == bill_id)),
        "since": lambda day, uow: on_days(_e.posted_at, day, None),
        "until": lambda day, uow: on_days(_e.posted_at, None, day),
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
    stamped = and_(
        equals(_e.teaching_point_id, query.teaching_point_id),
        equals(_e.student_id, query.student_id),
        # All accounts are named: by point, account and stamp an index has them.
        _e.account.in_(tuple(AccountKind)),
        on_days(_e.posted_at, None, on),
    )
    if query.student_id is None:
        folded = and_(_d.teaching_point_id == query.teaching_point_id, _d.day <= on)
        sums = _summed(uow, "account", folded, stamped)
    else:
        sums = _of_entries(uow, "account", stamped)

    def account(kind: AccountKind) -> tuple[Decimal, Decimal]:
        return sums.get(kind, (Decimal(0), Decimal(0)))

    paid, refunded = account(AccountKind.BANK)
    return BalanceView(
        on=on,
        receivable=sum(account(AccountKind.RECEIVABLE)),
        suspense=sum(account(AccountKind.SUSPENSE)),
        refund_payable=sum(account(AccountKind.REFUND_PAYABLE)),
        paid_total=paid,
        refunded_total=-refunded,
    )


def get_payments_by_day(query: GetPaymentsByDay, uow: UnitOfWork) -> PaymentsByDay:
    """What reached and left the bank on each of some days."""
    last = query.until or uow.today
    first, point = last - timedelta(days=query.days - 1), query.teaching_point_id
    stamped = and_(
        equals(_e.teaching_point_id, point), _e.account == AccountKind.BANK, on_days(_e.posted_at, first, last)
    )
    folded = and_(equals(_d.teaching_point_id, point), _d.account == AccountKind.BANK, _d.day.between(first, last))
    sums = _summed(uow, "day", folded, stamped)
    items = (DayOfPayments(day=day, received=sums[day][0], refunded=-sums[day][1]) for day in sorted(sums))
    return PaymentsByDay(since=first, until=last, items=tuple(items))


def _summed(uow: UnitOfWork, by: Key, folded: ColumnElement[bool], stamped: ColumnElement[bool]) -> _Sums:
    """Debit and credit by account or day. Whose own entries alone are seen has no part in the sums by day."""
    if not shows(ledger_days, uow.context.scope.kind):
        return _of_entries(uow, by, stamped)
    until = proven_until(uow)
    while True:
        sums = uow.rows(sums_by(by, until, folded, stamped).add_columns(PROVEN_UNTIL))
        # Summed up further in between: an entry might be in both. That is so once in some seconds, for a moment.
        if not sums or sums[0][-1] in (None, until):
            return {row[0]: (row.debit, row.credit) for row in sums}
        until = sums[0][-1]


def _of_entries(uow: UnitOfWork, by: Key, stamped: ColumnElement[bool]) -> _Sums:
    """The same, of all entries."""
    key = DAY if by == "day" else _e.account
    debit, credit = (func.sum(amount).label(amount.name) for amount in AMOUNTS)
    rows = uow.rows(select(key, debit, credit).where(stamped).group_by(key))
    return {row[0]: (row.debit, row.credit) for row in rows}
