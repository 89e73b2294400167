"""Selections of who has left or was never to be admitted: what may last agrees, and what nobody ends is found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chassis.base.ids import new_id
from contracts.common import ClosingReason as C
from contracts.courses.states import SelectionState as S
from contracts.courses.states import WithdrawalState as W
from contracts.courses.views import SelectionStatement
from contracts.registry.views import RecordStatement
from contracts.types import EnrolmentStatus as E
from launcher.reconcile.leaving import ADVICE, compare_gone
from launcher.reconcile.statements import Statements

NOW = datetime(2026, 9, 20, 8, tzinfo=UTC)
ENDED = E.ADMISSION_CANCELLED


def found(status: E, state: S, reason: C | None, withdrawal: W | None) -> list[str]:
    record = RecordStatement(
        id=new_id(),
        student_number="263201090200001",
        name="张晓明",
        teaching_point_id=new_id(),
        programme_id=new_id(),
        status=status,
        transferred=False,
        account_refused=False,
        changed_at=NOW,
    )
    selection = SelectionStatement(
        id=new_id(),
        student_id=record.id,
        course_id=new_id(),
        exam_round_id=None,
        state=state,
        billing_refused=False,
        registration_refused=False,
        closing_reason=reason,
        withdrawal_id=withdrawal and new_id(),
        withdrawal_state=withdrawal,
        changed_at=NOW,
    )
    return [each.code for each in compare_gone(Statements((selection,), records=(record,)))]


@pytest.mark.parametrize(
    ("status", "state", "reason", "withdrawal", "code"),
    [
        (E.ACTIVE, S.PENDING_PAYMENT, None, None, ""),
        (E.ACTIVE, S.SELECTED, None, None, ""),
        (E.SUSPENDED, S.PENDING_PAYMENT, C.STUDENT_SUSPENDED, None, ""),
        (E.GRADUATED, S.SELECTED, None, None, ""),
        # what is unpaid: finance may look at a payment for days, and courses keeps why it asks again
        (E.LEFT, S.PENDING_PAYMENT, C.STUDENT_LEFT, None, ""),
        (ENDED, S.PENDING_PAYMENT, C.STUDENT_LEFT, None, ""),
        (ENDED, S.CLOSING, C.LAPSED, None, ""),
        (ENDED, S.CANCELLED, C.STUDENT_LEFT, None, ""),
        (E.LEFT, S.PENDING_PAYMENT, None, None, "unpaid_though_gone"),
        (ENDED, S.PENDING_PAYMENT, None, None, "unpaid_though_gone"),
        (ENDED, S.PENDING_PAYMENT, C.LAPSED, None, "unpaid_though_gone"),
        # what is paid
        (E.LEFT, S.SELECTED, None, None, ""),
        (ENDED, S.SELECTED, None, W.PENDING_ACADEMIC, ""),
        (ENDED, S.SELECTED, None, W.ACADEMIC_REJECTED, ""),
        (ENDED, S.WITHDRAWN, None, W.REFUNDED, ""),
        (ENDED, S.SELECTED, None, None, "paid_though_cancelled"),
    ],
)
def test_what_courses_should_have_ended_is_found_with_what_to_do(
    status: E, state: S, reason: C | None, withdrawal: W | None, code: str
) -> None:
    assert found(status, state, reason, withdrawal) == ([code] if code else [])
    assert not code or ADVICE[code]
