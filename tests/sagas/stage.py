"""The vocabulary of the scripts: what people do at a school, and what is then expected of all its services.

Whatever is done is carried to everybody at once, unless it is `delayed` on the way or done `at_once` with something
else. An action that is refused raises the ServiceError of the refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import delete

from chassis.base.context import Context
from chassis.messages.parking import LONGEST_PAUSE
from chassis.testing.world import World
from contracts.base import Event, Operation, type_name
from contracts.errors import ServiceError
from tests.builders import registry as records
from tests.builders.people import in_person, of_point
from tests.builders.school import Site
from tests.racing import codes, race

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Student:
    """A student of the school, and the account to act with."""

    id: UUID
    number: str
    person: Context


class Stage:
    """A world of services, and how things are done in it."""

    def __init__(self, world: World, site: Site) -> None:
        self.world = world
        self.site = site
        self.east = of_point(site.east, name="城东教务员")
        self.west = of_point(site.west, name="城西教务员")
        self._racing = False
        self._days = count()

    def course(self, name: str) -> UUID:
        """A course by its name."""
        course_id: UUID = getattr(self.site, name)
        return course_id

    def student(self, point: str = "east", **fields: str) -> Student:
        """A new student of a point, known to everybody. `fields` are those of a workbook's row."""
        made = records.enrolled(self.world.registry, getattr(self.site, point), **fields)[0]
        self.world.settle()
        return Student(made.id, made.student_number, in_person(made.id, name="学生本人"))

    # --- doing and asking ---

    def do(self, operation: Operation, by: Context) -> Any:
        """Let somebody carry out a command, and everybody hear of it."""
        answer = self.world.harnesses[operation.service].run(operation, by)
        if not self._racing:
            self.world.settle()
        _raise_refusals(answer)
        return answer

    def ask(self, operation: Operation) -> Any:
        """The answer to a question, over all rows."""
        return self.world.harnesses[operation.service].ask(operation)

    def refuses(self, code: str, action: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        """Expect an action to be refused with this code."""
        with pytest.raises(ServiceError) as refusal:
            action(*arguments, **named)
        assert refusal.value.code == code

    # --- time and order ---

    def at(self, instant: datetime) -> None:
        """Let it be this instant; what is due is done."""
        self.world.at(instant)

    def after(self, **duration: int) -> None:
        """Let time pass (`days=3`); what is due is done."""
        self.world.advance(timedelta(**duration))

    # --- copies ---

    def loses_copies(self, service: str) -> None:
        """A service's copies are gone, as at its first start."""
        harness = self.world.harnesses[service]
        with harness.owner_connection() as connection:
            for entry in harness.service.copies.values():
                connection.execute(delete(entry.table))

    def asks_for_copies(self, service: str) -> None:
        """A service asks the owners for its copies anew."""
        self.world.harnesses[service].copies.rebuild()

    def serves_copies(self) -> None:
        """The owners send what was asked of them."""
        self.world.serve_copies()
        self.world.settle()

    def fills_copies(self, service: str) -> None:
        """A service asks for its copies and gets them."""
        self.asks_for_copies(service)
        self.serves_copies()

    @contextmanager
    def delayed(self, receiver: str, *events: type[Event]) -> Iterator[None]:
        """Keep these events from a service until the end of the block."""
        names = {type_name(event) for event in events}
        self.world.hold(lambda service, envelope: service == receiver and envelope.type in names)
        yield
        self.world.release()
        self.world.clock.advance(LONGEST_PAUSE)  # who waits for what was kept back tries again by then
        self.world.settle()

    def at_once(self, *actions: Callable[[], Any]) -> list[str]:
        """Let people act at the same moment: `done`, or the code of the refusal."""
        self._racing = True
        try:
            outcomes = codes(race(*actions))
        finally:
            self._racing = False
        self.world.settle()
        return sorted(outcomes)


def _raise_refusals(answer: Any) -> None:
    """Raise what refused a row of an answer with many rows, of which the scripts only ask for one."""
    for row in getattr(answer, "results", ()) or getattr(answer, "items", ()):
        refusals = getattr(row, "refusals", ()) or [getattr(row, "refusal", None)]
        for refusal in filter(None, refusals):
            raise ServiceError(refusal.code, **refusal.params)
