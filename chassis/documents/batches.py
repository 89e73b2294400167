"""Documents about all rows of a list, by one command: one PDF or a ZIP, made block by block in a task.

    MANY = Batch("certificates", CERTIFICATES, IssueCertificates, list_students, "student_id", "student_number")

    class Registry(Service):
        many_certificates = made_together(MANY)

The rows are those of the list, as filtered, sorted and scoped. A block is a step: what is killed goes on where it was,
and who cancels keeps what was issued. What can't be made is told with its reason, and the others are made.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

from sqlalchemy import delete

from chassis.data.bulk import ids_in
from chassis.data.retention import count_erased
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import Group, Lines
from chassis.declaring.service import command, of_contract, scheduled
from chassis.declaring.tasks import Ended, StepResult, Task, TaskKind
from chassis.documents.declaring import Document
from chassis.documents.drawing import Filled, draw, draw_together
from chassis.documents.fonts import drawable, refuse_undrawable
from chassis.documents.issued import issue_many, school_of
from chassis.documents.making import Making, Said
from chassis.documents.merging import merge
from chassis.documents.telling import texts_in, told
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.papers.leftovers import folder
from chassis.papers.outcomes import outcome_of
from chassis.papers.spreadsheets import BadRow, CellError
from chassis.papers.zip_stream import write_zip
from chassis.running.listed import Lists, as_who_asked, command_of, noted_of, rows_asked_for, start
from chassis.running.tasks import report
from contracts.base import Contract
from contracts.common import Refusal, TaskView
from contracts.documents import BatchForm, IssueDocuments
from contracts.errors import ServiceError
from contracts.words import document_word

MAX_DOCUMENTS: Final = 5_000
BLOCK: Final = 10
"""Documents drawn together: what more than that takes in memory is not given back for ten blocks."""
PART: Final = "document_part"
"""The purpose of files that hold a block until all are there."""
_KEPT: Final = timedelta(days=1)


class _Refused(Contract):
    """A row of the list of which no document was made, and why."""

    label: str
    message: str


class _RefusedList(Contract):
    items: tuple[_Refused, ...]


REFUSED: Final = Document("documents_refused", _RefusedList, Path(__file__).with_name("refused.typ"))


@dataclass(frozen=True, slots=True)
class _Made:
    """A document of a block: the name of its file, what it says, and the PDF where it was issued."""

    name: str
    filled: Filled
    pdf: bytes | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Many documents: their name (of task and file), how one is made, the command that asks for all, the handler of
    the list, the field of the one's command that names a row of it, and the field by which people know a row."""

    name: str
    making: Making
    command: type[IssueDocuments]
    lists: Lists
    field: str
    label: str

    def start(self, command: IssueDocuments, uow: UnitOfWork) -> TaskView:
        """Start the task. Raises ServiceError `documents_none`, `documents_too_many`, and what the list raises."""
        count = rows_asked_for(self.lists, command, uow).count(uow, MAX_DOCUMENTS)
        if count == 0:
            raise ServiceError("documents_none")
        if count > MAX_DOCUMENTS:
            raise ServiceError("documents_too_many", limit=MAX_DOCUMENTS)
        return start(uow, self.name, command)

    def lines(self) -> Lines:
        """What a service has of it: a block of documents is a step."""
        return Lines(
            operations=(command(of_contract(self.command, self.start)),),
            tasks={self.name: TaskKind(self._plan, self._make, self._finish)},
            schedule={"forget_document_parts": scheduled(forget_document_parts, every=timedelta(hours=1))},
        )

    # -- the phases of the task ----------------------------------------------------------------------------

    def _plan(self, task: Task, uow: UnitOfWork) -> Sequence[Mapping[str, Any]]:
        rows: list[tuple[str, str]] = []
        with as_who_asked(uow, task):
            listed = rows_asked_for(self.lists, command_of(task, self.command), uow)
            for block in uow.blocks(listed.found, 500):
                rows += [(str(view.id), str(getattr(view, self.label))) for view in listed.views(block)]  # type: ignore[attr-defined]
        return [{"rows": rows[start : start + BLOCK]} for start in range(0, len(rows), BLOCK)]

    def _make(self, task: Task, step: dict[str, Any], uow: UnitOfWork) -> StepResult:
        """Make a block, and keep it as a part; of one that is only tried keep what is refused."""
        said = self._said(task, step["rows"], uow)
        refused = [(label, what.to_wire()) for label, what in said if isinstance(what, ServiceError)]
        if command_of(task, self.command).dry_run:
            numbers = [number for number, (_, what) in enumerate(said, 1) if isinstance(what, ServiceError)]
            figures = {"issuable": len(said) - len(refused), "refused": len(refused)}
            return StepResult(figures, {"part": None, "refused": refused, "numbers": numbers})
        made = self._made([(label, what) for label, what in said if isinstance(what, Said)], uow)
        part = None
        if made:
            content = self._part(task, made, uow)
            part = files.keep(uow, io.BytesIO(content), _KINDS[self._form(task)], document=self.name, purpose=PART)
        return StepResult({"issued": len(made), "refused": len(refused)}, {"part": part, "refused": refused})

    def _finish(self, task: Task, data: Sequence[Any], uow: UnitOfWork) -> Ended | UUID:
        """Put the parts together, with the list of what could not be made at the end."""
        refused = [line for each in data for line in each["refused"]]
        if command_of(task, self.command).dry_run:
            return self._tried(task, data, refused, uow)
        parts = [UUID(each["part"]) for each in data if each["part"]]
        with folder() as place:
            put_together = _as_pdf if self._form(task) is BatchForm.PDF else _as_zip
            result = place / "result"
            contents = _contents(task, parts, uow)
            put_together(contents, _refused_list(refused, uow) if refused else None, result)
            with result.open("rb") as file:
                file_id = files.keep(
                    uow,
                    file,
                    _KINDS[self._form(task)],
                    document=self.name,
                    teaching_point_id=task.teaching_point_id,
                )
        table = uow.tables["files"]
        uow.execute(delete(table).where(ids_in(table.c.id, parts)))
        asked = noted_of(command_of(task, self.command))
        uow.audit(uow.tables["tasks"], task.id, "export", after={**asked, **task.figures})
        return file_id

    def _tried(self, task: Task, data: Sequence[Any], refused: Sequence[tuple[str, Any]], uow: UnitOfWork) -> Ended:
        """What would come of it: the reasons, and the list of what could not be made where there is any."""
        numbers = [at * BLOCK + number for at, each in enumerate(data) for number in each["numbers"]]
        bad = [
            BadRow(number, {}, (CellError("", error["code"], error["params"]),))
            for number, (_, error) in zip(numbers, refused, strict=True)
        ]
        outcome = outcome_of(len(bad) + task.figures.get("issuable", 0), bad)
        if not refused:
            return Ended(None, outcome)
        told = io.BytesIO(_refused_list(refused, uow))
        point = task.teaching_point_id
        return Ended(files.keep(uow, told, FileKind.PDF, document=REFUSED.name, teaching_point_id=point), outcome)

    def _form(self, task: Task) -> BatchForm:
        return command_of(task, self.command).form

    # -- a block -------------------------------------------------------------------------------------------

    def _said(
        self, task: Task, rows: Iterable[tuple[str, str]], uow: UnitOfWork
    ) -> list[tuple[str, Said | ServiceError]]:
        """The label of each, and what it says, or why it can't be made."""
        with as_who_asked(uow, task):
            return [(label, self._says(id_, uow)) for id_, label in rows]

    def _made(self, good: Sequence[tuple[str, Said]], uow: UnitOfWork) -> list[_Made]:
        document = self.making.document
        if document.official is None:
            return [_Made(label, Filled(what.data)) for label, what in good]
        issued = issue_many(uow, document, [(what.data, what.holder) for _, what in good])
        return [
            _Made(f"{label} {each.marks.number}", Filled(what.data, each.marks), each.pdf)
            for (label, what), each in zip(good, issued, strict=True)
        ]

    def _says(self, id_: str, uow: UnitOfWork) -> Said | ServiceError:
        """What one says, or why it can't be made: an exception would not leave the scope in order."""
        try:
            said = self.making.says(self.making.command.model_validate({self.field: id_}), uow)
            refuse_undrawable(texts_in(told(said.data)))
        except ServiceError as error:
            return error
        return said

    def _part(self, task: Task, made: Sequence[_Made], uow: UnitOfWork) -> bytes:
        document, school = self.making.document, school_of(uow)
        if self._form(task) is BatchForm.PDF:
            return draw_together(document, [each.filled for each in made], school=school, at=uow.now)
        written = io.BytesIO()
        singles = ((each, each.pdf or draw(document, each.filled.data, school=school, at=uow.now)) for each in made)
        write_zip(written, ((f"{each.name}.pdf", io.BytesIO(pdf)) for each, pdf in singles))
        return written.getvalue()


