"""A message as the broker hands it over, and whether it may be believed.

Rights at the broker are not enough: a queue that dead-letters and a `CC` header reach keys that topic rights forbid. So
every message is believed only from the owner of what it says, on the way that such messages take.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid5

from pydantic import ValidationError

from chassis.declaring.service import Service
from chassis.messages.broker import RPC_EXCHANGE
from chassis.messages.senders import GATEWAY, Senders, is_station
from contracts.base import EVENTS, Envelope, Event, exchange, type_name
from contracts.copies import COPIES_EXCHANGE, CopyCompleted, CopyRequested, copy_reply_key, copy_request_key
from contracts.device.stations import READINGS_EXCHANGE
from contracts.versions import newest_class

REROUTED: Final = frozenset({"x-death", "CC", "BCC"})
"""Headers of messages that took another way than their exchange and key say."""

OF_DEATH: Final = ("x-death", "x-first-death", "x-last-death", "x-delivery-count")
"""What the names of the headers begin with that the broker adds to a message that it gives up."""


@dataclass(frozen=True)
class Delivery:
    """One message. `sender` is a name as `Senders.name` gives it; `tried` counts the attempts to handle it so far."""

    body: bytes
    exchange: str
    routing_key: str
    sender: str | None
    headers: Mapping[str, Any] = field(default_factory=dict)
    tried: int = 0
    row_id: UUID | None = None
    """The inbox row that it is kept in, if it is."""

    @classmethod
    def of(cls, message: Any, senders: Senders) -> Delivery:
        """What the broker delivered, as a message of amqp's or kombu's."""
        info, body = message.delivery_info, message.body
        return cls(
            body=body.encode() if isinstance(body, str) else bytes(body),
            exchange=info["exchange"],
            routing_key=info["routing_key"],
            sender=senders.name(message.properties.get("user_id")),
            headers=message.headers or {},
        )

    def before_death(self, queue: str) -> tuple[Delivery, str]:
        """The message as it came to this queue before the broker gave it up, and why it did. What else happened to it
        on its way, or pretends to have, stays in its headers."""
        deaths = self.headers.get("x-death")
        deaths = [death for death in deaths if isinstance(death, dict)] if isinstance(deaths, list) else []
        last: Mapping[str, Any] = next((death for death in deaths if death.get("queue") == queue), {})
        headers = {name: value for name, value in self.headers.items() if not str(name).startswith(OF_DEATH)}
        if others := [death for death in deaths if death is not last]:
            headers["x-death"] = others
        keys = last.get("routing-keys")
        key = keys[0] if isinstance(keys, list) and keys else self.routing_key
        way = str(last.get("exchange", self.exchange)), str(key)
        original = replace(self, exchange=way[0], routing_key=way[1], headers=headers)
        return original, str(last.get("reason", "dead_lettered"))

    @cached_property
    def envelope(self) -> Envelope | None:
        """What is inside, or None when that is no envelope."""
        try:
            return Envelope.model_validate_json(self.body)
        except (ValidationError, ValueError):
            return None

    @property
    def identity(self) -> UUID:
        """What it is remembered by: its event's id as its sender's, so that nobody can use up another's; or a hash
        where there is none."""
        if self.row_id is not None:
            return self.row_id
        if self.envelope is None:
            return self.fingerprint
        return uuid5(self.envelope.event_id, self.sender or "")

    @property
    def fingerprint(self) -> UUID:
        """A hash of all of it: nobody can take the place of another message with it."""
        way = f"{self.sender}\n{self.exchange}\n{self.routing_key}\n".encode()
        return UUID(bytes=sha256(way + self.body).digest()[:16])

    @property
    def event_class(self) -> type[Event] | None:
        """The contract of the event inside, if any code knows it."""
        return EVENTS.get((self.envelope.type, self.envelope.version)) if self.envelope is not None else None

    def comes_next(self, heard: Iterable[type[Event]]) -> bool:
        """Whether it is the version right after those of an event which this process hears: it has not moved yet and
        can't read it, who takes its place can."""
        if self.envelope is None or self.event_class is not None:
            return False
        known = [event for event in heard if type_name(event) == self.envelope.type]
        in_place = self.is_copy_page or any(exchange(event.owner) == self.exchange for event in known)
        return bool(known) and in_place and self.envelope.version == max(event.version for event in known) + 1

    @property
    def is_copy_page(self) -> bool:
        """Whether it answers a request for a copy, rather than telling everybody."""
        return self.exchange == COPIES_EXCHANGE

    def rows(self) -> Sequence[Any]:
        """The rows of the event inside that each stand for themselves; none where the event is one thing."""
        name = self.event_class.rows_field if self.event_class is not None else None
        rows = self.envelope.data.get(name) if self.envelope is not None and name is not None else None
        return rows if isinstance(rows, list) else ()

    def part(self, start: int, stop: int) -> Delivery:
        """The same event with these rows alone. The same part always has the same event id."""
        assert self.envelope is not None
        assert self.event_class is not None
        assert self.event_class.rows_field is not None
        rows = self.envelope.data[self.event_class.rows_field][start:stop]
        part = self.envelope.model_copy(
            update={
                "event_id": uuid5(self.envelope.event_id, f"{start}:{stop}"),
                "data": {**self.envelope.data, self.event_class.rows_field: rows},
            }
        )
        return replace(self, body=part.model_dump_json().encode(), row_id=None)


