"""Messages that did not get where they should: shown without what they carry, tried again, given up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.data.message_tables import PARKED_KEPT
from chassis.data.retention import let_go
from chassis.messages.relay import RETRY_RETURNED, Relay
from chassis.running.parked_messages import MOST_RETURNED
from chassis.testing.harness import ServiceHarness, acting
from contracts.base import Page
from contracts.common import ListAuditEntries, RowResults, of_service
from contracts.parked import (
    DropMessages,
    ListParkedMessages,
    ListReturnedMessages,
    ParkedMessageView,
    ReplayMessages,
    ReturnedMessages,
)
from tests.chassis.messages.test_inbox import add, weighed, weights

ADMIN = acting("messages.manage")
NAME = "王小明"


def listed(example: ServiceHarness, **asked: Any) -> Page[ParkedMessageView]:
    page: Page[ParkedMessageView] = example.ask(of_service("example", ListParkedMessages)(**asked), ADMIN)
    return page


def dead(example: ServiceHarness, label: str = "a") -> UUID:
    """A message that the code fails over."""
    envelope = example.envelope(weighed(label, 13))
    example.hear(envelope)
    return example.arriving(envelope).identity


def waiting(example: ServiceHarness) -> UUID:
    envelope = example.envelope(weighed("late"))
    example.hear(envelope)
    return example.arriving(envelope).identity


def refused(example: ServiceHarness) -> UUID:
    forged = replace(example.arriving(example.envelope(weighed(NAME))), sender="exams", headers={"who": NAME})
    example.inbox.handle([forged])
    return forged.fingerprint


def replay(example: ServiceHarness, ids: Iterable[UUID], who: Context = ADMIN, **more: Any) -> RowResults:
    command = of_service("example", ReplayMessages)(message_ids=tuple(ids), **more)
    results: RowResults = example.run(command, who)
    return results


def drop(example: ServiceHarness, ids: Iterable[UUID], who: Context = ADMIN, **more: Any) -> RowResults:
    command = of_service("example", DropMessages)(message_ids=tuple(ids), **more)
    results: RowResults = example.run(command, who)
    return results


def told(results: RowResults) -> list[tuple[str | None, str | None]]:
    """Of each row its state now, and why nothing was done."""
    return [(each.state, each.refusal.code if each.refusal else None) for each in results.items]


def done_to(example: ServiceHarness, action: str) -> list[Any]:
    asked = of_service("example", ListAuditEntries)(action=action)
    return list(example.ask(asked, acting("audit.read")).items)


def test_what_a_service_has_not_handled_is_listed_with_its_reason_and_without_what_it_carries(
    example: ServiceHarness,
) -> None:
    add(example, "a")
    expected = {}
    for make in (dead, waiting, refused):
        expected[make(example)] = make.__name__
        example.clock.advance(timedelta(milliseconds=1))
    example.hear(example.envelope(weighed("a")))
    page = listed(example)
    assert {each.id: each.state for each in page.items} == expected
    assert [each.state for each in page.items] == ["refused", "waiting", "dead"], "the newest first"
    put_aside, waits, failed = page.items
    assert (failed.service, failed.type, failed.event_version) == ("example", "parcels_weighed", 1)
    assert (failed.refusal.code, failed.detail, failed.attempts, failed.sender) == (
        "reaction_failed",
        "KeyError",
        1,
        "elsewhere",
    )
    assert "日志" in failed.refusal.message
    assert [each.replayable for each in page.items] == [False, False, True]
    assert (waits.refusal.code, waits.next_at is not None) == ("parcel_unknown", True)
    assert (put_aside.refusal.code, put_aside.sender) == ("sender_not_owner", "exams")
    assert NAME not in page.model_dump_json()


def test_messages_are_found_by_state_and_type_and_by_pages(example: ServiceHarness) -> None:
    add(example, "a")
    all_dead = {dead(example) for _ in range(5)}
    refused(example)
    found = listed(example, state="dead", size=2)
    assert (found.total, len(found.items)) == (5, 2)
    rest = listed(example, state="dead", size=200, after=found.next_after)
    assert {each.id for each in (*found.items, *rest.items)} == all_dead
    assert listed(example, type="parcels_weighed").total == 6
    assert listed(example, type="nothing_known").total == 0
    assert [each.state for each in listed(example, state="refused").items] == ["refused"]


def test_a_dead_message_is_tried_again_at_once_and_each_other_says_why_it_is_not(example: ServiceHarness) -> None:
    add(example, "a")
    ids = [dead(example), waiting(example), refused(example), new_id()]
    assert told(replay(example, ids)) == [
        ("waiting", None),
        ("waiting", "message_still_waiting"),
        ("refused", "message_not_believed"),
        (None, "not_found"),
    ]
    example.inbox.retry_waiting()
    [again] = [each for each in listed(example, state="dead").items if each.id == ids[0]]
    assert (again.refusal.code, again.attempts) == ("reaction_failed", 1), "judged anew, and counted anew"


def test_what_was_not_kept_whole_is_not_tried_again(example: ServiceHarness) -> None:
    add(example, "a")
    parked = dead(example)
    example.clock.advance(PARKED_KEPT + timedelta(minutes=1))
    example.database.run(acting().as_system(), let_go)
    assert [each.replayable for each in listed(example).items] == [False]
    assert told(replay(example, [parked])) == [("dead", "message_not_kept")]
    assert told(drop(example, [parked])) == [("handled", None)]


def test_what_is_given_up_is_gone_and_a_late_copy_changes_nothing(example: ServiceHarness) -> None:
    add(example, "a")
    envelope = example.envelope(weighed("a", 13))
    example.hear(envelope)
    ids = [example.arriving(envelope).identity, refused(example), waiting(example)]
    assert told(drop(example, ids)) == [
        ("handled", None),
        ("handled", None),
        ("waiting", "message_still_waiting"),
    ]
    assert [each.state for each in listed(example).items] == ["waiting"]
    example.hear(envelope)
    assert [each.state for each in listed(example).items] == ["waiting"]
    assert weights(example) == {"a": 0}
    assert told(drop(example, ids[:1])) == [(None, "not_found")]


@pytest.mark.parametrize("act", [replay, drop])
def test_each_is_in_the_audit_trail_with_who_did_it(example: ServiceHarness, act: Any) -> None:
    add(example, "a")
    first, second = dead(example), dead(example)
    who = acting("messages.manage", name="管理员")
    act(example, [first, second, new_id()], who)
    entries = done_to(example, act.__name__)
    assert {entry.object_id for entry in entries} == {first, second}
    [entry, _] = entries
    assert (entry.actor_id, entry.object_type) == (who.actor.user_id, "inbox")
    assert (entry.before["state"], entry.before["code"]) == ("dead", "reaction_failed")
    assert entry.after == {"state": "waiting" if act is replay else "handled"}


@pytest.mark.parametrize("act", [replay, drop])
def test_trying_says_what_would_come_of_it_and_does_nothing(example: ServiceHarness, act: Any) -> None:
    add(example, "a")
    parked = dead(example)
    assert act(example, [parked], dry_run=True).done == 1
    assert [each.state for each in listed(example).items] == ["dead"]
    assert done_to(example, act.__name__) == []


def test_the_same_request_again_is_answered_the_same(example: ServiceHarness) -> None:
    add(example, "a")
    parked = dead(example)
    who = acting("messages.manage", key="replay-once-1")
    first = replay(example, [parked], who)
    assert (first.done, replay(example, [parked], who)) == (1, first)
    assert len(done_to(example, "replay")) == 1


def stuck(example: ServiceHarness) -> UUID:
    """A message that no queue takes, and a state that can't be built, of the row that is returned."""
    row = new_id()
    with example.database.unit_of_work() as uow:
        uow.execute(
            insert(uow.tables["outbox"]).values(
                exchange="example.events", routing_key="x.v1", message=f'"{NAME}"', returned_at=uow.now
            )
        )
        uow.execute(insert(uow.tables["state_notes"]).values(kind="parcel_state", row_id=row, failed_at=uow.now))
    return row


