"""Starting an import of student records; `tasks` carries it out."""

from __future__ import annotations

from typing import Final

from chassis.data.unit_of_work import UnitOfWork
from chassis.papers import files
from chassis.papers.file_kinds import TABLES
from chassis.running import tasks
from contracts.common import TaskView
from contracts.registry.commands import ImportStudents

PURPOSE: Final = "student_import"


def import_students(command: ImportStudents, uow: UnitOfWork) -> TaskView:
    """Take the workbook in and start the task. A point's import is bound to the points that its user acts for."""
    scope = uow.context.scope
    point_ids = [str(id_) for id_ in scope.ids] if scope.kind == "point" else None
    owner = uow.context.actor.teaching_point_id
    file_id = files.adopt(uow, command.file, purpose=PURPOSE, allowed=TABLES, teaching_point_id=owner)
    return tasks.enqueue(uow, "student_import", {"file_id": file_id, "teaching_point_ids": point_ids})
