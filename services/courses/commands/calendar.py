"""The term calendar (CRS-13)."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from chassis.data.pages import as_view
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import add, change, locked
from contracts.courses.catalogue_commands import CreateTerm, UpdateTerm
from contracts.courses.catalogue_views import TermView
from contracts.errors import ServiceError
from services.courses.tables.catalogue import terms


def create_term(command: CreateTerm, uow: UnitOfWork) -> TermView:
    """Add a term. Raises `terms_overlap`."""
    _refuse_overlap(uow, command.starts_on, command.ends_on)
    return as_view(TermView, add(uow, terms, command.model_dump()))


def update_term(command: UpdateTerm, uow: UnitOfWork) -> TermView:
    """Change a term. Raises `terms_overlap`, `stale_version`, `not_found`."""
    before = locked(uow, terms, command.term_id, command.version)
    _refuse_overlap(uow, command.starts_on, command.ends_on, besides=command.term_id)
    values = command.model_dump(exclude={"term_id", "version"})
    return as_view(TermView, change(uow, terms, before, "edit", values))


def _refuse_overlap(uow: UnitOfWork, starts_on: date, ends_on: date, besides: UUID | None = None) -> None:
    """Name the term in the way. Two terms entered at the same time are kept apart by the table's own constraint."""
    in_the_way = select(terms.c.name).where(terms.c.starts_on <= ends_on, terms.c.ends_on >= starts_on)
    if besides is not None:
        in_the_way = in_the_way.where(terms.c.id != besides)
    name = uow.scalar(in_the_way.limit(1))
    if name is not None:
        raise ServiceError("terms_overlap", name=name)
