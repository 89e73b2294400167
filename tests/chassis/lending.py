"""A small service that hears of lent books, by events that have a second version; the first stands in `lending_v1`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import Field
from sqlalchemy import Column, Integer, String, Table, update

from chassis.base.failures import NotYet
from chassis.data.columns import id_column
from chassis.data.row_scope import scope
from chassis.data.tables import copy_table, service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service, copy, reaction
from contracts.base import Contract, Fact, State, StateItem

metadata = service_metadata("lending")
books = Table("books", metadata, id_column(), Column("days", Integer, nullable=False, server_default="0"))
scope(books, read_by_all=True)
readers = copy_table("readers", metadata, Column("name", String(40), nullable=False))
scope(readers, read_by_all=True)


class Loan(Contract):
    book_id: UUID
    days: int = Field(ge=1)


class BooksLent(Fact, owner="elsewhere", version=2, rows="loans"):
    loans: tuple[Loan, ...]


class ReaderItem(StateItem):
    name: str


class ReaderState(State[ReaderItem], owner="elsewhere", version=2):
    pass


def on_books_lent(events: Sequence[BooksLent], uow: UnitOfWork) -> None:
    """Adds days to books: not idempotent by itself, so a doubled event would show."""
    for loan in (loan for event in events for loan in event.loans):
        longer = update(books).where(books.c.id == loan.book_id).values(days=books.c.days + loan.days)
        if not uow.execute(longer).rowcount:
            raise NotYet("book_unknown")


class Lending(Service):
    name = "lending"
    metadata = metadata
    on_books_lent = reaction(on_books_lent)
    readers = copy(ReaderState, readers)
