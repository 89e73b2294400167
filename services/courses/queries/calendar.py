"""The calendar as the rules want it."""

from sqlalchemy import select

from chassis.data.unit_of_work import UnitOfWork
from services.courses.domain.calendar import Term
from services.courses.tables.catalogue import terms


def calendar(uow: UnitOfWork) -> list[Term]:
    """All terms, in order."""
    days = select(terms.c.starts_on, terms.c.ends_on).order_by(terms.c.starts_on)
    return [Term(row.starts_on, row.ends_on) for row in uow.rows(days)]
