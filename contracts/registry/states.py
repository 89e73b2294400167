"""States of what the registry owns. The steps between them are in its `domain/workflows.py`."""

from enum import StrEnum


class IdKind(StrEnum):
    """证件类型. The rules of resident ID numbers apply to `resident` only."""

    RESIDENT = "resident"
    HK_MACAO_TAIWAN = "hk_macao_taiwan"
    FOREIGN_PERMANENT_RESIDENT = "foreign_permanent_resident"
    PASSPORT = "passport"
    OFFICER = "officer"
    SOLDIER = "soldier"


class ConfirmationState(StrEnum):
    """Whether the student has confirmed the record."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class PriorEducationCheck(StrEnum):
    """前置学历审核."""

    UNCHECKED = "unchecked"
    VERIFIED = "verified"
    MISMATCH = "mismatch"
    FALSE = "false"


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
