"""The states of a status change as a table. Who decides is the school; a transfer waits for finance."""

from __future__ import annotations

from chassis.work.workflow import SYSTEM, Addressees, Step, Workflow, acting_under
from contracts.registry.events import StudentTransferred, TransferRevoked
from contracts.registry.states import StatusChangeState

PENDING_CLEARANCE, APPROVED, REVOKED = StatusChangeState

REGISTRAR = acting_under("registry.change_status")

CONCERNED = Addressees(points=("teaching_point_id", "to_teaching_point_id"), applicant="requested_by")
"""Of a transfer both points."""

STATUS_CHANGE = Workflow(
    "status_change",
    PENDING_CLEARANCE,
    (
        Step(PENDING_CLEARANCE, "approve", SYSTEM, APPROVED, StudentTransferred, tells=CONCERNED),
        Step(PENDING_CLEARANCE, "revoke", REGISTRAR, REVOKED, TransferRevoked, tells=CONCERNED),
    ),
    entering=CONCERNED,  # the school decides by entering it
)