def made_together(declared: Batch) -> Any:
    """Declare many documents by one command: that, its task, and what clears up."""
    return Group(lambda service: declared.lines())


def forget_document_parts(uow: UnitOfWork) -> int:
    """Scheduled job: let go of blocks whose tasks were cancelled or failed. How many."""
    table = uow.tables["files"]
    left = delete(table).where(table.c.purpose == PART, table.c.adopted_at < uow.now - _KEPT)
    number = uow.execute(left).rowcount
    count_erased(uow, table.name, number)
    return number


_KINDS: Final = {BatchForm.PDF: FileKind.PDF, BatchForm.ZIP: FileKind.ZIP}
"""What the parts are, and the whole."""
_REPORTED = 20
"""Parts after which the progress is shown, and cancelling is heard."""


def _contents(task: Task, parts: Sequence[UUID], uow: UnitOfWork) -> Iterator[IO[bytes]]:
    """The parts in their order, each to be closed. Raises TaskCancelledError."""
    for number, part in enumerate(parts):
        if number % _REPORTED == 0:
            report(uow, task, {**task.figures, "put_together": number * BLOCK})
        yield files.open_file(uow, part)


def _refused_list(refused: Sequence[tuple[str, Any]], uow: UnitOfWork) -> bytes:
    lines = (
        _Refused(label=drawable(label), message=Refusal.of(error["code"], "zh", **error["params"]).message)
        for label, error in refused
    )
    return draw(REFUSED, _RefusedList(items=tuple(lines)), school=school_of(uow), at=uow.now)


def _as_pdf(parts: Iterable[IO[bytes]], refused: bytes | None, result: Path) -> None:
    paths = []
    for number, part in enumerate(parts):
        with part:
            paths.append(result.with_name(f"{number}.pdf"))
            paths[-1].write_bytes(part.read())
    if refused is not None:
        paths.append(result.with_name("refused.pdf"))
        paths[-1].write_bytes(refused)
    merge(paths, result)


def _as_zip(parts: Iterable[IO[bytes]], refused: bytes | None, result: Path) -> None:
    with result.open("wb") as file:
        write_zip(file, _entries(parts, refused))


def _entries(parts: Iterable[IO[bytes]], refused: bytes | None) -> Iterator[tuple[str, IO[bytes]]]:
    for part in parts:
        with part, zipfile.ZipFile(part) as block:
            yield from ((name, io.BytesIO(block.read(name))) for name in block.namelist())
    if refused is not None:
        yield f"{document_word(REFUSED.name).zh}.pdf", io.BytesIO(refused)
