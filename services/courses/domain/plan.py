"""Where a course of a student's plan stands (CRS-12)."""

from contracts.courses.states import PlanCourseState, SelectionState
from services.courses.domain.workflows import NOT_LEARNING

_STANDS = {
    SelectionState.PENDING_PAYMENT: PlanCourseState.PENDING_PAYMENT,
    SelectionState.CLOSING: PlanCourseState.CLOSING,
    SelectionState.SELECTED: PlanCourseState.SELECTED,
    SelectionState.WITHDRAWN: PlanCourseState.WITHDRAWN,
}


def plan_state(selection_state: str | None, withdrawal_state: str | None) -> PlanCourseState:
    """By the state of the newest selection of the course and of its newest withdrawal. Cancelled and lapsed
    selections leave nothing behind."""
    if selection_state is None:
        return PlanCourseState.NOT_SELECTED
    if selection_state == SelectionState.SELECTED and withdrawal_state in NOT_LEARNING:
        return PlanCourseState.WITHDRAWING
    return _STANDS.get(SelectionState(selection_state), PlanCourseState.NOT_SELECTED)
