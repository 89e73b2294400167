"""Who acts travels with a call as a list of named fields, whole, and nothing else does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chassis.base.context import Actor, Context, Scope, from_wire, system_context, to_wire
from chassis.base.ids import new_id

WHOLE = Context(
    actor=Actor(new_id(), "王老师", new_id(), new_id(), new_id()),
    scope=Scope("point", (new_id(), new_id())),
    permission="courses.select",
    idempotency_key="k-1",
    deadline=1_790_000_000.5,
    client="203.0.113.7",
    language="en",
)


@pytest.mark.parametrize("context", [WHOLE, Context()], ids=["everything", "nothing"])
def test_a_context_crosses_the_bus_whole(context: Context) -> None:
    assert from_wire(json.loads(json.dumps(to_wire(context)))) == context


def test_what_caused_a_reaction_stays_at_home() -> None:
    """Whoever is called has a cause of its own."""
    assert from_wire(to_wire(replace(WHOLE, causation_id=new_id()))) == WHOLE


@pytest.mark.parametrize(
    "spoilt",
    [{"correlation_id": "no id"}, {"scope": {"kind": "everything", "ids": []}}, {"actor": {}}],
    ids=["an id that is none", "a kind of scope that there is not", "nobody"],
)
def test_what_no_context_made_is_refused(spoilt: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError)):
        from_wire({**to_wire(WHOLE), **spoilt})


def test_the_system_sees_all_rows_and_keeps_the_actor_where_it_stands_in() -> None:
    assert system_context().scope.kind == "system"
    assert system_context().actor.is_system
    standing_in = WHOLE.as_system()
    assert (standing_in.scope.kind, standing_in.actor, standing_in.permission) == (
        "system",
        WHOLE.actor,
        WHOLE.permission,
    )
