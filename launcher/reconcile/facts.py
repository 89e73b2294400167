"""What is compared, as the services' own queries answer it.

They are asked on the services' databases, with the rights of their processes: the books can be checked while
processes are down, and without anybody's sign-in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from chassis.base.context import system_context
from chassis.data.database import Database
from contracts.base import KeysetQuery, Operation, Stretch, View, method_name
from contracts.courses.queries import ListSelectionFacts
from contracts.courses.views import SelectionFacts
from contracts.exams.queries import ListRegistrationFacts
from contracts.exams.views import RegistrationFacts
from contracts.finance.queries import CheckLedger, ListBillFacts
from contracts.finance.views import BillFacts, LedgerCheck

Row = TypeVar("Row", bound=View)
_STRETCH = 5000
"""Rows a question."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is compared, as it was at nearly one time."""

    selections: tuple[SelectionFacts, ...] = ()
    bills: tuple[BillFacts, ...] = ()
    registrations: tuple[RegistrationFacts, ...] = ()
    ledger: LedgerCheck | None = field(default=None)


def read(databases: Mapping[str, Database]) -> Facts:
    """Ask courses, finance and exams."""
    return Facts(
        selections=_all(databases, ListSelectionFacts()),
        bills=_all(databases, ListBillFacts()),
        registrations=_all(databases, ListRegistrationFacts()),
        ledger=_ask(databases, CheckLedger()),
    )


def _all(databases: Mapping[str, Database], query: KeysetQuery) -> tuple[Any, ...]:
    rows: list[Any] = []
    after = None
    while True:
        stretch: Stretch[Any] = _ask(databases, query.model_copy(update={"after": after, "limit": _STRETCH}))
        rows += stretch.items
        after = stretch.next_after
        if after is None:
            return tuple(rows)


def _ask(databases: Mapping[str, Database], query: Operation) -> Any:
    database = databases[query.service]
    handler = database.service.operations[method_name(type(query))].handler
    return database.run(system_context(), lambda uow: handler(query, uow))
