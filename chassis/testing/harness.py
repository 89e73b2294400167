"""For tests: a service on a real database without a broker, and a world of services with a pump between them.

    courses = ServiceHarness(Courses, admin_url, "t1_courses")
    courses.run(SelectCourses(...), as_=acting(scope="point", teaching_point_id=point))
    world = World(courses, finance, exams)
    world.settle()           # carry all outboxes to all inboxes until nothing is left

Events travel through the same envelopes, JSON and inbox as in production; the pump can also deliver them doubled and
in any order, which the services must bear.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Row, create_engine, select
from sqlalchemy.engine import make_url

from chassis.base.clock import SettableClock
from chassis.base.context import Actor, Context, Scope, system_context
from chassis.base.ids import new_id
from chassis.data.database import Database
from chassis.declaring.service import Service
from chassis.messages import repair
from chassis.messages.copies import Copies
from chassis.messages.delivery import Delivery, as_published
from chassis.messages.inbox import Inbox
from chassis.messages.relay import Relay
from chassis.provisioning.database import app_url, provision_database
from chassis.provisioning.roles import Passwords
from chassis.running.background import LETTING_GO
from chassis.running.dispatch import Dispatcher
from chassis.running.schedule import Scheduler
from chassis.testing.shadow import Shadow
from contracts.base import (
    EVENTS,
    Command,
    Envelope,
    Event,
    Operation,
    State,
    StateItem,
    View,
    exchange,
    method_name,
    type_name,
)
from contracts.copies import COPIES_EXCHANGE, CopyCompleted, CopyRequested, copy_reply_key, copy_request_key
from contracts.errors import ServiceError

PASSWORDS = Passwords(owner="test-owner", app="test-app")

Answer = TypeVar("Answer", bound=View)
SomeEvent = TypeVar("SomeEvent", bound=Event)


def acting(
    permission: str | None = None,
    *,
    scope: str = "school",
    ids: Sequence[UUID] = (),
    user_id: UUID | None = None,
    name: str = "测试员",
    teaching_point_id: UUID | None = None,
    student_id: UUID | None = None,
    key: str | None = None,
) -> Context:
    """The context of a signed-in person; scopes `point` and `student` name their id with the actor as well."""
    if scope == "point" and teaching_point_id is not None and not ids:
        ids = (teaching_point_id,)
    if scope == "student" and student_id is not None and not ids:
        ids = (student_id,)
    person = Actor(user_id or new_id(), name, teaching_point_id, student_id)
    return Context(person, Scope(scope, tuple(ids)), permission, idempotency_key=key, client="127.0.0.1")


class ServiceHarness:
    """One service on a database of its own."""

    def __init__(
        self,
        service: type[Service],
        admin_url: str,
        database: str,
        *,
        clock: SettableClock | None = None,
        build: Callable[[Connection, type[Service]], None] | None = None,
        permission_of: Callable[[type[Operation]], str | None] | None = None,
    ) -> None:
        """`permission_of` says under which permission people who name none carry an operation out."""
        self.service = service
        self._permission_of = permission_of
        self.clock = clock or SettableClock()
        provision_database(admin_url, service, database, PASSWORDS, build=build)
        self.admin_url = make_url(admin_url).set(database=database)
        self._owner = create_engine(self.admin_url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self.database = Database(app_url(admin_url, database, PASSWORDS.app), service, clock=self.clock, pool_size=20)
        self.inbox = Inbox(self.database)
        self.copies = Copies(self.database)
        self.dispatcher = Dispatcher(service, self.database)
        self.shadow = Shadow(self.database)
        self.sent: list[Envelope] = []
        """Everything that the relay has taken, oldest first."""
        self._carried: list[tuple[str, str, Envelope]] = []
        self._relay = Relay(self.database, self)
        self._looking = threading.Lock()

    # --- operations ---

    def run(self, operation: Operation, as_: Context | None = None, *, key: str | None = None) -> Any:
        """Carry out a command or query through the dispatcher; the answer as its contract's view.

        Raises ServiceError like the real thing. `as_` is the system where it is left out.
        """
        if as_ is not None and not self._under_its_permission(operation, as_):
            raise AssertionError(f"{type(operation).__name__} is not carried out under {as_.permission}")
        return self._carry_out(operation, as_, key)

    ask = run

    def refusal(self, operation: Operation, as_: Context | None = None, *, key: str | None = None) -> ServiceError:
        """The refusal of an operation. Fails when it was carried out, and when somebody who acts under a permission
        other than the demanded one is refused for anything but that (`forbidden`)."""
        try:
            answered = self._carry_out(operation, as_, key)
        except ServiceError as error:
            refused = error
        else:
            raise AssertionError(f"{type(operation).__name__} was not refused: {answered!r}")
        assert as_ is None or self._under_its_permission(operation, as_) or refused.code == "forbidden", refused.code
        return refused

    def _carry_out(self, operation: Operation, as_: Context | None, key: str | None) -> Any:
        # As at the gateway: every request has a correlation of its own, also of one person, and its permission.
        context = replace(as_, correlation_id=new_id()) if as_ else system_context()
        if context.permission is None and not context.actor.is_system and self._permission_of is not None:
            context = replace(context, permission=self._permission_of(type(operation)))
        if key is not None:
            context = replace(context, idempotency_key=key)
        answer = self.dispatcher.carry_out(
            method_name(type(operation)), operation.model_dump(mode="json", exclude_unset=True), context
        )
        if isinstance(operation, Command):
            self.check_states()
        return type(operation).answers.model_validate(answer)

    def _under_its_permission(self, operation: Operation, who: Context) -> bool:
        if self._permission_of is None or who.permission is None:
            return True
        return who.permission == self._permission_of(type(operation))

    # --- events ---

    def deliver(self, *events: Event) -> None:
        """Hand events to the inbox, as if another service had published them now. What is parked fails the test."""
        self.hear(*(self.envelope(event) for event in events))
        self.expect_nothing_parked()

    def hear(self, *envelopes: Envelope) -> None:
        """Hand events to the inbox as their owners would send them, whatever becomes of them."""
        self.receive([self.arriving(envelope) for envelope in envelopes])

    def receive(self, deliveries: Sequence[Delivery]) -> None:
        """Hand messages to the inbox."""
        self.inbox.handle(deliveries)
        self.check_states()

    def arriving(self, envelope: Envelope, *, page: bool = False) -> Delivery:
        """A message as it comes from the owner of the event in it, or as a `page` of the copy that was asked for. What
        no code knows, and who asks for a copy, comes from `elsewhere`."""
        event = EVENTS.get((envelope.type, envelope.version))
        if event is CopyRequested:
            return as_published(envelope, (COPIES_EXCHANGE, copy_request_key(envelope.data["kind"])), "elsewhere")
        if event is CopyCompleted or (page and event is not None):
            kind = envelope.data["kind"] if event is CopyCompleted else envelope.type
            way = (COPIES_EXCHANGE, copy_reply_key(self.service.name))
            return as_published(envelope, way, self.service.copies[kind].state.owner)
        owner = event.owner if event is not None else "elsewhere"
        return as_published(envelope, (exchange(owner), f"{envelope.type}.v{envelope.version}"), owner)

    def envelope(self, event: Event) -> Envelope:
        """An event as it would arrive."""
        return Envelope.of(event, event_id=new_id(), occurred_at=self.clock.now(), correlation_id=new_id())

    def feed(self, state: type[State[Any]], *items: StateItem) -> None:
        """Put items into the local copy of a state, as if its owner had published them."""
        self.deliver(state(items=tuple(items)))

    def take_outbox(self) -> list[tuple[str, str, Envelope]]:
        """Take all that the relay has to send: (exchange, routing key, envelope), states before facts."""
        self._carry()
        taken, self._carried = self._carried, []
        return taken

    def _carry(self) -> None:
        left = select(*(select(1).select_from(self.table(n)).exists() for n in ("outbox", "state_notes")))
        if any(self._at_once(left)[0]):
            self._relay.drain()

    def publish(self, messages: Sequence[Any]) -> Sequence[Any]:
        """What the relay publishes to, in place of a broker: all of them arrive."""
        for message in messages:
            envelope = Envelope.model_validate_json(message.message)
            self._carried.append((message.exchange, message.routing_key, envelope))
            self.sent.append(envelope)
            if message.exchange != COPIES_EXCHANGE and envelope.type in self.service.publications:
                self.shadow.take(envelope.type, envelope.event().items)  # type: ignore[attr-defined]
        return ()

    def check_states(self) -> None:
        """Fail when a published row changed without those who copy it being told."""
        with self._looking:
            self.shadow.check()

    def published(self, event: type[SomeEvent]) -> list[SomeEvent]:
        """Every event of a type that this service has published so far, oldest first."""
        self._carry()
        wanted = (type_name(event), event.version)
        return [e.event() for e in self.sent if (e.type, e.version) == wanted]  # type: ignore[misc]

    def parked(self) -> list[Row[Any]]:
        """Inbox rows that wait or are dead."""
        inbox = self.table("inbox")
        return self._at_once(select(inbox).where(inbox.c.state != "handled"))

    def replay(self, *ids: UUID) -> int:
        """Have dead messages tried again; how many there were."""
        return len(self.database.run(system_context(), lambda uow: repair.replay(uow, ids)).done)

    def expect_nothing_parked(self) -> None:
        """Fail when an event waits or is dead."""
        parked = [(row.type, row.state, row.code, row.detail) for row in self.parked()]
        assert not parked, f"{self.service.name} parked {parked}"

    # --- time and tables ---

    def run_due_jobs(self) -> int:
        """Run every scheduled job that is due by the harness's clock."""
        count = Scheduler(self.database, {**self.service.schedule, "let_go": LETTING_GO}).run_due()
        self.check_states()
        return count

    def rows(self, statement: Any) -> list[Row[Any]]:
        """Rows of a statement run by the system."""
        return self.database.run(system_context(), lambda uow: uow.rows(statement))

    def table(self, name: str) -> Any:
        """A table of the service."""
        return self.service.metadata.tables[name]

    def reset(self) -> None:
        """Delete all rows and set a fresh clock: an unused service for the next test."""
        self.clock = self.database.clock = SettableClock()
        names = ", ".join(table.name for table in self.service.metadata.sorted_tables)
        with self.owner_connection() as connection:
            # Without triggers: nobody copies the rows of an unused service.
            connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; TRUNCATE {names}")
        self.forget()
        self.shadow.forget()

    def forget(self) -> None:
        """Nothing was sent."""
        self.sent.clear()
        self._carried.clear()

    @contextmanager
    def owner_connection(self) -> Iterator[Connection]:
        """A connection that sees the whole database, each statement committed at once."""
        with self._owner.connect() as connection:
            yield connection

    def _at_once(self, statement: Any) -> list[Row[Any]]:
        """Rows of one statement, in one message to the server: a pump looks at every outbox and inbox all the time."""
        with self.owner_connection() as connection:
            return list(connection.execute(statement))

    def close(self) -> None:
        """Close all connections."""
        self.database.close()
        self._owner.dispose()
