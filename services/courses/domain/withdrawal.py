"""When a course may be withdrawn (CRS-8)."""

from dataclasses import dataclass
from datetime import datetime

from chassis.base.clock import shown
from chassis.work.reasons import Reason
from contracts.courses.states import SelectionState


@dataclass(frozen=True, slots=True)
class PaidCourse:
    """A selection of which withdrawal is asked for."""

    state: str
    payment_in_review: bool
    round_code: str
    opens_at: datetime
    closes_at: datetime


def against_request(selection: PaidCourse, now: datetime) -> Reason | None:
    """What speaks against the request: the window binds it, not the decisions that follow."""
    if selection.state != SelectionState.SELECTED:
        if selection.payment_in_review:
            return Reason("payment_in_review")
        return Reason("selection_not_paid", {"state": selection.state})
    if now < selection.opens_at:
        return Reason("withdrawal_window_not_open", {"round_code": selection.round_code})
    if now >= selection.closes_at:
        evidence = {"round_code": selection.round_code, "closes_at": shown(selection.closes_at)}
        return Reason("withdrawal_window_closed", evidence)
    return None
