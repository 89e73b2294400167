"""Every line of the table in docs/sagas.md, section 5, agrees; every fault planted into it is found by its name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from chassis.base.ids import new_id
from contracts.courses.states import SelectionState as S
from contracts.courses.states import WithdrawalState as W
from contracts.exams.states import RegistrationEnd as E
from contracts.exams.states import RegistrationState as R
from contracts.finance.states import AccountKind
from contracts.finance.states import BillStatus as B
from contracts.finance.states import ReviewState as V
from contracts.finance.views import LedgerDay
from contracts.types import FeeKind
from launcher.reconcile.agreement import compare
from tests.builders.messages import of_resit, of_selection
from tests.builders.statements import FactsBuilder, bill


def full() -> FactsBuilder:
    """Every situation that may last."""
    world = FactsBuilder()
    world.selection(S.PENDING_PAYMENT, credit=B.UNPAID)
    world.selection(S.PENDING_PAYMENT, credit=B.REMITTING, exam=B.REMITTING)
    world.selection(S.CLOSING, credit=B.UNPAID, exam=B.UNPAID)
    world.selection(S.CANCELLED, credit=None)
    world.selection(S.CANCELLED, credit=B.CANCELLED, exam=B.CANCELLED)
    world.selection(S.LAPSED, credit=B.CANCELLED)
    world.selection(S.SELECTED, credit=B.PAID)
    for seat in (R.REGISTERED, R.ARRANGED, R.SUSPENDED, R.SAT, R.ABSENT):
        world.selection(S.SELECTED, credit=B.PAID, exam=B.PAID, seat=seat)
    world.selection(S.SELECTED, credit=B.PAID, exam=B.PAID, seat=R.CANCELLED, ended_by=E.STUDENT_LEFT)
    for status in (B.PAID, B.REFUNDING, B.REFUNDED):
        world.selection(
            S.SELECTED, credit=B.PAID, exam=status, seat=R.LAPSED, ended_by=E.ARRANGEMENT_PUBLISHED, refused=True
        )
    for withdrawal, review in (
        (W.PENDING_ACADEMIC, None),
        (W.PENDING_ACADEMIC, V.REJECTED),
        (W.ACADEMIC_REJECTED, None),
        (W.REVOKED, None),
        (W.FINANCE_REJECTED, V.REJECTED),
    ):
        world.selection(S.SELECTED, credit=B.PAID, exam=B.PAID, seat=R.REGISTERED, withdrawal=withdrawal, review=review)
    for review in (V.WAITING_FOR_HOLD, V.PENDING):
        world.selection(
            S.SELECTED, credit=B.PAID, exam=B.PAID, seat=R.SUSPENDED, withdrawal=W.PENDING_FINANCE, review=review
        )
    gone = {"seat": R.CANCELLED, "ended_by": E.WITHDRAWN}
    for credit, exam in ((B.REFUNDING, B.REFUNDING), (B.REFUNDED, B.REFUNDING), (B.PAID, B.REFUNDING)):
        world.selection(S.WITHDRAWN, credit=credit, exam=exam, withdrawal=W.FINANCE_APPROVED, review=V.APPROVED, **gone)
    for credit, exam in ((B.REFUNDED, B.REFUNDED), (B.REFUNDED, B.PAID)):
        world.selection(S.WITHDRAWN, credit=credit, exam=exam, withdrawal=W.REFUNDED, review=V.REFUNDED, **gone)
    world.selection(S.WITHDRAWN, credit=B.REFUNDED, withdrawal=W.REFUNDED, review=V.REFUNDED)
    world.resit(R.PENDING_PAYMENT, B.UNPAID)
    world.resit(R.CLOSING, B.UNPAID)
    world.resit(R.REGISTERED, B.PAID)
    world.resit(R.CANCELLED, None, E.BILLING_REFUSED)
    world.resit(R.LAPSED, B.CANCELLED, E.UNPAID)
    world.resit(R.CANCELLED, B.PAID, E.STUDENT_LEFT)
    world.resit(R.LAPSED, B.REFUNDING, E.ARRANGEMENT_PUBLISHED)
    return world


def test_whatever_may_last_agrees() -> None:
    assert compare(full().statements()) == []


def _paid(world: FactsBuilder) -> None:
    world.selection(S.SELECTED, credit=B.PAID, exam=B.PAID, seat=R.REGISTERED)


def _unpaid(world: FactsBuilder) -> None:
    world.selection(S.PENDING_PAYMENT, credit=B.UNPAID, exam=B.UNPAID)


def _withdrawn(world: FactsBuilder) -> None:
    world.selection(
        S.WITHDRAWN,
        credit=B.REFUNDED,
        exam=B.REFUNDED,
        seat=R.CANCELLED,
        ended_by=E.WITHDRAWN,
        withdrawal=W.REFUNDED,
        review=V.REFUNDED,
    )


def _in_review(world: FactsBuilder) -> None:
    world.selection(
        S.SELECTED, credit=B.PAID, exam=B.PAID, seat=R.SUSPENDED, withdrawal=W.PENDING_FINANCE, review=V.PENDING
    )


def _doubled_bill(world: FactsBuilder) -> None:
    world.bills.append(world.bills[-2].model_copy(update={"id": new_id()}))


def _doubled_registration(world: FactsBuilder) -> None:
    world.registrations.append(world.registrations[-1].model_copy(update={"id": new_id()}))


Plant = Callable[[FactsBuilder], object]
# What is there, what goes wrong with it, and the name under which it must be found.
FAULTS: list[tuple[Plant, Plant, str]] = [
    # selections and bills
    (_unpaid, lambda w: w.bills.pop(), "exam_bills_count"),
    (_unpaid, lambda w: w.bills.pop(-2), "credit_bills_count"),
    (_unpaid, _doubled_bill, "credit_bills_count"),
    (_unpaid, lambda w: w.bills.__setitem__(-1, bill(B.PAID, FeeKind.EXAM, source=of_selection(w.selections[-1].id))),
     "exam_bill_status"),
    (_unpaid, lambda w: w.spoil_bill(status=B.CANCELLED), "exam_bill_status"),
    (_unpaid, lambda w: w.spoil_selection(state=S.CANCELLED), "credit_bill_status"),
    (_unpaid, lambda w: w.spoil_selection(state=S.LAPSED), "exam_bill_status"),
    (_unpaid, lambda w: w.spoil_selection(state=S.SELECTED), "credit_bill_status"),
    (_paid, lambda w: w.spoil_selection(state=S.PENDING_PAYMENT), "credit_bill_status"),
    (_paid, lambda w: w.spoil_selection(state=S.CANCELLED), "credit_bill_status"),
    (_paid, lambda w: w.spoil_selection(exam_round_id=None), "exam_bills_count"),
    (_paid, lambda w: w.spoil_bill(status=B.REFUNDING), "exam_bill_status"),
    (_paid, lambda w: w.bills.pop(-2), "credit_bills_count"),
    (_paid, _doubled_bill, "credit_bills_count"),
    # selections and registrations
    (_paid, lambda w: w.registrations.pop(), "registration_count"),
    (_paid, _doubled_registration, "registration_count"),
    (_unpaid, lambda w: w._register(w.selections[-1].id, w.bills[-1].id, R.REGISTERED, None, None),
     "registration_too_many"),
    (_paid, lambda w: w.spoil_registration(state=R.CANCELLED, ended_by=E.WITHDRAWN), "registration_cancelled"),
    (_paid, lambda w: w.spoil_registration(state=R.LAPSED, ended_by=E.ARRANGEMENT_PUBLISHED), "registration_refusal"),
    (_paid, lambda w: w.spoil_selection(registration_refused=True), "registration_refusal"),
    (_paid, lambda w: w.spoil_registration(bill_id=new_id()), "registration_of_other_bill"),
    (_paid, lambda w: w.spoil_registration(held_by_withdrawal_id=new_id(), state=R.SUSPENDED), "registration_held"),
    (_in_review, lambda w: w.spoil_registration(state=R.ARRANGED), "registration_not_held"),
    # withdrawals
    (_in_review, lambda w: w.spoil_bill(review_state=V.REFUNDED), "review_state"),
    (_in_review, lambda w: w.spoil_selection(withdrawal_state=W.FINANCE_REJECTED), "review_state"),
    (_paid, lambda w: w.spoil_bill(review_state=V.APPROVED), "review_state"),
    (_withdrawn, lambda w: w.spoil_selection(withdrawal_state=None), "withdrawn_without_withdrawal"),
    (_withdrawn, lambda w: w.spoil_selection(withdrawal_state=W.PENDING_FINANCE), "withdrawn_without_withdrawal"),
    (_withdrawn, lambda w: w.spoil_bill(status=B.REFUNDING), "exam_bill_status"),
    (_withdrawn, lambda w: w.spoil_bill(review_state=V.APPROVED), "review_state"),
    (_withdrawn, lambda w: w.spoil_registration(state=R.REGISTERED), "registration_of_withdrawn"),
    (_withdrawn, lambda w: w.registrations.pop(), "registration_count"),
    (_withdrawn, lambda w: w.spoil_selection(state=S.SELECTED), "credit_bill_status"),
    (_withdrawn, lambda w: w.bills.pop(-2), "credit_bills_count"),
    # whose it is
    (_paid, lambda w: w.selections.pop(), "bill_without_selection"),
    (_paid, lambda w: w.selections.pop(), "registration_without_selection"),
    (_paid, lambda w: w.bills.append(bill(B.PAID)), "bill_of_nothing"),
    (_paid, lambda w: w.spoil_bill(source=None), "bill_of_nothing"),
    (_paid, lambda w: w.bills.append(bill(B.PAID, FeeKind.EXAM, source=of_resit(new_id()))), "bill_without_resit"),
    # bills, slips, ledger
    (_paid, lambda w: w.spoil_bill(payments_posted=0), "bill_payments"),
    (_paid, lambda w: w.spoil_bill(payments_posted=2), "bill_payments"),
    (_unpaid, lambda w: w.spoil_bill(payments_posted=1), "bill_payments"),
    (_withdrawn, lambda w: w.spoil_bill(refunds_posted=0), "bill_refunds"),
    (_withdrawn, lambda w: w.spoil_bill(refunds_posted=2), "bill_refunds"),
    (_paid, lambda w: w.spoil_bill(refunds_posted=1), "bill_refunds"),
    (_withdrawn, lambda w: w.spoil_bill(refund_amount=Decimal("440.01")), "bill_refund_amount"),
    (_paid, lambda w: w.spoil_bill(refund_amount=Decimal("1.00")), "bill_refund_amount"),
    (_withdrawn, lambda w: w.spoil_bill(refund_amount=Decimal("0.00")), "bill_refund_amount"),
    (_unpaid, lambda w: w.spoil_bill(open_payments=1), "bill_slips"),
    (_unpaid, lambda w: w.spoil_bill(status=B.REMITTING, open_payments=2), "bill_slips"),
    (_unpaid, lambda w: w.spoil_bill(status=B.REMITTING), "bill_slips"),
    # resits
    (lambda w: w.resit(R.REGISTERED, B.PAID), lambda w: w.bills.pop(), "resit_bill"),
    (lambda w: w.resit(R.REGISTERED, B.PAID), lambda w: w.spoil_bill(status=B.UNPAID), "resit_bill"),
    (lambda w: w.resit(R.PENDING_PAYMENT, B.UNPAID), lambda w: w.spoil_bill(status=B.PAID), "resit_bill"),
    (lambda w: w.resit(R.LAPSED, B.CANCELLED, E.UNPAID), lambda w: w.spoil_bill(status=B.PAID), "resit_bill"),
    (lambda w: w.resit(R.CANCELLED, B.CANCELLED, E.STUDENT_LEFT), lambda w: w.spoil_bill(status=B.UNPAID),
     "resit_bill"),
    (lambda w: w.resit(R.LAPSED, B.REFUNDING, E.STUDENT_SUSPENDED), lambda w: w.bills.pop(), "resit_bill"),
]  # fmt: skip


@pytest.mark.parametrize(("situation", "fault", "code"), FAULTS, ids=[f"{n}-{c}" for n, (*_, c) in enumerate(FAULTS)])
def test_a_planted_fault_is_found(situation: Plant, fault: Plant, code: str) -> None:
    world = full()
    situation(world)
    assert compare(world.statements()) == []
    fault(world)
    assert code in {found.code for found in compare(world.statements())}


_DAY = LedgerDay(teaching_point_id=new_id(), day=date(2026, 9, 1), account=AccountKind.BANK)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"total": Decimal("0.01")}, "ledger_total"),
        ({"unbalanced_transactions": 1}, "ledger_unbalanced"),
        ({"bills_without_posting": (new_id(),)}, "bills_without_posting"),
        ({"postings_without_bill": (new_id(),)}, "postings_without_bill"),
        ({"bills_with_several_payments": (new_id(),)}, "bills_with_several_payments"),
        ({"bills_with_several_refunds": (new_id(),)}, "bills_with_several_refunds"),
        ({"slips_that_differ": (new_id(),)}, "slips_that_differ"),
        ({"days_that_differ": (_DAY,)}, "ledger_day"),
    ],
)
def test_whatever_the_ledgers_proof_finds_is_a_disagreement(wrong: dict[str, object], code: str) -> None:
    world = full()
    world.ledger = world.ledger.model_copy(update=wrong)
    assert [found.code for found in compare(world.statements())] == [code]


def test_a_billing_that_was_refused_leaves_no_bill() -> None:
    world = full()
    world.selection(S.CANCELLED, credit=B.CANCELLED)
    world.spoil_selection(billing_refused=True)
    assert [found.code for found in compare(world.statements())] == ["bill_though_refused"]
