"""States of what the registry owns. The steps between them are in its `domain/workflows.py`."""

from enum import StrEnum


class ConfirmationState(StrEnum):
    """Whether the student has confirmed the record."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class StatusChangeKind(StrEnum):
    """学籍异动类型."""

    TRANSFER_TEACHING_POINT = "transfer_teaching_point"
    LEAVE_SCHOOL = "leave_school"
    SUSPEND = "suspend"
    RESUME = "resume"


class StatusChangeState(StrEnum):
    """A change waits for the school, a transfer then until finance has cleared it. `approved`: it has taken effect."""

    FIRST_REVIEW_PASSED = "first_review_passed"
    PENDING_CLEARANCE = "pending_clearance"
    APPROVED = "approved"
    REJECTED = "rejected"
    REVOKED = "revoked"
