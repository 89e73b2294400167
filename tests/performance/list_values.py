"""What a list's filters are asked for: values that are common, rare and old, and what nobody has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.base.clock import SystemClock, local_date
from contracts.base import PageQuery
from tests.performance.large_school import Databases

_TABLES = {
    "ListStudents": ("registry", "students"),
    "ListSelections": ("courses", "selections"),
    "ListBills": ("finance", "bills"),
    "ListLedgerEntries": ("finance", "ledger_entries"),
    "ListRemittances": ("finance", "remittances"),
    "ListRegistrations": ("exams", "exam_registrations"),
}
_GROUPED = frozenset({"intake", "level", "student_type", "student_source", "major_code", "schooling_length"})
_ONE_OF_MANY = {"student_id": "student_id", "transaction_id": "transaction_id", "bill_id": "bill_id"}
_SELECTION = {"ListBills": "source_id", "ListRegistrations": "selection_id"}
_NOBODY = "欧阳不存在"


class Values:
    """Finds them in the databases."""

    def __init__(self, admin_url: str, prefix: str) -> None:
        self._databases = Databases(admin_url, prefix)
        self._known: dict[tuple[str, str, UUID | None], Sequence[Any]] = {}

    def of(self, contract: type[PageQuery], point: UUID | None) -> dict[str, Sequence[Any]]:
        """The values of each filter, the common ones first; for who sees one point, of that point's rows."""
        return {name: self._kept(contract, name, point) for name in contract.filters()}

    def _kept(self, contract: type[PageQuery], name: str, point: UUID | None) -> Sequence[Any]:
        key = (contract.__name__, name, point)
        if key not in self._known:
            self._known[key] = self._found(contract.__name__, name, point)
        return self._known[key]

    def _found(self, listed: str, name: str, point: UUID | None) -> Sequence[Any]:
        service, table = _TABLES[listed]
        if name in ("search", "name"):
            return self._names(point)
        if name == "student_number":
            number = self._one("registry", "students", "student_number", point)
            return (number, number[:6]) if number else ()
        if name in ("since", "until"):
            today = local_date(SystemClock().now())
            return (today - timedelta(days=30), today - timedelta(days=365 * 8))
        if name in ("open_now", "account_refused", "resits"):
            return (True, False)
        if name == "session_id":
            return self._some("exams", "SELECT id FROM exam_sessions ORDER BY starts_at LIMIT 1")
        if name == "selection_id" or name in _ONE_OF_MANY:
            found = self._one(service, table, _SELECTION.get(listed, _ONE_OF_MANY.get(name, name)), point)
            return (found,) if found else ()
        if name in _GROUPED:
            return self._spread("registry", "students", name, point)
        if name == "teaching_point_id" and point is not None:
            return (point,)
        return self._spread(service, table, name, point)

    def _spread(self, service: str, table: str, column: str, point: UUID | None) -> Sequence[Any]:
        """The commonest value, the rarest, and the oldest intake or the least."""
        counted = f"SELECT {column}, count(*) FROM {table} {_where(point)} GROUP BY 1 HAVING {column} IS NOT NULL"
        rows = self._databases.rows(service, f"{counted} ORDER BY 2 DESC")
        found = [row[0] for row in rows]
        if not found:
            return ()
        return tuple(dict.fromkeys((found[0], found[-1], min(found, key=str))))

    def _names(self, point: UUID | None) -> Sequence[str]:
        rows = self._databases.rows(
            "registry",
            f"SELECT name, count(*) FROM students {_where(point)} GROUP BY 1 ORDER BY 2 DESC, 1",
        )
        return (rows[0][0][0], rows[0][0], rows[len(rows) // 2][0], rows[-1][0], _NOBODY) if rows else (_NOBODY,)

    def _one(self, service: str, table: str, column: str, point: UUID | None) -> Any:
        where = _where(point) or "WHERE true"
        rows = self._databases.rows(
            service, f"SELECT {column} FROM {table} {where} AND {column} IS NOT NULL ORDER BY id LIMIT 1 OFFSET 100"
        )
        return rows[0][0] if rows else None

    def _some(self, service: str, statement: str) -> Sequence[Any]:
        return tuple(row[0] for row in self._databases.rows(service, statement))


def _where(point: UUID | None) -> str:
    return "" if point is None else f"WHERE teaching_point_id = '{point}'"
