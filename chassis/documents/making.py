"""Documents that are asked for one at a time: a declaration of a few lines makes a command and a task.

    CERTIFICATES = Making(ENROLMENT_CERTIFICATE, IssueEnrolmentCertificate, certificate_of)

    class Registry(Service):
        enrolment_certificates = made(CERTIFICATES)

What the document says is read when it is asked for, in the scope of who asks; the task draws just that.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import Group, Lines
from chassis.declaring.service import command, of_contract
from chassis.declaring.tasks import Task, all_at_the_end
from chassis.documents.declaring import Document
from chassis.documents.drawing import draw
from chassis.documents.issued import TABLE, Holder, issue, refuse_to_replace, school_of
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.running.tasks import enqueue
from contracts.base import Command
from contracts.common import TaskView
from contracts.documents import IssueDocument


@dataclass(frozen=True, slots=True)
class Said:
    """What a document says, and whom it is about."""

    data: BaseModel
    holder: Holder = field(default_factory=Holder)


@dataclass(frozen=True, slots=True)
class Making:
    """A document, the command that asks for it, and what it says then: (command, uow) → `Said`."""

    document: Document
    command: type[Command]
    says: Callable[[Any, UnitOfWork], Said]

    @property
    def name(self) -> str:
        """Of the task."""
        return self.document.name

    def start(self, command: Command, uow: UnitOfWork) -> TaskView:
        """Start the task. Raises ServiceError as `says` and `enqueue`, and `document_not_valid`, `not_found` where it
        can't take the place of the other one."""
        said = self.says(command, uow)
        replaces = command.replaces_id if isinstance(command, IssueDocument) else None
        if replaces is not None:
            table = uow.tables[TABLE]
            refuse_to_replace(self.document, uow.one(select(table).where(table.c.id == replaces)), said.holder)
        arguments = {
            "data": said.data.model_dump(mode="json"),
            "student_id": said.holder.student_id,
            "teaching_point_id": said.holder.teaching_point_id,
            "replaces_id": replaces,
        }
        return enqueue(uow, self.name, arguments, teaching_point_id=said.holder.teaching_point_id)

    def lines(self) -> Lines:
        """What a service has of it."""
        return Lines(
            operations=(command(of_contract(self.command, self.start)),),
            tasks={self.name: all_at_the_end(self._draw)},
        )

    def _draw(self, task: Task, uow: UnitOfWork) -> UUID:
        says = self.document.data.model_validate(task.arguments["data"])
        holder = Holder(_id(task, "student_id"), _id(task, "teaching_point_id"))
        if self.document.official:
            pdf = issue(uow, self.document, says, holder, _id(task, "replaces_id")).pdf
        else:
            pdf = draw(self.document, says, school=school_of(uow), at=uow.now)
        # The task's own row of the file, which goes with the task; that of an official document stays.
        return files.keep(
            uow,
            io.BytesIO(pdf),
            FileKind.PDF,
            document=self.name,
            teaching_point_id=task.teaching_point_id,
        )


def made(declared: Making) -> Any:
    """Declare a document that is made one at a time: its command and its task."""
    return Group(lambda service: declared.lines())


def _id(task: Task, name: str) -> UUID | None:
    value = task.arguments[name]
    return UUID(value) if value else None
