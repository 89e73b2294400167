"""How many rows a list has in all: counted up to 10,000 if that is quick, else what the planner expects, for this role
and its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Select, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement, Executable

from chassis.base.failures import TooSlow
from chassis.data.list_wanted import PAGED, Found, Wanted
from chassis.data.whole_lists import Reader

_COUNTING_MS: Final = 15
_FAR_MORE: Final = 10 * PAGED
"""Nobody counts what the planner expects to be so many: it is not that wrong, and counting would take all its time."""

_Rows = Callable[[], Select[Any]]


def counted(uow: Reader, wanted: Wanted, ids: Sequence[Any], everything: _Rows | None = None) -> Found:
    """A page with its total, which the last of those with numbers tells. `ids` are the page's, and of one row more;
    `everything` selects something of all rows of the list, where it is known how they are found quickly."""
    more, ids = len(ids) > wanted.size, ids[: wanted.size]
    if not more and wanted.behind is None and (ids or wanted.offset == 0):
        return Found(ids, more, wanted.offset + len(ids))
    total, about = _total(uow, wanted, everything)
    return Found(ids, more, max(total, wanted.offset + len(ids) + more if ids else 0), about)


def expected(uow: Reader, wanted: Wanted) -> int:
    """How many rows the planner expects the list to have."""
    rows = wanted.found(literal(1), conditions=wanted.all_conditions)
    return int(uow.scalar(_Explained(rows))[0]["Plan"]["Plan Rows"])


def _total(uow: Reader, wanted: Wanted, everything: _Rows | None) -> tuple[int, bool]:
    about = expected(uow, wanted)
    if about > _FAR_MORE:
        return about, True
    rows = wanted.found(literal(1), conditions=wanted.all_conditions) if everything is None else everything()
    try:
        with uow.at_most(_COUNTING_MS):
            number = int(uow.scalar(select(func.count()).select_from(rows.limit(PAGED + 1).subquery())))
    except TooSlow:
        return about, True
    return (number, False) if number <= PAGED else (max(about, number), True)


class _Explained(Executable, ClauseElement):
    """The planner's plan of a statement, as JSON."""

    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(_Explained)
def _explain(element: _Explained, compiler: Any, **how: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.statement, **how)}"
