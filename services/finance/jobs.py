"""Work that is due by the clock: the books are summed up and proven."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, update

from chassis.data.unit_of_work import UnitOfWork
from services.finance.steps import fence
from services.finance.steps.fence import BEGINNING
from services.finance.steps.folding import fold
from services.finance.steps.going_over import Piece, Place, piece_at
from services.finance.steps.proving import changed, nth_stamp, prove, with_faults
from services.finance.tables.proof import ledger_proof

PROVEN_EVERY: Final = timedelta(seconds=10)
GONE_OVER_EVERY: Final = timedelta(days=1)
"""From the beginning of a pass over everything to that of the next one."""
CHANGES_AT_ONCE: Final = 10_000
"""Changes of a table that are proven in one transaction."""
SUMMED_AT_ONCE: Final = 200_000
"""Entries that are only summed up in one transaction: all that there are, the first time."""
PIECE: Final = 50_000
"""Rows that are gone over in one transaction, some half a second."""


def prove_books(uow: UnitOfWork) -> int:
    """Sum up what was posted and prove what has changed; how many rows, where more waits. Then go over the next piece
    of everything: once a day all of it.

    The first time all is only summed up, and proven by a pass that does not pause: by pieces it is much quicker than
    change by change.
    """
    proof = fence.lock(uow)
    first = proof.pass_began_at is None
    since, sure = proof.proven_until, fence.sure_until(uow, proof)
    at_once = SUMMED_AT_ONCE if first else CHANGES_AT_ONCE
    cut = nth_stamp(uow, since, sure, at_once)
    until = cut or sure
    notes = fold(uow, since, until)
    if not first:
        prove(uow, with_faults(uow, changed(uow, since, until, notes)))
    uow.execute(update(ledger_proof).values(proven_until=until))
    if cut is not None:
        return at_once
    if until > BEGINNING:
        _go_over(uow, proof)
    return PIECE if proof.gone_over_at is None and until > BEGINNING else 0


def _go_over(uow: UnitOfWork, proof: Row[Any]) -> None:
    """One piece at a time, so that a pass of an hour or more takes a few hundredths of a processor."""
    began = proof.pass_began_at
    if proof.pass_stage is None:
        if began is not None and uow.now < began + GONE_OVER_EVERY:
            return
        began = uow.now
    place = Place() if proof.pass_stage is None else Place(proof.pass_stage, proof.pass_day or proof.pass_after)
    piece = piece_at(uow, place, PIECE)
    piece.prove(uow)
    uow.execute(update(ledger_proof).values(pass_began_at=began, **_place_after(piece, began)))


def _place_after(piece: Piece, began: datetime) -> dict[str, Any]:
    place = piece.next
    if place is None:
        return {"pass_stage": None, "pass_after": None, "pass_day": None, "gone_over_at": began}
    of_days = place.stage == "days"
    return {
        "pass_stage": place.stage,
        "pass_after": None if of_days else place.after,
        "pass_day": place.after if of_days else None,
    }
