"""The states of quick signups and application forms (ENR-6): a visitor signs up, a point enters, the school decides.

The registry has the last word: it may know that somebody studies already, and then the form is rejected after all.
"""

from __future__ import annotations

from chassis.work.workflow import SYSTEM, Addressees, Step, Workflow, acting_under, decider
from contracts.enrollment.events import StudentsAdmitted
from contracts.enrollment.states import AdmissionRoundStatus, ApplicationState, SignupState

FIRST_REVIEW_PASSED = ApplicationState.FIRST_REVIEW_PASSED
ADMITTED = ApplicationState.ADMITTED
REJECTED = ApplicationState.REJECTED
WITHDRAWN = ApplicationState.WITHDRAWN

LIVE = (FIRST_REVIEW_PASSED, ADMITTED)
"""One document has at most one form in these states in an intake (ENR-7)."""
EDITABLE = (FIRST_REVIEW_PASSED, REJECTED)

POINT = acting_under("enrollment.enter_applications")  # colleagues stand in for each other
SCHOOL = decider("enrollment.review_applications", entered_by=("entered_by", "sent_by"))

# Nobody who applied has an account yet: the point tells them.
CONCERNED = Addressees(student=False)

APPLICATION = Workflow(
    "application",
    FIRST_REVIEW_PASSED,
    (
        #    state                action      who     next       emits
        Step(FIRST_REVIEW_PASSED, "admit", SCHOOL, ADMITTED, StudentsAdmitted, tells=CONCERNED),
        Step(FIRST_REVIEW_PASSED, "reject", SCHOOL, REJECTED, tells=CONCERNED),
        Step(FIRST_REVIEW_PASSED, "withdraw", POINT, WITHDRAWN),
        Step(REJECTED, "resend", POINT, FIRST_REVIEW_PASSED, waits=True),
        Step(REJECTED, "withdraw", POINT, WITHDRAWN),
        Step(ADMITTED, "refuse_record", SYSTEM, REJECTED, tells=CONCERNED),
        # Its number is somebody's already: the school admits once more, by the next one.
        Step(ADMITTED, "return_number", SYSTEM, FIRST_REVIEW_PASSED),
    ),
)

SIGNUP = Workflow(
    "signup",
    SignupState.SIGNED_UP,
    (
        #    state                 action      who    next
        Step(SignupState.SIGNED_UP, "complete", POINT, SignupState.COMPLETED, waits=True),
        Step(SignupState.SIGNED_UP, "discard", POINT, SignupState.DISCARDED),
    ),
)

ADMISSION_ROUND = Workflow(
    "admission_round",
    AdmissionRoundStatus.DRAFT,
    (
        Step(
            AdmissionRoundStatus.DRAFT,
            "publish",
            acting_under("enrollment.manage_rounds"),
            AdmissionRoundStatus.PUBLISHED,
        ),
    ),
    column="status",
)
