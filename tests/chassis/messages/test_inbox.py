"""Received events: once each, many at a time, the bad ones parked and nothing lost."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.base.context import system_context
from chassis.base.failures import NotYet
from chassis.base.ids import new_id
from chassis.data.database import Database
from chassis.data.message_tables import HANDLED_KEPT, PARKED_KEPT
from chassis.data.retention import let_go
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import CopyEntry, ReactionEntry
from chassis.messages.delivery import Delivery
from chassis.messages.inbox import Inbox
from chassis.messages.parking import GIVE_UP_AFTER, LONGEST_PAUSE, MOST_OF_REFUSED
from chassis.testing.harness import ServiceHarness, acting
from contracts.base import Envelope, StateItem
from contracts.copies import CopyRequested
from contracts.errors import ServiceError
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
from tests.erased import let_go_of

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
    example.hear(envelope, envelope)
    example.hear(envelope)
    assert weights(example) == {"a": 5}


def test_the_bad_event_of_a_group_is_found_and_the_others_are_handled(example: ServiceHarness) -> None:
    add(example, *"abcdefgh")
    good = [example.envelope(weighed(label)) for label in "abcdefgh"]
    forbidden, bug, missing = (
        example.envelope(weighed("a", -1)),
        example.envelope(weighed("a", 13)),
        example.envelope(weighed("zzz")),
    )
    example.hear(*good[:3], forbidden, *good[3:5], bug, missing, *good[5:])
    assert weights(example) == dict.fromkeys("abcdefgh", 5)
    parked = {row.event_id: (row.state, row.code) for row in example.parked()}
    assert parked == {
        example.arriving(forbidden).identity: ("dead", "validation_failed"),
        example.arriving(bug).identity: ("dead", "reaction_failed"),
        example.arriving(missing).identity: ("waiting", "parcel_unknown"),
    }


def test_an_event_that_came_too_early_is_handled_when_what_it_needs_has_arrived(
    example: ServiceHarness,
) -> None:
    example.hear(example.envelope(weighed("late")))
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
    example.hear(example.envelope(weighed("never")))
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
    example.hear(known.model_copy(update={"version": 9, "event_id": new_id()}))
    example.hear(known.model_copy(update={"type": "nobody_knows", "event_id": new_id()}))
    assert {(row.state, row.code) for row in example.parked()} == {("dead", "unknown_event")}


def test_an_event_that_breaks_its_contract_is_dead_with_the_field_and_without_its_value(
    example: ServiceHarness,
) -> None:
    broken = example.envelope(weighed("a")).model_copy(update={"data": {"weights": [{"label": "secret"}]}})
    example.hear(broken)
    (row,) = example.parked()
    assert (row.state, row.code, row.detail) == ("dead", "schema_mismatch", "weights.0.grams")


def test_a_dead_event_can_be_replayed_after_the_fault_is_mended(example: ServiceHarness) -> None:
    envelope = example.envelope(weighed("a", 13))
    example.hear(envelope)
    add(example, "a")
    mended = envelope.model_copy(update={"data": weighed("a", 7).model_dump(mode="json")})
    example.database.run(
        system_context(),
        lambda uow: uow.execute(example.table("inbox").update().values(body=mended.model_dump_json().encode())),
    )
    assert example.replay(example.arriving(envelope).identity) == 1
    assert example.inbox.retry_waiting() == 1
    assert weights(example) == {"a": 7}
    example.hear(envelope)
    assert weights(example) == {"a": 7}, "once handled it stays handled"


def test_while_the_database_is_away_nothing_is_recorded_and_no_attempt_is_spent(
    example: ServiceHarness,
) -> None:
    add(example, "a")
    envelope = example.envelope(weighed("a"))
    away = Inbox(Database("postgresql+psycopg2://nobody@127.0.0.1:1/none", Example))
    with pytest.raises(OperationalError):
        away.handle([example.arriving(envelope)])
    example.hear(envelope)
    assert weights(example) == {"a": 5}
    assert not example.parked()


def test_an_event_whose_row_somebody_holds_is_tried_again_and_never_dead(
    example: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.data.database.LOCK_TIMEOUT_MS", 50)
    add(example, "a")
    with example.database.unit_of_work() as holder:
        holder.execute(select(parcels).with_for_update())
        example.hear(example.envelope(weighed("a")), example.envelope(weighed("a")))
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
        Inbox(small).handle([example.arriving(example.envelope(weighed("a")))])
    small.close()
    assert not example.parked()


def test_several_processes_that_try_a_waiting_event_at_once_handle_it_once(example: ServiceHarness) -> None:
    example.hear(example.envelope(weighed("late")))
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
    example.hear(example.envelope(LearnerState(items=(learner,))))
    assert [row.state for row in example.parked()] == ["waiting"]
    assert example.rows(select(learners)) == []
    example.clock.advance(timedelta(seconds=2))
    example.inbox.retry_waiting()
    assert not example.parked()
    assert [row.nickname for row in example.rows(select(learners))] == ["prepared"]


def test_handled_events_are_forgotten_after_a_month(example: ServiceHarness) -> None:
    add(example, "a")
    example.hear(example.envelope(weighed("a")))
    assert example.database.run(system_context(), let_go) == 0
    example.clock.advance(HANDLED_KEPT + timedelta(days=1))
    assert example.database.run(system_context(), let_go) == 1


def test_what_was_refused_goes_in_time_and_what_is_dead_stays_without_what_it_carried(example: ServiceHarness) -> None:
    add(example, "a")
    forged = replace(example.arriving(example.envelope(weighed("a"))), sender="exams", headers={"a": "b"})
    example.inbox.handle([forged])
    example.inbox.handle([replace(example.arriving(example.envelope(weighed("a"))), body=b"nonsense")])
    example.clock.advance(PARKED_KEPT - timedelta(minutes=1))
    assert example.database.run(system_context(), let_go) == 0
    assert all(row.body for row in example.parked())
    example.clock.advance(timedelta(minutes=2))
    assert example.database.run(system_context(), let_go) == 2
    assert example.database.run(system_context(), let_go) == 0, "what is blank already is not blanked again"
    [dead] = example.parked()
    assert (dead.state, dead.body, dead.headers, dead.sender) == ("dead", None, None, "elsewhere")
    assert example.replay(dead.event_id) == 0, "nothing is left of it to be tried again"
    assert let_go_of(example) == [("inbox", False, 1), ("inbox", True, 1)]


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


# --- what cannot be read, and what must not be believed ---


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"\xff\xfe", "undecodable_message", id="no text"),
        pytest.param(b"", "undecodable_message", id="nothing"),
        pytest.param(b"[" * 100_000, "undecodable_message", id="brackets without end"),
        pytest.param(b'{"event_id": 1}', "undecodable_message", id="no envelope"),
    ],
)
def test_a_body_that_cannot_be_read_is_kept_as_it_was(example: ServiceHarness, body: bytes, code: str) -> None:
    delivery = replace(example.arriving(example.envelope(weighed("a"))), body=body)
    example.inbox.handle([delivery])
    example.inbox.handle([delivery])
    (row,) = example.parked()
    assert (row.state, row.code, bytes(row.body), row.sender) == ("dead", code, body, "elsewhere")
    assert (row.exchange, row.routing_key) == ("elsewhere.events", "parcels_weighed.v1")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"data": {"weights": [{"label": "\x00", "grams": 1}]}}, id="a character that jsonb refuses"),
        pytest.param({"data": {"\x00": "\x00"}}, id="the same as a name"),
        pytest.param({"version": 10**30}, id="a version that no column holds"),
        pytest.param({"version": -1}, id="a negative version"),
        pytest.param({"type": "\x00\ud7ff" + "x" * 10_000}, id="a type that is none"),
    ],
)
def test_an_event_that_the_database_would_not_take_is_parked_and_its_neighbours_are_handled(
    example: ServiceHarness, changes: dict[str, object]
) -> None:
    add(example, "a", "b")
    bad = example.envelope(weighed("a")).model_copy(update=changes)
    way = {"exchange": "elsewhere.events", "routing_key": f"{bad.type}.v{bad.version}"}
    poison = replace(example.arriving(example.envelope(weighed("a"))), body=bad.model_dump_json().encode(), **way)
    example.inbox.handle([example.arriving(example.envelope(weighed(label))) for label in "ab"] + [poison])
    assert weights(example) == {"a": 5, "b": 5}
    (row,) = example.parked()
    assert row.state == "dead"
    assert bytes(row.body) == poison.body
    assert example.replay(row.event_id) == 1, "it can be tried again like any other"


def test_headers_of_any_kind_are_kept_as_text(example: ServiceHarness) -> None:
    delivery = replace(
        example.arriving(example.envelope(weighed("a", 13))), headers={"\x00a": b"\x00", "n": 1, "t": [{"x": None}]}
    )
    example.inbox.handle([delivery])
    (row,) = example.parked()
    assert set(row.headers) == {"�a", "n", "t"}


@pytest.mark.parametrize("sender", [None, "exams", "gateway", "user admin"])
def test_a_forged_event_is_put_aside_and_the_true_one_with_its_id_is_handled(
    example: ServiceHarness, sender: str | None
) -> None:
    add(example, "a")
    true = example.envelope(weighed("a"))
    forged = replace(example.arriving(true), sender=sender)
    example.inbox.handle([forged])
    assert weights(example) == {"a": 0}
    (row,) = example.parked()
    assert (row.state, row.sender, row.routing_key) == ("refused", sender, "parcels_weighed.v1")
    example.hear(true)
    assert weights(example) == {"a": 5}
    assert example.replay(row.event_id) == 0, "what is refused never runs"


def test_refused_messages_cannot_fill_the_disk(example: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.messages.parking.MOST_REFUSED", 3)
    for _ in range(5):
        example.inbox.handle([replace(example.arriving(example.envelope(weighed("a"))), sender="exams")])
    assert len(example.parked()) == 3


def test_a_flood_of_forged_calls_is_counted_and_written_down_only_so_often(
    example: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.messages.parking.CALLS_RATE", "2/hour")
    parking = Inbox(example.database).parking
    for number in range(5):
        parking.refuse(Delivery(b"", "nameko-rpc", f"example.{number}", "exams"), "sender_not_owner", keep_body=False)
    assert len(example.parked()) == 2


def test_of_a_huge_forgery_only_the_beginning_is_kept(example: ServiceHarness) -> None:
    huge = replace(example.arriving(example.envelope(weighed("a"))), sender="exams", body=b"x" * 1_000_000)
    example.inbox.handle([huge])
    (row,) = example.parked()
    assert (len(row.body), row.detail) == (MOST_OF_REFUSED, "1000000 bytes")


def test_nobody_can_use_up_the_id_of_anothers_event(example: ServiceHarness) -> None:
    """An id is as its sender says; whoever knows another's could publish something of its own under it first."""
    add(example, "a")
    true = example.envelope(weighed("a"))
    example.hear(true.model_copy(update={"data": weighed("late").model_dump(mode="json")}))
    asked = CopyRequested(kind="parcel_state", reply_to="x", request_id=new_id(), requested_at=example.clock.now())
    taken = example.envelope(asked).model_copy(update={"event_id": true.event_id})
    example.inbox.handle([replace(example.arriving(taken), sender="exams")])
    assert [row.state for row in example.parked()] == ["waiting"], "elsewhere's own event stays as it was"


