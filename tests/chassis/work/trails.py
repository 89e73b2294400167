"""A service with a chained trail, and hands that can do with its database what no service may."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from chassis.work.audit_heads import Head, newest_head
from chassis.work.audit_proof import Finding, TrailProof, snapshot
from chassis.work.audit_sealing import seal
from tests.chassis.example import AddParcel


def enter(example: ServiceHarness, count: int = 1) -> list[UUID]:
    """Commands that each leave an entry; the entries' ids."""
    before = set(entry_ids(example))
    for _ in range(count):
        example.run(AddParcel(teaching_point_id=new_id(), label=str(new_id())[-12:]))
    return [id_ for id_ in entry_ids(example) if id_ not in before]


def entry_ids(example: ServiceHarness) -> list[UUID]:
    entries = example.table("audit_entries")
    return [row.id for row in example.rows(select(entries.c.id).order_by(entries.c.id))]


def blocks(example: ServiceHarness) -> list[Any]:
    table = example.table("audit_blocks")
    return example.rows(select(table).order_by(table.c.sequence))


def seal_one(example: ServiceHarness) -> bool:
    return example.database.run(system_context(), seal)


def chain(example: ServiceHarness, *sizes: int) -> list[list[UUID]]:
    """Blocks of so many entries each; their ids."""
    made = []
    for size in sizes:
        made.append(enter(example, size))
        seal_one(example)
    return made


def head(example: ServiceHarness) -> Head:
    found = example.database.run(system_context(), newest_head)
    assert found is not None
    return found


def proven(example: ServiceHarness, *heads: Head) -> tuple[TrailProof, list[Finding]]:
    with snapshot(example.database) as connection:
        proof = TrailProof(connection, example.service.name, heads)
        return proof, list(proof.findings())


def damages(example: ServiceHarness, *heads: Head) -> list[tuple[str, int | None, UUID | None]]:
    """What is found, where and in which entry."""
    return [(str(f.damage), f.sequence, f.entry_id) for f in proven(example, *heads)[1]]


@contextmanager
def burglar(example: ServiceHarness) -> Iterator[Connection]:
    """The database's administrator, whom no right and no trigger holds back."""
    with example.owner_connection() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        try:
            yield connection
        finally:
            connection.exec_driver_sql("RESET session_replication_role")


def tamper(example: ServiceHarness, *statements: str, **values: Any) -> None:
    """Do it as the administrator, and see to it that something was done."""
    with burglar(example) as connection:
        for statement in statements:
            assert connection.execute(text(statement), values).rowcount != 0, statement


def rehash(example: ServiceHarness, sequences: Sequence[int]) -> None:
    """Make blocks sound again after they were altered, each on the one before: what a careful burglar does."""
    from chassis.data.audit_chain import block_hash

    own = block_hash("b.sequence", "b.made_at", "p.hash", "b.entry_ids", "b.digests")
    for sequence in sequences:
        tamper(
            example,
            f"UPDATE audit_blocks b SET previous_hash = p.hash, hash = {own}"
            " FROM audit_blocks p WHERE p.sequence = b.sequence - 1 AND b.sequence = :sequence",
            sequence=sequence,
        )
