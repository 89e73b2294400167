"""What triggers would have filled, had they run: the rows are written without them.

A trigger of a table that the school has is named here, with the plain SQL that does to all rows what it would have done
to each. It runs in the service's database after all rows are there and before the indexes are; schema `plan` is gone
then. (The ledger has its indexes before: its rows are never changed.) `tests/performance/test_large_school.py` finds a
trigger that nobody thought of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OF_EVERY_SERVICE: Final = frozenset({"inbox.envelope_as_bytes"})
"""Triggers of tables that are left empty."""
_ELEMENTS = ("intake", "level", "student_type", "student_source", "major_code", "schooling_length")


def _cohorts(*columns: str) -> tuple[str, ...]:
    listed, same = ", ".join(columns), " AND ".join(f"s.{each} = c.{each}" for each in columns)
    return (
        f"INSERT INTO cohorts ({listed}) SELECT DISTINCT {listed} FROM students ORDER BY {listed}",
        f"UPDATE students s SET cohort_id = c.id FROM cohorts c WHERE {same}",
    )


def _cohort_in(table: str) -> dict[str, tuple[str, ...]]:
    return {
        f"{table}.take_group": (
            f"UPDATE {table} t SET cohort_id = s.cohort_id FROM students s WHERE s.id = t.student_id",
        ),
        f"students.pass_group_to_{table}_insert": (),
        f"students.pass_group_to_{table}_update": (),
    }


FILLED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "registry": {"students.number_group": _cohorts(*_ELEMENTS)},
    "courses": {"students.number_group": _cohorts(*_ELEMENTS), **_cohort_in("selections")},
    "finance": {
        "students.number_group": _cohorts(*(each for each in _ELEMENTS if each != "student_source")),
        **_cohort_in("bills"),
        "bills.fill_source": (),  # `sql/bills.sql` says what each bill is for
        "remittances.fill_number": (),  # `sql/payments.sql` counts them
        "ledger_entries.balanced": (),  # fills nothing; `CheckLedger` looks
        "finance_settings.carry_grace_days": (),  # nobody has set anything
    },
}
"""Service → `table.trigger` → statements."""


def statements(service: str) -> list[str]:
    """What is to be run in a service's database, in its order."""
    return [statement for ones in FILLED.get(service, {}).values() for statement in ones]
