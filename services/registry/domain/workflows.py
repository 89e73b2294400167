"""The states of a status change as a table. Who decides is the school; a transfer waits for finance."""

from __future__ import annotations

from chassis.work.workflow import SYSTEM, Step, Workflow, acting_under
from contracts.registry.events import StudentTransferred, TransferRevoked
from contracts.registry.states import StatusChangeState

PENDING_CLEARANCE, APPROVED, REVOKED = StatusChangeState

REGISTRAR = acting_under("registry.change_status")

STATUS_CHANGE = Workflow(
    "status_change",
    PENDING_CLEARANCE,
    (
        Step(PENDING_CLEARANCE, "approve", SYSTEM, APPROVED, StudentTransferred),
        Step(PENDING_CLEARANCE, "revoke", REGISTRAR, REVOKED, TransferRevoked),
    ),
)