def test_what_is_private_is_never_kept(example: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ParcelsWeighed, "private", True)
    early = example.envelope(weighed("unknown"))
    unreadable = replace(example.arriving(early), body=b"\xff secret")
    forged = replace(example.arriving(early), sender="exams")
    example.inbox.handle([example.arriving(early), unreadable, forged])
    parked = sorted((row.state, row.body) for row in example.parked())
    assert parked == [("dead", None), ("dead", None), ("refused", None)]


# --- each row for itself ---


def many(*labels: str, grams: int = 5) -> ParcelsWeighed:
    return ParcelsWeighed(weights=tuple(Weight(label=label, grams=grams) for label in labels))


def test_one_bad_row_of_an_event_is_parked_alone_and_the_others_are_handled(example: ServiceHarness) -> None:
    labels = [f"p{number}" for number in range(20)]
    add(example, *labels)
    rows = [*(Weight(label=label, grams=5) for label in labels[:11]), Weight(label="p0", grams=-1)]
    event = example.envelope(ParcelsWeighed(weights=(*rows, *(Weight(label=label, grams=5) for label in labels[11:]))))
    example.hear(event)
    assert weights(example) == dict.fromkeys(labels, 5)
    (row,) = example.parked()
    kept = Envelope.model_validate_json(bytes(row.body))
    assert (row.state, row.code) == ("dead", "validation_failed")
    assert [weight["grams"] for weight in kept.data["weights"]] == [-1]
    example.hear(event)
    assert weights(example) == dict.fromkeys(labels, 5), "the event counts as handled"


