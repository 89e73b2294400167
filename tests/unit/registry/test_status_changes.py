"""Status changes: from where they lead where, and what follows."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from chassis.work.reasons import Reason
from contracts.registry.states import StatusChangeKind
from contracts.types import EnrolmentStatus, Level
from services.registry.domain.status_changes import (
    against_change,
    last_day_of_suspension,
    leads_to_degree,
    resumes_too_early,
    status_after,
)

POSSIBLE = {
    ("suspend", "active"): "suspended",
    ("resume", "suspended"): "active",
    ("leave_school", "active"): "left",
    ("leave_school", "suspended"): "left",
    ("transfer_teaching_point", "active"): "active",
}


@pytest.mark.parametrize(("kind", "status"), list(product(StatusChangeKind, EnrolmentStatus)))
def test_each_change_is_possible_from_the_statuses_of_the_table_only(
    kind: StatusChangeKind, status: EnrolmentStatus
) -> None:
    if after := POSSIBLE.get((kind, status)):
        assert against_change(kind, status, change_open=False) is None
        assert status_after(kind, status) == after
        assert against_change(kind, status, change_open=True) == Reason("another_change_open")
    else:
        refused = Reason("status_change_not_possible", {"status": status})
        assert against_change(kind, status, change_open=False) == refused


def test_a_suspension_ends_the_day_before_study_goes_on() -> None:
    assert last_day_of_suspension(date(2027, 3, 1)) == date(2027, 2, 28)
    for resumed_on, too_early in ((date(2026, 9, 1), True), (date(2026, 8, 1), True), (date(2026, 9, 2), False)):
        assert resumes_too_early(date(2026, 9, 1), resumed_on) is too_early


def test_only_bachelor_levels_lead_to_a_degree() -> None:
    assert [level for level in Level if leads_to_degree(level)] == [Level.TOP_UP_BACHELOR, Level.BACHELOR]