def distrust(delivery: Delivery, service: type[Service]) -> str | None:
    """Why a service must not believe a message, as a code; None when it may.

    `sender_missing`, `rerouted`, `sender_not_owner` (somebody else's to say), `key_not_type` (what is inside belongs
    under another key).
    """
    if delivery.is_copy_page:
        return _distrust_of_way(delivery) or _distrust_of_copy(delivery, service)
    return distrust_of_event(delivery)


def distrust_of_event(delivery: Delivery) -> str | None:
    """The same for an event that its owner tells everybody."""
    if reason := _distrust_of_way(delivery):
        return reason
    if delivery.exchange == READINGS_EXCHANGE:
        owns = is_station(delivery.sender)
    else:
        owns = delivery.exchange == exchange(delivery.sender or "")
    event, envelope = delivery.event_class, delivery.envelope
    if not owns or (event is not None and exchange(event.owner) != delivery.exchange):
        return "sender_not_owner"
    if envelope is not None and delivery.routing_key != f"{envelope.type}.v{envelope.version}":
        return "key_not_type"
    return None


def distrust_of_call(delivery: Delivery, operation: object) -> str | None:
    """The same for a request: the gateway alone calls, and means the operation that its message is addressed to. One of
    its own that was sent on to another service's queue would still bear its name."""
    if reason := _distrust_of_way(delivery):
        return reason
    if delivery.sender != GATEWAY or delivery.exchange != RPC_EXCHANGE:
        return "sender_not_owner"
    return None if operation == delivery.routing_key else "key_not_type"


def distrust_of_reply(delivery: Delivery, asked: str) -> str | None:
    """The same for the answer of a service that was asked."""
    return _distrust_of_way(delivery) or (None if delivery.sender == asked else "sender_not_owner")


def _distrust_of_way(delivery: Delivery) -> str | None:
    if delivery.sender is None:
        return "sender_missing"
    return "rerouted" if REROUTED & delivery.headers.keys() else None


def _distrust_of_copy(delivery: Delivery, service: type[Service]) -> str | None:
    event, sender = delivery.event_class, delivery.sender
    if delivery.envelope is None:
        return "key_not_type"
    if event is CopyRequested:
        kind = str(delivery.envelope.data.get("kind"))
        in_place = kind in service.publications and delivery.routing_key == copy_request_key(kind)
        return None if in_place and sender != GATEWAY and _is_service(sender) else "sender_not_owner"
    kind = delivery.envelope.type if event is not CopyCompleted else str(delivery.envelope.data.get("kind"))
    entry = service.copies.get(kind)
    unread = entry is not None and delivery.comes_next([entry.state])
    if delivery.routing_key != copy_reply_key(service.name) or (event is None and not unread):
        return "key_not_type"
    is_page = event is not None and entry is not None and newest_class(event) is entry.state
    if entry is None or entry.state.owner != sender or not (unread or is_page or event is CopyCompleted):
        return "sender_not_owner"
    return None


def _is_service(sender: str | None) -> bool:
    return sender is not None and not is_station(sender) and not sender.startswith("user ")


def as_published(envelope: Envelope, way: tuple[str, str], sender: str) -> Delivery:
    """A delivery of this envelope, as it arrives from `sender` by (exchange, routing key)."""
    return Delivery(envelope.model_dump_json().encode(), *way, sender)
