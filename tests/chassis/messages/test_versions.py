"""Versions of an event: handlers are written for the newest, older ones are read as it, newer ones are waited with."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from kombu import Connection
from sqlalchemy import insert, select

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.declaring.entries import CopyEntry, ReactionEntry
from chassis.messages.broker import bindings, service_queue
from chassis.messages.delivery import Delivery, as_published, distrust
from chassis.messages.parking import GIVE_UP_AFTER, LONGEST_PAUSE
from chassis.messages.senders import Senders, broker_user
from chassis.provisioning.broker import broker_url, provision_broker
from chassis.testing.harness import ServiceHarness
from contracts.base import EVENTS, Event, Fact
from contracts.versions import newest, newest_class, older
from tests.chassis import lending, lending_v1
from tests.chassis.example import Elsewhere
from tests.chassis.lending import Lending, books, readers
from tests.harnesses import HarnessOf
from tests.waiting import eventually

PAGE = ("jiaowu.copies", "reply.lending")
BOOKS = [UUID(int=n) for n in range(1, 6)]


@pytest.fixture
def library(built_of: HarnessOf) -> ServiceHarness:
    """The lending service with some books."""
    harness = built_of(Lending)
    put_up(harness, *BOOKS[:-1])
    return harness


def put_up(library: ServiceHarness, *ids: UUID) -> None:
    library.database.run(system_context(), lambda uow: uow.execute(insert(books).values([{"id": id_} for id_ in ids])))


def lent(*weeks: tuple[UUID, int]) -> lending_v1.BooksLent:
    return lending_v1.BooksLent(loans=tuple(lending_v1.Loan(book_id=id_, weeks=each) for id_, each in weeks))


def days(library: ServiceHarness) -> dict[UUID, int]:
    return {row.id: row.days for row in library.rows(select(books)) if row.days}


def reader(version: int, given_name: str = "晓明") -> lending_v1.ReaderState:
    item = lending_v1.ReaderItem(id=BOOKS[0], version=version, family_name="张", given_name=given_name)
    return lending_v1.ReaderState(items=(item,))


class AsBefore:
    """The same process before it knew the second versions: it declares the first and knows no other."""

    def __init__(self, library: ServiceHarness, patch: pytest.MonkeyPatch) -> None:
        def on_books_lent(events: object, uow: object) -> None:
            raise AssertionError("an old process handled what it can't read")

        first = lending_v1.BooksLent, lending_v1.ReaderState
        patch.delitem(EVENTS, ("books_lent", 2))
        patch.delitem(EVENTS, ("reader_state", 2))
        for event in first:
            patch.setattr(event, "next", None)
        patch.setattr(Lending, "heard", first)
        patch.setattr(Lending, "reactions", {"books_lent.v1": ReactionEntry(first[0], on_books_lent)})
        patch.setattr(Lending, "copies", {"reader_state": CopyEntry(first[1], readers)})


def test_a_service_that_declares_the_newest_version_hears_the_older_ones_too() -> None:
    assert {key for exchange, key in bindings(Lending) if exchange == "elsewhere.events"} == {
        "books_lent.v1",
        "books_lent.v2",
        "reader_state.v1",
        "reader_state.v2",
    }
    assert older(lending.BooksLent) == (lending_v1.BooksLent,)
    assert newest_class(lending_v1.BooksLent) is newest_class(lending.BooksLent) is lending.BooksLent


def test_an_older_version_is_handled_as_the_newest_and_once(library: ServiceHarness) -> None:
    old = library.envelope(lent((BOOKS[0], 2)))
    new = library.envelope(lending.BooksLent(loans=(lending.Loan(book_id=BOOKS[0], days=3),)))
    library.hear(old, new, old)
    library.hear(old)
    assert days(library) == {BOOKS[0]: 17}
    library.expect_nothing_parked()


def test_an_event_takes_as_many_steps_as_there_are_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    class BooksLent(Fact):
        """The third version."""

        hours: int

    monkeypatch.setattr(BooksLent, "version", 3)
    monkeypatch.setattr(lending.BooksLent, "next", BooksLent)
    monkeypatch.setattr(lending.BooksLent, "as_next", lambda each: BooksLent(hours=each.loans[0].days * 24))
    assert newest(lent((BOOKS[0], 1))) == BooksLent(hours=168)


def test_a_bad_row_of_an_older_version_is_parked_as_it_came_and_the_others_are_handled(
    library: ServiceHarness,
) -> None:
    rows = [(BOOKS[0], 1), (BOOKS[1], 0), (BOOKS[2], 1), (BOOKS[3], 1)]  # nothing is lent for less than a day
    library.hear(library.envelope(lent(*rows)))
    assert days(library) == dict.fromkeys((BOOKS[0], BOOKS[2], BOOKS[3]), 7)
    (parked,) = library.parked()
    assert (parked.state, parked.code, parked.detail) == ("dead", "schema_mismatch", "days")
    assert (parked.event_version, parked.routing_key) == (1, "books_lent.v1")
    assert b'"weeks":0' in bytes(parked.body)


def test_an_older_version_that_was_parked_is_replayed_as_the_newest(library: ServiceHarness) -> None:
    library.hear(library.envelope(lent((BOOKS[-1], 1))))
    (parked,) = library.parked()
    assert (parked.state, parked.code, parked.event_version) == ("waiting", "book_unknown", 1)
    library.clock.advance(GIVE_UP_AFTER + LONGEST_PAUSE * 2)
    library.inbox.retry_waiting()
    assert [row.state for row in library.parked()] == ["dead"]
    put_up(library, BOOKS[-1])
    assert library.replay(parked.event_id) == 1
    assert library.inbox.retry_waiting() == 1
    assert days(library) == {BOOKS[-1]: 7}


def test_a_copy_takes_both_versions_and_the_higher_row_wins(library: ServiceHarness) -> None:
    library.deliver(reader(5))
    library.feed(lending.ReaderState, lending.ReaderItem(id=BOOKS[0], version=4, name="旧"))
    library.receive([library.arriving(library.envelope(reader(6, "小红")), page=True)])
    assert [(row.version, row.name) for row in library.rows(select(readers))] == [(6, "张小红")]
    library.expect_nothing_parked()


@pytest.mark.parametrize(
    ("way", "sender", "reason"),
    [
        (("elsewhere.events", "books_lent.v1"), "elsewhere", None),
        (("elsewhere.events", "books_lent.v2"), "elsewhere", "key_not_type"),
        (("elsewhere.events", "books_lent.v1"), "exams", "sender_not_owner"),
        (("exams.events", "books_lent.v1"), "exams", "sender_not_owner"),
    ],
)
def test_an_older_version_is_believed_from_its_owner_under_its_own_key_alone(
    library: ServiceHarness, way: tuple[str, str], sender: str, reason: str | None
) -> None:
    assert distrust(as_published(library.envelope(lent()), way, sender), Lending) == reason


def test_what_a_process_can_not_read_yet_waits_for_the_next_version_of_it(
    library: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    fact = library.envelope(lending.BooksLent(loans=(lending.Loan(book_id=BOOKS[0], days=3),)))
    state = library.envelope(lending.ReaderState(items=(lending.ReaderItem(id=BOOKS[0], version=1, name="张"),)))
    page = state.model_copy(update={"event_id": new_id()})
    arriving = [library.arriving(fact), library.arriving(state), as_published(page, PAGE, "elsewhere")]
    with monkeypatch.context() as patch:
        AsBefore(library, patch)
        library.receive(arriving)
        assert [(row.state, row.code) for row in library.parked()] == [("waiting", "unknown_version")] * 3
        library.clock.advance(timedelta(seconds=2))
        assert library.inbox.retry_waiting() == 3, "and again, as long as nobody can read it"
    assert (days(library), library.rows(select(readers))) == ({}, [])
    library.clock.advance(timedelta(hours=20))
    assert library.inbox.retry_waiting() == 3
    assert days(library) == {BOOKS[0]: 3}
    assert [row.name for row in library.rows(select(readers))] == ["张"]
    library.expect_nothing_parked()


@pytest.mark.parametrize(
    ("way", "sender", "parked"),
    [
        (("exams.events", "books_lent.v2"), "exams", ("dead", "unknown_event")),
        (PAGE, "exams", ("refused", "sender_not_owner")),
        (("jiaowu.copies", "reply.exams"), "elsewhere", ("refused", "key_not_type")),
    ],
)
def test_what_somebody_else_says_in_a_version_nobody_knows_does_not_wait(
    library: ServiceHarness, monkeypatch: pytest.MonkeyPatch, way: tuple[str, str], sender: str, parked: tuple[str, str]
) -> None:
    copied = way[0] == PAGE[0]
    event: Event = lending.ReaderState(items=()) if copied else lending.BooksLent(loans=())
    AsBefore(library, monkeypatch)
    library.receive([as_published(library.envelope(event), way, sender)])
    assert [(row.state, row.code) for row in library.parked()] == [parked]


def test_a_successor_is_the_version_right_after() -> None:
    with pytest.raises(TypeError, match=r"BooksLent\.v2 is not the version after BooksLent\.v3"):
        type("BooksLent", (Fact,), {"__module__": "made_up"}, owner="elsewhere", version=3, next=lending.BooksLent)


def test_a_real_queue_is_bound_to_both_versions(
    library: ServiceHarness, vhost: str, amqp_admin_url: str, management_url: str
) -> None:
    users = {"lending": "lending-password", "elsewhere": "elsewhere-password", "gateway": "gateway-password"}
    provision_broker(amqp_admin_url, management_url, vhost, [Lending, Elsewhere], users)
    with Connection(broker_url(amqp_admin_url, vhost, "elsewhere", users["elsewhere"])) as connection:
        for event in (lent((BOOKS[0], 1)), lending.BooksLent(loans=(lending.Loan(book_id=BOOKS[0], days=3),))):
            connection.Producer().publish(
                library.envelope(event).model_dump_json(),
                exchange="elsewhere.events",
                routing_key=f"books_lent.v{event.version}",
                mandatory=True,
                user_id=broker_user(vhost, "elsewhere"),
            )
    with Connection(f"{amqp_admin_url.rstrip('/')}/{vhost}") as connection:
        channel = connection.channel()
        senders = Senders.at(broker_url(amqp_admin_url, vhost, "lending", users["lending"]))
        taken = [
            Delivery.of(eventually(lambda: channel.basic_get(service_queue("lending"), no_ack=True), "heard"), senders)
            for _ in range(2)
        ]
    library.receive(taken)
    assert days(library) == {BOOKS[0]: 10}
