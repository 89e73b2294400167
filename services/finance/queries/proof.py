"""The proof that the books are right (FIN-7), and the bills as `reconcile` compares them with the other services."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import KeysetPage
from contracts.finance.queries import CheckLedger, ListBillStatements
from contracts.finance.states import PostingKind
from contracts.finance.views import BillStatement, LedgerCheck, LedgerDay
from services.finance.steps import fence, proving
from services.finance.steps.bills import told_source
from services.finance.steps.going_over import pieces
from services.finance.tables.bills import bills
from services.finance.tables.ledger import ledger_transactions
from services.finance.tables.payments import payment_lines
from services.finance.tables.proof import FAULTS, ledger_days, ledger_findings, ledger_proof
from services.finance.tables.refunds import withdrawal_reviews

_t = ledger_transactions.c

_AT_ONCE: Final = 500
"""Changes of a table that a question proves itself."""
_COUNTED: Final = 10_000
"""Up to so many rows of a table are counted that wait."""
_PIECE: Final = 200_000
"""Rows that one statement of a whole proof is about."""


@dataclass(slots=True)
class _Found:
    """What is wrong: faults by kind and row, days that differ."""

    faults: dict[tuple[str, UUID], Decimal | None] = field(default_factory=dict)
    days: list[Row[Any]] = field(default_factory=list)

    def add(self, faults: Sequence[Row[Any]]) -> None:
        self.faults.update({(fault.kind, fault.id): fault.amount for fault in faults})


def check_ledger(query: CheckLedger, uow: UnitOfWork) -> LedgerCheck:
    """Everything that is wrong with the books; nothing when they are right."""
    proof = uow.first(select(ledger_proof))
    gone_over_at = proof.gone_over_at if proof is not None else None
    if query.whole:
        return _answer(uow, _everything(uow), uow.now, 0, gone_over_at)
    # Before the first pass has ended, nothing before the changes is proven.
    since = fence.BEGINNING if proof is None or gone_over_at is None else proof.proven_until
    notes = proving.notes_of_late(uow, _COUNTED)
    late = max(0, len(notes) - _AT_ONCE)
    cut = since if late else proving.nth_stamp(uow, since, None, _AT_ONCE)
    rows = proving.changed(uow, since, cut, notes[:_AT_ONCE])
    waiting = 0 if cut is None else late + proving.count_stamped(uow, cut, _COUNTED)
    return _answer(uow, _as_known(uow, rows), uow.now if cut is None else cut, waiting, gone_over_at)


def _as_known(uow: UnitOfWork, rows: proving.Rows) -> _Found:
    """What was found before, but of these rows, which are proven now."""
    found = _Found(days=uow.rows(select(ledger_days).where(ledger_days.c.differs)))
    proven_now = rows.by_kind()
    kept = uow.rows(select(ledger_findings.c.kind, ledger_findings.c.row_id.label("id"), ledger_findings.c.amount))
    found.add([fault for fault in kept if fault.id not in proven_now[proving.KIND_OF[fault.kind]]])
    found.add(proving.faults_in(uow, rows))
    return found


def _everything(uow: UnitOfWork) -> _Found:
    found = _Found()
    for piece in pieces(uow, _PIECE):
        found.add(piece.faults(uow))
        found.days += piece.days(uow)
    return found


def _answer(
    uow: UnitOfWork, found: _Found, proven_until: datetime, to_check: int, gone_over_at: datetime | None
) -> LedgerCheck:
    by_kind: dict[str, list[UUID]] = {kind: [] for kind in FAULTS}
    for kind, id_ in sorted(found.faults):
        by_kind[kind].append(id_)
    unbalanced = by_kind.pop("unbalanced_transactions")
    return LedgerCheck(
        # Each entry is of one transaction: what all make is what those make that do not balance.
        total=sum((amount for amount in found.faults.values() if amount is not None), Decimal(0)),
        unbalanced_transactions=len(unbalanced),
        **by_kind,
        days_that_differ=tuple(
            LedgerDay(teaching_point_id=day.teaching_point_id, day=day.day, account=day.account) for day in found.days
        ),
        checked_at=uow.now,
        proven_until=proven_until,
        to_check=to_check,
        gone_over_at=gone_over_at,
    )


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
            **told_source(row),
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
