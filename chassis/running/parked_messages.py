"""Messages that did not get where they should, as every service answers about its own (`contracts.parked`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, Table, func, select

from chassis.data.lists import Listing
from chassis.data.pages import as_view
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages import repair
from chassis.work.reasons import Reason
from chassis.work.rows import Refused, results
from contracts.base import Page
from contracts.common import Refusal, RowResults
from contracts.parked import (
    DropMessages,
    ListParkedMessages,
    ListReturnedMessages,
    ParkedMessageState,
    ParkedMessageView,
    ReplayMessages,
    ReturnedMessages,
    ReturnedMessageView,
)

MOST_PARKED: Final = 100_000
"""Messages that are sorted for a page; with more of them something is wrong that no list shows."""
MOST_RETURNED: Final = 200


def list_parked_messages(query: ListParkedMessages, uow: UnitOfWork) -> Page[ParkedMessageView]:
    """What the service has received and not handled, the newest first unless asked otherwise."""
    return _parked(uow.tables["inbox"]).page(query, uow)


def list_returned_messages(query: ListReturnedMessages, uow: UnitOfWork) -> ReturnedMessages:
    """What the service can't send, the oldest first."""
    found = repair.returned(uow).subquery()
    rows = uow.rows(select(found).order_by(found.c.created_at).limit(MOST_RETURNED))
    items = tuple(as_view(ReturnedMessageView, row, service=uow.service.name) for row in rows)
    return ReturnedMessages(items=items, total=uow.scalar(select(func.count()).select_from(found)))


def replay_messages(command: ReplayMessages, uow: UnitOfWork) -> RowResults:
    """Try messages again. By row: `message_still_waiting`, `message_not_believed`, `message_not_kept`."""
    return _results(uow, command.message_ids, repair.replay(uow, command.message_ids))


def drop_messages(command: DropMessages, uow: UnitOfWork) -> RowResults:
    """Give messages up that are dead, were put aside or can't be sent. By row: `message_still_waiting`."""
    return _results(uow, command.message_ids, repair.give_up(uow, command.message_ids))


def _results(uow: UnitOfWork, ids: Sequence[Any], repaired: repair.Repaired) -> RowResults:
    refused = {id_: Refused(state, Reason(code)) for id_, (state, code) in repaired.refused.items()}
    return results(uow, ids, repaired.done, refused)


@cache
def _parked(inbox: Table) -> Listing[ParkedMessageView]:
    return Listing[ParkedMessageView](
        ListParkedMessages,
        inbox,
        shown=lambda: repair.parked(inbox).add_columns(inbox.c.event_id.label("id")),
        views=_views,
        always=inbox.c.state != "handled",
        most=MOST_PARKED,
        key=inbox.c.event_id,
    )


def _views(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> Iterable[ParkedMessageView]:
    for row in rows:
        yield as_view(
            ParkedMessageView,
            row,
            service=uow.service.name,
            refusal=Refusal.of(row.code, uow.context.language),
            replayable=row.whole and row.state == ParkedMessageState.DEAD,
        )
