"""Proves that the audit trail is what was written, or says what is not: which entry or block, and what became of it.

Everything is read in one snapshot, while commands go on, and compared by the database with built-in functions. Rows
that are as they were never leave it, so memory is a few MB whatever the number of entries. What is found holds ids and
instants only, no contents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, TextClause, text

from chassis.data.audit_chain import beginning, block_hash, digest
from chassis.data.database import Database
from chassis.data.row_scope import role_name
from chassis.work.audit_erasing import erasures
from chassis.work.audit_heads import Head

AT_ONCE: Final = 20_000
"""Entries that one statement compares."""
_STREAM: Final = {"stream_results": True, "yield_per": 1_000}


class Damage(StrEnum):
    """What can have happened to a trail."""

    ENTRY_CHANGED = "entry_changed"
    ENTRY_MISSING = "entry_missing"
    ENTRY_INSERTED = "entry_inserted"  # in no block, and not waiting for one
    ERASED_EARLY = "erased_early"  # by whoever said so, before its time
    BLOCK_CHANGED = "block_changed"
    BLOCK_MISSING = "block_missing"
    BLOCK_OUT_OF_LINE = "block_out_of_line"  # does not follow the one before
    CHAIN_REWRITTEN = "chain_rewritten"  # sound by itself, and not what it was when its head was told
    CHAIN_CUT_SHORT = "chain_cut_short"  # ends before a head that was told


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was: the block it is about (or would be in), the entry, and the time of either."""

    damage: Damage
    sequence: int | None
    entry_id: UUID | None
    at: datetime | None
    says: str = ""


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """All rows of a service as they are at one moment, for as long as it takes to read them."""
    made = database.engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with made as connection, connection.begin():
        connection.exec_driver_sql(_SETTINGS, (role_name(database.name, "system"),))
        yield connection


class TrailProof:
    """The proof of one service's trail. `heads` are what others noted of it, read before the snapshot was taken."""

    def __init__(self, connection: Connection, service: str, heads: Sequence[Head] = ()) -> None:
        self.service = service
        self.blocks = self.entries = self.waiting = self.erased = self.compared = 0
        self.newest: Head | None = None
        self._connection = connection
        self._heads: dict[int, list[Head]] = defaultdict(list)
        for head in heads:
            if head.service == service and head not in self._heads[head.sequence]:
                self._heads[head.sequence].append(head)
        self._portions: list[tuple[int, int, int]] = []
        """First and last block of what one statement compares, and how many entries that are."""

    def findings(self, tell: Callable[[int, int], None] = lambda done, of: None) -> Iterator[Finding]:
        """Everything that is not as it was; none when the trail is sound. `tell` hears how many entries were compared.
        Figures are complete when it is."""
        yield from self._chain()
        yield from self._heads_of_others()
        done = 0
        for first, last, number in self._portions:
            yield from self._entries(first, last)
            done += number
            tell(done, self.entries)
        yield from self._outside()

    def _chain(self) -> Iterator[Finding]:
        before, last = beginning(self.service), 0
        for row in self._stream(_BLOCKS):
            if row.sequence != last + 1:
                which = f"{last + 1} to {row.sequence - 1}"
                yield Finding(Damage.BLOCK_MISSING, last + 1, None, row.made_at, f"blocks {which} are gone")
            elif row.sound and bytes(row.previous_hash) != before:
                says = "it was made after another block than the one before it"
                yield Finding(Damage.BLOCK_OUT_OF_LINE, row.sequence, None, row.made_at, says)
            if not row.sound:
                yield Finding(Damage.BLOCK_CHANGED, row.sequence, None, row.made_at, "it does not fit its hash")
            before, last = bytes(row.hash), row.sequence
            self.newest = Head(self.service, last, before, row.made_at)
            yield from self._rewritten(self.newest)
            self._portion(last, row.entries)

    def _rewritten(self, block: Head) -> Iterator[Finding]:
        for head in self._heads.pop(block.sequence, ()):
            self.compared += 1
            if head.hash != block.hash:
                says = f"its head was told as {head.hash.hex()[:16]}…"
                yield Finding(Damage.CHAIN_REWRITTEN, block.sequence, None, head.made_at, says)

    def _heads_of_others(self) -> Iterator[Finding]:
        end = self.newest.sequence if self.newest else 0
        beyond = sorted(sequence for sequence in self._heads if sequence > end)
        if beyond:
            told = self._heads[beyond[-1]][0]
            says = f"{told.sequence - end} blocks are gone, up to {told.sequence}, that others heard of"
            yield Finding(Damage.CHAIN_CUT_SHORT, end + 1, None, told.made_at, says)

    def _portion(self, sequence: int, entries: int) -> None:
        self.blocks, self.entries = self.blocks + 1, self.entries + entries
        if self._portions and self._portions[-1][2] + entries <= AT_ONCE:
            first, _, number = self._portions.pop()
            self._portions.append((first, sequence, number + entries))
        else:
            self._portions.append((sequence, sequence, entries))

    def _entries(self, first: int, last: int) -> Iterator[Finding]:
        let_go = [each for each in erasures(self._connection) if each.first <= last and each.last >= first]
        for row in self._stream(_ENTRIES, first=first, last=last):
            if row.there:
                yield Finding(Damage.ENTRY_CHANGED, row.sequence, row.id, row.at)
            elif any(each.covers(row.sequence, row.made_at) for each in let_go):
                self.erased += 1
            elif any(each.first <= row.sequence <= each.last for each in let_go):
                yield Finding(Damage.ERASED_EARLY, row.sequence, row.id, row.made_at)
            else:
                says = "" if row.sealed else "it was gone before it was sealed, or never there"
                yield Finding(Damage.ENTRY_MISSING, row.sequence, row.id, row.made_at, says)

    def _outside(self) -> Iterator[Finding]:
        """Entries that no block has. What waits is on its way into one."""
        for row in self._stream(_WAITING):
            self.waiting += 1
            if not row.there:
                yield Finding(Damage.ENTRY_MISSING, None, row.entry_id, row.marked_at, "it was waiting for its block")
        for row in self._stream(_INSERTED):
            yield Finding(Damage.ENTRY_INSERTED, None, row.id, row.at, "no block has it")

    def _stream(self, statement: TextClause, **parameters: int) -> Iterator[Row[Any]]:
        yield from self._connection.execute(statement, parameters, execution_options=_STREAM)


