"""Tables that come in: a declaration of a dozen lines makes a command, a check, a task, a template and what clears up.

    STUDENTS_IN = ListImport(
        "student_import", ImportStudents, GetStudentImportTemplate, STUDENTS, Entry, judge, enter,
        once={"student_number": lambda entry: entry.student_number},
    )

    class Registry(Service):
        student_imports = imported(STUDENTS_IN)

A table is read once and its rows are judged and entered block by block; refused rows are given back. A check judges all
rows and enters none. The steps carry what was read, so that a large table is not parsed for every block.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import islice
from typing import Any, Final, Generic
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, select

from chassis.data.retention import count_erased
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import Group, Lines
from chassis.declaring.service import command, of_contract, query, scheduled
from chassis.declaring.tasks import Ended, StepResult, Task, TaskKind, all_at_the_end
from chassis.papers import files
from chassis.papers.file_kinds import TABLES, FileKind
from chassis.papers.outcomes import outcome_of
from chassis.papers.spreadsheets import BadRow, CellError, Column
from chassis.running.import_lines import Effects, Enter, EntryT, Importer, Judge, Line, Together
from chassis.running.import_templates import template_of
from chassis.running.tasks import enqueue, report
from contracts.base import Query
from contracts.common import ImportOutcome, TaskState, TaskView
from contracts.imports import Import
from contracts.types import FileReference

BLOCK: Final = 250
"""Rows entered in one transaction."""
CHECKED_AT_ONCE: Final = 1_000
"""Rows judged at once where none is entered; after each the progress is shown, and cancelling is heard of."""
_READ_BETWEEN: Final = 5_000
"""Rows after which it is shown how many were read."""


@dataclass(frozen=True)
class ListImport(Generic[EntryT]):
    """An import: its name (of the task and of the template), the command that asks for it and the query for the
    template, the columns and the contract of what is read of them, the rules, and how a block is entered. `once` are
    keys that no two rows of a table may share, by the field that is blamed; None is no key. `effects` are counted too;
    `together` looks at the whole table first."""

    name: str
    command: type[Import]
    template: type[Query]
    columns: Sequence[Column]
    entry: type[EntryT]
    judge: Judge[EntryT]
    enter: Enter[EntryT]
    once: Mapping[str, Callable[[EntryT], Hashable | None]] = field(default_factory=dict)
    effects: Effects = field(default_factory=dict)
    together: Together[EntryT] | None = None

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Titles of columns by field."""
        return {column.field: column.title for column in self.columns}

    def start(self, command: Import, uow: UnitOfWork) -> TaskView:
        """Take the table in and start the task. A point's import is bound to the points that its user acts for."""
        scope, owner = uow.context.scope, uow.context.actor.teaching_point_id
        point_ids = [str(id_) for id_ in scope.ids] if scope.kind == "point" else None
        file_id = files.adopt(uow, command.file, purpose=self.name, allowed=TABLES, teaching_point_id=owner)
        before = self._imported_before_at(uow, command.file, owner)
        arguments = {
            "file_id": file_id,
            "teaching_point_ids": point_ids,
            "sha256": command.file.sha256,
            "imported_before_at": before,
        }
        task = enqueue(uow, self._check_name if command.dry_run else self.name, arguments)
        if before is None:
            return task
        return task.model_copy(update={"outcome": ImportOutcome(rows=0, refused=0, imported_before_at=before)})

    def take_in(self, uow: UnitOfWork, lines: Sequence[Line[EntryT]], importer: Importer) -> list[BadRow]:
        """Judge a block and enter its good rows; the others."""
        self.judge(uow, lines, importer)
        if good := [line for line in lines if not line.errors]:
            self.enter(uow, good, importer)
        return [line.given_back() for line in lines if line.errors]

    def line(self, values: Mapping[str, Any], row: BadRow) -> Line[EntryT]:
        """A row as it was read."""
        return Line(self.entry.model_validate(values), row, self.titles, list(row.errors))

    def lines(self) -> Lines:
        """What a service has of it."""
        return Lines(
            operations=(
                command(of_contract(self.command, self.start)),
                # The template belongs to nobody: everybody gets the same one.
                query(of_contract(self.template, self._template), as_system=True),
            ),
            tasks={
                self.name: TaskKind(self._plan, self._enter_block, self._end),
                self._check_name: all_at_the_end(self._check),
            },
            schedule={
                f"forget_{self.name}_files": scheduled(self.forget_files, every=timedelta(hours=1)),
                f"prepare_{self.name}_template": scheduled(self._prepare_template, every=timedelta(days=1)),
            },
        )

    def forget_files(self, uow: UnitOfWork) -> int:
        """Scheduled job: let go of tables whose tasks are forgotten; they are full of what nobody needs any more. How
        many; their content goes with the store's unowned objects."""
        kept, tasks = uow.tables["files"], uow.tables["tasks"]
        its_task = select(tasks.c.id).where(tasks.c.arguments["file_id"].astext == cast(kept.c.id, Text))
        number = uow.execute(delete(kept).where(kept.c.purpose == self.name, ~its_task.exists())).rowcount
        count_erased(uow, kept.name, number)
        return number

    @property
    def _check_name(self) -> str:
        return f"{self.name}_check"

    def _imported_before_at(self, uow: UnitOfWork, file: FileReference, owner: UUID | None) -> Any:
        """When this very file was imported before by the same point. Its people do not see all of its tasks."""
        tasks = uow.tables["tasks"]
        before = select(func.max(tasks.c.finished_at)).where(
            tasks.c.kind == self.name,
            tasks.c.state == TaskState.DONE,
            tasks.c.arguments["sha256"].astext == file.sha256,
            tasks.c.teaching_point_id.is_not_distinct_from(owner),
        )
        with uow.as_system():
            return uow.scalar(before)

    def _plan(self, task: Task, uow: UnitOfWork) -> Iterator[dict[str, Any]]:
        """Read the table and cut it into blocks. The refusals of an unreadable table end the task."""
        read = (
            {"values": line.entry.model_dump(mode="json"), **line.given_back().to_json()}
            for line in self._read(task, uow)
        )
        return ({"lines": block} for block in _blocks(read, BLOCK))

    def _enter_block(self, task: Task, step: dict[str, Any], uow: UnitOfWork) -> StepResult:
        """Enter the good rows of a block; the others are left for the end of the task."""
        lines = [self.line(line["values"], BadRow.from_json(line)) for line in step["lines"]]
        bad = self.take_in(uow, lines, _importer(task))
        touched = {name: len(things) for name, things in self._touched(lines).items()}
        figures = {"imported": len(lines) - len(bad), "refused": len(bad), **touched}
        return StepResult(figures, [row.to_json() for row in bad])

    def _touched(self, lines: Sequence[Line[EntryT]]) -> dict[str, set[Hashable]]:
        """The things of each effect that the good ones of these lines have, or would have."""
        good = [line for line in lines if not line.errors]
        return {name: {thing for line in good for thing in things(line)} for name, things in self.effects.items()}

    def _end(self, task: Task, data: Sequence[Any], uow: UnitOfWork) -> Ended:
        bad = [BadRow.from_json(row) for block in data for row in block]
        return self._ended(task, uow, task.figures.get("imported", 0) + len(bad), bad)

    def _check(self, task: Task, uow: UnitOfWork) -> Ended:
        """Judge all rows, and say what would come of them."""
        read, importer, checked = self._read(task, uow), _importer(task), 0
        bad: list[BadRow] = []
        touched: dict[str, set[Hashable]] = {name: set() for name in self.effects}
        for block in _blocks(read, CHECKED_AT_ONCE):
            self.judge(uow, block, importer)
            bad += [line.given_back() for line in block if line.errors]
            checked += len(block)
            for name, things in self._touched(block).items():
                touched[name] |= things
            told = {name: len(things) for name, things in touched.items()}
            report(uow, task, {"checked": checked, "refused": len(bad), **told})
        return self._ended(task, uow, checked, bad)

    def _read(self, task: Task, uow: UnitOfWork) -> Iterator[Line[EntryT]]:
        """The rows, with what speaks against each of itself, or beside the others."""
        against: Mapping[int, CellError] = {}
        if self.together is not None:
            against = self.together(uow, _blocks(self._read_rows(task, uow), CHECKED_AT_ONCE))
        for line in self._read_rows(task, uow):
            if (error := against.get(line.row.number)) is not None:
                line.refuse(error.title, error.code, **error.params)
            yield line

    def _read_rows(self, task: Task, uow: UnitOfWork) -> Iterator[Line[EntryT]]:
        from chassis.papers.sheet_reading import read_rows  # what reads tables is for the task process only

        doubles = {name: (key, dict[Hashable, int]()) for name, key in self.once.items()}
        with files.open_file(uow, UUID(task.arguments["file_id"])) as file:
            for count, row in enumerate(read_rows(file, self.columns), start=1):
                line = self.line(row.values, row.refused())
                for name, (key, seen) in doubles.items():
                    its = key(line.entry)
                    if its is not None and (first := seen.setdefault(its, row.number)) != row.number:
                        line.refuse(name, "twice_in_workbook", row=first)
                yield line
                if task.kind == self.name and count % _READ_BETWEEN == 0:
                    report(uow, task, {"read": count})

    def _ended(self, task: Task, uow: UnitOfWork, rows: int, bad: Sequence[BadRow]) -> Ended:
        """What came of it, and a workbook of the refused rows with every reason beside each, where there are any."""
        outcome = outcome_of(rows, bad, task.arguments.get("imported_before_at"))
        if not bad:
            return Ended(None, outcome)
        from chassis.papers.sheet_writing import write_bad_rows  # openpyxl is for the task process only

        document, language = f"{self.name}_refused", task.context.language
        with write_bad_rows(document, self.columns, bad, language) as file:
            kept = files.keep(
                uow,
                file,
                FileKind.XLSX,
                document=document,
                language=language,
                teaching_point_id=task.teaching_point_id,
            )
        return Ended(kept, outcome)

    def _template(self, query: Query, uow: UnitOfWork) -> FileReference:
        return files.reference_to(uow, template_of(uow, self.name, self.columns))

    def _prepare_template(self, uow: UnitOfWork) -> int:
        """Have the template made by the task process, before somebody asks the service for it; nothing is left."""
        template_of(uow, self.name, self.columns)
        return 0


def imported(declared: ListImport[Any]) -> Any:
    """Declare an import with all that belongs to it: its command, template, check, task, and what clears up."""
    return Group(lambda service: declared.lines())


def _blocks(rows: Iterator[Any], size: int) -> Iterator[list[Any]]:
    return iter(lambda: list(islice(rows, size)), [])


def _importer(task: Task) -> Importer:
    ids: Collection[str] | None = task.arguments["teaching_point_ids"]
    return Importer(task.teaching_point_id, None if ids is None else frozenset(map(UUID, ids)))
