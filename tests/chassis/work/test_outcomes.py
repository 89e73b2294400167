"""What became of rows is heard before they are known, after that, twice, and at the same moment as what opens them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.testing.harness import ServiceHarness
from chassis.work import steps
from chassis.work.outcomes import hear
from chassis.work.workflow import FOLLOWS, Step, Workflow
from tests.chassis.work.desk import Desk, requests
from tests.harnesses import HarnessOf

HERE = UUID(int=1)
ASKED = Workflow(
    "asked",
    "open",
    (
        Step("open", "settle", FOLLOWS, "settled"),
        Step("open", "drop", FOLLOWS, "dropped"),
    ),
    column="status",
)


@pytest.fixture
def desk(built_of: HarnessOf) -> ServiceHarness:
    return built_of(Desk)


def row(id_: UUID) -> dict[str, Any]:
    # The subject is unique too, and is not what is raced for here.
    return {"id": id_, "teaching_point_id": HERE, "subject": str(new_id()), "answer": None}


def open_(desk: ServiceHarness, *ids: UUID) -> list[UUID]:
    def work(uow: UnitOfWork) -> list[UUID]:
        made = steps.enter(uow, ASKED, requests, [row(id_) for id_ in sorted(ids)], "open", unless="pk_requests")
        return [each.id for each in made]

    opened: list[UUID] = desk.database.run(system_context(), work)
    return opened


def told(desk: ServiceHarness, action: str, *ids: UUID, **values: Any) -> None:
    rows = [{**row(id_), **values} for id_ in ids]
    desk.database.run(system_context(), lambda uow: hear(uow, ASKED, requests, rows, action, values))


def stands(desk: ServiceHarness, *ids: UUID) -> list[tuple[str, str | None]]:
    known = {each.id: (each.status, each.answer) for each in desk.rows(select(requests))}
    return [known[id_] for id_ in ids]


def steps_of(desk: ServiceHarness, id_: UUID) -> list[tuple[str | None, str]]:
    taken = desk.database.run(system_context(), lambda uow: steps.history_of(uow, id_))
    return [(step.from_state, step.to_state) for step in taken]


def test_what_is_known_takes_the_step_and_what_is_not_leaves_a_tombstone(desk: ServiceHarness) -> None:
    known, early = new_id(), new_id()
    open_(desk, known)
    told(desk, "settle", early, known, early, answer="yes")
    assert stands(desk, known, early) == [("settled", "yes"), ("settled", "yes")]
    assert steps_of(desk, known) == [(None, "open"), ("open", "settled")]
    assert steps_of(desk, early) == [(None, "settled")]
    assert open_(desk, early) == [], "what opens it finds it decided"


def test_a_row_that_is_decided_is_left_alone(desk: ServiceHarness) -> None:
    id_, early = new_id(), new_id()
    open_(desk, id_)
    told(desk, "settle", id_, early, answer="first")
    for again in ("settle", "drop"):
        told(desk, again, id_, early, answer="second")
    assert stands(desk, id_, early) == [("settled", "first"), ("settled", "first")]
    assert len(steps_of(desk, id_)) == 2


def test_tombstones_are_left_in_the_order_of_their_ids_however_they_are_told(desk: ServiceHarness) -> None:
    """Two who leave the same ones in orders of their own would wait for each other for ever."""
    ids = [new_id() for _ in range(9)]
    told(desk, "settle", *ids[::2], *ids[1::2])
    history = desk.table("workflow_history").c
    assert [each.subject_id for each in desk.rows(select(history.subject_id).order_by(history.id))] == ids


def test_nothing_told_is_nothing_done(desk: ServiceHarness) -> None:
    told(desk, "settle")
    assert desk.rows(select(requests)) == []


def test_opened_and_decided_at_the_same_moment_it_ends_decided(desk: ServiceHarness) -> None:
    for _ in range(20):
        ids = [new_id() for _ in range(5)]
        with ThreadPoolExecutor(2) as pool:
            opening, telling = pool.submit(open_, desk, *ids), pool.submit(told, desk, "settle", *ids)
            opening.result()
            telling.result()
        assert {status for status, _ in stands(desk, *ids)} == {"settled"}