# Reading all of it may take minutes.
_SETTINGS: Final = (
    "SELECT set_config('role', %s, true), set_config('statement_timeout', '0', true),"
    " set_config('idle_in_transaction_session_timeout', '10min', true), set_config('work_mem', '64MB', true)"
)

_BLOCKS: Final = text(
    f"""
SELECT b.sequence, b.made_at, b.hash, b.previous_hash, cardinality(b.entry_ids) AS entries,
       b.hash = {block_hash("b.sequence", "b.made_at", "b.previous_hash", "b.entry_ids", "b.digests")} AS sound
FROM audit_blocks b ORDER BY b.sequence
"""
)
_ENTRIES: Final = text(
    f"""
SELECT s.sequence, s.made_at, s.id, s.digest IS NOT NULL AS sealed, e.id IS NOT NULL AS there, e.at
FROM (
    SELECT b.sequence, b.made_at, u.id, u.digest
    FROM audit_blocks b CROSS JOIN LATERAL unnest(b.entry_ids, b.digests) AS u (id, digest)
    WHERE b.sequence BETWEEN :first AND :last
) s LEFT JOIN audit_entries e ON e.id = s.id
WHERE e.id IS NULL OR s.digest IS DISTINCT FROM {digest("e")}
"""
)
_WAITING: Final = text(
    """
SELECT m.entry_id, m.marked_at, e.id IS NOT NULL AS there
FROM audit_marks m LEFT JOIN audit_entries e ON e.id = m.entry_id
"""
)
_INSERTED: Final = text(
    """
SELECT e.id, e.at FROM audit_entries e
WHERE NOT EXISTS (SELECT FROM (SELECT unnest(entry_ids) AS id FROM audit_blocks) s WHERE s.id = e.id)
    AND NOT EXISTS (SELECT FROM audit_marks m WHERE m.entry_id = e.id)
"""
)
