"""Who acts in the scripts. Each is one person, whatever permission the person uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.testing.harness import acting


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in. `reach` is the scope of all the person's grants."""

    name: str
    reach: dict[str, Any] = field(default_factory=dict)
    user_id: UUID = field(default_factory=new_id)

    def using(self, permission: str) -> Context:
        """The person's context when a route asks for this permission."""
        return acting(permission, name=self.name, user_id=self.user_id, **self.reach)


def of_point(name: str, teaching_point_id: UUID) -> Person:
    """Somebody of a teaching point's staff."""
    return Person(name, {"scope": "point", "teaching_point_id": teaching_point_id})


def in_person(student_id: UUID) -> Person:
    """The student."""
    return Person("学生本人", {"scope": "student", "student_id": student_id})


REGISTRAR = Person("教务甲")
OTHER_REGISTRAR = Person("教务乙")
ACCOUNTANT = Person("财务甲")
OTHER_ACCOUNTANT = Person("财务乙")
CASHIER = Person("出纳")
EXAMINER = Person("考务")
ADMINISTRATOR = Person("系统管理员")
