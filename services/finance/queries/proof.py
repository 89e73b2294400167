"""The proof that the books are right (FIN-7), and the bills as `reconcile` compares them with the other services."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import KeysetPage
from contracts.finance.queries import CheckLedger, ListBillStatements
from contracts.finance.states import BillStatus, PostingKind, RemittanceState
from contracts.finance.views import BillStatement, LedgerCheck
from services.finance.domain.closing import SETTLED
from services.finance.steps.bills import source_of
from services.finance.tables.bills import bills
from services.finance.tables.ledger import ledger_entries, ledger_transactions
from services.finance.tables.payments import payment_lines, remittances, suspense_items
from services.finance.tables.refunds import refunds, withdrawal_reviews

_t = ledger_transactions.c


def check_ledger(query: CheckLedger, uow: UnitOfWork) -> LedgerCheck:
    """Everything that is wrong with the books; nothing when they are right."""
    return LedgerCheck(
        total=uow.scalar(select(func.coalesce(func.sum(ledger_entries.c.amount), 0))),
        unbalanced_transactions=uow.scalar(select(func.count()).select_from(_unbalanced().subquery())),
        bills_without_posting=_ids(uow, _bills_without_posting()),
        postings_without_bill=_ids(uow, _postings_without_document()),
        bills_with_several_payments=_ids(uow, _bills_with_several(PostingKind.PAYMENT)),
        bills_with_several_refunds=_ids(uow, _bills_with_several(PostingKind.REFUND_PAID)),
        slips_that_differ=_ids(uow, _slips_that_differ()),
        checked_at=uow.now,
    )


def _ids(uow: UnitOfWork, statement: Select[Any]) -> tuple[UUID, ...]:
    return tuple(row.id for row in uow.rows(statement))


def _unbalanced() -> Select[Any]:
    """Transactions whose entries don't make zero, or that have fewer than two."""
    return (
        select(_t.id)
        .outerjoin(ledger_entries, ledger_entries.c.transaction_id == _t.id)
        .group_by(_t.id)
        .having(or_(func.coalesce(func.sum(ledger_entries.c.amount), 0) != 0, func.count(ledger_entries.c.id) < 2))
    )


def _count(kind: PostingKind) -> ColumnElement[int]:
    return func.count().filter(_t.posting == kind)


def _bills_without_posting() -> Select[Any]:
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
        .where(_t.bill_id.is_not(None))
        .group_by(_t.bill_id)
        .subquery()
    )

    def expected(name: str, *statuses: BillStatus) -> ColumnElement[bool]:
        return func.coalesce(posted.c[name], 0) != cast(bills.c.status.in_(statuses), Integer)

    return (
        select(bills.c.id)
        .outerjoin(posted, posted.c.bill_id == bills.c.id)
        .where(
            or_(
                func.coalesce(posted.c.issued, 0) != 1,
                expected("cancelled", BillStatus.CANCELLED),
                expected("paid", *SETTLED),
                expected("refunding", BillStatus.REFUNDING, BillStatus.REFUNDED),
                expected("refunded", BillStatus.REFUNDED),
            )
        )
    )


def _postings_without_document() -> Select[Any]:
    """Transactions of another amount than the bill, refund or suspense item that they are about."""
    of_refund = _t.posting.in_((PostingKind.REFUND_DECIDED, PostingKind.REFUND_FAILED, PostingKind.REFUND_PAID))
    document = case(
        (of_refund, refunds.c.amount),
        (_t.posting == PostingKind.SUSPENSE_PAYMENT, suspense_items.c.amount),
        else_=bills.c.amount,
    )
    debit = (
        select(func.sum(ledger_entries.c.amount))
        .where(ledger_entries.c.transaction_id == _t.id, ledger_entries.c.amount > 0)
        .scalar_subquery()
    )
    return (
        select(_t.id)
        .outerjoin(bills, bills.c.id == _t.bill_id)
        .outerjoin(refunds, refunds.c.id == _t.refund_id)
        .outerjoin(suspense_items, suspense_items.c.id == _t.suspense_id)
        .where(document.is_distinct_from(debit))
    )


def _bills_with_several(kind: PostingKind) -> Select[Any]:
    return (
        select(_t.bill_id.label("id"))
        .where(_t.posting == kind, _t.bill_id.is_not(None))
        .group_by(_t.bill_id)
        .having(func.count() > 1)
    )


def _slips_that_differ() -> Select[Any]:
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
    return select(remittances.c.id).where(booked, paid + left_over != remittances.c.amount)


def list_bill_statements(query: ListBillStatements, uow: UnitOfWork) -> KeysetPage[BillStatement]:
    """Bills in order of id, with how often the ledger pays and refunds each."""
    wanted = select(bills).order_by(bills.c.id).limit(query.limit)
    if query.after is not None:
        wanted = wanted.where(bills.c.id > query.after)
    rows = uow.rows(wanted)
    posted = _posted(uow, [row.id for row in rows])
    reviews = _review_states(uow, [row.source_id for row in rows])
    open_lines = _open_lines(uow, [row.id for row in rows])
    items = tuple(
        BillStatement(
            **row._mapping,
            source=source_of(row),
            payments_posted=posted.get((row.id, PostingKind.PAYMENT), 0),
            refunds_posted=posted.get((row.id, PostingKind.REFUND_PAID), 0),
            open_payments=open_lines.get(row.id, 0),
            refund_amount=row.refunded_amount,
            review_state=reviews.get(row.source_id),
            changed_at=row.updated_at,
        )
        for row in rows
    )
    return KeysetPage[BillStatement](items=items, next_after=rows[-1].id if len(rows) == query.limit else None)


def _posted(uow: UnitOfWork, bill_ids: list[UUID]) -> dict[tuple[UUID, str], int]:
    counted = uow.rows(
        select(_t.bill_id, _t.posting, func.count().label("times"))
        .where(ids_in(_t.bill_id, bill_ids))
        .group_by(_t.bill_id, _t.posting)
    )
    return {(row.bill_id, row.posting): row.times for row in counted}


def _open_lines(uow: UnitOfWork, bill_ids: list[UUID]) -> dict[UUID, int]:
    counted = uow.rows(
        select(payment_lines.c.bill_id, func.count().label("times"))
        .where(and_(ids_in(payment_lines.c.bill_id, bill_ids), payment_lines.c.open))
        .group_by(payment_lines.c.bill_id)
    )
    return {row.bill_id: row.times for row in counted}


def _review_states(uow: UnitOfWork, selection_ids: list[UUID]) -> dict[UUID, str]:
    """The state of the newest review of each selection among these sources."""
    reviews = withdrawal_reviews.c
    newest = uow.rows(
        select(reviews.selection_id, reviews.state)
        .ext(distinct_on(reviews.selection_id))
        .where(ids_in(reviews.selection_id, selection_ids))
        .order_by(reviews.selection_id, reviews.requested_at.desc(), reviews.id.desc())
    )
    return {row.selection_id: row.state for row in newest}
