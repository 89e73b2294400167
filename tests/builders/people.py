"""Who acts in tests: people by their place. Each call makes another person, who carries out every operation under the
permission that its route demands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis.base.context import Context
from chassis.testing.harness import ServiceHarness, acting
from chassis.testing.world import World
from contracts.base import Operation


def of_school(**who: Any) -> Context:
    """Somebody of the school, who sees all of it."""
    return acting(**who)


def of_point(teaching_point_id: UUID, **who: Any) -> Context:
    """Somebody of a teaching point."""
    return acting(scope="point", teaching_point_id=teaching_point_id, **who)


def in_person(student_id: UUID, **who: Any) -> Context:
    """The student."""
    return acting(scope="student", student_id=student_id, **who)


def leading(*course_ids: UUID) -> Context:
    """The lead of these courses."""
    return acting(scope="course", ids=course_ids)


@dataclass(frozen=True)
class At:
    """Somebody of the school at a service or at a whole world of them: a `launcher.school.Sender`."""

    place: ServiceHarness | World
    who: Context = field(default_factory=of_school)

    def send(self, operation: Operation, /) -> Any:
        """The view that the operation answers with."""
        harness = self.place.harnesses[operation.service] if isinstance(self.place, World) else self.place
        return harness.run(operation, self.who)

    def send_when_known(self, operation: Operation, /) -> Any:
        """As `send`: what others own has been fed to the service, or the world carries it now."""
        if isinstance(self.place, World):
            self.place.settle()
        return self.send(operation)
