"""Every state, action and actor of a status change."""

from chassis.base.context import system_context
from chassis.testing.harness import acting
from contracts.registry.states import StatusChangeState
from services.registry.domain.workflows import STATUS_CHANGE
from tests.workflows import walk

ACTORS = {
    "system": system_context(),
    "registrar": acting("registry.change_status"),
    "reader": acting("registry.read_status_changes"),
}


def test_each_actor_takes_exactly_the_steps_of_the_table() -> None:
    allowed = {
        ("pending_clearance", "approve"): ("approved", "system"),
        ("pending_clearance", "revoke"): ("revoked", "registrar"),
    }
    walk(STATUS_CHANGE, StatusChangeState, ACTORS, allowed)
