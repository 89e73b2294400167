"""Status changes: from where they lead where, and what follows."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from contracts.errors import ServiceError
from contracts.registry.states import StatusChangeKind
from contracts.types import EnrolmentStatus, Level
from services.registry.domain.status_changes import last_day_of_suspension, leads_to_degree, status_after

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
        assert status_after(kind, status, change_open=False) == after
        with pytest.raises(ServiceError, match="status_change_open"):
            status_after(kind, status, change_open=True)
    else:
        with pytest.raises(ServiceError, match="status_change_not_possible"):
            status_after(kind, status, change_open=False)


def test_a_suspension_ends_the_day_before_study_goes_on() -> None:
    assert last_day_of_suspension(date(2026, 9, 1), date(2027, 3, 1)) == date(2027, 2, 28)
    for too_early in (date(2026, 9, 1), date(2026, 8, 1)):
        with pytest.raises(ServiceError) as refused:
            last_day_of_suspension(date(2026, 9, 1), too_early)
        assert [(e.path, e.code) for e in refused.value.errors] == [("on", "window_reversed")]


def test_only_bachelor_levels_lead_to_a_degree() -> None:
    assert [level for level in Level if leads_to_degree(level)] == [Level.TOP_UP_BACHELOR, Level.BACHELOR]
