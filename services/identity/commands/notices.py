"""What people have read of what they are told."""

from __future__ import annotations

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from contracts.identity.notices import MarkAllNoticesRead, MarkNoticesRead, UnreadNotices
from services.identity.steps import notices as steps
from services.identity.tables.notices import notices


def mark_notices_read(command: MarkNoticesRead, uow: UnitOfWork) -> UnreadNotices:
    """Note that the acting user has read these."""
    who = steps.reader(uow)
    steps.mark(uow, who, ids_in(notices.c.id, command.notice_ids))
    return UnreadNotices(unread=steps.count_unread(uow, who))


def mark_all_notices_read(command: MarkAllNoticesRead, uow: UnitOfWork) -> UnreadNotices:
    """Note that the acting user has read everything so far, or up to what they have seen."""
    steps.mark_all(uow, steps.reader(uow), min(command.until or uow.now, uow.now))
    return UnreadNotices(unread=steps.count_unread(uow, steps.reader(uow)))
