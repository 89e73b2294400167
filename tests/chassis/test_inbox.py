"""Received events: once each, many at a time, the bad ones parked and nothing lost."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.context import system_context
from chassis.database import Database
from chassis.failures import NotYet
from chassis.ids import new_id
from chassis.inbox import GIVE_UP_AFTER, KEEP_HANDLED, Inbox
from chassis.service import CopyEntry, ReactionEntry
from chassis.testing import ServiceHarness, acting
from chassis.unit_of_work import UnitOfWork
from contracts.base import Envelope, StateItem
from tests.chassis.example import (
    AddParcel,
    Example,
    LearnerItem,
    LearnerState,
    ParcelsWeighed,
    Weight,
    learners,
    parcels,
)

POINT = UUID("01900000-0000-7000-8000-000000000001")


def weighed(label: str, grams: int = 5) -> ParcelsWeighed:
    return ParcelsWeighed(weights=(Weight(label=label, grams=grams),))


def add(example: ServiceHarness, *labels: str) -> None:
    for label in labels:
        person = acting("parcels.add", scope="point", teaching_point_id=POINT)
        example.run(AddParcel(teaching_point_id=POINT, label=label), person)


def weights(example: ServiceHarness) -> dict[str, int]:
    return {row.label: row.weight for row in example.rows(select(parcels.c.label, parcels.c.weight))}


def test_an_event_that_comes_three_times_is_handled_once(example: ServiceHarness) -> None:
    add(example, "a")
    envelope = example.envelope(weighed("a"))
    example.inbox.handle([envelope, envelope])
    example.inbox.handle([envelope])
    assert weights(example) == {"a": 5}


def test_the_bad_event_of_a_group_is_found_and_the_others_are_handled(example: ServiceHarness) -> None:
    add(example, *"abcdefgh")
    good = [example.envelope(weighed(label)) for label in "abcdefgh"]
    forbidden, bug, missing = (
        example.envelope(weighed("a", -1)),
        example.envelope(weighed("a", 13)),
        example.envelope(weighed("zzz")),
    )
    example.inbox.handle([*good[:3], forbidden, *good[3:5], bug, missing, *good[5:]])
    assert weights(example) == dict.fromkeys("abcdefgh", 5)
    parked = {row.event_id: (row.state, row.code) for row in example.parked()}
    assert parked == {
        forbidden.event_id: ("dead", "validation_failed"),
        bug.event_id: ("dead", "reaction_failed"),
        missing.event_id: ("waiting", "parcel_unknown"),
    }


def test_an_event_that_came_too_early_is_handled_when_what_it_needs_has_arrived(
    example: ServiceHarness,
) -> None:
    example.inbox.handle([example.envelope(weighed("late"))])
    assert example.parked()[0].state == "waiting"
    add(example, "late")
    assert example.inbox.retry_waiting() == 0, "its time has not come"
    example.clock.advance(timedelta(seconds=2))
    assert example.inbox.retry_waiting() == 1
    assert weights(example) == {"late": 5}
    assert not example.parked()


def test_what_never_arrives_is_tried_ever_more_rarely_and_given_up_after_a_day(
    example: ServiceHarness,
) -> None:
    example.inbox.handle([example.envelope(weighed("never"))])
    tried = 0
    for _ in range(int(GIVE_UP_AFTER / timedelta(minutes=5)) + 24):
        example.clock.advance(timedelta(minutes=5))
        tried += example.inbox.retry_waiting()
    row = example.parked()[0]
    assert row.state == "dead"
    assert row.attempts == tried + 1
    assert tried < 160, "at most every ten minutes once it has been tried often"


def test_an_unknown_type_or_version_is_kept_as_dead(example: ServiceHarness) -> None:
    known = example.envelope(weighed("a"))
    example.inbox.handle([known.model_copy(update={"version": 9, "event_id": new_id()})])
    example.inbox.handle([known.model_copy(update={"type": "nobody_knows", "event_id": new_id()})])
    assert {(row.state, row.code) for row in example.parked()} == {("dead", "unknown_event")}


def test_an_event_that_breaks_its_contract_is_dead_with_the_field_and_without_its_value(
    example: ServiceHarness,
) -> None:
    broken = example.envelope(weighed("a")).model_copy(update={"data": {"weights": [{"label": "secret"}]}})
    example.inbox.handle([broken])
    (row,) = example.parked()
    assert (row.state, row.code, row.detail) == ("dead", "schema_mismatch", "weights.0.grams")


def test_a_dead_event_can_be_replayed_after_the_fault_is_mended(example: ServiceHarness) -> None:
    envelope = example.envelope(weighed("a", 13))
    example.inbox.handle([envelope])
    add(example, "a")
    mended = envelope.model_copy(update={"data": weighed("a", 7).model_dump(mode="json")})
    example.database.run(
        system_context(),
        lambda uow: uow.execute(example.table("inbox").update().values(envelope=mended.model_dump(mode="json"))),
    )
    assert example.inbox.replay([envelope.event_id]) == 1
    assert example.inbox.retry_waiting() == 1
    assert weights(example) == {"a": 7}
    example.inbox.handle([envelope])
    assert weights(example) == {"a": 7}, "once handled it stays handled"


def test_while_the_database_is_away_nothing_is_recorded_and_no_attempt_is_spent(
    example: ServiceHarness,
) -> None:
    add(example, "a")
    envelope = example.envelope(weighed("a"))
    away = Inbox(Database("postgresql+psycopg2://nobody@127.0.0.1:1/none", Example))
    with pytest.raises(OperationalError):
        away.handle([envelope])
    example.inbox.handle([envelope])
    assert weights(example) == {"a": 5}
    assert not example.parked()


def test_an_event_whose_row_somebody_holds_is_tried_again_and_never_dead(
    example: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.database.LOCK_TIMEOUT_MS", 50)
    add(example, "a")
    with example.database.unit_of_work() as holder:
        holder.execute(select(parcels).with_for_update())
        example.inbox.handle([example.envelope(weighed("a")), example.envelope(weighed("a"))])
        assert {(row.state, row.code) for row in example.parked()} == {("waiting", "command_in_progress")}
    example.clock.advance(timedelta(seconds=2))
    example.inbox.retry_waiting()
    assert weights(example) == {"a": 10}
    assert not example.parked()


def test_while_all_connections_are_busy_nothing_is_recorded(
    example: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = example.database.engine.url.render_as_string(hide_password=False)
    small = Database(url, Example, pool_size=1)
    monkeypatch.setattr(small.pool, "_timeout", 0.05)
    with small.engine.connect(), pytest.raises(PoolTimeout):
        Inbox(small).handle([example.envelope(weighed("a"))])
    small.close()
    assert not example.parked()


def test_several_processes_that_try_a_waiting_event_at_once_handle_it_once(example: ServiceHarness) -> None:
    example.inbox.handle([example.envelope(weighed("late"))])
    add(example, "late")
    example.clock.advance(timedelta(seconds=2))
    with ThreadPoolExecutor(4) as processes:
        list(processes.map(lambda _: example.inbox.retry_waiting(), range(4)))
    assert weights(example) == {"late": 5}


def test_a_copy_and_a_reaction_to_one_event_stand_and_fall_together(
    example: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    def on_learner_state(events: Sequence[LearnerState], uow: UnitOfWork) -> None:
        heard.extend(item.nickname for event in events for item in event.items)

    def prepare(item: StateItem) -> dict[str, object]:
        if len(heard) == 1:
            raise NotYet("not_ready")
        return {"nickname": "prepared"}

    monkeypatch.setitem(Example.reactions, "learner_state.v1", ReactionEntry(LearnerState, on_learner_state))
    monkeypatch.setitem(Example.copies, "learner_state", CopyEntry(LearnerState, learners, prepare))
    learner = LearnerItem(id=new_id(), version=1, nickname="x")
    example.inbox.handle([example.envelope(LearnerState(items=(learner,)))])
    assert [row.state for row in example.parked()] == ["waiting"]
    assert example.rows(select(learners)) == []
    example.clock.advance(timedelta(seconds=2))
    example.inbox.retry_waiting()
    assert not example.parked()
    assert [row.nickname for row in example.rows(select(learners))] == ["prepared"]


def test_handled_events_are_forgotten_after_a_month(example: ServiceHarness) -> None:
    add(example, "a")
    example.inbox.handle([example.envelope(weighed("a"))])
    assert example.database.run(system_context(), example.inbox.purge) == 0
    example.clock.advance(KEEP_HANDLED + timedelta(days=1))
    assert example.database.run(system_context(), example.inbox.purge) == 1


def test_what_a_reaction_publishes_names_the_event_that_caused_it(example: ServiceHarness) -> None:
    envelope = example.envelope(weighed("a"))
    from tests.chassis.example import ParcelAdded

    with example.database.unit_of_work() as uow:
        event = envelope.event()
        uow.caused_by([event], [envelope])
        uow.publish(ParcelAdded(parcel_id=new_id()), because=event)
    (_, _, sent), *_ = example.take_outbox()
    assert (sent.causation_id, sent.correlation_id) == (envelope.event_id, envelope.correlation_id)


def test_the_envelope_survives_its_json(example: ServiceHarness) -> None:
    envelope = example.envelope(weighed("a"))
    assert Envelope.model_validate_json(envelope.model_dump_json()) == envelope
    assert example.rows(text("SELECT 1"))
