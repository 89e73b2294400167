"""The first version of what `lending` hears: weeks instead of days, and two names instead of one."""

from __future__ import annotations

from uuid import UUID

from contracts.base import Contract, Fact, State, StateItem
from tests.chassis import lending


class Loan(Contract):
    book_id: UUID
    weeks: int


class BooksLent(Fact, owner="elsewhere", version=1, rows="loans", next=lending.BooksLent):
    loans: tuple[Loan, ...]

    def as_next(self) -> lending.BooksLent:
        return lending.BooksLent(
            loans=tuple(lending.Loan(book_id=loan.book_id, days=7 * loan.weeks) for loan in self.loans)
        )


class ReaderItem(StateItem):
    family_name: str
    given_name: str


class ReaderState(State[ReaderItem], owner="elsewhere", version=1, next=lending.ReaderState):
    def as_next(self) -> lending.ReaderState:
        items = (
            lending.ReaderItem(
                id=item.id, version=item.version, deleted=item.deleted, name=item.family_name + item.given_name
            )
            for item in self.items
        )
        return lending.ReaderState(items=tuple(items))
