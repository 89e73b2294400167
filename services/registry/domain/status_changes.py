"""Rules of status changes (学籍异动): from which enrolment status each leads to which."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from contracts.errors import FieldError, ServiceError
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


def status_after(kind: StatusChangeKind, status: str, *, change_open: bool) -> EnrolmentStatus:
    """The status that the change leads to. A student has at most one open change.

    Raises `status_change_not_possible` or `status_change_open`.
    """
    after = CHANGES[kind].get(EnrolmentStatus(status))
    if after is None:
        raise ServiceError("status_change_not_possible", status=status)
    if change_open:
        raise ServiceError("status_change_open")
    return after


def last_day_of_suspension(from_on: date, resumed_on: date) -> date:
    """The day before study goes on. Raises `validation_failed` when study would go on before it stopped."""
    if resumed_on <= from_on:
        raise ServiceError("validation_failed", [FieldError("on", "window_reversed")])
    return resumed_on - timedelta(days=1)


def leads_to_degree(level: str) -> bool:
    """Only bachelor levels lead to a degree."""
    return level in (Level.TOP_UP_BACHELOR, Level.BACHELOR)
