"""Due work of the registry."""

from __future__ import annotations

from sqlalchemy import Text, cast, delete, select

from chassis.data.retention import count_erased
from chassis.data.unit_of_work import UnitOfWork
from services.registry.commands.imports import PURPOSE
from services.registry.papers.template import import_template


def prepare_import_template(uow: UnitOfWork) -> int:
    """Have the template made by the task process, before somebody asks the service for it; nothing is left to do."""
    import_template(uow)
    return 0


def forget_import_workbooks(uow: UnitOfWork) -> int:
    """Let go of imported workbooks whose tasks are forgotten: whole cohorts' ID numbers, which nobody needs any more.
    How many; their content goes with the store's unowned objects."""
    files, tasks = uow.tables["files"], uow.tables["tasks"]
    its_task = select(tasks.c.id).where(tasks.c.arguments["file_id"].astext == cast(files.c.id, Text))
    done_with = delete(files).where(files.c.purpose == PURPOSE, ~its_task.exists())
    number = uow.execute(done_with).rowcount
    count_erased(uow, files.name, number)
    return number
