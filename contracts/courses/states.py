"""States of what the courses service owns. The steps between them are in its `domain/workflows.py`."""

from enum import StrEnum


class CourseStatus(StrEnum):
    """Only a published course can be selected."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class CourseVersionStatus(StrEnum):
    """At most one version of a course is in use."""

    DRAFT = "draft"
    IN_USE = "in_use"
    RETIRED = "retired"


class AssessmentRequirementState(StrEnum):
    """At most one requirement of a course version is approved; a newer one supersedes it."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class ProgrammeStatus(StrEnum):
    """A published programme never changes; a new version replaces it for later intakes."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class RoundStatus(StrEnum):
    """A round counts from its publication on; whether it is open is a question of its window."""

    DRAFT = "draft"
    PUBLISHED = "published"


class SelectionState(StrEnum):
    """`pending_payment`, `closing` and `selected` are open: one open selection a student and course."""

    PENDING_PAYMENT = "pending_payment"
    CLOSING = "closing"  # finance has been asked to cancel the bills
    SELECTED = "selected"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class WithdrawalState(StrEnum):
    """退课状态. Who acts next, or the outcome."""

    PENDING_ACADEMIC = "pending_academic"
    ACADEMIC_REJECTED = "academic_rejected"
    PENDING_FINANCE = "pending_finance"
    FINANCE_REJECTED = "finance_rejected"
    FINANCE_APPROVED = "finance_approved"
    REFUNDED = "refunded"
    REVOKED = "revoked"


class PlanCourseState(StrEnum):
    """Where a course of a student's plan stands."""

    NOT_SELECTED = "not_selected"
    PENDING_PAYMENT = "pending_payment"
    CLOSING = "closing"
    SELECTED = "selected"
    WITHDRAWING = "withdrawing"  # in finance review or waiting for the refund: no learning
    WITHDRAWN = "withdrawn"
