"""Rules of status changes (学籍异动): from which enrolment status each leads to which."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from chassis.work.reasons import Reason
from contracts.registry.states import StatusChangeKind
from contracts.types import EnrolmentStatus, Level

K, E = StatusChangeKind, EnrolmentStatus

CHANGES: Final[dict[StatusChangeKind, dict[EnrolmentStatus, EnrolmentStatus]]] = {
    K.SUSPEND: {E.ACTIVE: E.SUSPENDED},
    K.RESUME: {E.SUSPENDED: E.ACTIVE},
    K.LEAVE_SCHOOL: {E.ACTIVE: E.LEFT, E.SUSPENDED: E.LEFT},
    K.TRANSFER_TEACHING_POINT: {E.ACTIVE: E.ACTIVE},
}
"""Kind → status before → status after."""

LIVE: Final = (E.ACTIVE, E.SUSPENDED)
"""With such a status a person can't be entered once more for the same level."""


def against_change(kind: StatusChangeKind, status: str, *, change_open: bool) -> Reason | None:
    """Each change is possible from the statuses of the table, and a student has at most one open change."""
    if EnrolmentStatus(status) not in CHANGES[kind]:
        return Reason("status_change_not_possible", {"status": status})
    return Reason("another_change_open") if change_open else None


def against_day(day: date, today: date) -> Reason | None:
    """A change takes effect when it is decided: its day can't be to come. `today` is Shanghai's."""
    return Reason("status_day_in_future", {"today": today.isoformat()}) if day > today else None


def status_after(kind: StatusChangeKind, status: str) -> EnrolmentStatus:
    """The status that a possible change leads to."""
    return CHANGES[kind][EnrolmentStatus(status)]


def resumes_too_early(from_on: date, resumed_on: date) -> bool:
    """Study would go on before it stopped: a suspension lasts a day at least."""
    return resumed_on <= from_on


def last_day_of_suspension(resumed_on: date) -> date:
    """The day before study goes on."""
    return resumed_on - timedelta(days=1)


def leads_to_degree(level: str) -> bool:
    """Only bachelor levels lead to a degree."""
    return level in (Level.TOP_UP_BACHELOR, Level.BACHELOR)
