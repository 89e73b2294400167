"""Workflows: every (state, action, actor) is allowed or refused as the table says."""

from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import Field
from sqlalchemy import select

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.testing.harness import acting
from chassis.work.reasons import Reason
from chassis.work.steps import record
from chassis.work.workflow import FORBIDDEN, SYSTEM, Rows, Step, Workflow, acting_under, applicant, decider
from contracts.errors import ServiceError
from contracts.settings import Setting
from tests.workflows import AUTHOR, Allowed, walk

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
ACTORS = {
    "decider": acting("reviews.decide"),
    "applicant": acting("reviews.request"),
    "author deciding": acting("reviews.decide", user_id=AUTHOR),
    "system": system_context(),
    "stranger": acting("else.where"),
}
ALLOWED = {
    ("waiting", "approve"): ("approved", "decider"),
    ("waiting", "reject"): ("rejected", "decider"),
    ("waiting", "revoke"): ("revoked", "applicant"),
    ("approved", "expire"): ("expired", "system"),
}
OWN = {(action, "author deciding"): "decides_own_request" for action in ("approve", "reject")}


def test_every_state_action_and_actor_is_as_the_table_says() -> None:
    walk(REVIEW, REVIEW.states, ACTORS, ALLOWED, refused=OWN)


CONSENT = Setting("consent", Annotated[bool, Field(strict=True)], default=False)
SWITCHED = Workflow(
    "switched",
    "waiting",
    (
        Step("waiting", "approve", acting_under("decide"), "agreed", when=CONSENT),
        Step("waiting", "approve", acting_under("decide"), "approved", unless=CONSENT),
        Step("agreed", "approve", acting_under("decide"), "approved", when=CONSENT),
    ),
)


@pytest.mark.parametrize(("is_on", "following"), [(True, "agreed"), (False, "approved")])
def test_a_setting_switches_between_two_steps(is_on: bool, following: str) -> None:
    who = acting("decide")
    assert SWITCHED.allowed({"state": "waiting"}, "approve", who, lambda switch: is_on).next == following
    assert SWITCHED.allowed({"state": "waiting"}, "approve", who).next == "approved", "until the school sets it"


def test_a_step_that_is_switched_off_is_not_there() -> None:
    with pytest.raises(ServiceError, match="step_not_allowed"):
        SWITCHED.allowed({"state": "agreed"}, "approve", acting("decide"), lambda switch: False)


GREEN, RED = Rows("colour", ("green",)), Rows("colour", ("red", "pink"))
BY_COLOUR = Workflow(
    "by_colour",
    "waiting",
    (
        Step("waiting", "approve", decider("decide"), "approved", of=GREEN),
        Step("waiting", "approve", decider("decide"), "looked_at", of=RED),
    ),
)


@pytest.mark.parametrize(("colour", "following"), [("green", "approved"), ("red", "looked_at"), ("pink", "looked_at")])
def test_a_row_takes_the_step_that_is_for_it(colour: str, following: str) -> None:
    row = {"state": "waiting", "colour": colour}
    assert BY_COLOUR.allowed(row, "approve", acting("decide")).next == following


def test_a_row_for_which_no_step_is_takes_none() -> None:
    with pytest.raises(ServiceError, match="step_not_allowed"):
        BY_COLOUR.allowed({"state": "waiting", "colour": "blue"}, "approve", acting("decide"))


@pytest.mark.parametrize("other", [None, GREEN, Rows("colour", ("red", "green")), Rows("size", ("large",))])
def test_two_steps_for_one_state_and_action_are_for_no_row_both(other: Rows | None) -> None:
    steps = [Step("waiting", "approve", SYSTEM, "approved", of=each) for each in (GREEN, other)]
    with pytest.raises(ValueError, match="two steps for one state"):
        Workflow("wrong", "waiting", tuple(steps))


OTHER = Setting("other", Annotated[bool, Field(strict=True)], default=False)


@pytest.mark.parametrize(
    ("one", "other"),
    [({}, {}), ({"when": CONSENT}, {"when": CONSENT}), ({"when": CONSENT}, {"unless": OTHER}), ({"when": CONSENT}, {})],
)
def test_two_steps_for_one_state_and_action_are_those_of_one_switch(one: Any, other: Any) -> None:
    steps = [Step("waiting", "approve", SYSTEM, "approved", **each) for each in (one, other)]
    with pytest.raises(ValueError, match="two steps for one state"):
        Workflow("wrong", "waiting", tuple(steps))


def test_what_takes_two_persons_is_not_decided_twice_by_one() -> None:
    me = acting("decide")
    second = decider("decide", besides=("first_by",))
    assert second.against(me, {"first_by": None}) is None
    assert second.against(me, {"first_by": new_id()}) is None
    assert second.against(me, {"first_by": me.actor.user_id}) == Reason("same_reviewer")
    assert second.against(acting("other"), {"first_by": None}) == FORBIDDEN


def test_a_step_of_the_applicants_is_for_who_entered_the_row() -> None:
    me = acting("ask")
    theirs = applicant("ask")
    assert theirs.against(me, {"entered_by": me.actor.user_id}) is None
    assert theirs.against(me, {"entered_by": new_id()}) == Reason("not_own_request")
    assert theirs.against(me, {"entered_by": None}) == Reason("not_own_request"), "the system asked"
    assert theirs.against(acting("other", user_id=me.actor.user_id), {"entered_by": me.actor.user_id}) == FORBIDDEN


@pytest.mark.parametrize(
    "wrong",
    [
        {**ALLOWED, ("waiting", "approve"): ("rejected", "decider")},
        {**ALLOWED, ("waiting", "approve"): ("approved", "applicant")},
        {**ALLOWED, ("waiting", "expire"): ("expired", "system")},
        {**ALLOWED, ("nowhere", "expire"): ("expired", "system")},
        {key: ALLOWED[key] for key in ALLOWED if key[1] != "expire"},
    ],
    ids=["another state", "another actor", "a step too many", "an unknown state", "a step too few"],
)
def test_a_walk_fails_where_the_tables_differ(wrong: Allowed) -> None:
    with pytest.raises(AssertionError):
        walk(REVIEW, REVIEW.states, ACTORS, wrong, refused=OWN)


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
