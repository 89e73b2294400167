"""Status changes: from where they lead where, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from uuid import UUID

import pytest

from chassis.work.reasons import Reason
from contracts.identity.states import TeachingPointStatus
from contracts.registry.states import StatusChangeKind
from contracts.types import EnrolmentStatus, Level
from services.registry.domain.status_changes import (
    Destination,
    against_change,
    against_destination,
    against_return,
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
        assert against_change(kind, status) is None
        assert status_after(kind, status) == after
    else:
        assert against_change(kind, status) == Reason("status_change_not_possible", {"status": status})


HERE, THERE = UUID(int=1), UUID(int=2)
DESTINATION = Destination(THERE, TeachingPointStatus.ENABLED, "P1", frozenset({HERE, THERE}))


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        (DESTINATION, None),
        (None, Reason("not_found")),
        (replace(DESTINATION, point_id=HERE), Reason("already_at_teaching_point")),
        (replace(DESTINATION, status=TeachingPointStatus.DISABLED), Reason("teaching_point_not_enabled")),
        (replace(DESTINATION, offered_at=frozenset({HERE})), Reason("programme_not_offered", {"programme_code": "P1"})),
        (
            Destination(THERE, TeachingPointStatus.ENABLED, None, frozenset()),
            Reason("programme_not_offered", {"programme_code": "—"}),
        ),
    ],
)
def test_a_transfer_goes_to_another_enabled_point_that_offers_the_programme(
    to: Destination | None, reason: Reason | None
) -> None:
    assert against_destination(HERE, to) == reason


def test_only_who_is_suspended_returns() -> None:
    assert against_return("suspended", suspended=True) is None
    assert against_return("suspended", suspended=False) == Reason("status_change_not_possible", {"status": "suspended"})


def test_a_suspension_ends_the_day_before_study_goes_on() -> None:
    assert last_day_of_suspension(date(2027, 3, 1)) == date(2027, 2, 28)
    for resumed_on, too_early in ((date(2026, 9, 1), True), (date(2026, 8, 1), True), (date(2026, 9, 2), False)):
        assert resumes_too_early(date(2026, 9, 1), resumed_on) is too_early


def test_only_bachelor_levels_lead_to_a_degree() -> None:
    assert [level for level in Level if leads_to_degree(level)] == [Level.TOP_UP_BACHELOR, Level.BACHELOR]
