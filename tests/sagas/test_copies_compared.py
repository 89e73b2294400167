"""`reconcile --copies`: every way in which a copy can differ from its owner is found, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, literal, select, update

from chassis.base.context import system_context
from chassis.base.ids import new_id
from launcher.reconcile.copies import compare_copies
from services.exams.tables import students
from tests.sagas.school import School


def differing(school: School) -> list[tuple[str, str, Any, str]]:
    databases = {name: harness.database for name, harness in school.world.harnesses.items()}
    return [(each.code, each.subject, each.id, each.says) for each in compare_copies(databases)]


def in_exams(school: School, *statements: Any) -> None:
    def work(uow: Any) -> None:
        for statement in statements:
            uow.execute(statement)

    school.world.harnesses["exams"].database.run(system_context(), work)


def test_copies_that_have_heard_everything_do_not_differ(school: School) -> None:
    for _ in range(3):
        school.selects_and_pays(school.student())
    assert differing(school) == []


@pytest.mark.parametrize(
    ("code", "damage", "says"),
    [
        ("copy_lacks_row", lambda id_: delete(students).where(students.c.id == id_), ""),
        (
            "copy_differs",
            lambda id_: update(students).where(students.c.id == id_).values(name="旁人", version=99),
            "version, name",
        ),
    ],
)
def test_a_row_that_was_lost_or_changed_is_named_without_what_stands_in_it(
    school: School, code: str, damage: Callable[[Any], Any], says: str
) -> None:
    one, _ = school.student().id, school.student()
    kept = school.world.harnesses["exams"].database.run(
        system_context(), lambda uow: dict(uow.one(select(students).where(students.c.id == one))._mapping)
    )
    in_exams(school, damage(one))
    assert differing(school) == [(code, "exams.students", one, says)]
    in_exams(school, delete(students).where(students.c.id == one), insert(students).values(kept))


def test_a_row_that_the_owner_does_not_have_is_found_unless_it_is_marked_as_gone(school: School) -> None:
    one, ghost = school.student().id, new_id()
    source = select(students).where(students.c.id == one).subquery()
    columns = [literal(ghost) if name == "id" else source.c[name] for name in source.c.keys()]  # noqa: SIM118
    in_exams(school, insert(students).from_select(list(source.c.keys()), select(*columns)))
    assert differing(school) == [("copy_has_lost_row", "exams.students", ghost, "")]
    in_exams(school, update(students).where(students.c.id == ghost).values(deleted=True))
    assert differing(school) == []
    in_exams(school, delete(students).where(students.c.id == ghost))
