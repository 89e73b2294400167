"""The first version of the events that name what a bill is for: one of two ids instead of a source.

Finance publishes the second one since the release that brought this module; it goes with the next.
"""

from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field

from contracts.base import MAX_EVENT_ROWS, Contract, Fact, State, StateItem
from contracts.common import ClosingReason
from contracts.errors import JsonValue
from contracts.finance import events
from contracts.finance.source import Source, SourceKind
from contracts.finance.states import BillStatus, PaymentMethod
from contracts.types import ExamKind, FeeKind, Instant, Money

Row = TypeVar("Row", bound=Contract)


class BillSource(Contract):
    """What a bill is for: exactly one of the two is given."""

    selection_id: UUID | None = Field(description="Of a selection's bill.")
    registration_id: UUID | None = Field(description="Of a resit's bill.")

    def as_next(self, row: type[Row]) -> Row:
        """The same row with its source."""
        kind = SourceKind.REGISTRATION if self.selection_id is None else SourceKind.SELECTION
        source = Source.model_validate({"kind": kind, "id": self.selection_id or self.registration_id})
        return row(**{**dict(self), "source": source})


class BillItem(BillSource, StateItem):
    """A bill as others may show it, and as they refuse early by it; finance alone decides."""

    number: str
    kind: FeeKind
    amount: Money
    status: BillStatus
    student_id: UUID
    teaching_point_id: UUID
    course_id: UUID


class BillState(State[BillItem], owner="finance", version=1, next=events.BillState):
    """Copied by courses."""

    def as_next(self) -> events.BillState:
        """With sources."""
        return events.BillState(items=tuple(item.as_next(events.BillItem) for item in self.items))


class RefusedBilling(BillSource):
    """A selection or resit for which no bill can be made. Finance never makes one for it afterwards."""

    code: str
    params: dict[str, JsonValue] = Field(default={})


class BillingRefused(Fact, owner="finance", version=1, rows="refused", next=events.BillingRefused):
    """→ courses cancels the selection, → exams cancels the resit, with this code."""

    refused: Annotated[tuple[RefusedBilling, ...], Field(max_length=MAX_EVENT_ROWS)]

    def as_next(self) -> events.BillingRefused:
        """With sources."""
        return events.BillingRefused(refused=tuple(row.as_next(events.RefusedBilling) for row in self.refused))


class PaidBill(BillSource):
    """A bill that was paid, with all that a registration needs."""

    bill_id: UUID
    number: str
    kind: FeeKind
    student_id: UUID
    teaching_point_id: UUID = Field(description="The payer: money goes back there.")
    course_id: UUID
    exam_round_id: UUID | None = Field(description="Given on an exam fee.")
    exam_kind: ExamKind | None = Field(description="Given on an exam fee.")
    amount: Money
    method: PaymentMethod
    paid_at: Instant


class BillsPaid(Fact, owner="finance", version=1, rows="bills", next=events.BillsPaid):
    """A credit fee → courses makes the selection `selected`; an exam fee → exams registers. Row by row."""

    bills: Annotated[tuple[PaidBill, ...], Field(max_length=MAX_EVENT_ROWS)]

    def as_next(self) -> events.BillsPaid:
        """With sources."""
        return events.BillsPaid(bills=tuple(row.as_next(events.PaidBill) for row in self.bills))


class CancelledBills(BillSource):
    """All bills of one selection or resit are cancelled, or will never be made. Final."""

    attempt: int
    reason: ClosingReason


class BillsCancelled(Fact, owner="finance", version=1, rows="cancelled", next=events.BillsCancelled):
    """The positive answer to `SelectionsClosing` and `ResitsClosing`."""

    cancelled: Annotated[tuple[CancelledBills, ...], Field(max_length=MAX_EVENT_ROWS)]

    def as_next(self) -> events.BillsCancelled:
        """With sources."""
        return events.BillsCancelled(cancelled=tuple(row.as_next(events.CancelledBills) for row in self.cancelled))


class RefusedCancellation(BillSource):
    """The bills stand. `ask_again_at` is empty when they are paid: then `BillsPaid` tells the rest."""

    attempt: int
    reason: ClosingReason
    code: str = Field(description="`payment_in_review`, `grace_period_running` or `already_paid`.")
    ask_again_at: Instant | None


class BillCancellationRefused(Fact, owner="finance", version=1, rows="refused", next=events.BillCancellationRefused):
    """The negative answer to `SelectionsClosing` and `ResitsClosing`."""

    refused: Annotated[tuple[RefusedCancellation, ...], Field(max_length=MAX_EVENT_ROWS)]

    def as_next(self) -> events.BillCancellationRefused:
        """With sources."""
        rows = tuple(row.as_next(events.RefusedCancellation) for row in self.refused)
        return events.BillCancellationRefused(refused=rows)
