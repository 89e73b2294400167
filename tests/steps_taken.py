"""The steps that a row has taken, as its service's history has them."""

from __future__ import annotations

from uuid import UUID

from chassis.base.context import system_context
from chassis.testing.harness import ServiceHarness
from chassis.work.steps import history_of


def steps_taken(service: ServiceHarness, subject_id: UUID) -> list[tuple[str, str]]:
    """(action, state after) of each, oldest first."""
    taken = service.database.run(system_context(), lambda uow: history_of(uow, subject_id))
    return [(step.action, step.to_state) for step in taken]
