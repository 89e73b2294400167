"""Live hints of notices: how many are unread when a stream begins, then each new one, to whom it is told."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from uuid import UUID

from contracts.errors import ServiceError
from contracts.identity.events import KeptNotice, NoticesKept
from contracts.identity.notices import CountUnreadNotices
from contracts.permissions import services_of_point
from gateway.calls import Calls
from gateway.door import Access
from gateway.owners import PATIENCE
from gateway.streams import Hint, Hub
from gateway.tokens import Principal

_SHOWN = {"id", "service", "workflow", "action", "state", "subject_id"}
_MOST = 20
"""Notices that a hint names; of more it tells how many there are."""


async def missed(calls: Calls, access: Access, last_id: str | None) -> AsyncIterator[Hint]:
    """What a stream begins with: how many notices are unread. So nothing that was missed has to be told again."""
    with suppress(ServiceError):  # the stream is of use without
        yield Hint("unread_notices", await calls.make(CountUnreadNotices, {}, access.context.within(PATIENCE)))


def tell(hub: Hub, event: NoticesKept) -> None:
    """Hint everybody who watches and is told of some of these notices: once each, whatever they are told as."""
    told: dict[UUID, list[KeptNotice]] = defaultdict(list)
    for notice in event.notices:
        student_id = notice.student_id if notice.tells_student else None
        for addressee in filter(None, (student_id, notice.teaching_point_id, notice.applicant_id)):
            told[addressee].append(notice)
    for stream in hub.all():
        if notices := _told_to(stream.reader, told):
            stream.put(_hint(notices))


def _told_to(reader: Principal, told: dict[UUID, list[KeptNotice]]) -> list[KeptNotice]:
    """What of these notices, by addressee, the reader may read: as identity shows them (`Reader.told` there)."""
    actor = reader.actor
    found = [*told.get(reader.user_id, ())]
    if actor.student_id is not None:
        found += told.get(actor.student_id, ())
    elif actor.teaching_point_id is not None:
        services = services_of_point((role, modules) for role, _, _, modules in reader.claims.grants)
        found += (notice for notice in told.get(actor.teaching_point_id, ()) if notice.service in services)
    return list({notice.id: notice for notice in found if notice.actor_id != reader.user_id}.values())


def _hint(notices: list[KeptNotice]) -> Hint:
    shown: list[dict[str, Any]] = [notice.model_dump(mode="json", include=_SHOWN) for notice in notices[:_MOST]]
    return Hint("notices", {"new": len(notices), "items": shown})
