"""Notices: kept as services tell them, once a student, teaching point or applicant, and read by each reader for
themselves.

Whoever is told of one thing in two ways (as who asked, and at the teaching point) finds it once, for it is one row.
Whoever took the step is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Uuid, and_, false, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from chassis.base.ids import new_id
from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from contracts.identity.events import KeptNotice, NoticesKept
from contracts.identity.tokens import LONGEST_TRANSACTION
from contracts.notices import Decided, DecidedStep
from contracts.permissions import services_of_point
from services.identity.steps.views import grants_of
from services.identity.tables.notices import notice_marks, notice_readers, notices
from services.identity.tables.users import students, users

_n = notices.c
Columns = ReadOnlyColumnCollection[str, Any]


def keep(uow: UnitOfWork, events: Sequence[Decided]) -> None:
    """Keep what services decided, and let the gateways know. Told again, it is there already."""
    _keep(uow, [_row(uow, event.owner, step) for event in events for step in event.steps])


def tell_user(uow: UnitOfWork, user_id: UUID, workflow: str, action: str, state: str) -> None:
    """Tell one user what was done to something of theirs, for which they may never have asked. Whoever did it is not
    told."""
    step = DecidedStep(
        id=new_id(),
        workflow=workflow,
        action=action,
        state=state,
        subject_id=user_id,
        number=None,
        student_id=None,
        tells_student=False,
        teaching_point_id=None,
        applicant_id=user_id,
        actor_id=uow.context.actor.user_id,
        at=uow.now,
    )
    with uow.as_system():
        _keep(uow, [_row(uow, uow.service.name, step)])


def _row(uow: UnitOfWork, service: str, step: DecidedStep) -> dict[str, Any]:
    return {
        **step.model_dump(exclude={"id", "at"}),
        "id": new_id(),
        "service": service,
        "step_id": step.id,
        "decided_at": step.at,
        "told_at": uow.now,
    }


def _keep(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    new = insert_rows(notices, rows).on_conflict_do_nothing(index_elements=[_n.service, _n.step_id])
    kept = uow.rows(new.returning(*(_n[name] for name in KeptNotice.model_fields)))
    uow.publish_rows(NoticesKept, [KeptNotice.model_validate(row._mapping) for row in kept])


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, as the account is now. `since` is when it was made: what the teaching point was told before was never
    news to it. `services` are those of which it is told at its point."""

    user_id: UUID
    student_id: UUID | None
    teaching_point_id: UUID | None
    services: frozenset[str]
    since: datetime
    read_until: datetime | None

    def told_personally(self, n: Columns) -> ColumnElement[bool]:
        """As the student, or because they asked."""
        mine: ColumnElement[bool] = n.applicant_id == self.user_id
        if self.student_id is None:
            return mine
        return or_(mine, and_(n.student_id == self.student_id, n.tells_student))

    @property
    def told(self) -> ColumnElement[bool]:
        """Everything that the reader may read."""
        at_point = and_(_n.teaching_point_id == self.teaching_point_id, _n.service.in_(self.services))
        reached = or_(self.told_personally(_n), at_point if self._at_point else false())
        return and_(reached, _n.actor_id.is_distinct_from(self.user_id))

    def unread(self, n: Columns = _n) -> ColumnElement[bool]:
        """What of that they have not read; `n` are the columns of notices wherever they are selected from."""
        marks = select(notice_marks.c.notice_id).where(
            notice_marks.c.notice_id == n.id, notice_marks.c.user_id == self.user_id
        )
        personally = self.told_personally(n)
        news = or_(personally, n.told_at > self.since) if self._at_point else personally
        later = n.told_at > self.read_until if self.read_until is not None else true()
        return and_(news, later, ~marks.exists())

    def read(self, n: Columns) -> ColumnElement[bool]:
        """The opposite, for rows to be shown: a notice without an applicant is nobody's by that, not perhaps mine."""
        return ~func.coalesce(self.unread(n), false())

    def shown_student(self, student_id: ColumnElement[UUID]) -> ColumnElement[bool]:
        """That the student of a notice is in the reader's sight today: their own record, their point's, anybody's for
        who works for the school."""
        same = and_(students.c.id == student_id, ~students.c.deleted)
        if self.student_id is not None:
            return and_(same, students.c.id == self.student_id)
        return same if self.teaching_point_id is None else and_(same, self._of_point)

    @property
    def _of_point(self) -> ColumnElement[bool]:
        return students.c.teaching_point_id == self.teaching_point_id

    @property
    def _at_point(self) -> bool:
        return self.teaching_point_id is not None and self.student_id is None and bool(self.services)


def reader(uow: UnitOfWork) -> Reader:
    """The acting user. Raises `not_found` for an account that is gone."""
    me = uow.acting_user
    account = (
        select(users, notice_readers.c.read_until)
        .outerjoin(notice_readers, notice_readers.c.user_id == users.c.id)
        .where(users.c.id == me)
    )
    row = uow.one(account)
    services = services_of_point((grant.role, grant.modules) for grant in grants_of(uow, [me])[me])
    return Reader(me, row.student_id, row.teaching_point_id, services, row.created_at, row.read_until)


def count_unread(uow: UnitOfWork, who: Reader) -> int:
    """How many notices the reader has not read."""
    counted: int = uow.scalar(select(func.count()).select_from(notices).where(who.told, who.unread()))
    return counted


def mark(uow: UnitOfWork, who: Reader, which: ColumnElement[bool]) -> None:
    """Note that the reader has read those of these notices that they are told of and have not read."""
    read = select(_n.id, literal(who.user_id, Uuid), literal(uow.now, DateTime(timezone=True)))
    these = read.where(which, who.told, who.unread())
    marked = insert(notice_marks).from_select(["notice_id", "user_id", "read_at"], these)
    uow.execute(marked.on_conflict_do_nothing())


def mark_all(uow: UnitOfWork, who: Reader, until: datetime) -> None:
    """Note that the reader has read all that there is up to an instant. What is committed later although it carries an
    earlier instant stays unread: the newest have marks, and only what is old enough for that is read as a whole."""
    settled = min(until, uow.now - timedelta(seconds=LONGEST_TRANSACTION))
    mark(uow, who, and_(_n.told_at > settled, _n.told_at <= until))
    row = {"user_id": who.user_id, "read_until": settled}
    entered = insert(notice_readers).values(row)
    later = func.greatest(notice_readers.c.read_until, entered.excluded.read_until)
    uow.execute(entered.on_conflict_do_update(index_elements=["user_id"], set_={"read_until": later}))
