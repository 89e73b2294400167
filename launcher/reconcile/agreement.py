"""What must agree, as pure functions: selections ↔ bills ↔ registrations, bills ↔ ledger, and beside them admissions
(docs/sagas.md, section 5)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from contracts.courses.states import SelectionState, WithdrawalState
from contracts.courses.views import SelectionStatement
from contracts.exams.states import RegistrationEnd, RegistrationState
from contracts.exams.views import RegistrationStatement
from contracts.finance.source import Source, SourceKind
from contracts.finance.states import BillStatus, ReviewState
from contracts.finance.views import BillStatement, LedgerCheck
from contracts.types import FeeKind
from launcher.reconcile.admissions import compare_admissions, of_admissions
from launcher.reconcile.disagreement import Disagreement
from launcher.reconcile.leaving import compare_gone
from launcher.reconcile.statements import Statements

Row = TypeVar("Row")
Key = TypeVar("Key", bound=Hashable)


_UNPAID = {BillStatus.UNPAID, BillStatus.PAYING, BillStatus.REMITTING}
_BEING_PAID = {BillStatus.PAYING, BillStatus.REMITTING}
_SETTLED = {BillStatus.PAID, BillStatus.REFUNDING, BillStatus.REFUNDED}
_REPAID = {BillStatus.REFUNDING, BillStatus.REFUNDED}
_UNSEATED = {RegistrationState.CANCELLED, RegistrationState.LAPSED}
_WAITING = {SelectionState.PENDING_PAYMENT, SelectionState.CLOSING}
_CLOSED = {SelectionState.CANCELLED, SelectionState.LAPSED}

# State of the newest withdrawal → states that finance's newest review of the selection may have.
_REVIEWS: Mapping[WithdrawalState | None, set[ReviewState | None]] = {
    None: {None},
    WithdrawalState.PENDING_ACADEMIC: {None, ReviewState.REJECTED},
    WithdrawalState.ACADEMIC_REJECTED: {None, ReviewState.REJECTED},
    WithdrawalState.REVOKED: {None, ReviewState.REJECTED},
    WithdrawalState.PENDING_FINANCE: {ReviewState.WAITING_FOR_HOLD, ReviewState.PENDING},
    WithdrawalState.FINANCE_REJECTED: {ReviewState.REJECTED},
    WithdrawalState.FINANCE_APPROVED: {ReviewState.APPROVED},
    WithdrawalState.REFUNDED: {ReviewState.REFUNDED},
}
# State of the newest withdrawal → statuses that the bills of a withdrawn selection may have. `paid` is a share of 0.00
# or a refund that failed.
_WITHDRAWN_BILLS: Mapping[WithdrawalState, set[BillStatus]] = {
    WithdrawalState.FINANCE_APPROVED: {BillStatus.REFUNDING, BillStatus.REFUNDED, BillStatus.PAID},
    WithdrawalState.REFUNDED: {BillStatus.REFUNDED, BillStatus.PAID},
}
# Resits: state → statuses of the one bill that belongs to it.
_RESIT_BILLS: Mapping[RegistrationState, set[BillStatus]] = {
    RegistrationState.PENDING_PAYMENT: _UNPAID,
    RegistrationState.CLOSING: _UNPAID,
    RegistrationState.REGISTERED: {BillStatus.PAID},
    RegistrationState.ARRANGED: {BillStatus.PAID},
    RegistrationState.SUSPENDED: {BillStatus.PAID},
    RegistrationState.SAT: {BillStatus.PAID},
    RegistrationState.ABSENT: {BillStatus.PAID},
}
_NEVER_PAID = {RegistrationEnd.CANCELLED, RegistrationEnd.UNPAID, RegistrationEnd.BILLING_REFUSED}


@dataclass(frozen=True, slots=True)
class _Case:
    """One selection with all that was made for it."""

    selection: SelectionStatement
    bills: Sequence[BillStatement]
    registrations: Sequence[RegistrationStatement]

    def of_kind(self, kind: FeeKind) -> list[BillStatement]:
        """Its bills of one kind."""
        return [bill for bill in self.bills if bill.kind is kind]

    @property
    def has_exam(self) -> bool:
        """Whether an exam fee is due and a registration follows."""
        return self.selection.exam_round_id is not None


def compare(statements: Statements) -> list[Disagreement]:
    """Everything that does not agree; nothing when all is well."""
    bills = _grouped(statements.bills, lambda bill: bill.source)
    registrations = _grouped(statements.registrations, lambda registration: registration.selection_id)
    found = list(_without_origin(statements))
    for selection in statements.selections:
        its_bills = bills.get(Source(kind=SourceKind.SELECTION, id=selection.id), ())
        found += _of_selection(_Case(selection, its_bills, registrations.get(selection.id, ())))
    for registration in statements.registrations:
        if registration.selection_id is None:
            its_bills = bills.get(Source(kind=SourceKind.REGISTRATION, id=registration.id), ())
            found += _of_resit(registration, its_bills)
    for bill in statements.bills:
        found += _of_bill(bill)
    if statements.ledger is not None:
        found += _of_ledger(statements.ledger)
    return [*found, *compare_admissions(statements), *compare_gone(statements)]


# --- one to one ---


def _without_origin(statements: Statements) -> Iterator[Disagreement]:
    selections = {selection.id for selection in statements.selections}
    resits = {registration.id for registration in statements.registrations if registration.selection_id is None}
    sources: Mapping[str, tuple[set[UUID], str]] = {
        SourceKind.SELECTION: (selections, "bill_without_selection"),
        SourceKind.REGISTRATION: (resits, "bill_without_resit"),
    }
    for bill in statements.bills:
        if bill.source is None or bill.source.kind not in sources:
            yield Disagreement("bill_of_nothing", "bill", bill.id, "names nothing that is billed")
        elif bill.source.id not in sources[bill.source.kind][0]:
            yield Disagreement(sources[bill.source.kind][1], "bill", bill.id)
    for registration in statements.registrations:
        if registration.selection_id is not None and registration.selection_id not in selections:
            yield Disagreement("registration_without_selection", "registration", registration.id)


def _of_selection(case: _Case) -> Iterator[Disagreement]:
    selection = case.selection
    wrong: Iterable[tuple[str, str]]
    if selection.state in _WAITING:
        wrong = [*_bill_counts(case), *_bills_in(case, _UNPAID), *_no_registration(case)]
    elif selection.state in _CLOSED:
        wrong = [*_bills_in(case, {BillStatus.CANCELLED}), *_no_registration(case)]
        if selection.billing_refused and case.bills:
            wrong = [*wrong, ("bill_though_refused", f"{len(case.bills)} bills")]
    elif selection.state is SelectionState.SELECTED:
        wrong = [*_bill_counts(case), *_paid_bills(case), *_seat(case), *_review(case)]
    else:
        wrong = [*_bill_counts(case), *_withdrawn(case), *_review(case)]
    for code, says in wrong:
        yield Disagreement(code, "selection", selection.id, f"{selection.state}: {says}")


def _bill_counts(case: _Case) -> Iterator[tuple[str, str]]:
    """One credit fee; one exam fee where there is an exam."""
    for kind, due in ((FeeKind.CREDIT, 1), (FeeKind.EXAM, int(case.has_exam))):
        if (count := len(case.of_kind(kind))) != due:
            yield f"{kind}_bills_count", f"{count} {kind} bills instead of {due}"


def _bills_in(case: _Case, allowed: set[BillStatus]) -> Iterator[tuple[str, str]]:
    for bill in case.bills:
        if bill.status not in allowed:
            yield f"{bill.kind}_bill_status", f"{bill.kind} bill is {bill.status}"


def _no_registration(case: _Case) -> Iterator[tuple[str, str]]:
    if case.registrations:
        yield "registration_too_many", f"{len(case.registrations)} registrations instead of none"


def _paid_bills(case: _Case) -> Iterator[tuple[str, str]]:
    """Of a selection that runs: both paid; the exam fee may go back when the registration was refused."""
    refused = any(registration.state is RegistrationState.LAPSED for registration in case.registrations)
    for bill in case.bills:
        may_go_back = bill.kind is FeeKind.EXAM and (refused or case.selection.registration_refused)
        if bill.status is not BillStatus.PAID and not (may_go_back and bill.status in _REPAID):
            yield f"{bill.kind}_bill_status", f"{bill.kind} bill is {bill.status}"


def _seat(case: _Case) -> Iterator[tuple[str, str]]:
    """Of a selection that runs: exactly one registration, held exactly while finance reviews its withdrawal."""
    yield from _registration_count(case)
    in_review = case.selection.withdrawal_state is WithdrawalState.PENDING_FINANCE
    for registration in case.registrations:
        yield from _paid_by(registration, case.of_kind(FeeKind.EXAM))
        state, end = registration.state, registration.ended_by
        if state is RegistrationState.CANCELLED and end is not RegistrationEnd.STUDENT_LEFT:
            yield "registration_cancelled", f"registration is cancelled ({end})"
        if (state is RegistrationState.LAPSED) != case.selection.registration_refused:
            yield "registration_refusal", f"registration is {state}, refused: {case.selection.registration_refused}"
        if in_review and state not in {RegistrationState.SUSPENDED, *_UNSEATED}:
            yield "registration_not_held", f"registration is {state} while finance reviews the withdrawal"
        if not in_review and registration.held_by_withdrawal_id and state not in _UNSEATED:
            yield "registration_held", "registration is held, but finance reviews no withdrawal"


def _withdrawn(case: _Case) -> Iterator[tuple[str, str]]:
    """Of a selection that was withdrawn: the money goes or went back, nobody sits."""
    state = case.selection.withdrawal_state
    allowed = _WITHDRAWN_BILLS.get(state) if state else None
    if allowed is None:
        yield "withdrawn_without_withdrawal", f"the withdrawal is {state}"
        return
    yield from _bills_in(case, allowed)
    yield from _registration_count(case)
    for registration in case.registrations:
        yield from _paid_by(registration, case.of_kind(FeeKind.EXAM))
        if registration.state not in _UNSEATED:
            yield "registration_of_withdrawn", f"registration is {registration.state}"


def _registration_count(case: _Case) -> Iterator[tuple[str, str]]:
    if (count := len(case.registrations)) != int(case.has_exam):
        yield "registration_count", f"{count} registrations instead of {int(case.has_exam)}"


def _paid_by(registration: RegistrationStatement, exam_bills: Sequence[BillStatement]) -> Iterator[tuple[str, str]]:
    if registration.bill_id not in {bill.id for bill in exam_bills}:
        yield "registration_of_other_bill", f"registration was paid by bill {registration.bill_id}"


def _review(case: _Case) -> Iterator[tuple[str, str]]:
    """Both sides of a withdrawal say the same."""
    state = case.selection.withdrawal_state
    for review in {bill.review_state for bill in case.bills}:
        if review not in _REVIEWS[state]:
            yield "review_state", f"withdrawal is {state}, finance's review {review}"


# --- resits ---


def _of_resit(registration: RegistrationStatement, bills: Sequence[BillStatement]) -> Iterator[Disagreement]:
    state, end = registration.state, registration.ended_by
    statuses = [bill.status for bill in bills]
    allowed = _RESIT_BILLS.get(state)
    if allowed is not None:
        right = len(statuses) == 1 and statuses[0] in allowed
    elif end in _NEVER_PAID or (end is RegistrationEnd.STUDENT_SUSPENDED and state is RegistrationState.CANCELLED):
        right = all(status is BillStatus.CANCELLED for status in statuses)
    elif end is RegistrationEnd.STUDENT_LEFT:  # left before paying: cancelled; after: the money came back, or stays
        right = len(statuses) <= 1 and not set(statuses) & _UNPAID
    else:  # refused after it was paid
        right = len(statuses) == 1 and statuses[0] in _SETTLED
    if not right:
        says = f"resit is {state} ({end}), its bills: {', '.join(statuses) or 'none'}"
        yield Disagreement("resit_bill", "registration", registration.id, says)


# --- bills, slips and the ledger ---


def _of_bill(bill: BillStatement) -> Iterator[Disagreement]:
    expected = {
        "payments": (bill.payments_posted, int(bill.status in _SETTLED)),
        "refunds": (bill.refunds_posted, int(bill.status is BillStatus.REFUNDED)),
        "slips": (bill.open_payments, int(bill.status in _BEING_PAID)),
    }
    for what, (found, due) in expected.items():
        if found != due:
            yield Disagreement(f"bill_{what}", "bill", bill.id, f"{bill.status}: {found} {what} instead of {due}")
    gone_back = bill.refund_amount
    if gone_back > bill.amount or (gone_back > 0) != (bill.status is BillStatus.REFUNDED):
        says = f"{bill.status}: {gone_back} of {bill.amount} yuan refunded"
        yield Disagreement("bill_refund_amount", "bill", bill.id, says)


def _of_ledger(ledger: LedgerCheck) -> Iterator[Disagreement]:
    if ledger.total != Decimal(0):
        yield Disagreement("ledger_total", "ledger", None, f"the entries make {ledger.total} yuan instead of zero")
    if ledger.unbalanced_transactions:
        says = f"{ledger.unbalanced_transactions} transactions do not balance"
        yield Disagreement("ledger_unbalanced", "ledger", None, says)
    for day in ledger.days_that_differ:
        says = f"{day.account} on {day.day}: the sum is not that of the entries"
        yield Disagreement("ledger_day", "teaching point", day.teaching_point_id, says)
    lists = {
        "bills_without_posting": ("bill", ledger.bills_without_posting),
        "postings_without_bill": ("ledger transaction", ledger.postings_without_bill),
        "bills_with_several_payments": ("bill", ledger.bills_with_several_payments),
        "bills_with_several_refunds": ("bill", ledger.bills_with_several_refunds),
        "slips_that_differ": ("remittance", ledger.slips_that_differ),
    }
    for code, (subject, ids) in lists.items():
        for id_ in ids:
            yield Disagreement(code, subject, id_)


def figures(statements: Statements) -> dict[str, Counter[str]]:
    """How many rows of each kind are in which state: what was compared."""
    return {
        "selections": Counter(selection.state.value for selection in statements.selections),
        "bills": Counter(bill.status.value for bill in statements.bills),
        "registrations": Counter(registration.state.value for registration in statements.registrations),
        **of_admissions(statements),
    }


def _grouped(rows: Iterable[Row], key: Callable[[Row], Key | None]) -> dict[Key, list[Row]]:
    groups: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        if (value := key(row)) is not None:
            groups[value].append(row)
    return groups
