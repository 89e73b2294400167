"""Selection rounds (CRS-3)."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, update
from sqlalchemy.dialects.postgresql import insert

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import change, locked, refuse_unknown
from chassis.work.steps import enter_one, take_one
from contracts.common import ClosingReason
from contracts.courses.commands import (
    AddCoursesToRound,
    CreateSelectionRound,
    PublishSelectionRound,
    RemoveCoursesFromRound,
    UpdateSelectionRound,
)
from contracts.courses.views import SelectionRoundDetails
from services.courses.domain.rounds import month_after
from services.courses.domain.workflows import PENDING_PAYMENT, SELECTION_ROUND
from services.courses.queries.rounds import round_details
from services.courses.tables.catalogue import courses
from services.courses.tables.selections import selection_round_courses, selection_rounds, selections


def create_selection_round(command: CreateSelectionRound, uow: UnitOfWork) -> SelectionRoundDetails:
    """Add a draft round. Raises `selection_round_code_taken`."""
    entered = {"code": command.code, **_fields(command)}
    row = enter_one(uow, SELECTION_ROUND, selection_rounds, entered, "add")
    return round_details(uow, row.id)


def update_selection_round(command: UpdateSelectionRound, uow: UnitOfWork) -> SelectionRoundDetails:
    """Change name and times; unpaid selections follow the payment deadline."""
    before = locked(uow, selection_rounds, command.selection_round_id, command.version)
    after = change(uow, selection_rounds, before, "edit", _fields(command))
    if after.payment_deadline > uow.now:
        # What was to lapse, had finance not refused, waits for the new deadline instead.
        lapsing = and_(selections.c.state == PENDING_PAYMENT, selections.c.closing_reason == ClosingReason.LAPSED)
        spared = update(selections).where(selections.c.selection_round_id == after.id, lapsing)
        uow.execute(spared.values(closing_reason=None, ask_again_at=None))
    return round_details(uow, after.id)


def publish_selection_round(command: PublishSelectionRound, uow: UnitOfWork) -> SelectionRoundDetails:
    """`draft` → `published`."""
    id_ = command.selection_round_id
    take_one(uow, SELECTION_ROUND, selection_rounds, id_, command.version, "publish")
    return round_details(uow, id_)


def add_courses_to_round(command: AddCoursesToRound, uow: UnitOfWork) -> SelectionRoundDetails:
    """Put courses into a round. Raises `some_not_found` when a course does not exist."""
    locked(uow, selection_rounds, command.selection_round_id)
    refuse_unknown(uow, courses, command.course_ids)
    table = selection_round_courses
    rows = [{"selection_round_id": command.selection_round_id, "course_id": id_} for id_ in command.course_ids]
    added = insert(table).values(rows).on_conflict_do_nothing().returning(table.c.course_id)
    return _changed(uow, command.selection_round_id, "add_courses", [row.course_id for row in uow.rows(added)])


def remove_courses_from_round(command: RemoveCoursesFromRound, uow: UnitOfWork) -> SelectionRoundDetails:
    """Take courses out of a round."""
    locked(uow, selection_rounds, command.selection_round_id)
    table = selection_round_courses
    removed = (
        delete(table)
        .where(table.c.selection_round_id == command.selection_round_id, ids_in(table.c.course_id, command.course_ids))
        .returning(table.c.course_id)
    )
    return _changed(uow, command.selection_round_id, "remove_courses", [row.course_id for row in uow.rows(removed)])


def _changed(uow: UnitOfWork, round_id: UUID, action: str, course_ids: list[UUID]) -> SelectionRoundDetails:
    uow.audit(selection_rounds, round_id, action, after={"course_ids": course_ids})
    return round_details(uow, round_id)


def _fields(command: CreateSelectionRound | UpdateSelectionRound) -> dict[str, Any]:
    values = command.model_dump(include={"name", "opens_at", "closes_at", "payment_deadline"})
    return {**values, "withdrawal_closes_at": command.withdrawal_closes_at or month_after(command.closes_at)}
