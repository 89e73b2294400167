"""States of what exams owns. The steps between them are in its `domain/workflows.py`."""

from enum import StrEnum


class ExamRoundStatus(StrEnum):
    """A round counts from its publication on; whether registration is open is a question of its window."""

    DRAFT = "draft"
    PUBLISHED = "published"


class RegistrationState(StrEnum):
    """报考状态. The registration row is the arbiter of sit against withdraw."""

    PENDING_PAYMENT = "pending_payment"  # a resit before it is paid
    CLOSING = "closing"  # finance has been asked to cancel the bill of a resit
    REGISTERED = "registered"
    ARRANGED = "arranged"
    SUSPENDED = "suspended"  # held for a withdrawal, or while the student is suspended
    SAT = "sat"
    ABSENT = "absent"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class RegistrationEnd(StrEnum):
    """Why a registration was cancelled or has lapsed."""

    WITHDRAWN = "withdrawn"
    STUDENT_LEFT = "student_left"
    STUDENT_SUSPENDED = "student_suspended"  # when the arrangement was published
    ARRANGEMENT_PUBLISHED = "arrangement_published"  # paid, or free again, too late
    CANCELLED = "cancelled"  # unpaid resit, by point or student
    UNPAID = "unpaid"  # resit, at the close of registration
    BILLING_REFUSED = "billing_refused"
