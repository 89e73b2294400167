"""Sums of the ledger by teaching point, account and day, so that no balance reads all entries (FIN-7).

Who posts has no part in it: a row of sums that every posting changed would be a lock for which all wait. A job sums up
what was posted before `ledger_proof.proven_until` (`steps/fence.py` says how far that may go), and what came late when
its note comes.
"""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    Subquery,
    and_,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from chassis.data.pages import day_of
from chassis.data.unit_of_work import UnitOfWork
from services.finance.tables.ledger import ledger_entries
from services.finance.tables.proof import late_changes, ledger_days, ledger_proof

_e = ledger_entries.c
_d = ledger_days.c
_KEY = ("teaching_point_id", "day", "account")
Key = Literal["account", "day"]
"""What sums are read by."""

AMOUNTS = (func.greatest(_e.amount, 0).label("debit"), func.least(_e.amount, 0).label("credit"))
"""An entry as the sums have it."""
PROVEN_UNTIL = select(ledger_proof.c.proven_until).scalar_subquery()
"""Up to when the entries are summed up; null before the first time."""
LATE_ENTRY = and_(late_changes.c.kind == "entry", late_changes.c.row_id == _e.id)

DAY = day_of(_e.posted_at).label("day")
"""The day of an entry."""
_LINES = (_e.teaching_point_id, DAY, _e.account)
_BY = {"account": (_d.account, _e.account), "day": (_d.day, DAY)}


def fold(uow: UnitOfWork, since: datetime, until: datetime) -> list[Row[Any]]:
    """Add the entries stamped from `since` on and before `until`, and those before it that came late; the notes of what
    came late before `until`, whatever it is about, which are gone now.

    All of it is one statement: an entry and its note are seen together, so that none counts twice.
    """
    noted = late_changes.c
    taken = (
        delete(late_changes).where(noted.stamp < until).returning(noted.kind, noted.row_id, noted.stamp).cte("taken")
    )
    came = select(*_LINES, *AMOUNTS).where(_e.posted_at >= since, _e.posted_at < until)
    late = select(*_LINES, *AMOUNTS).join(taken, and_(taken.c.kind == "entry", taken.c.row_id == _e.id))
    new = _summed(came.union_all(late.where(_e.posted_at < since)))
    folding = insert(ledger_days).from_select(
        [*_KEY, "debit", "credit"], select(new).order_by(*(new.c[k] for k in _KEY))
    )
    folded = folding.on_conflict_do_update(
        index_elements=_KEY,
        set_={name: _d[name] + folding.excluded[name] for name in ("debit", "credit")},
    )
    return uow.rows(select(taken.c.kind, taken.c.row_id).add_cte(folded.returning(literal(1)).cte("folded")))


def days_that_differ(within: ColumnElement[bool], stamped: ColumnElement[bool]) -> Select[Any]:
    """Sums that are not those of their entries: those of days `within` (a condition on `ledger_days.day`), and of
    entries that are `stamped` so, which has to mean the same days. What was not summed up yet does not count."""
    unsummed = exists().where(LATE_ENTRY).correlate(ledger_entries)
    entries = _summed(select(*_LINES, *AMOUNTS).where(stamped, _e.posted_at < PROVEN_UNTIL, ~unsummed))
    sums = select(ledger_days).where(within).subquery()
    same = and_(*(entries.c[key] == sums.c[key] for key in _KEY))
    differ = or_(*(func.coalesce(entries.c[name], 0) != func.coalesce(sums.c[name], 0) for name in ("debit", "credit")))
    key = (func.coalesce(entries.c[name], sums.c[name]).label(name) for name in _KEY)
    return select(*key).select_from(entries.join(sums, same, full=True)).where(differ)


def _summed(lines: Select[Any] | CompoundSelect[Any]) -> Subquery:
    each = lines.subquery()
    amounts = (func.sum(each.c[name]).label(name) for name in ("debit", "credit"))
    key = [each.c[name] for name in _KEY]
    return select(*key, *amounts).group_by(*key).subquery()


def sums_by(by: Key, proven_until: datetime, folded: ColumnElement[bool], stamped: ColumnElement[bool]) -> Select[Any]:
    """Debit and credit by account or day: of the sums by day that are `folded`, and of the entries `stamped` so that
    were not summed up before `proven_until`. Both conditions have to mean the same entries."""
    of_days, of_entries = _BY[by]
    parts = (
        select(of_days, _d.debit, _d.credit).where(folded),
        select(of_entries, *AMOUNTS).where(stamped, _e.posted_at >= proven_until),
        select(of_entries, *AMOUNTS).join(late_changes, LATE_ENTRY).where(stamped, _e.posted_at < proven_until),
    )
    lines = parts[0].union_all(*parts[1:]).subquery()
    sums = (func.sum(lines.c[name]).label(name) for name in ("debit", "credit"))
    return select(lines.c[by], *sums).group_by(lines.c[by])
