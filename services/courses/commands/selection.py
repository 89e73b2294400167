"""Selecting courses, singly and in batches: what is known, the rule, one writing statement."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, tuple_

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.prepared import Prepared
from chassis.data.unit_of_work import UnitOfWork
from chassis.running import tasks
from chassis.work.reasons import Reason, refusals
from contracts.courses.commands import SelectCourses, SelectCoursesInBatch
from contracts.courses.events import CoursesSelected, SelectedCourse
from contracts.courses.states import SelectionState
from contracts.courses.views import BatchPair, BatchSelectionResult, SelectionResult, SelectionResults
from contracts.errors import ServiceError
from services.courses.domain.selection import judge
from services.courses.domain.situation import Situation, Verdict
from services.courses.domain.workflows import OPEN_STATES, SELECTION
from services.courses.queries.situation import situation_of
from services.courses.tables.copies import students
from services.courses.tables.selections import selections

MAX_PAIRS = 5_000
"""Pairs of student and course that are selected by one statement; a larger batch is a task of such steps."""
MAX_LISTED = 1_000
"""Pairs that an answer names; the figures beside them count all."""

Pair = tuple[UUID, UUID]


def select_courses(command: SelectCourses, uow: UnitOfWork) -> SelectionResults:
    """Select courses for one student; each is taken, or refused with every failed condition."""
    situation = situation_of(uow, command.selection_round_id, [command.student_id], command.course_ids)
    if command.student_id not in situation.students:
        raise ServiceError("not_found")
    verdicts, made = enter(uow, situation, judge(situation, [command.student_id], command.course_ids))
    return SelectionResults(
        results=tuple(
            SelectionResult(
                course_id=verdict.course_id,
                selection_id=made.get((verdict.student_id, verdict.course_id)),
                state=SelectionState.PENDING_PAYMENT if verdict.selected else None,
                refusals=refusals(verdict.reasons, uow.context.language),
                warnings=refusals(verdict.warnings, uow.context.language),
            )
            for verdict in verdicts
        )
    )


def select_courses_in_batch(command: SelectCoursesInBatch, uow: UnitOfWork) -> BatchSelectionResult:
    """Select every course for every student, at once up to 5,000 pairs, beyond that by a task."""
    if len(command.student_ids) * len(command.course_ids) > MAX_PAIRS:
        return _as_task(command, uow)
    situation = situation_of(uow, command.selection_round_id, command.student_ids, command.course_ids)
    verdicts = judge(situation, command.student_ids, command.course_ids)
    if not command.dry_run:
        verdicts, _ = enter(uow, situation, verdicts)
    skipped = [verdict for verdict in verdicts if verdict.skipped]
    refused = [verdict for verdict in verdicts if verdict.reasons and not verdict.skipped]
    return BatchSelectionResult(
        dry_run=command.dry_run,
        selected=len(verdicts) - len(skipped) - len(refused),
        skipped=len(skipped),
        refused=len(refused),
        skipped_pairs=_pairs(uow, skipped),
        refused_pairs=_pairs(uow, refused),
    )


def _as_task(command: SelectCoursesInBatch, uow: UnitOfWork) -> BatchSelectionResult:
    """Hand a large batch to the task process. It sees all rows, so it is given only students whom the actor sees."""
    visible = select(students.c.id).where(ids_in(students.c.id, command.student_ids), ~students.c.deleted)
    mine = {row.id for row in uow.rows(visible)}
    if len(mine) < len(command.student_ids):
        raise ServiceError("some_not_found", count=len(command.student_ids) - len(mine))
    arguments = command.model_dump(mode="json")
    task = tasks.enqueue(uow, "large_batch", arguments)
    return BatchSelectionResult(
        task=task, dry_run=command.dry_run, selected=0, skipped=0, refused=0, skipped_pairs=(), refused_pairs=()
    )


def enter(uow: UnitOfWork, situation: Situation, verdicts: list[Verdict]) -> tuple[list[Verdict], dict[Pair, UUID]]:
    """Write the selections that the verdicts allow, with history, audit and the event that asks finance for bills.

    Returns the verdicts, in which a pair that somebody else selected meanwhile has become `already_selected`, and the
    id of each selection made.
    """
    allowed = [verdict for verdict in verdicts if verdict.selected]
    if not allowed:
        return verdicts, {}
    # In the order of the unique index: two batches with pairs in common wait for each other instead of deadlocking.
    allowed.sort(key=lambda verdict: (verdict.student_id, verdict.course_id))
    rows = [_row(verdict, situation) for verdict in allowed]
    made = _insert(uow, situation, rows)
    entered = [row for row in rows if row["id"] in made]
    uow.publish_rows(CoursesSelected, [_selected_course(row, situation) for row in entered])
    for row in entered:
        after = {"student_id": row["student_id"], "course_id": row["course_id"], "round": situation.round.code}
        uow.audit(selections, row["id"], "select", after=after)
    ids = {(row["student_id"], row["course_id"]): row["id"] for row in entered}
    if len(entered) < len(rows):
        verdicts = _beaten(uow, situation, verdicts, ids)
    return verdicts, ids


def _row(verdict: Verdict, situation: Situation) -> dict[str, Any]:
    student, course = situation.students[verdict.student_id], situation.courses[verdict.course_id]
    return {
        "id": new_id(),
        "student_id": student.id,
        "teaching_point_id": student.teaching_point_id,
        "course_id": course.id,
        "course_version_id": course.version_id,
        "requirement_id": course.requirement_id,
        "exam_round_id": verdict.exam.exam_round_id if verdict.exam else None,
        "credits": str(course.credits),
        "cohort_id": student.cohort_id,  # as it is: the student is locked
    }


_INSERT = Prepared(
    "enter_selections",
    """
