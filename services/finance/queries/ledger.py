"""The ledger: its entries, and what a point or student owed at the end of a day (FIN-7)."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from chassis.data.lists import Listing
from chassis.data.pages import equals, on_days
from chassis.data.row_scope import shows
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Page
from contracts.errors import ServiceError
from contracts.finance.queries import GetBalance, ListLedgerEntries
from contracts.finance.states import AccountKind
from contracts.finance.views import BalanceView, LedgerEntryView
from services.finance.steps.fence import proven_until
from services.finance.steps.folding import AMOUNTS, PROVEN_UNTIL, balances
from services.finance.tables.ledger import ledger_entries, ledger_transactions
from services.finance.tables.proof import ledger_days

_Sums = dict[str, tuple[Decimal, Decimal]]
"""Account → debit and credit."""

# An entry has the bill of its transaction, whose table has the index.
_of_bill = select(ledger_transactions.c.id)

ENTRIES = Listing[LedgerEntryView](
    ListLedgerEntries,
    ledger_entries,
    filters={
        "bill_id": lambda bill_id, uow: ledger_entries.c.transaction_id.in_(
            _of_bill.where(ledger_transactions.c.bill_id == bill_id)
        ),
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
    # Whose own entries alone are seen has no part in the sums of points.
    by_days = query.teaching_point_id is not None and shows(ledger_days, uow.context.scope.kind)
    sums = _of_point(uow, query.teaching_point_id, on) if by_days else _of_entries(uow, query, on)

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


def _of_point(uow: UnitOfWork, teaching_point_id: UUID | None, on: date) -> _Sums:
    """The days that were summed up, and the entries since."""
    stamped = on_days(ledger_entries.c.posted_at, None, on)
    until = proven_until(uow)
    while True:
        sums = uow.rows(balances(teaching_point_id, until, ledger_days.c.day <= on, stamped).add_columns(PROVEN_UNTIL))
        # Summed up further in between: an entry might be in both. That is so once in some seconds, for a moment.
        if not sums or sums[0][-1] in (None, until):
            return {row.account: (row.debit, row.credit) for row in sums}
        until = sums[0][-1]


def _of_entries(uow: UnitOfWork, query: GetBalance, on: date) -> _Sums:
    columns = ledger_entries.c
    debit, credit = (func.sum(amount).label(amount.name) for amount in AMOUNTS)
    own = (equals(columns[name], getattr(query, name)) for name in ("teaching_point_id", "student_id"))
    statement = select(columns.account, debit, credit).where(*own, on_days(columns.posted_at, None, on))
    return {row.account: (row.debit, row.credit) for row in uow.rows(statement.group_by(columns.account))}
