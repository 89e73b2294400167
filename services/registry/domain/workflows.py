"""The states of a status change as a table (REG-6): asked for by one person of the school, decided by a second one.

What a decision does is one line for each kind of change. The receiving point of a transfer hears of it when the student
is theirs: before, it sees neither student nor change. The first review, the consent of the
receiving point and the signed form come before the school's decision, where there are such.
"""

from __future__ import annotations

from chassis.work.workflow import SYSTEM, Addressees, Rows, Step, Workflow, acting_under, applicant, decider
from contracts.registry.events import (
    StudentLeft,
    StudentResumed,
    StudentSuspended,
    StudentTransferred,
    TransferRequested,
    TransferRevoked,
)
from contracts.registry.states import StatusChangeKind, StatusChangeState

FIRST_REVIEW_PASSED = StatusChangeState.FIRST_REVIEW_PASSED
PENDING_CLEARANCE = StatusChangeState.PENDING_CLEARANCE
APPROVED = StatusChangeState.APPROVED
REJECTED = StatusChangeState.REJECTED
REVOKED = StatusChangeState.REVOKED

APPLICANT = applicant("registry.change_status", entered_by="requested_by")
SCHOOL = acting_under("registry.change_status")
SECOND_PERSON = decider("registry.review_status_changes", entered_by="requested_by")

CONCERNED = Addressees(applicant="requested_by")
BOTH_POINTS = Addressees(points=("teaching_point_id", "to_teaching_point_id"), applicant="requested_by")

SUSPENSION = Rows("kind", (StatusChangeKind.SUSPEND,))
RETURN = Rows("kind", (StatusChangeKind.RESUME,))
LEAVING = Rows("kind", (StatusChangeKind.LEAVE_SCHOOL,))
TRANSFER = Rows("kind", (StatusChangeKind.TRANSFER_TEACHING_POINT,))

STATUS_CHANGE = Workflow(
    "status_change",
    FIRST_REVIEW_PASSED,
    (
        #    state                action     who            next               emits
        Step(FIRST_REVIEW_PASSED, "approve", SECOND_PERSON, APPROVED, StudentSuspended, tells=CONCERNED, of=SUSPENSION),
        Step(FIRST_REVIEW_PASSED, "approve", SECOND_PERSON, APPROVED, StudentResumed, tells=CONCERNED, of=RETURN),
        Step(FIRST_REVIEW_PASSED, "approve", SECOND_PERSON, APPROVED, StudentLeft, tells=CONCERNED, of=LEAVING),
        # What is being paid holds a transfer: finance says when it may take effect.
        Step(
            FIRST_REVIEW_PASSED,
            "approve",
            SECOND_PERSON,
            PENDING_CLEARANCE,
            TransferRequested,
            tells=CONCERNED,
            of=TRANSFER,
        ),
        Step(FIRST_REVIEW_PASSED, "reject", SECOND_PERSON, REJECTED, tells=CONCERNED),
        Step(FIRST_REVIEW_PASSED, "revoke", APPLICANT, REVOKED),  # nobody has been told of it yet
        Step(PENDING_CLEARANCE, "clear", SYSTEM, APPROVED, StudentTransferred, tells=BOTH_POINTS),
        # Approved already, and held up by a payment: that is no longer the applicant's alone.
        Step(PENDING_CLEARANCE, "revoke", SCHOOL, REVOKED, TransferRevoked, tells=CONCERNED),
        # The admission was taken back: there is nobody any more whose status could change.
        Step(FIRST_REVIEW_PASSED, "end_with_admission", SYSTEM, REVOKED, tells=CONCERNED),
        Step(PENDING_CLEARANCE, "end_with_admission", SYSTEM, REVOKED, TransferRevoked, tells=CONCERNED),
    ),
    open=(FIRST_REVIEW_PASSED, PENDING_CLEARANCE),
)
