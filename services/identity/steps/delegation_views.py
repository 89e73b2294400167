"""What people see of permissions that were handed on, and of the colleagues whom they can hand them to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, or_, select

from chassis.data.pages import as_view
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Page
from contracts.errors import ServiceError
from contracts.identity.delegation import ColleagueView, DelegationsView, DelegationView, ListColleagues
from contracts.identity.states import DelegationState, UserStatus
from services.identity.domain import delegating
from services.identity.steps.delegations import OPEN
from services.identity.steps.views import grants_of
from services.identity.tables.users import delegations, user_search, users

_SHOWN_FOR: Final = timedelta(days=90)
"""How long people see what is over."""
_MOST_SHOWN: Final = 500

_d = delegations.c
_giver, _receiver = users.alias("giver"), users.alias("receiver")
_SHOWN: Final = (
    select(delegations, _giver.c.name.label("giver_name"), _receiver.c.name.label("receiver_name"))
    .join(_giver, _giver.c.id == _d.giver_id)
    .join(_receiver, _receiver.c.id == _d.receiver_id)
)


def delegations_view(uow: UnitOfWork, user_id: UUID) -> DelegationsView:
    """What a user has handed on and received."""
    return DelegationsView(
        given=_views(uow, _d.giver_id == user_id),
        received=_views(uow, _d.receiver_id == user_id),
        own=tuple(sorted(delegating.own(grants_of(uow, [user_id])[user_id]))),
    )


def _views(uow: UnitOfWork, whose: ColumnElement[bool]) -> tuple[DelegationView, ...]:
    recent = or_(OPEN & (_d.until >= (uow.now - _SHOWN_FOR).date()), _d.ended_at > uow.now - _SHOWN_FOR)
    rows = uow.rows(_SHOWN.where(whose, recent).order_by(_d.given_at.desc(), _d.permission).limit(_MOST_SHOWN))
    views = [_view(uow, row) for row in rows]
    return tuple(sorted(views, key=lambda view: view.state is not DelegationState.COUNTS))


def _view(uow: UnitOfWork, row: Row[Any]) -> DelegationView:
    """A day that is over ends it, whoever notes that when."""
    is_over = row.state == DelegationState.COUNTS and row.until < uow.today
    return as_view(DelegationView, row, **({"state": DelegationState.EXPIRED} if is_over else {}))


def colleagues(uow: UnitOfWork, user_id: UUID, query: ListColleagues) -> Page[ColleagueView]:
    """Who works in the same organisation as a user. Raises `forbidden` for students, who hand nothing on."""
    me = uow.one(select(users).where(users.c.id == user_id))
    if me.student_id is not None:
        raise ServiceError("forbidden")
    same = users.c.teaching_point_id.is_not_distinct_from(me.teaching_point_id)
    staff = users.c.student_id.is_(None) & (users.c.status == UserStatus.ENABLED) & (users.c.id != user_id)
    found = select(users).where(same, staff, user_search.found(users.c.id, query.search))
    shown = found.order_by(users.c.username).limit(query.size).offset((query.page - 1) * query.size)
    return Page[ColleagueView](
        items=tuple(as_view(ColleagueView, row) for row in uow.rows(shown)),
        page=query.page,
        size=query.size,
        total=uow.scalar(select(func.count()).select_from(found.subquery())),
    )
