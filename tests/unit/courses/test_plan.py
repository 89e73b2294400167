"""The states of a course in a plan."""

import pytest

from services.courses.domain.plan import plan_state


@pytest.mark.parametrize(
    ("selection", "withdrawal", "state"),
    [
        (None, None, "not_selected"),
        ("pending_payment", None, "pending_payment"),
        ("closing", None, "closing"),
        ("selected", None, "selected"),
        ("selected", "pending_academic", "selected"),
        ("selected", "pending_finance", "withdrawing"),
        ("selected", "finance_approved", "withdrawing"),
        ("selected", "finance_rejected", "selected"),
        ("withdrawn", "refunded", "withdrawn"),
        ("cancelled", None, "not_selected"),
        ("lapsed", None, "not_selected"),
    ],
)
def test_a_plan_shows_where_a_course_stands(selection: str | None, withdrawal: str | None, state: str) -> None:
    assert plan_state(selection, withdrawal) == state
