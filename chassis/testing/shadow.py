"""A shadow of all that a service publishes, fed as a copy would be and compared with the owner's rows.

After every operation the notes that it left are looked at as the relay would; what the shadow then lacks, no copy
anywhere would have heard of.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.base.context import system_context
from chassis.data.database import Database
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import PublishesEntry
from chassis.messages.relay import items_of
from contracts.base import StateItem

LOOKED_AT = 500
"""Rows of a table that are compared: those that changed last."""


class Shadow:
    """Every published item of one service, by the rules of copies: the higher version wins."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.notes = database.service.metadata.tables["state_notes"]
        self._items: dict[tuple[str, UUID], StateItem] = {}
        self._seen = 0

    def forget(self) -> None:
        """All rows are gone."""
        self._items.clear()
        self._seen = 0

    def trust(self) -> None:
        """The rows were put there by other means: take them as they are."""
        self.forget()
        self.database.run(system_context(), self._trust)

    def _trust(self, uow: UnitOfWork) -> None:
        for entry in self.database.service.publications.values():
            for item in entry.builder([row.id for row in uow.rows(select(entry.table.c.id))], uow):
                self._items[entry.kind, item.id] = item

    def check(self) -> None:
        """Take what was noted and compare. Fails with kind and id of what a copy would not have heard of."""
        if not self.database.run(system_context(), self._differing):
            return
        self._seen = 0  # somebody else may have committed in between, or notes out of the order of their ids
        differing = self.database.run(system_context(), self._differing)
        assert not differing, f"{self.database.service.name} changed without a note: {differing}"

    def _differing(self, uow: UnitOfWork) -> list[tuple[str, UUID]]:
        publications = self.database.service.publications
        # The rows first: what changes after that look has its note in the next.
        current = [(entry, self._current(entry, uow)) for entry in publications.values()]
        self._take_notes(uow)
        differing: list[tuple[str, UUID]] = []
        for entry, items in current:
            for item in items:
                known = self._items.get((entry.kind, item.id))
                if known is None or (known.version <= item.version and known != item):
                    differing.append((entry.kind, item.id))
            if len(items) < LOOKED_AT:
                there = {item.id for item in items}
                differing += [
                    (kind, id_)
                    for (kind, id_), item in self._items.items()
                    if kind == entry.kind and id_ not in there and not item.deleted
                ]
        return differing

    @staticmethod
    def _current(entry: PublishesEntry, uow: UnitOfWork) -> list[StateItem]:
        newest = select(entry.table.c.id).order_by(entry.table.c.updated_at.desc()).limit(LOOKED_AT)
        ids = [row.id for row in uow.rows(newest)]
        return list(entry.builder(ids, uow)) if ids else []

    def _take_notes(self, uow: UnitOfWork) -> None:
        fresh = uow.rows(select(self.notes).where(self.notes.c.id > self._seen).order_by(self.notes.c.id))
        by_kind: dict[str, list[Any]] = {}
        for note in fresh:
            by_kind.setdefault(note.kind, []).append(note)
            self._seen = max(self._seen, note.id)
        for kind, notes in by_kind.items():
            self.take(kind, items_of(self.database.service.publications[kind], notes, uow))

    def take(self, kind: str, items: tuple[StateItem, ...]) -> None:
        """Take items in as a copy does."""
        for item in items:
            known = self._items.get((kind, item.id))
            if known is None or known.version < item.version:
                self._items[kind, item.id] = item