WITH made AS (
    INSERT INTO selections (
        id, student_id, teaching_point_id, course_id, course_version_id, requirement_id, selection_round_id,
        exam_round_id, credits, cohort_id, state, selected_at, selected_by
    )
    SELECT id, student_id, teaching_point_id, course_id, course_version_id, requirement_id, %(round)s,
           exam_round_id, credits, cohort_id, %(state)s, %(now)s, %(actor_id)s
    FROM json_to_recordset(%(rows)s) AS r (
        id uuid, student_id uuid, teaching_point_id uuid, course_id uuid, course_version_id uuid, requirement_id uuid,
        exam_round_id uuid, credits numeric, cohort_id integer
    )
    ON CONFLICT (student_id, course_id) WHERE state IN ('pending_payment', 'closing', 'selected') DO NOTHING
    RETURNING id, student_id, teaching_point_id, course_id
), history AS (
    INSERT INTO workflow_history (
        workflow, subject_id, action, to_state, actor_id, actor_name, teaching_point_id, student_id, course_id, at
    )
    SELECT %(workflow)s, id, 'select', %(state)s, %(actor_id)s, %(actor_name)s, teaching_point_id, student_id,
           course_id, %(now)s
    FROM made
)
SELECT id::text FROM made
""",
    round="uuid",
    state="text",
    now="timestamptz",
    actor_id="uuid",
    rows="json",
    workflow="text",
    actor_name="text",
)


def _insert(uow: UnitOfWork, situation: Situation, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    actor = uow.context.actor
    parameters = {
        "round": str(situation.round.id),
        "rows": orjson.dumps(rows).decode(),
        "state": SELECTION.initial,
        "now": uow.now,
        "workflow": SELECTION.name,
        "actor_id": str(actor.user_id) if actor.user_id else None,
        "actor_name": actor.name,
    }
    return {UUID(row[0]) for row in _INSERT.run(uow.connection, parameters)}


def _selected_course(row: Mapping[str, Any], situation: Situation) -> SelectedCourse:
    student, course = situation.students[row["student_id"]], situation.courses[row["course_id"]]
    return SelectedCourse(
        selection_id=row["id"],
        student_id=student.id,
        teaching_point_id=student.teaching_point_id,
        selection_round_id=situation.round.id,
        course_id=course.id,
        course_version_id=row["course_version_id"],
        education_levels=course.education_levels,
        credits=course.credits,
        student_type=student.student_type,
        student_source=student.student_source,
        exam_round_id=row["exam_round_id"],
        exam_kind=course.exam_kind,
        selected_at=situation.now,
    )


def _beaten(
    uow: UnitOfWork, situation: Situation, verdicts: Sequence[Verdict], made: Mapping[Pair, UUID]
) -> list[Verdict]:
    """Turn the pairs that another command selected first into refusals."""
    pairs = [(v.student_id, v.course_id) for v in verdicts]
    lost = {pair for v, pair in zip(verdicts, pairs, strict=True) if v.selected and pair not in made}
    key = tuple_(selections.c.student_id, selections.c.course_id)
    winners = select(selections.c.student_id, selections.c.course_id, selections.c.state).where(
        key.in_(lost), selections.c.state.in_(OPEN_STATES)
    )
    states = {(row.student_id, row.course_id): row.state for row in uow.rows(winners)}
    codes = {course_id: course.code for course_id, course in situation.courses.items()}
    return [
        Verdict(*pair, reasons=(_already(codes[v.course_id], states.get(pair)),)) if pair in lost else v
        for v, pair in zip(verdicts, pairs, strict=True)
    ]


def _already(course_code: str, state: str | None) -> Reason:
    return Reason("already_selected", {"course_code": course_code, "state": state or SelectionState.PENDING_PAYMENT})


def _pairs(uow: UnitOfWork, verdicts: Sequence[Verdict]) -> tuple[BatchPair, ...]:
    return tuple(
        BatchPair(student_id=v.student_id, course_id=v.course_id, refusals=refusals(v.reasons, uow.context.language))
        for v in verdicts[:MAX_LISTED]
    )
