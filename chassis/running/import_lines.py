"""The rows of a table that comes in, and the functions that a service has for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from chassis.data.unit_of_work import UnitOfWork
from chassis.papers.spreadsheets import BadRow, CellError
from contracts.base import Contract
from contracts.errors import JsonValue

EntryT = TypeVar("EntryT", bound=Contract)


@dataclass(slots=True)
class Line(Generic[EntryT]):
    """A row of the table: what was read, the row to give back, and what is wrong with it so far. `record` is what rules
    make of it."""

    entry: EntryT
    row: BadRow
    titles: Mapping[str, str]
    errors: list[CellError]
    record: Any = None

    def refuse(self, field: str, code: str, /, **params: JsonValue) -> None:
        """A reason against it, at the column of a field; of the row as a whole where `field` is empty."""
        self.errors.append(CellError(self.titles[field] if field else "", code, params))

    def given_back(self) -> BadRow:
        """The row with its reasons."""
        return BadRow(self.row.number, self.row.texts, tuple(self.errors))


@dataclass(frozen=True, slots=True)
class Importer:
    """Whose table it is: the point of who sends it, and the points that may be named in it (None: all)."""

    own_point_id: UUID | None
    point_ids: frozenset[UUID] | None

    def may_enter(self, point_id: UUID) -> bool:
        """Whether rows may be entered at a point."""
        return self.point_ids is None or point_id in self.point_ids

    def point_of(self, line: Line[Any], usable: Mapping[str, UUID]) -> UUID | None:
        """The point that a line's `teaching_point_code` names, or of who sends the table; `usable` are those that there
        are, by code. None where there is no such point, which is put down."""
        code = line.entry.teaching_point_code
        if code is None:
            point_id, reason = self.own_point_id, "field_required"
            if point_id is not None and point_id not in usable.values():
                point_id, reason = None, "teaching_point_not_enabled"
        else:
            point_id, reason = usable.get(code), "teaching_point_unknown"
        if point_id is None:
            line.refuse("teaching_point_code", reason, **({} if code is None else {"code": code}))
        return point_id


Judge = Callable[[UnitOfWork, Sequence[Line[EntryT]], Importer], None]
"""Refuses lines of a block that rules or existing rows speak against, and makes the records of the others."""
Enter = Callable[[UnitOfWork, Sequence[Line[EntryT]], Importer], None]
"""Enters good lines; those that somebody was quicker with are refused, which a constraint decides."""
Together = Callable[[UnitOfWork, Iterator[Sequence[Line[EntryT]]]], Mapping[int, CellError]]
"""What only the whole table shows, read in blocks before any is judged: the number of a row → what speaks against it,
of which the title is a field here."""
Effects = Mapping[str, Callable[[Line[Any]], Collection[Hashable]]]
"""What good rows do beside coming in: the name of a figure → the things that a line does it to, each counted once."""
