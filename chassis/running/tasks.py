"""Long work: tasks with steps, kept as rows of the service that owns them, carried out by its task process.

A task is planned, run step by step, and finished; each of these is one short transaction, which also marks
itself done and lets the next one start. Whatever is killed in between, a step has happened wholly or not at all,
and somebody else takes it over when its lease runs out. `chassis.running.task_worker` carries the steps out.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Row, Select, Table, and_, cast, delete, func, insert, or_, select, true, update
from sqlalchemy.dialects.postgresql import JSONB

from chassis.base.context import Actor, Context, Scope
from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.lists import Listing
from chassis.data.retention import count_erased
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.tasks import PLAN, Task, TaskCancelledError
from chassis.papers.outcomes import outcome_view
from chassis.work.reasons import Reason, refusal
from contracts.base import Page
from contracts.common import CancelTask, GetTask, ListTasks, TaskState, TaskView
from contracts.errors import ServiceError
from contracts.types import FileReference

MAX_OPEN_OF_USER = 10
"""Tasks a person may have waiting and running: beyond, a new one is refused."""
MAX_OPEN_OF_POINT = 100
"""The same for all of a teaching point (or the school) together."""
KEPT_FOR = timedelta(days=90)

SCOPE = "scope"
"""The argument in which a task notes the scope whose rows it reads (`chassis.base.context.scope_to_wire`)."""

_LANGUAGE = "language"
"""The argument in which it is noted what who started a task reads; the task's functions find it in their context."""

OPEN_STATES = (TaskState.WAITING, TaskState.RUNNING, TaskState.CANCELLING)
_FORGOTTEN_AT_ONCE = 500


def enqueue(
    uow: UnitOfWork, kind: str, arguments: Mapping[str, Any], *, teaching_point_id: UUID | None = None
) -> TaskView:
    """Start a task of a kind that the service declares, in this transaction.

    It belongs to `teaching_point_id`, without one to the actor's own point, or else to the school; who holds the
    permission that it is started under for that point or the school may see and cancel it. Raises ServiceError
    `too_many_own_tasks` when the actor has 10 open ones, `too_many_tasks` when the point has 100.
    """
    if kind not in uow.service.tasks:
        raise LookupError(f"{uow.service.name} declares no task {kind}")
    tasks, steps = _tables(uow)
    actor = uow.context.actor
    owner = teaching_point_id or actor.teaching_point_id
    _refuse_too_many(uow, owner)
    task_id = new_id()
    uow.execute(
        insert(tasks).values(
            id=task_id,
            kind=kind,
            state=TaskState.WAITING,
            arguments=as_json({**arguments, _LANGUAGE: uow.context.language}),
            created_by=actor.user_id,
            created_by_name=actor.name,
            teaching_point_id=owner,
            permission=uow.context.permission,
            correlation_id=uow.context.correlation_id,
            created_at=uow.now,
        )
    )
    uow.execute(insert(steps).values(step_row(task_id, 0, PLAN, {}, uow)))
    uow.audit(tasks, task_id, "start", after={"kind": kind})
    return TaskView(
        id=public_id(uow.service.name, task_id),
        service=uow.service.name,
        kind=kind,
        state=TaskState.WAITING,
        steps_done=0,
        steps_total=None,
        created_by=actor.user_id,
        created_at=uow.now,
    )


def get_task(query: GetTask, uow: UnitOfWork) -> TaskView:
    """State and progress of one task. Raises ServiceError `not_found` for one that is not the actor's to see."""
    tasks, _ = _tables(uow)
    wanted = _with_result(tasks).where(tasks.c.id == own_id(query.task_id, uow), _is_visible(uow))
    return _view(uow.one(wanted), uow)


def list_tasks(query: ListTasks, uow: UnitOfWork) -> Page[TaskView]:
    """The tasks that the actor may see, newest first unless asked otherwise."""
    return _listed(uow.tables["tasks"]).page(query, uow)


