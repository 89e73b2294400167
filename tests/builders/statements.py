"""A small world of selections, bills and registrations that agree, for tests of the reconciliation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.base.ids import new_id
from contracts.courses.states import SelectionState, WithdrawalState
from contracts.courses.views import SelectionStatement
from contracts.exams.states import RegistrationEnd, RegistrationState
from contracts.exams.views import RegistrationStatement
from contracts.finance.states import BillStatus, ReviewState
from contracts.finance.views import BillStatement, LedgerCheck
from contracts.types import FeeKind
from launcher.reconcile.statements import Statements
from tests.builders.messages import of_resit, of_selection

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
_SETTLED = (BillStatus.PAID, BillStatus.REFUNDING, BillStatus.REFUNDED)


def clean_ledger() -> LedgerCheck:
    """Books that are right."""
    return LedgerCheck(
        total=Decimal("0.00"),
        unbalanced_transactions=0,
        bills_without_posting=(),
        postings_without_bill=(),
        bills_with_several_payments=(),
        bills_with_several_refunds=(),
        slips_that_differ=(),
        checked_at=NOW,
    )


def bill(status: BillStatus, kind: FeeKind = FeeKind.CREDIT, **changes: Any) -> BillStatement:
    """A bill with what the ledger must say of its status."""
    fields: dict[str, Any] = {
        "id": new_id(),
        "source": None,
        "selection_id": None,
        "registration_id": None,
        "kind": kind,
        "status": status,
        "amount": Decimal("440.00"),
        "payments_posted": int(status in _SETTLED),
        "refunds_posted": int(status is BillStatus.REFUNDED),
        "open_payments": int(status is BillStatus.REMITTING),
        "refund_amount": Decimal("440.00") if status is BillStatus.REFUNDED else Decimal("0.00"),
        "review_state": None,
        "changed_at": NOW,
    }
    return BillStatement(**{**fields, **changes})


@dataclass
class FactsBuilder:
    """Rows that agree, until a test spoils one."""

    selections: list[SelectionStatement] = field(default_factory=list)
    bills: list[BillStatement] = field(default_factory=list)
    registrations: list[RegistrationStatement] = field(default_factory=list)
    ledger: LedgerCheck = field(default_factory=clean_ledger)

    def statements(self) -> Statements:
        """As they are read."""
        return Statements(tuple(self.selections), tuple(self.bills), tuple(self.registrations), self.ledger)

    def selection(
        self,
        state: SelectionState,
        *,
        credit: BillStatus | None,
        exam: BillStatus | None = None,
        seat: RegistrationState | None = None,
        ended_by: RegistrationEnd | None = None,
        withdrawal: WithdrawalState | None = None,
        review: ReviewState | None = None,
        refused: bool = False,
    ) -> UUID:
        """A selection with its bills and registration; `exam` makes it one with a final."""
        made = SelectionStatement(
            id=new_id(),
            student_id=new_id(),
            course_id=new_id(),
            exam_round_id=new_id() if exam else None,
            state=state,
            billing_refused=False,
            registration_refused=refused,
            withdrawal_id=new_id() if withdrawal else None,
            withdrawal_state=withdrawal,
            changed_at=NOW,
        )
        self.selections.append(made)
        for kind, status in ((FeeKind.CREDIT, credit), (FeeKind.EXAM, exam)):
            if status is not None:
                self.bills.append(bill(status, kind, source=of_selection(made.id), review_state=review))
        if seat is not None:
            held = made.withdrawal_id if withdrawal is WithdrawalState.PENDING_FINANCE else None
            self._register(made.id, self.bills[-1].id, seat, ended_by, held)
        return made.id

    def resit(
        self, state: RegistrationState, status: BillStatus | None, ended_by: RegistrationEnd | None = None
    ) -> UUID:
        """A resit with its bill."""
        made = self._register(None, None, state, ended_by, None)
        if status is not None:
            self.bills.append(bill(status, FeeKind.EXAM, source=of_resit(made)))
        return made

    def spoil_bill(self, place: int = -1, **changes: Any) -> None:
        """Change a bill."""
        self.bills[place] = self.bills[place].model_copy(update=changes)

    def spoil_selection(self, place: int = -1, **changes: Any) -> None:
        """Change a selection."""
        self.selections[place] = self.selections[place].model_copy(update=changes)

    def spoil_registration(self, place: int = -1, **changes: Any) -> None:
        """Change a registration."""
        self.registrations[place] = self.registrations[place].model_copy(update=changes)

    def _register(
        self,
        selection_id: UUID | None,
        bill_id: UUID | None,
        state: RegistrationState,
        ended_by: RegistrationEnd | None,
        held: UUID | None,
    ) -> UUID:
        made = RegistrationStatement(
            id=new_id(),
            selection_id=selection_id,
            bill_id=bill_id,
            state=state,
            ended_by=ended_by,
            held_by_withdrawal_id=held,
            changed_at=NOW,
        )
        self.registrations.append(made)
        return made.id
