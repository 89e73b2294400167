"""Workflows: every (state, action, actor) is allowed or refused as the table says."""

from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.base.context import Context, system_context
from chassis.base.ids import new_id
from chassis.testing.harness import acting
from chassis.work.steps import record
from chassis.work.workflow import SYSTEM, Step, Workflow, acting_under, decider
from contracts.errors import ServiceError

REVIEW = Workflow(
    "review",
    "waiting",
    (
        Step("waiting", "approve", decider("reviews.decide"), "approved"),
        Step("waiting", "reject", decider("reviews.decide"), "rejected"),
        Step("waiting", "revoke", acting_under("reviews.request"), "revoked"),
        Step("approved", "expire", SYSTEM, "expired"),
    ),
)
AUTHOR = new_id()
ACTORS = {
    "decider": acting("reviews.decide"),
    "applicant": acting("reviews.request"),
    "author deciding": acting("reviews.decide", user_id=AUTHOR),
    "system": system_context(),
    "stranger": acting("else.where"),
}
ALLOWED = {
    ("waiting", "approve", "decider"): "approved",
    ("waiting", "reject", "decider"): "rejected",
    ("waiting", "revoke", "applicant"): "revoked",
    ("approved", "expire", "system"): "expired",
}
REFUSED = {("waiting", "approve", "author deciding"), ("waiting", "reject", "author deciding")}


@pytest.mark.parametrize(("state", "action", "actor"), list(product(REVIEW.states, REVIEW.actions, ACTORS)))
def test_every_state_action_and_actor_is_as_the_table_says(state: str, action: str, actor: str) -> None:
    context: Context = ACTORS[actor]
    row = {"state": state, "entered_by": AUTHOR}
    wanted = ALLOWED.get((state, action, actor))
    if wanted is not None:
        assert REVIEW.allowed(row, action, context).next == wanted
        return
    with pytest.raises(ServiceError) as refused:
        REVIEW.allowed(row, action, context)
    if REVIEW.step(state, action) is None:
        assert refused.value.code == "step_not_allowed"
    elif (state, action, actor) in REFUSED:
        assert refused.value.code == "decides_own_request"
    else:
        assert refused.value.code == "forbidden"


def test_a_table_with_two_steps_for_one_state_and_action_is_refused() -> None:
    step = REVIEW.steps[0]
    with pytest.raises(ValueError, match="two steps"):
        Workflow("twice", "waiting", (step, step))


def test_states_and_actions_are_read_off_the_table() -> None:
    assert REVIEW.states == ("waiting", "approved", "rejected", "revoked", "expired")
    assert REVIEW.actions == ("approve", "reject", "revoke", "expire")


def test_history_is_written_for_each_row_with_its_scope(example) -> None:  # type: ignore[no-untyped-def]
    point, subject = UUID(int=1), new_id()
    example.database.run(
        system_context(),
        lambda uow: record(
            uow, REVIEW, [({"id": subject, "teaching_point_id": point}, None, "waiting")], "request", "why"
        ),
    )
    (row,) = example.rows(select(example.table("workflow_history")))
    assert (row.subject_id, row.teaching_point_id, row.from_state, row.to_state, row.note) == (
        subject,
        point,
        None,
        "waiting",
        "why",
    )