@cache
def _listed(tasks: Table) -> Listing[TaskView]:
    return Listing[TaskView](
        ListTasks,
        tasks,
        shown=lambda: _with_result(tasks),
        views=lambda uow, rows: (_view(row, uow, in_a_list=True) for row in rows),
        always=_is_visible,
    )


def cancel_task(command: CancelTask, uow: UnitOfWork) -> TaskView:
    """Let no further step start; what is done stays done. Cancelling again is fine.

    Raises ServiceError `task_finished` when it has ended already.
    """
    tasks, _ = _tables(uow)
    wanted = select(tasks).where(tasks.c.id == own_id(command.task_id, uow), _is_visible(uow))
    # Whoever writes steps of it has its key shared, and works on.
    task = uow.one(wanted.with_for_update(key_share=True))
    if task.state not in OPEN_STATES:
        raise ServiceError("task_finished")
    if task.state != TaskState.CANCELLING:
        uow.execute(update(tasks).where(tasks.c.id == task.id).values(state=TaskState.CANCELLING))
        uow.audit(tasks, task.id, "cancel", {"state": task.state}, {"state": TaskState.CANCELLING})
    return get_task(GetTask(task_id=command.task_id), uow)


def report(uow: UnitOfWork, task: Task, figures: Mapping[str, int]) -> None:
    """Show how far a plan or the end of a task is, in a transaction of its own. Raises TaskCancelledError when somebody
    has cancelled it meanwhile."""
    tasks, _ = _tables(uow)
    told = update(tasks).where(tasks.c.id == task.id).values(figures=dict(figures)).returning(tasks.c.state)
    with uow.apart() as connection:
        if connection.scalar(told) == TaskState.CANCELLING:
            raise TaskCancelledError


def forget_old_tasks(uow: UnitOfWork) -> int:
    """Scheduled job: delete tasks that ended 90 days ago, and their result files; how many tasks."""
    tasks, _ = _tables(uow)
    files = uow.tables["files"]
    old = select(tasks.c.id).where(tasks.c.finished_at < uow.now - KEPT_FOR).limit(_FORGOTTEN_AT_ONCE)
    gone = uow.rows(delete(tasks).where(tasks.c.id.in_(old)).returning(tasks.c.id, tasks.c.result_file_id))
    results = [row.result_file_id for row in gone if row.result_file_id]
    count_erased(uow, files.name, uow.execute(delete(files).where(ids_in(files.c.id, results))).rowcount)
    count_erased(uow, tasks.name, len(gone))
    return len(gone)


def task_of(row: Row[Any]) -> Task:
    """A task from its row, with the context that its functions run in: who started it acts by the permission that it
    was started under."""
    actor = Actor(row.created_by, row.created_by_name, row.teaching_point_id)
    arguments = dict(row.arguments)
    language = arguments.pop(_LANGUAGE)
    context = Context(actor=actor, permission=row.permission, correlation_id=row.correlation_id, language=language)
    return Task(row.id, row.kind, arguments, row.figures, row.teaching_point_id, context)


def step_row(task_id: UUID, number: int, phase: str, arguments: Mapping[str, Any], uow: UnitOfWork) -> dict[str, Any]:
    """A step that waits from now on."""
    return {
        "task_id": task_id,
        "number": number,
        "phase": phase,
        "state": "waiting",
        "arguments": as_json(arguments),
        "due_at": uow.now,
    }


def public_id(service: str, task_id: UUID) -> str:
    """The id by which others know a task: `courses.0199d1f0-…`."""
    return f"{service}.{task_id}"


def own_id(task_id: str, uow: UnitOfWork) -> UUID:
    """The row's id of a task of this service. Raises ServiceError `not_found` for another's."""
    owner, _, own = task_id.partition(".")
    if owner != uow.service.name:
        raise ServiceError("not_found")
    return UUID(own)


def as_json(value: Any) -> Any:
    """The value as JSON gives it back: ids, instants and amounts become text."""
    return orjson.loads(orjson.dumps(value, default=str))


