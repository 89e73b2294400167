"""Several services under one clock, and what carries events between them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from chassis.base.clock import SettableClock
from chassis.messages.broker import bindings
from chassis.messages.delivery import Delivery, as_published
from chassis.testing.harness import ServiceHarness
from contracts.base import Envelope


class World:
    """Several services under one clock, and the pump that carries events between them.

    With `shuffle` (a seed) events arrive in any order and some arrive twice: nothing may depend on either.
    """

    def __init__(self, *harnesses: ServiceHarness, shuffle: int | None = None) -> None:
        self.harnesses = {harness.service.name: harness for harness in harnesses}
        self.clock = SettableClock()
        for harness in harnesses:
            harness.clock = harness.database.clock = self.clock
        self._random = None if shuffle is None else random.Random(shuffle)
        self._bound = {h.service.name: set(bindings(h.service)) for h in harnesses}
        self._held: list[tuple[str, Delivery]] = []
        self._holding: Callable[[str, Envelope], bool] | None = None

    def __getattr__(self, name: str) -> ServiceHarness:
        try:
            return self.harnesses[name]
        except KeyError:
            raise AttributeError(name) from None

    def hold(self, predicate: Callable[[str, Envelope], bool]) -> None:
        """Keep back events for which `predicate(receiver, envelope)` is true until `release`: for races."""
        self._holding = predicate

    def release(self) -> None:
        """Let go of what was kept back; `settle` delivers it."""
        self._holding = None

    def settle(self) -> None:
        """Carry events until nothing moves any more, letting waiting ones try again; then none may be parked."""
        tries = 0
        while tries < 5:
            if self._pump():
                continue
            if not self._waiting():
                break
            tries += 1
            self.clock.advance(timedelta(seconds=30))
            for harness in self.harnesses.values():
                harness.inbox.retry_waiting()
        for harness in self.harnesses.values():
            harness.check_states()
        if self._holding is None:
            for harness in self.harnesses.values():
                harness.expect_nothing_parked()

    def advance(self, by: timedelta) -> None:
        """Let time pass, run what is due, and settle."""
        self.clock.advance(by)
        self.run_due_jobs()

    def at(self, instant: datetime) -> None:
        """Let it be `instant`, run what is due, and settle."""
        self.clock.set(instant)
        self.run_due_jobs()

    def run_due_jobs(self) -> None:
        """Run every scheduled job that is due, and settle."""
        for harness in self.harnesses.values():
            harness.run_due_jobs()
        self.settle()

    def _waiting(self) -> bool:
        return any(row.state == "waiting" for h in self.harnesses.values() for row in h.parked())

    def _pump(self) -> int:
        deliveries = [*self._released(), *self._outgoing()]
        if self._random is not None:
            deliveries += [d for d in deliveries if self._random.random() < 0.3]
            self._random.shuffle(deliveries)
        for receiver, delivery in deliveries:
            # Read anew, as another process would.
            self.harnesses[receiver].inbox.handle([replace(delivery)])
        return len(deliveries)

    def _released(self) -> list[tuple[str, Delivery]]:
        if self._holding is not None:
            return []
        released, self._held = self._held, []
        return released

    def _outgoing(self) -> Iterator[tuple[str, Delivery]]:
        for sender in self.harnesses.values():
            for *way, envelope in sender.take_outbox():
                delivery = as_published(envelope, (way[0], way[1]), sender.service.name)
                for receiver in self._hearers(delivery):
                    if self._holding is not None and self._holding(receiver, envelope):
                        self._held.append((receiver, delivery))
                    else:
                        yield receiver, delivery

    def _hearers(self, delivery: Delivery) -> list[str]:
        return [name for name, bound in self._bound.items() if (delivery.exchange, delivery.routing_key) in bound]

    def serve_copies(self) -> None:
        """Let the owners send what was asked of them until nothing is left."""
        for _ in range(100):
            moved = self._pump()
            served = sum(h.copies.serve_next_page() for h in self.harnesses.values())
            if not moved and not served:
                return
        raise AssertionError("the copies were never complete")