def test_a_row_that_breaks_its_contract_holds_up_no_other(example: ServiceHarness) -> None:
    add(example, "a")
    data = {"weights": [{"label": "a", "grams": 5}, {"label": "a", "grams": "many"}]}
    example.hear(example.envelope(weighed("a")).model_copy(update={"data": data}))
    assert weights(example) == {"a": 5}
    assert [(row.code, row.detail) for row in example.parked()] == [("schema_mismatch", "weights.0.grams")]


def test_an_event_too_large_for_its_time_is_handled_in_parts(
    example: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(example, *"abcd")
    handler = Example.reactions["parcels_weighed.v1"].handler

    def slow(events: Sequence[ParcelsWeighed], uow: UnitOfWork) -> None:
        if sum(len(event.weights) for event in events) > 1:
            raise ServiceError("deadline_exceeded")
        handler(events, uow)

    monkeypatch.setitem(Example.reactions, "parcels_weighed.v1", ReactionEntry(ParcelsWeighed, slow))
    example.hear(example.envelope(many(*"abcd")))
    assert weights(example) == dict.fromkeys("abcd", 5)
    assert not example.parked()


def test_an_event_waits_as_a_whole_at_first_and_then_only_the_row_that_lacks_something(
    example: ServiceHarness,
) -> None:
    add(example, "a", "c")
    example.hear(example.envelope(many("a", "late", "c")))
    assert weights(example) == {"a": 0, "c": 0}, "what is late is mostly here in a moment"
    for _ in range(6):
        example.clock.advance(LONGEST_PAUSE)
        example.inbox.retry_waiting()
    assert weights(example) == {"a": 5, "c": 5}
    assert [row.code for row in example.parked()] == ["parcel_unknown"]
    add(example, "late")
    example.clock.advance(LONGEST_PAUSE)
    example.inbox.retry_waiting()
    assert weights(example) == {"a": 5, "c": 5, "late": 5}
    assert not example.parked()


def test_a_process_that_dies_between_two_parts_does_nothing_twice(
    example: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(example, *"abcd")
    event = example.envelope(ParcelsWeighed(weights=(*many(*"abcd").weights, Weight(label="a", grams=-1))))
    handler = Example.reactions["parcels_weighed.v1"].handler
    calls: list[int] = []

    def killed(events: Sequence[ParcelsWeighed], uow: UnitOfWork) -> None:
        calls.append(len(events))
        if len(calls) == 3:  # the whole, its first half, then its second
            raise KeyboardInterrupt
        handler(events, uow)

    monkeypatch.setitem(Example.reactions, "parcels_weighed.v1", ReactionEntry(ParcelsWeighed, killed))
    with pytest.raises(KeyboardInterrupt):
        example.hear(event)
    assert weights(example) == {"a": 5, "b": 5, "c": 0, "d": 0}
    example.hear(event)
    assert weights(example) == dict.fromkeys("abcd", 5)
    assert [row.code for row in example.parked()] == ["validation_failed"]


def test_an_event_that_kills_its_process_is_tried_ever_more_rarely(
    example: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    example.hear(example.envelope(weighed("late")))

    def killed(events: Sequence[ParcelsWeighed], uow: UnitOfWork) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(Example.reactions, "parcels_weighed.v1", ReactionEntry(ParcelsWeighed, killed))
    kills = 0
    for _ in range(int(GIVE_UP_AFTER / timedelta(minutes=5)) + 24):
        example.clock.advance(timedelta(minutes=5))
        try:
            example.inbox.retry_waiting()
        except KeyboardInterrupt:
            kills += 1
    assert 5 < kills < 160
    assert [row.state for row in example.parked()] == ["dead"]


def test_a_parked_event_whose_kept_sender_does_not_count_is_never_run(example: ServiceHarness) -> None:
    example.hear(example.envelope(weighed("late")))
    add(example, "late")
    inbox = example.table("inbox")
    for sender, code in (("exams", "sender_not_owner"), (None, "sender_missing")):
        due = update(inbox).values(sender=sender, state="waiting", next_at=example.clock.now())
        example.database.run(system_context(), lambda uow, due=due: uow.execute(due))
        assert example.inbox.retry_waiting() == 1
        assert [(row.state, row.code) for row in example.parked()] == [("dead", code)]
    assert weights(example) == {"late": 0}
