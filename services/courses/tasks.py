"""Long work of the courses service: batches of more than 5,000 pairs, and selections as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.tasks import StepResult, Task, TaskKind
from chassis.papers.file_kinds import FileKind
from chassis.papers.files import keep
from chassis.papers.spreadsheets import Column, columns
from chassis.running.exports import ListExport
from contracts.courses.commands import ExportSelections, SelectCoursesInBatch
from contracts.sentences import describe
from contracts.words import label
from services.courses.commands.selection import MAX_PAIRS, enter
from services.courses.domain.selection import judge
from services.courses.domain.situation import Verdict
from services.courses.queries.selections import list_selections
from services.courses.queries.situation import situation_of
from services.courses.tables.catalogue import courses
from services.courses.tables.copies import students, teaching_points
from services.courses.tables.selections import selection_rounds

_RESULT = "batch_selection_result"
NOT_SELECTED = columns(
    _RESULT,
    Column("student_number", width=20),
    Column("student_name", width=12),
    Column("course_code", width=12),
    Column("course_name", width=30),
    Column("outcome", width=10),
    Column("reasons", width=80),
)


def _plan(task: Task, uow: UnitOfWork) -> Sequence[Mapping[str, Any]]:
    """One step for as many students as make 5,000 pairs with the courses."""
    batch = _batch(task)
    size = MAX_PAIRS // len(batch.course_ids)
    return [
        {"student_ids": batch.student_ids[start : start + size]} for start in range(0, len(batch.student_ids), size)
    ]


def _run_step(task: Task, arguments: dict[str, Any], uow: UnitOfWork) -> StepResult:
    """Select for the students of one step, by the rule and statement that a small batch uses."""
    batch = _batch(task)
    situation = situation_of(uow, batch.selection_round_id, list(map(UUID, arguments["student_ids"])), batch.course_ids)
    # Steps see all rows: a student who has been transferred meanwhile is no longer this point's to select for.
    mine = {s.id: s for s in situation.students.values() if task.teaching_point_id in (None, s.teaching_point_id)}
    verdicts = judge(replace(situation, students=mine), map(UUID, arguments["student_ids"]), batch.course_ids)
    if not batch.dry_run:
        verdicts, _ = enter(uow, situation, verdicts)
    left_out = [verdict for verdict in verdicts if not verdict.selected]
    skipped = sum(verdict.skipped for verdict in left_out)
    figures = {
        "selected": len(verdicts) - len(left_out),
        "skipped": skipped,
        "refused": len(left_out) - skipped,
    }
    return StepResult(figures, [_note(verdict) for verdict in left_out])


def _note(verdict: Verdict) -> list[Any]:
    reasons = [[reason.code, reason.params] for reason in verdict.reasons]
    return [verdict.student_id, verdict.course_id, verdict.skipped, reasons]


def _finish(task: Task, data: Sequence[Any], uow: UnitOfWork) -> UUID | None:
    """A workbook of the pairs that were not selected, with every reason; none when all were."""
    left_out = [note for notes in data for note in notes]
    if not left_out:
        return None
    # openpyxl is large, and only the task process writes workbooks: the service process does not load it.
    from chassis.papers.sheet_writing import write_list

    with write_list(_RESULT, NOT_SELECTED, _sheet_rows(uow, left_out)) as workbook:
        return keep(
            uow,
            workbook,
            FileKind.XLSX,
            document=_RESULT,
            teaching_point_id=task.teaching_point_id,
        )


def _sheet_rows(uow: UnitOfWork, left_out: Sequence[Any]) -> Iterator[dict[str, str]]:
    student_ids, course_ids = ({UUID(note[place]) for note in left_out} for place in (0, 1))
    known = {str(row.id): row for row in uow.rows(select(students).where(ids_in(students.c.id, student_ids)))}
    listed = {str(row.id): row for row in uow.rows(select(courses).where(ids_in(courses.c.id, course_ids)))}
    for student_id, course_id, skipped, reasons in left_out:
        student, course = known.get(student_id), listed.get(course_id)
        yield {
            "student_number": student.student_number if student else "",
            "student_name": student.name if student else "",
            "course_code": course.code if course else "",
            "course_name": course.name if course else "",
            "outcome": label(f"{_RESULT}.{'skipped' if skipped else 'not_selected'}").zh,
            "reasons": "；".join(describe(code, params) for code, params in reasons),
        }


def _batch(task: Task) -> SelectCoursesInBatch:
    return SelectCoursesInBatch.model_validate(task.arguments)


SELECT_COURSES_IN_BATCH = TaskKind(plan=_plan, run_step=_run_step, finish=_finish)
SELECTIONS_AS_FILE = ListExport(
    "selection_export",
    ExportSelections,
    list_selections,
    (
        "student_number", "student_name", "course_code", "course_name", "credits", "state", "selected_at", "due_at",
        "closing_reason", "refusal", "learning_open", "withdrawal_state",
    ),
    known_by={
        "student_id": students.c.student_number,
        "course_id": courses.c.name,
        "selection_round_id": selection_rounds.c.name,
        "teaching_point_id": teaching_points.c.name,
    },
)  # fmt: skip
