"""What a list's filters are asked for: values that are common, rare and old, and what nobody has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any, get_args
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from chassis.base.clock import SystemClock, local_date
from contracts.base import PageQuery
from tests.performance.large_school import Databases

_TABLES = {
    "ListStudents": "students",
    "ListStatusChanges": "status_changes",
    "ListIssuedDocuments": "issued_documents",
    "ListCohort": "students",
    "ListSelections": "selections",
    "ListWithdrawals": "withdrawals",
    "ListBills": "bills",
    "ListLedgerEntries": "ledger_entries",
    "ListRemittances": "remittances",
    "ListWithdrawalReviews": "withdrawal_reviews",
    "ListRefunds": "refunds",
    "ListSuspense": "suspense_items",
    "ListRegistrations": "exam_registrations",
    "ListUsers": "users",
    "ListNotices": "notices",
    "ListAuditEntries": "audit_entries",
}
"""The tables of those lists that are long: the values are theirs. Of others only those are known that a type has."""
_GROUPED = frozenset({"intake", "level", "student_type", "student_source", "major_code", "schooling_length"})
_ONE_OF_MANY = frozenset(
    {"student_id", "transaction_id", "bill_id", "selection_id", "withdrawal_id", "object_id", "correlation_id"}
)
_COLUMNS = {("ListBills", "selection_id"): "source_id"}
_ELSEWHERE = {
    ("ListUsers", "role"): ("identity", "user_roles", "role"),
    ("ListWithdrawals", "selection_round_id"): ("courses", "selections", "selection_round_id"),
}
_NOBODY = "欧阳不存在"


class Values:
    """Finds them in the databases."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._known: dict[tuple[str, str, str, UUID | None], Sequence[Any]] = {}

    def of(self, contract: type[PageQuery], point: UUID | None) -> dict[str, Sequence[Any]]:
        """The values of each filter, the common ones first; for who sees one point, of that point's rows."""
        return {name: self._kept(contract, name, point) for name in contract.filters()}

    def needed(self, contract: type[PageQuery], point: UUID | None) -> dict[str, Any]:
        """The commonest values of the filters that a list is not asked without, which go together."""
        names = [name for name in contract.filters() if contract.model_fields[name].is_required()]
        if not names:
            return {}
        listed = ", ".join(names)
        counted = f"SELECT {listed} FROM {_TABLES[contract.__name__]} {_where(point)} GROUP BY {listed}"
        [row] = self._databases.rows(contract.service, f"{counted} ORDER BY count(*) DESC LIMIT 1")
        return dict(zip(names, row, strict=True))

    def _kept(self, contract: type[PageQuery], name: str, point: UUID | None) -> Sequence[Any]:
        key = (contract.service, contract.__name__, name, point)
        if key not in self._known:
            found = of_type(contract, name)
            found = self._found(contract, name, point) if found is None else found
            self._known[key] = [value for value in found if takes(contract, name, value)]
        return self._known[key]

    def _found(self, contract: type[PageQuery], name: str, point: UUID | None) -> Sequence[Any]:
        listed, service = contract.__name__, contract.service
        table = _TABLES.get(listed)
        if table is None:
            annotation = contract.model_fields[name].annotation
            kinds = (each for each in (annotation, *get_args(annotation)) if isinstance(each, type))
            return [member for kind in kinds if issubclass(kind, StrEnum) for member in kind]
        if name in ("search", "name"):
            return self._names(point)
        if name in ("student_number", "number"):
            number = self._one(service, table, name, point)
            return (number, number[:6]) if number else ()
        if name == "session_id":
            return self._some("exams", "SELECT id FROM exam_sessions ORDER BY starts_at LIMIT 1")
        if name in _ONE_OF_MANY:
            found = self._one(service, table, _COLUMNS.get((listed, name), name), point)
            return (found,) if found else ()
        if name in _GROUPED:
            return self._spread("registry", "students", name, point)
        if name == "teaching_point_id" and point is not None:
            return (point,)
        return self._spread(*_ELSEWHERE.get((listed, name), (service, table, name)), point)

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


def of_type(contract: type[PageQuery], name: str) -> Sequence[Any] | None:
    """The values that a filter has by its type: both of a flag, a month and eight years ago; None for any other."""
    schema = contract.model_json_schema()["properties"][name]
    kinds = {each.get("format", each.get("type")) for each in (schema, *schema.get("anyOf", ()))}
    now = SystemClock().now()
    ago = [now - timedelta(days=30), now - timedelta(days=365 * 8)]
    if "boolean" in kinds:
        return (True, False)
    if "date-time" in kinds:
        return ago
    return [local_date(each) for each in ago] if "date" in kinds else None


def takes(contract: type[PageQuery], name: str, value: Any) -> bool:
    """Whether a filter takes a value that rows have: a name may be longer than it."""
    filter_: TypeAdapter[Any] = TypeAdapter(contract.model_fields[name].rebuild_annotation())
    try:
        filter_.validate_python(value)
    except ValidationError:
        return False
    return True


def _where(point: UUID | None) -> str:
    return "" if point is None else f"WHERE teaching_point_id = '{point}'"
