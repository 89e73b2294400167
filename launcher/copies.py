"""Has services fetch their local copies anew."""

from sqlalchemy import or_, select

from chassis.base.context import system_context
from chassis.data.database import Database
from chassis.messages.copies import Copies
from launcher.waiting import wait_until


def rebuild(database: Database, seconds: float = 300.0) -> bool:
    """Ask for all copies of this service and wait until they are complete; False when that takes too long.

    The service's own relay sends what is asked, and the owners' processes answer: all must be running.
    """
    copies = Copies(database)
    copies.rebuild()
    return wait_until(lambda: _complete(copies), seconds, every=0.2)


def _complete(copies: Copies) -> bool:
    """Whether the newest request of every kind has been answered to the end."""
    states = copies.states.c
    open_requests = select(states.kind).where(
        or_(states.completed_at.is_(None), states.completed_at < states.requested_at)
    )
    return not copies.database.run(system_context(), lambda uow: uow.rows(open_requests))
