"""Every workflow of every service; and a walk through one: every state, action and actor, against a table that says
once more what is allowed."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.work.workflow import Workflow
from contracts.errors import ServiceError
from launcher.paths import ROOT, service_names

AUTHOR = new_id()
"""Who entered the row that is walked with."""
ANYONE = "anyone"

Allowed = Mapping[tuple[str, str], tuple[str, ...]]
"""(state, action) → the next state, then the names of the actors who may take the step."""


def every_workflow() -> Iterator[tuple[str, Workflow]]:
    """With the service whose it is."""
    for service in service_names():
        if (ROOT / "services" / service / "domain" / "workflows.py").exists():
            module = importlib.import_module(f"services.{service}.domain.workflows")
            yield from ((service, each) for each in vars(module).values() if isinstance(each, Workflow))


def walk(
    workflow: Workflow,
    states: Iterable[str],
    actors: Mapping[str, Context],
    allowed: Allowed,
    *,
    refused: Mapping[tuple[str, str], str] | None = None,
    **row: Any,
) -> None:
    """Fail unless exactly the steps of `allowed` can be taken, from the contract's `states` and no others.

    Who may not take a step is refused with `forbidden`, or with the code that `refused` has for (action, actor).
    """
    states = [str(state) for state in states]
    assert set(workflow.states) == set(states), "the contract and the workflow know different states"
    combinations = list(product(states, workflow.actions, actors))
    assert set(allowed) <= {(state, action) for state, action, _ in combinations}, "the table knows more than there is"
    row = {"entered_by": AUTHOR, **row}
    found = {each: _outcome(workflow, row, each[0], each[1], actors[each[2]]) for each in combinations}
    assert found == {each: _expected(allowed, refused or {}, *each) for each in combinations}


def _expected(
    allowed: Allowed, refused: Mapping[tuple[str, str], str], state: str, action: str, actor: str
) -> tuple[str, str]:
    if (state, action) not in allowed:
        return ("refused", "step_not_allowed")
    following, *who = allowed[state, action]
    if actor in who or ANYONE in who:
        return ("goes to", following)
    return ("refused", refused.get((action, actor), "forbidden"))


def _outcome(workflow: Workflow, row: Mapping[str, Any], state: str, action: str, actor: Context) -> tuple[str, str]:
    try:
        return ("goes to", str(workflow.allowed({**row, workflow.column: state}, action, actor).next))
    except ServiceError as refusal:
        return ("refused", refusal.code)
