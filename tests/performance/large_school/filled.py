"""What triggers would have filled, had they run: the rows are written without them.

A trigger of a table that the school has is named here, with the plain SQL that does to all rows what it would have done
to each. It runs in the service's database after all rows are there and before the indexes are; schema `plan` is gone
then. (The ledger has its indexes before: its rows are never changed.) `tests/performance/test_large_school.py` finds a
trigger that nobody thought of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from chassis.data.name_search import adding

FILLED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "finance": {
        "ledger_entries.balanced": (),  # fills nothing; `CheckLedger` looks
        # Nothing was written late.
        "ledger_entries.note_late": (),
        **{f"{table}.note_late_{event}": () for table in ("bills", "remittances") for event in ("insert", "update")},
    },
}
"""Service → `table.trigger` → statements."""


_ELEMENTS = ("intake", "level", "student_type", "student_source", "major_code", "schooling_length")


def _kept_of_students(*elements: str, members: Sequence[str] = ()) -> Iterator[str]:
    """What triggers that tables declare keep of students: the grams of their names, the numbers of their cohorts."""
    yield adding("student_grams", "student_id", "SELECT * FROM students", "name", ("teaching_point_id",))
    if elements:
        listed, same = ", ".join(elements), " AND ".join(f"s.{each} = c.{each}" for each in elements)
        yield f"INSERT INTO cohorts ({listed}) SELECT DISTINCT {listed} FROM students ORDER BY {listed}"
        yield f"UPDATE students s SET cohort_id = c.id FROM cohorts c WHERE {same}"
    for table in members:
        yield f"UPDATE {table} t SET cohort_id = s.cohort_id FROM students s WHERE s.id = t.student_id"


KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "registry": tuple(_kept_of_students(*_ELEMENTS)),
    "courses": tuple(_kept_of_students(*_ELEMENTS, members=("selections",))),
    "finance": tuple(_kept_of_students(*(each for each in _ELEMENTS if each != "student_source"), members=("bills",))),
    "exams": tuple(_kept_of_students()),
}
"""Service → what declared triggers would have kept."""


def statements(service: str) -> list[str]:
    """What is to be run in a service's database, in its order."""
    return [*(statement for ones in FILLED.get(service, {}).values() for statement in ones), *KEPT.get(service, ())]
