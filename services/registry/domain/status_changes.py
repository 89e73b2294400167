"""Rules of status changes (学籍异动): from which enrolment status each leads to which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from chassis.work.reasons import Reason
from contracts.identity.states import TeachingPointStatus
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


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a student wants to go: the receiving point, and the points that offer the student's programme."""

    point_id: UUID
    status: TeachingPointStatus
    programme_code: str | None
    offered_at: frozenset[UUID]


def against_change(kind: str, status: str) -> Reason | None:
    """Each change is possible from the statuses of the table."""
    if EnrolmentStatus(status) in CHANGES[StatusChangeKind(kind)]:
        return None
    return Reason("status_change_not_possible", {"status": status})


def against_return(status: str, *, suspended: bool) -> Reason | None:
    """Who has no suspension that still runs can't return, whatever the record's status says."""
    return None if suspended else Reason("status_change_not_possible", {"status": status})


def against_destination(point_id: UUID, to: Destination | None) -> Reason | None:
    """The receiving point is there, another one than the student's `point_id`, enabled, and offers the programme."""
    if to is None:
        return Reason("not_found")
    if to.point_id == point_id:
        return Reason("already_at_teaching_point")
    if to.status != TeachingPointStatus.ENABLED:
        return Reason("teaching_point_not_enabled")
    if to.point_id not in to.offered_at:
        return Reason("programme_not_offered", {"programme_code": to.programme_code or "—"})
    return None


def against_day(day: date, today: date) -> Reason | None:
    """A change takes effect when it is decided: its day can't be to come. `today` is Shanghai's."""
    return Reason("status_day_in_future", {"today": today.isoformat()}) if day > today else None


def status_after(kind: str, status: str) -> EnrolmentStatus:
    """The status that a possible change leads to."""
    return CHANGES[StatusChangeKind(kind)][EnrolmentStatus(status)]


def resumes_too_early(from_on: date, resumed_on: date) -> bool:
    """Study would go on before it stopped: a suspension lasts a day at least."""
    return resumed_on <= from_on


def last_day_of_suspension(resumed_on: date) -> date:
    """The day before study goes on."""
    return resumed_on - timedelta(days=1)


def leads_to_degree(level: str) -> bool:
    """Only bachelor levels lead to a degree."""
    return level in (Level.TOP_UP_BACHELOR, Level.BACHELOR)
