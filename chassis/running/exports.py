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

from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import WholeList
from chassis.declaring.entries import Group, Lines
from chassis.declaring.service import command, of_contract
from chassis.declaring.tasks import Task, all_at_the_end
from chassis.papers import files
from chassis.papers.list_files import KINDS, details_of, write_list_file
from chassis.papers.view_columns import ViewColumn, cell_text, plain_type, rows_of, view_columns
from chassis.running.listed import (
    Lists,
    as_asked,
    as_who_asked,
    command_of,
    noted_of,
    query_of,
    rows_asked_for,
    start,
)
from chassis.running.tasks import report
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
        fields = self.query.model_fields
        ids = {name for name in self.query.filters() if plain_type(fields[name].annotation) is UUID}
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
        count = rows_asked_for(self.lists, command, uow).count(uow, self.max_rows)
        if count > self.max_rows:
            raise ServiceError("export_too_large", limit=self.max_rows)
        return start(uow, self.name, command, rows=count)

    def lines(self) -> Lines:
        """What a service has of it."""
        return Lines(
            operations=(command(of_contract(self.command, self.start)),),
            tasks={self.name: all_at_the_end(self._write)},
        )

    def _write(self, task: Task, uow: UnitOfWork) -> UUID:
        """Write the file and note in the audit trail what left the system."""
        asked, language = command_of(task, self.command), task.context.language
        columns = self.columns(asked.columns or self.fields, language)
        query, by = as_asked(self.lists, asked), task.context.actor.name
        written = _Written(task, uow)
        with as_who_asked(uow, task):
            rows = written.rows(rows_asked_for(self.lists, asked, uow), columns)
            file = write_list_file(
                self.name,
                asked.format,
                columns,
                rows,
                lambda: details_of(self.name, by, uow.now, self._told(uow, query, language), written.count, language),
                language,
            )
        with file:
            file_id = files.keep(
                uow,
                file,
                KINDS[asked.format],
                document=self.name,
                language=language,
                teaching_point_id=task.teaching_point_id,
            )
        uow.audit(uow.tables["tasks"], task.id, "export", after={**noted_of(asked), "rows": written.count})
        return file_id

    def _told(self, uow: UnitOfWork, query: PageQuery, language: Language) -> Iterator[tuple[str, str]]:
        """The filters and the order of a query in words."""
        contract = type(query)
        for name in contract.model_fields:
            value, word = getattr(query, name), field_word(contract, name)
            if value is None or word is None or name in ("page", "size", "after"):
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
