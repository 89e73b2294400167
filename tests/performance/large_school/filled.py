"""What triggers would have filled, had they run: the rows are written without them.

A trigger of a table that the school has is named here, with the plain SQL that does to all rows what it would have done
to each. It runs in the service's database after all rows are there and before the indexes are; schema `plan` is gone
then. (The ledger has its indexes before: its rows are never changed.) `tests/performance/test_large_school.py` finds a
trigger that nobody thought of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
_GROUPED_BY: Final[Mapping[str, Sequence[str]]] = {
    "registry": _ELEMENTS,
    "courses": _ELEMENTS,
    "finance": [each for each in _ELEMENTS if each != "student_source"],
}
_FOUND_BY_NAME: Final = ("registry", "courses", "finance", "exams")


def cohorts(service: str) -> list[str]:
    """What gives a service's students the numbers of their cohorts; rows about them take these over as they come."""
    by = _GROUPED_BY[service]
    listed, same = ", ".join(by), " AND ".join(f"s.{each} = c.{each}" for each in by)
    return [
        f"INSERT INTO cohorts ({listed}) SELECT DISTINCT {listed} FROM students ORDER BY {listed}",
        f"UPDATE students s SET cohort_id = c.id FROM cohorts c WHERE {same}",
    ]


def statements(service: str) -> list[str]:
    """What is to be run in a service's database once all rows are there, in its order."""
    grams = adding("student_grams", "student_id", "SELECT * FROM students", "name", ("teaching_point_id",))
    filled = [statement for ones in FILLED.get(service, {}).values() for statement in ones]
    return [*filled, grams] if service in _FOUND_BY_NAME else filled
