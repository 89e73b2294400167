"""What must agree of selections and the records of who has left or was never to be admitted, as a pure function
(docs/sagas.md, 3.7, 3.13 and section 5)."""

from collections.abc import Iterator, Mapping
from typing import Final

from contracts.common import ClosingReason
from contracts.courses.states import SelectionState
from contracts.courses.views import SelectionStatement
from contracts.types import EnrolmentStatus
from launcher.reconcile.disagreement import Disagreement
from launcher.reconcile.statements import Statements
from services.courses.steps.withdrawing import GONE

_HAVE_IT_FOLLOW: Final = "look into `./jiaowu dead` of courses; else `./jiaowu rebuild-copies courses`: within minutes"
ADVICE: Final[Mapping[str, str]] = {
    "unpaid_though_gone": f"{_HAVE_IT_FOLLOW} courses asks finance to close what is unpaid",
    "paid_though_cancelled": f"{_HAVE_IT_FOLLOW} courses puts up for withdrawal what was paid",
}
"""Code → what to do."""


def compare_gone(statements: Statements) -> Iterator[Disagreement]:
    """What courses should have ended and has not. What waits for a payment that is being looked at keeps the reason
    for which it ends; who has left keeps what is paid; once a withdrawal was asked for, people decide."""
    statuses = {record.id: record.status for record in statements.records}
    for selection in statements.selections:
        status = statuses.get(selection.student_id)
        if status in GONE and (code := _code(selection, status)):
            says = f"{selection.state}, and the student's record is {status}"
            yield Disagreement(code, "selection", selection.id, says)


def _code(selection: SelectionStatement, status: EnrolmentStatus) -> str:
    waits = selection.state is SelectionState.PENDING_PAYMENT
    if waits and selection.closing_reason is not ClosingReason.STUDENT_LEFT:
        return "unpaid_though_gone"
    runs = selection.state is SelectionState.SELECTED and selection.withdrawal_state is None
    return "paid_though_cancelled" if runs and status is EnrolmentStatus.ADMISSION_CANCELLED else ""
