"""What may be wrong with the books, row by row: of each kind of fault the statement that finds it (FIN-7).

Each is one statement about some rows, so it sees a bill and its postings at one moment.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Numeric,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)

from contracts.finance.states import BillStatus, PostingKind, RemittanceState
from services.finance.domain.closing import SETTLED
from services.finance.tables.bills import bills
from services.finance.tables.ledger import ledger_entries, ledger_transactions
from services.finance.tables.payments import remittances, suspense_items
from services.finance.tables.refunds import refunds

These = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""Which rows are meant, as a condition on the column that holds their ids."""
Finding = Select[Any]
"""Of rows that are wrong `id`, and `amount`, where there is one."""

_t = ledger_transactions.c
_e = ledger_entries.c
_NO_AMOUNT: Final = cast(null(), Numeric(12, 2)).label("amount")


def unbalanced(these: These) -> Finding:
    """Transactions whose entries don't make zero, or that have fewer than two; entries whose transaction is gone."""
    posted = select(_t.id).where(these(_t.id)).subquery()
    sums = (
        select(_e.transaction_id, func.sum(_e.amount).label("amount"), func.count().label("lines"))
        .where(these(_e.transaction_id))
        .group_by(_e.transaction_id)
        .subquery()
    )
    amount = func.coalesce(sums.c.amount, 0)
    return (
        select(func.coalesce(posted.c.id, sums.c.transaction_id).label("id"), amount.label("amount"))
        .select_from(posted.join(sums, posted.c.id == sums.c.transaction_id, full=True))
        .where(or_(amount != 0, func.coalesce(sums.c.lines, 0) < 2, posted.c.id.is_(None)))
    )


def _count(kind: PostingKind) -> ColumnElement[int]:
    return func.count().filter(_t.posting == kind)


def bills_without_posting(these: These) -> Finding:
    """Bills whose status has not exactly the postings that belong to it."""
    posted = (
        select(
            _t.bill_id,
            _count(PostingKind.BILL_ISSUED).label("issued"),
            _count(PostingKind.BILL_CANCELLED).label("cancelled"),
            _count(PostingKind.PAYMENT).label("paid"),
            (_count(PostingKind.REFUND_DECIDED) - _count(PostingKind.REFUND_FAILED)).label("refunding"),
            _count(PostingKind.REFUND_PAID).label("refunded"),
        )
        .where(_t.bill_id.is_not(None), these(_t.bill_id))
        .group_by(_t.bill_id)
        .subquery()
    )

    def expected(name: str, *statuses: BillStatus) -> ColumnElement[bool]:
        return func.coalesce(posted.c[name], 0) != cast(bills.c.status.in_(statuses), Integer)

    wrong = or_(
        func.coalesce(posted.c.issued, 0) != 1,
        expected("cancelled", BillStatus.CANCELLED),
        expected("paid", *SETTLED),
        expected("refunding", BillStatus.REFUNDING, BillStatus.REFUNDED),
        expected("refunded", BillStatus.REFUNDED),
    )
    beside = bills.outerjoin(posted, posted.c.bill_id == bills.c.id)
    return select(bills.c.id, _NO_AMOUNT).select_from(beside).where(these(bills.c.id), wrong)


def postings_without_document(these: These) -> Finding:
    """Transactions of another amount than the bill, refund or suspense item that they are about."""
    of_refund = _t.posting.in_((PostingKind.REFUND_DECIDED, PostingKind.REFUND_FAILED, PostingKind.REFUND_PAID))
    document = case(
        (of_refund, refunds.c.amount),
        (_t.posting == PostingKind.SUSPENSE_PAYMENT, suspense_items.c.amount),
        else_=bills.c.amount,
    )
    debits = (
        select(_e.transaction_id, func.sum(_e.amount).label("amount"))
        .where(these(_e.transaction_id), _e.amount > 0)
        .group_by(_e.transaction_id)
        .subquery()
    )
    return (
        select(_t.id, _NO_AMOUNT)
        .outerjoin(debits, debits.c.transaction_id == _t.id)
        .outerjoin(bills, bills.c.id == _t.bill_id)
        .outerjoin(refunds, refunds.c.id == _t.refund_id)
        .outerjoin(suspense_items, suspense_items.c.id == _t.suspense_id)
        .where(these(_t.id), document.is_distinct_from(debits.c.amount))
    )


def bills_with_several(kind: PostingKind) -> Callable[[These], Finding]:
    """Bills of which more than one such thing was posted."""

    def found(these: These) -> Finding:
        return (
            select(_t.bill_id.label("id"), _NO_AMOUNT)
            .where(_t.posting == kind, _t.bill_id.is_not(None), these(_t.bill_id))
            .group_by(_t.bill_id)
            .having(func.count() > 1)
        )

    return found


def slips_that_differ(these: These) -> Finding:
    """Slips whose money was booked, with another sum than that of the bills it paid and of what went to suspense."""
    paid = (
        select(func.coalesce(func.sum(bills.c.amount), 0))
        .where(bills.c.remittance_id == remittances.c.id, bills.c.paid_at.is_not(None))
        .scalar_subquery()
    )
    left_over = (
        select(func.coalesce(func.sum(suspense_items.c.amount), 0))
        .where(suspense_items.c.remittance_id == remittances.c.id)
        .scalar_subquery()
    )
    booked = remittances.c.state.in_((RemittanceState.APPROVED, RemittanceState.BOOKED_LATE))
    wrong = and_(booked, paid + left_over != remittances.c.amount)
    return select(remittances.c.id, _NO_AMOUNT).where(these(remittances.c.id), wrong)


FAULTS_OF: Final[Mapping[str, Mapping[str, Callable[[These], Finding]]]] = {
    "transactions": {
        "unbalanced_transactions": unbalanced,
        "postings_without_bill": postings_without_document,
    },
    "bills": {
        "bills_without_posting": bills_without_posting,
        "bills_with_several_payments": bills_with_several(PostingKind.PAYMENT),
        "bills_with_several_refunds": bills_with_several(PostingKind.REFUND_PAID),
    },
    "slips": {"slips_that_differ": slips_that_differ},
}
"""What is proven of each kind of row: fault → who finds it."""


def findings(of: str, these: These) -> Select[Any] | CompoundSelect[Any]:
    """Everything that is wrong with these rows of a kind: `kind`, `id`, `amount`."""
    parts = []
    for kind, found in FAULTS_OF[of].items():
        wrong = found(these).subquery()
        parts.append(select(literal(kind).label("kind"), wrong.c.id, wrong.c.amount))
    return parts[0].union_all(*parts[1:]) if len(parts) > 1 else parts[0]
