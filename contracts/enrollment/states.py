"""States of what enrollment owns. The steps between them are in its `domain/workflows.py`."""

from enum import StrEnum


class AdmissionRoundStatus(StrEnum):
    """A round counts from its publication on; whether it is open is a question of its window."""

    DRAFT = "draft"
    PUBLISHED = "published"


class ApplicationState(StrEnum):
    """报名表状态 (ENR-6). Who acts next, or the outcome."""

    FIRST_REVIEW_PASSED = "first_review_passed"  # the point has reviewed it by entering it; the school's turn
    ADMITTED = "admitted"
    REJECTED = "rejected"  # it can be corrected and sent again
    WITHDRAWN = "withdrawn"  # by the point, before the second review
    ADMISSION_CANCELLED = "admission_cancelled"  # taken back by the school; the number stays used


class SignupState(StrEnum):
    """快速报名状态 (ENR-6): what a visitor wants, until the point has made a form of it."""

    SIGNED_UP = "signed_up"  # the point's turn
    COMPLETED = "completed"  # there is a form
    DISCARDED = "discarded"


class PreCheck(StrEnum):
    """What the machine looks at before the school does."""

    NOT_ENROLLED = "not_enrolled"
    AGE = "age"
    PRIOR_EDUCATION_LEVEL = "prior_education_level"
    PRIOR_EDUCATION_VERIFIED = "prior_education_verified"
    PROGRAMME = "programme"
    LIKELY_DOUBLE = "likely_double"
