"""Every state, action and actor of a status change, kind by kind."""

import pytest

from chassis.base.context import system_context
from chassis.testing.harness import acting
from contracts.registry.events import StudentLeft, StudentResumed, StudentSuspended, TransferRequested
from contracts.registry.states import StatusChangeKind, StatusChangeState
from services.registry.domain.workflows import STATUS_CHANGE
from tests.workflows import AUTHOR, walk

ACTORS = {
    "system": system_context(),
    "author": acting("registry.change_status", user_id=AUTHOR),
    "colleague": acting("registry.change_status"),
    "second person": acting("registry.review_status_changes"),
    "author by another right": acting("registry.review_status_changes", user_id=AUTHOR),
    "reader": acting("registry.read_status_changes"),
}
OWN = {
    **{(action, "author by another right"): "decides_own_request" for action in ("approve", "reject")},
    ("revoke", "colleague"): "not_own_request",
}
EMITS = {
    StatusChangeKind.SUSPEND: StudentSuspended,
    StatusChangeKind.RESUME: StudentResumed,
    StatusChangeKind.LEAVE_SCHOOL: StudentLeft,
    StatusChangeKind.TRANSFER_TEACHING_POINT: TransferRequested,
}


@pytest.mark.parametrize("kind", StatusChangeKind)
def test_each_actor_takes_exactly_the_steps_of_the_table(kind: StatusChangeKind) -> None:
    transfer = kind is StatusChangeKind.TRANSFER_TEACHING_POINT
    allowed = {
        ("first_review_passed", "approve"): ("pending_clearance" if transfer else "approved", "second person"),
        ("first_review_passed", "reject"): ("rejected", "second person"),
        ("first_review_passed", "revoke"): ("revoked", "author"),
        ("pending_clearance", "clear"): ("approved", "system"),
        ("first_review_passed", "end_with_admission"): ("revoked", "system"),
        ("pending_clearance", "end_with_admission"): ("revoked", "system"),
        ("pending_clearance", "revoke"): ("revoked", "author", "colleague"),
    }
    walk(STATUS_CHANGE, StatusChangeState, ACTORS, allowed, refused=OWN, kind=kind, requested_by=AUTHOR)


@pytest.mark.parametrize("kind", StatusChangeKind)
def test_what_is_approved_is_told_to_other_services_by_its_kind(kind: StatusChangeKind) -> None:
    step = STATUS_CHANGE.step({"kind": kind, "state": "first_review_passed"}, "approve")
    assert step is not None
    assert step.emits is EMITS[kind]
