"""When a withdrawal may be asked for (CRS-8)."""

from dataclasses import replace

import pytest

from chassis.work.reasons import Reason
from services.courses.domain.withdrawal import PaidCourse, against_request
from tests.unit.courses.scene import DAY, NOW

PAID = PaidCourse("selected", False, "XK202609", NOW - DAY, NOW + DAY)


def test_a_paid_course_may_be_withdrawn_inside_the_window() -> None:
    assert against_request(PAID, NOW) is None


@pytest.mark.parametrize(
    ("selection", "reason"),
    [
        (replace(PAID, state="pending_payment"), Reason("selection_not_paid", {"state": "pending_payment"})),
        (replace(PAID, state="pending_payment", payment_in_review=True), Reason("payment_in_review")),
        (replace(PAID, state="withdrawn"), Reason("selection_not_paid", {"state": "withdrawn"})),
        (replace(PAID, opens_at=NOW + DAY / 2), Reason("withdrawal_window_not_open", {"round_code": "XK202609"})),
        (
            replace(PAID, closes_at=NOW),
            Reason("withdrawal_window_closed", {"round_code": "XK202609", "closes_at": "2026-09-10 12:00"}),
        ),
    ],
)
def test_every_other_case_has_its_own_refusal(selection: PaidCourse, reason: Reason) -> None:
    assert against_request(selection, NOW) == reason
