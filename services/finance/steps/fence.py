"""How far one may walk over rows by their stamps and be sure that none comes behind one's back.

A row's stamp is taken some time before its transaction ends, so a row stamped earlier may be seen later. Two things
make it sure, and cost those who write nothing:

- **A fence**: an instant, and the number of a transaction that began then. As soon as no transaction of a smaller
  number is left in this database, everything that was written before that instant is decided: it is seen, or never
  will be.
- **Notes of the late**: what is written more than `LATE` after its own stamp, triggers note in `late_changes`
  (migrations/late.sql).

So of what is stamped more than `LATE` before a passed fence, every row is either seen or will be noted. `SURE` leaves
as much again for a database server whose clock is set back.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, select, text, update
from sqlalchemy.dialects.postgresql import insert

from chassis.data.unit_of_work import UnitOfWork
from services.finance.tables.proof import ledger_proof

LATE: Final = timedelta(seconds=30)
SURE: Final = 2 * LATE

BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Before all stamps."""


# This transaction has its number since it locked something, which was after its beginning. What is open in other
# databases of the server writes nothing here. Whatever has a number shows it to every role.
_TRANSACTIONS: Final = text(
    "SELECT transaction_timestamp(), CAST(CAST(pg_current_xact_id() AS text) AS bigint),"
    " coalesce((SELECT max(age(backend_xid)) FROM pg_stat_activity WHERE datname = current_database()), 0)"
)


def lock(uow: UnitOfWork) -> Row[Any]:
    """How far the books are proven, held until the end: one at a time goes on from there."""
    uow.execute(insert(ledger_proof).values(proven_until=BEGINNING).on_conflict_do_nothing())
    return uow.one(select(ledger_proof).with_for_update())


def proven_until(uow: UnitOfWork) -> datetime:
    """Up to when the books are summed up and proven."""
    return uow.scalar(select(ledger_proof.c.proven_until)) or BEGINNING


def sure_until(uow: UnitOfWork, proof: Row[Any]) -> datetime:
    """The instant before which every stamp is decided; `proven_until` while older transactions are open.

    Once all up to the fence is proven it is set anew.
    """
    began, number, oldest_age = tuple(uow.one(_TRANSACTIONS))
    proven: datetime = proof.proven_until
    # Of a backup put into another server the numbers may be larger than any there.
    if proof.fence_xid is None or proof.fence_xid >= number:
        _set(uow, began, number)
        return proven
    if oldest_age > number - proof.fence_xid:
        return proven
    sure: datetime = max(proof.fence_at - SURE, proven)
    if sure == proven:
        _set(uow, began, number)
    return sure


def _set(uow: UnitOfWork, at: datetime, number: int) -> None:
    uow.execute(update(ledger_proof).values(fence_at=at, fence_xid=number))
