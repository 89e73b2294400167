"""Due work of the registry."""

from __future__ import annotations

from chassis.data.unit_of_work import UnitOfWork
from services.registry.papers.template import import_template


def prepare_import_template(uow: UnitOfWork) -> int:
    """Have the template made by the task process, before somebody asks the service for it; nothing is left to do."""
    import_template(uow)
    return 0
