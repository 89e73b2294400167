"""Long work of the courses service: batches of more than 5,000 pairs."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.tasks import StepResult, Task, TaskKind
from chassis.unit_of_work import UnitOfWork
from contracts.courses.commands import SelectCoursesInBatch
from services.courses.commands.selection import MAX_PAIRS, enter
from services.courses.domain.selection import judge
from services.courses.queries.selection_facts import selection_facts


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
    facts = selection_facts(uow, batch.selection_round_id, list(map(UUID, arguments["student_ids"])), batch.course_ids)
    # Steps see all rows: a student who has been transferred meanwhile is no longer this point's to select for.
    mine = [s.id for s in facts.students.values() if task.teaching_point_id in (None, s.teaching_point_id)]
    verdicts = judge(facts, mine, batch.course_ids)
    if not batch.dry_run:
        verdicts, _ = enter(uow, facts, verdicts)
    selected = sum(verdict.selected for verdict in verdicts)
    skipped = sum(verdict.skipped for verdict in verdicts)
    pairs = len(arguments["student_ids"]) * len(batch.course_ids)
    return StepResult({"selected": selected, "skipped": skipped, "refused": pairs - selected - skipped})


def _batch(task: Task) -> SelectCoursesInBatch:
    return SelectCoursesInBatch.model_validate(task.arguments)


SELECT_COURSES_IN_BATCH = TaskKind(plan=_plan, run_step=_run_step)
