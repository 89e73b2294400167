"""Lists that go out as files: a declaration of a few lines makes a command and a task of a list query.

    BILLS = ListExport(
        "bill_export", ExportBills, list_bills, ("number", "student_name", "amount", "status"),
        known_by={"teaching_point_id": teaching_points.c.name},
    )

    class Finance(Service):
        bill_exports = exported(BILLS)

The rows are those that the query's own handler would page through, read once, block by block, in the scope of who
asked: what the screen shows is what the file holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, select

from chassis.base.context import scope_from_wire, scope_to_wire
from chassis.data.pages import WholeList, whole_list
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import Group, Lines
from chassis.declaring.service import command, of_contract
from chassis.declaring.tasks import StepResult, Task, TaskKind
from chassis.papers import files
from chassis.papers.list_files import KINDS, facts_of, write_list_file
from chassis.papers.view_columns import ViewColumn, cell_text, plain_type, rows_of, view_columns
from chassis.running.listed import Lists, as_asked, owner_of, query_of
from chassis.running.tasks import SCOPE, enqueue, report
from contracts.base import PageQuery, View
from contracts.common import TaskView
from contracts.errors import Language, ServiceError
from contracts.exports import Export
from contracts.words import field_word, label

MAX_ROWS: Final = 1_000_000
"""More are refused: a sheet has little more, and nobody reads them."""
BLOCK: Final = 1_000
"""Rows in memory at once; after each block the progress is shown, and cancelling is heard of."""


@dataclass(frozen=True, slots=True)
class ListExport:
    """An export: its name (of the task and of the document), the command that asks for it, the handler of the list, and
    the fields of the list's rows that may become columns, in their order. `known_by` are the columns by which people
    know what a filter names by its id; None where people know it by nothing."""

    name: str
    command: type[Export]
    lists: Lists
    fields: Sequence[str]
    known_by: Mapping[str, Column[Any] | None] = field(default_factory=dict)
    max_rows: int = MAX_ROWS

    def __post_init__(self) -> None:
        self.columns(self.fields, "zh")  # a field without a word, or that no cell can hold, fails at once
        filters = self.query.model_fields.items()
        ids = {name for name, its in filters if plain_type(its.annotation) is UUID}
        if unknown := ids ^ self.known_by.keys():
            raise TypeError(
                f"{self.name} has to say by what people know {', '.join(sorted(unknown))}, and nothing else"
            )

    @property
    def query(self) -> type[PageQuery]:
        """The list query."""
        return query_of(self.lists)

    def columns(self, fields: Sequence[str], language: Language) -> tuple[ViewColumn, ...]:
        """The columns of a file. Raises KeyError or TypeError as `view_columns`."""
        [view] = self.query.answers.__pydantic_generic_metadata__["args"]
        return view_columns(view, fields, language)

    def start(self, command: Export, uow: UnitOfWork) -> TaskView:
        """Start the task. Raises ServiceError `export_column_unknown`, `export_too_large`, and what the list raises."""
        unknown = set(command.columns or ()) - set(self.fields)
        if unknown:
            raise ServiceError(
                "export_column_unknown", columns=", ".join(sorted(unknown)), allowed=", ".join(self.fields)
            )
        count = whole_list(self.lists, as_asked(self.lists, command), uow).count(uow, self.max_rows)
        if count > self.max_rows:
            raise ServiceError("export_too_large", limit=self.max_rows)
        arguments = {
            "command": command.model_dump(mode="json", exclude_unset=True),
            "rows": count,
            SCOPE: scope_to_wire(uow.context.scope),
        }
        return enqueue(uow, self.name, arguments, teaching_point_id=owner_of(uow))

    def lines(self) -> Lines:
        """What a service has of it."""
        kind = TaskKind(lambda task, uow: (), lambda task, step, uow: StepResult(), self._write)
        return Lines(operations=(command(of_contract(self.command, self.start)),), tasks={self.name: kind})

    def _write(self, task: Task, data: Sequence[Any], uow: UnitOfWork) -> UUID:
        """Write the file and note in the audit trail what left the system."""
        command = self.command.model_validate(task.arguments["command"])
        language = task.context.language
        columns = self.columns(command.columns or self.fields, language)
        query, actor = as_asked(self.lists, command), task.context.actor
        written = _Written(task, uow)
        with uow.within(scope_from_wire(task.arguments[SCOPE])):
            rows = written.rows(whole_list(self.lists, query, uow), columns)
            file = write_list_file(
                self.name,
                command.format,
                columns,
                rows,
                lambda: facts_of(
                    self.name, actor.name, uow.now, self._told(uow, query, language), written.count, language
                ),
                language,
            )
        with file:
            file_id = files.keep(
                uow,
                file,
                KINDS[command.format],
                document=self.name,
                language=language,
                teaching_point_id=task.teaching_point_id,
                student_id=actor.student_id,
            )
        noted = {**task.arguments["command"], "rows": written.count}
        uow.audit(uow.tables["tasks"], task.id, "export", after=noted)
        return file_id

    def _told(self, uow: UnitOfWork, query: PageQuery, language: Language) -> Iterator[tuple[str, str]]:
        """The filters and the order of a query in words."""
        contract = type(query)
        for name in contract.model_fields:
            value, word = getattr(query, name), field_word(contract, name)
            if value is None or word is None or name in ("page", "size"):
                continue
            if name == "sort":
                yield word[language], _order(value, contract, language)
            elif name in self.known_by:
                yield word[language], _known(uow, self.known_by[name], value)
            else:
                yield word[language], cell_text(contract, name, value, language)


class _Written:
    """Counts the rows of a file while they are written, and shows it."""

    def __init__(self, task: Task, uow: UnitOfWork) -> None:
        self.count = 0
        self._task, self._uow = task, uow

    def rows(self, listed: WholeList, columns: Sequence[ViewColumn]) -> Iterator[list[Any]]:
        self._report()
        for block in self._uow.blocks(listed.found, BLOCK):
            items: list[View] = list(listed.views(block))
            yield from rows_of(columns, items)
            self.count += len(items)
            self._report()

    def _report(self) -> None:
        report(self._uow, self._task, {"exported": self.count, "to_export": self._task.arguments["rows"]})


def exported(declared: ListExport) -> Any:
    """Declare an export: its command and its task."""
    return Group(lambda service: declared.lines())


def _known(uow: UnitOfWork, column: Column[Any] | None, id_: UUID) -> str:
    """What people know a thing by, where who asked sees it."""
    if column is None:
        return str(id_)
    found = uow.rows(select(column).where(column.table.c.id == id_))
    return str(found[0][0] if found else id_)


def _order(sort: str, query: type[PageQuery], language: Language) -> str:
    [view] = query.answers.__pydantic_generic_metadata__["args"]
    key = sort.removeprefix("-")
    word = field_word(view, key)
    named, descending = word[language] if word else key, label("export.descending")[language]
    if not sort.startswith("-"):
        return named
    return f"{named}（{descending}）" if language == "zh" else f"{named} ({descending.lower()})"
