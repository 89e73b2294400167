"""The follower of the audit trail: makes blocks of entries that are not sealed yet (`chassis.data.audit_chain`).

It takes what it sees committed, so an entry whose transaction ends late is in a later block, and none is passed over.
Every task process has one; the advisory lock lets one at a time work, and goes with the transaction of a process that
died. Mark and block change hands in one transaction: an entry is marked or in a block, never both, never neither.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from chassis.base import metrics
from chassis.data.audit_chain import MOST
from chassis.data.unit_of_work import UnitOfWork

SEALED_EVERY: Final = 3.0
"""Seconds at most between an entry and its block, unless more than a block of them wait."""


def seal(uow: UnitOfWork) -> bool:
    """Make one block of what is marked, or none where there is nothing or another process is at it. Whether it is full,
    so that more may wait."""
    sealed: int = uow.scalar(_SEAL, {"most": MOST})
    metrics.audit_unsealed(uow.scalar(_OLDEST) or 0.0)
    return sealed == MOST


_SEAL: Final = text("SELECT public.chain_audit_entries(:most)")
# Marks are in the order of time by their ids, so the first is the oldest or nearly so.
_OLDEST: Final = text(
    "SELECT CAST(extract(epoch FROM clock_timestamp() - marked_at) AS float) FROM audit_marks ORDER BY entry_id LIMIT 1"
)