def unsent(example: ServiceHarness) -> ReturnedMessages:
    found: ReturnedMessages = example.ask(of_service("example", ListReturnedMessages)(), ADMIN)
    return found


def left(example: ServiceHarness) -> list[tuple[str, bool]]:
    """What waits to be sent, and whether it was set apart."""
    outbox, notes = (example.table(name).c for name in ("outbox", "state_notes"))
    with example.database.unit_of_work() as uow:
        messages = uow.rows(select(outbox.routing_key, outbox.returned_at.is_not(None)))
        states = uow.rows(select(notes.kind, notes.failed_at.is_not(None)))
    return [tuple(row) for row in (*messages, *states)]


class NoQueue:
    """A broker that has a queue for nothing."""

    def publish(self, messages: Sequence[Any]) -> Sequence[Any]:
        return messages


def test_what_can_not_be_sent_is_listed_oldest_first_with_its_row(example: ServiceHarness) -> None:
    row = stuck(example)
    found = unsent(example)
    assert {(each.service, each.routing_key, each.row_id) for each in found.items} == {
        ("example", "x.v1", None),
        ("example", "parcel_state", row),
    }
    assert found.total == 2
    assert NAME not in found.model_dump_json()


def test_what_can_not_be_sent_is_known_by_the_same_id_after_it_was_tried_again(example: ServiceHarness) -> None:
    stuck(example)
    before = {each.id for each in unsent(example).items}
    example.clock.advance(RETRY_RETURNED * 2)
    assert Relay(example.database, NoQueue()).retry_returned() == 1
    assert {each.id for each in unsent(example).items} == before
    assert len(before) == 2


def test_what_can_not_be_sent_is_sent_at_once_if_asked(example: ServiceHarness) -> None:
    stuck(example)
    ids = [each.id for each in unsent(example).items]
    assert told(replay(example, [*ids, new_id()])) == [("waiting", None), ("waiting", None), (None, "not_found")]
    assert sorted(left(example)) == [("parcel_state", False), ("x.v1", False)]
    assert unsent(example).total == 0


def test_what_can_not_be_sent_is_given_up_if_asked_and_nothing_else(example: ServiceHarness) -> None:
    row = stuck(example)
    stuck(example)
    [given_up] = [each.id for each in unsent(example).items if each.row_id == row]
    assert told(drop(example, [given_up])) == [("handled", None)]
    assert sorted(left(example)) == [("parcel_state", True), ("x.v1", True), ("x.v1", True)]
    [entry] = done_to(example, "drop")
    assert (entry.object_type, entry.object_id, entry.before["row_id"]) == ("outbox", given_up, str(row))


def test_of_many_that_can_not_be_sent_the_oldest_are_shown_and_all_are_counted(example: ServiceHarness) -> None:
    with example.database.unit_of_work() as uow:
        way = {"exchange": "example.events", "routing_key": "x.v1", "message": "{}", "returned_at": uow.now}
        uow.execute(insert(uow.tables["outbox"]), [way] * (MOST_RETURNED + 1))
    found: ReturnedMessages = example.ask(of_service("example", ListReturnedMessages)(), ADMIN)
    assert (len(found.items), found.total) == (MOST_RETURNED, MOST_RETURNED + 1)
