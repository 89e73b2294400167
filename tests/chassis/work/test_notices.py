"""Whom a step is told, as its line of the workflow says; and that it is told with the step or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.base.context import Context, system_context
from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.testing.harness import ServiceHarness, acting
from chassis.work import steps
from contracts.base import MAX_EVENT_ROWS
from contracts.notices import DecidedStep
from tests.chassis.work.bureau import PETITION, Bureau, BureauDecided, petitions
from tests.harnesses import HarnessOf

STUDENT, HERE, THERE, ASKED = (UUID(int=number) for number in (1, 2, 3, 4))
DECIDER = acting("bureau.decide")


@pytest.fixture
def bureau(built_of: HarnessOf) -> ServiceHarness:
    return built_of(Bureau)


def enter(bureau: ServiceHarness, count: int = 1, as_: Context | None = None, **columns: Any) -> list[UUID]:
    of_all = {"student_id": STUDENT, "teaching_point_id": HERE, "entered_by": ASKED, **columns}
    entered = [{"id": new_id(), **of_all} for _ in range(count)]

    def work(uow: UnitOfWork) -> None:
        steps.enter(uow, PETITION, petitions, entered, "ask")

    bureau.database.run(as_ or system_context(), work)
    return [row["id"] for row in entered]


def take(bureau: ServiceHarness, ids: Sequence[UUID], action: str, as_: Context = DECIDER) -> list[UUID]:
    taken = bureau.database.run(as_, lambda uow: steps.take(uow, PETITION, petitions, ids, action))
    return taken.ids


def told(bureau: ServiceHarness) -> list[DecidedStep]:
    return [step for event in bureau.published(BureauDecided) for step in event.steps]


def addressees(step: DecidedStep) -> tuple[UUID | None, ...]:
    return step.student_id if step.tells_student else None, step.teaching_point_id, step.applicant_id


def test_a_decision_is_told_to_student_point_and_applicant_with_nothing_but_ids_and_names(
    bureau: ServiceHarness,
) -> None:
    (id_,) = enter(bureau, number="QY0001")
    take(bureau, [id_], "reject")
    (step,) = told(bureau)
    assert step.model_dump(exclude={"id", "at"}) == {
        "workflow": "petition",
        "action": "reject",
        "state": "rejected",
        "subject_id": id_,
        "number": "QY0001",
        "student_id": STUDENT,
        "tells_student": True,
        "teaching_point_id": HERE,
        "applicant_id": ASKED,
        "actor_id": DECIDER.actor.user_id,
    }


@pytest.mark.parametrize(
    ("state", "action", "who"),
    [
        ("pending", "revoke", acting("bureau.ask")),
        ("approved", "pay", acting("bureau.pay")),
        ("seen", "hush", acting("bureau.confirm")),
    ],
    ids=["no decision", "no decision though it is waited for", "told elsewhere"],
)
def test_what_nobody_is_told_of_is_not_published(bureau: ServiceHarness, state: str, action: str, who: Context) -> None:
    ids = enter(bureau, state=state)
    assert take(bureau, ids, action, who) == ids
    assert told(bureau) == []


def test_what_the_system_does_is_told_where_its_line_says_so(bureau: ServiceHarness) -> None:
    take(bureau, enter(bureau, state="paid"), "end", system_context())
    assert [(step.action, step.actor_id, addressees(step)) for step in told(bureau)] == [
        ("end", None, (STUDENT, HERE, ASKED))
    ]


def test_of_two_points_each_is_told_and_student_and_applicant_once(bureau: ServiceHarness) -> None:
    take(bureau, enter(bureau, state="seen", other_point_id=THERE), "approve", acting("bureau.confirm"))
    assert [addressees(step) for step in told(bureau)] == [(STUDENT, HERE, ASKED), (None, THERE, None)]
    assert {step.student_id for step in told(bureau)} == {STUDENT}, "about whom it is, both hear"


def test_a_point_that_is_named_twice_is_told_once(bureau: ServiceHarness) -> None:
    take(bureau, enter(bureau, state="seen", other_point_id=HERE), "approve", acting("bureau.confirm"))
    assert [addressees(step) for step in told(bureau)] == [(STUDENT, HERE, ASKED)]


def test_entering_is_told_to_whom_the_workflow_says_but_not_to_who_enters(bureau: ServiceHarness) -> None:
    enter(bureau, first_by=ASKED)
    assert [(step.action, step.state, addressees(step)) for step in told(bureau)] == [
        ("ask", "pending", (None, None, ASKED))
    ]
    bureau.forget()
    enter(bureau, as_=acting("bureau.ask", user_id=ASKED), first_by=ASKED)
    assert told(bureau) == [], "nobody is left who would be told"


def test_who_may_not_take_the_step_tells_nobody(bureau: ServiceHarness) -> None:
    ids = [*enter(bureau), *enter(bureau, entered_by=DECIDER.actor.user_id)]
    assert take(bureau, ids, "reject") == ids[:1]
    assert [step.subject_id for step in told(bureau)] == ids[:1]


def test_many_rows_ride_in_few_messages(bureau: ServiceHarness) -> None:
    ids = enter(bureau, MAX_EVENT_ROWS + 1)
    take(bureau, ids, "reject")
    assert [len(event.steps) for event in bureau.published(BureauDecided)] == [MAX_EVENT_ROWS, 1]
    assert len({step.id for step in told(bureau)}) == len(ids)


def test_what_is_taken_back_was_told_to_nobody(bureau: ServiceHarness) -> None:
    ids = enter(bureau)

    def fails(uow: UnitOfWork) -> None:
        steps.take(uow, PETITION, petitions, ids, "reject")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        bureau.database.run(DECIDER, fails)
    assert told(bureau) == []
    assert bureau.rows(select(petitions.c.state)) == [("pending",)]


def test_a_service_that_declares_no_fact_cannot_take_a_step_that_is_told(
    bureau: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = enter(bureau)
    monkeypatch.setattr(Bureau, "decided", None)
    with pytest.raises(LookupError, match="petition"):
        take(bureau, ids, "reject")
