"""What is compared, as the services' own queries answer it.

They are asked on the services' databases, with the rights of their processes: the books can be checked while
processes are down, and without anybody's sign-in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from chassis.base.context import system_context
from chassis.data.database import Database
from contracts.base import KeysetPage, KeysetQuery, Operation, View, method_name
from contracts.courses.queries import ListSelectionStatements
from contracts.courses.views import SelectionStatement
from contracts.enrollment.queries import ListAdmissionStatements
from contracts.enrollment.views import AdmissionStatement
from contracts.exams.queries import ListRegistrationStatements
from contracts.exams.views import RegistrationStatement
from contracts.finance.queries import CheckLedger, ListBillStatements
from contracts.finance.views import BillStatement, LedgerCheck
from contracts.identity.queries import ListAccountStatements
from contracts.identity.views import AccountStatement
from contracts.registry.queries import ListCancellationStatements, ListRecordStatements
from contracts.registry.views import CancellationStatement, RecordStatement

Row = TypeVar("Row", bound=View)
_PAGE = 5000
"""Rows a question."""


@dataclass(frozen=True, slots=True)
class Statements:
    """Everything that is compared, as it was at nearly one time."""

    selections: tuple[SelectionStatement, ...] = ()
    bills: tuple[BillStatement, ...] = ()
    registrations: tuple[RegistrationStatement, ...] = ()
    ledger: LedgerCheck | None = field(default=None)
    admissions: tuple[AdmissionStatement, ...] = ()
    records: tuple[RecordStatement, ...] = ()
    cancellations: tuple[CancellationStatement, ...] = ()
    accounts: tuple[AccountStatement, ...] = ()


def read(databases: Mapping[str, Database]) -> Statements:
    """Ask the services."""
    return Statements(
        selections=_all(databases, ListSelectionStatements()),
        bills=_all(databases, ListBillStatements()),
        registrations=_all(databases, ListRegistrationStatements()),
        ledger=_ask(databases, CheckLedger(whole=True)),
        admissions=_all(databases, ListAdmissionStatements()),
        records=_all(databases, ListRecordStatements()),
        cancellations=_all(databases, ListCancellationStatements()),
        accounts=_all(databases, ListAccountStatements()),
    )


def _all(databases: Mapping[str, Database], query: KeysetQuery) -> tuple[Any, ...]:
    rows: list[Any] = []
    after = None
    while True:
        page: KeysetPage[Any] = _ask(databases, query.model_copy(update={"after": after, "limit": _PAGE}))
        rows += page.items
        after = page.next_after
        if after is None:
            return tuple(rows)


def _ask(databases: Mapping[str, Database], query: Operation) -> Any:
    database = databases[query.service]
    handler = database.service.operations[method_name(type(query))].handler
    return database.run(system_context(), lambda uow: handler(query, uow))