def _tables(uow: UnitOfWork) -> tuple[Table, Table]:
    tables = uow.tables
    return tables["tasks"], tables["task_steps"]


def _refuse_too_many(uow: UnitOfWork, owner: UUID | None) -> None:
    """Counted as the system: the actor does not see all of their point's tasks. One person's starts go one by one, and
    so do a point's: of ninety at once each would count before the others are there."""
    tasks, _ = _tables(uow)
    for what in (f"person.{uow.context.actor.user_id}", f"point.{owner}"):
        uow.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"tasks.open.{what}", 0))))
    of_point = tasks.c.teaching_point_id.is_not_distinct_from(owner)
    of_user = tasks.c.created_by.is_not_distinct_from(uow.context.actor.user_id)
    count = select(
        func.count().filter(of_point).label("of_point"), func.count().filter(of_user).label("of_user")
    ).where(tasks.c.state.in_(OPEN_STATES))
    with uow.as_system():
        found = uow.one(count)
    if found.of_user >= MAX_OPEN_OF_USER:
        raise ServiceError("too_many_own_tasks", limit=MAX_OPEN_OF_USER)
    if found.of_point >= MAX_OPEN_OF_POINT:
        raise ServiceError("too_many_tasks", limit=MAX_OPEN_OF_POINT)


def _is_visible(uow: UnitOfWork) -> ColumnElement[bool]:
    """A task is seen by the right that started it: by whoever holds its permission for the school or for the task's
    point, and by who started it while they hold the permission at all. Its file may hold what nobody else may read.

    One that noted no permission is its starter's alone: older ones did not, and are kept for as long as others.
    """
    tasks, _ = _tables(uow)
    if uow.context.actor.is_system:
        return true()
    own = tasks.c.created_by == uow.context.actor.user_id
    held = uow.context.held or {}
    rights = (and_(tasks.c.permission == name, _reach(tasks, scope, own)) for name, scope in held.items())
    return or_(and_(tasks.c.permission.is_(None), own), *rights)


def _reach(tasks: Table, scope: Scope, own: ColumnElement[bool]) -> ColumnElement[bool]:
    """The tasks of whom the scope covers. A task that notes the scope it reads in (`SCOPE`) may have made a file of all
    of that: it is seen by whose scope has no less."""
    if scope.kind == "school":
        return true()
    read_in = tasks.c.arguments[SCOPE]
    alike = or_(read_in.is_(None), read_in["kind"].astext == scope.kind)
    if scope.kind != "point":
        return and_(own, alike)
    ids = cast([str(id_) for id_ in scope.ids], JSONB)
    covered = or_(read_in.is_(None), read_in["ids"].contained_by(ids))
    return and_(ids_in(tasks.c.teaching_point_id, scope.ids), alike, covered)


def _with_result(tasks: Table) -> Select[Any]:
    files = tasks.metadata.tables["files"]
    return select(tasks, files.c.sha256, files.c.size, files.c.media_type, files.c.name.label("file_name")).outerjoin(
        files, files.c.id == tasks.c.result_file_id
    )


def _view(row: Row[Any], uow: UnitOfWork, *, in_a_list: bool = False) -> TaskView:
    result = None
    if row.sha256 is not None:
        columns = {
            "sha256": row.sha256,
            "name": row.file_name,
            "size": row.size,
            "media_type": row.media_type,
        }
        result = FileReference.model_validate(columns)
    return TaskView(
        id=public_id(uow.service.name, row.id),
        service=uow.service.name,
        kind=row.kind,
        state=row.state,
        steps_done=row.steps_done,
        steps_total=row.steps_total,
        figures=row.figures,
        refusal=refusal(Reason.of_row(row.error), uow.context.language),
        outcome=outcome_view(row.outcome, uow.context.language, with_rows=not in_a_list),
        result=result,
        created_by=row.created_by,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
