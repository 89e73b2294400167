"""What the chassis answers in every service: audit trail, workflow history, tasks (and `contracts.settings`,
`contracts.to_do`, `contracts.parked`; in those that issue documents `contracts.documents`).

One contract serves all services; `of_service(service, ListTasks)` is the operation of one of them:

    client.call(of_service("courses", GetTask), {...}, context)
"""

from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.base import Command, Operation, Page, PageQuery, Query, View
from contracts.errors import JsonValue, Language
from contracts.sentences import describe
from contracts.stored import Sentence, Stored, StoredName, StoredText, StoredTitle, Word
from contracts.text.kinds import TextKind
from contracts.types import Day, FileReference, Id, Instant, Key

_Operation = TypeVar("_Operation", bound=Operation)


@cache
def of_service(service: str, operation: type[_Operation]) -> type[_Operation]:
    """The operation as one service offers it."""
    return type(
        operation.__name__,
        (operation,),
        {"__module__": operation.__module__, "__doc__": operation.__doc__},
        service=service,
    )


class ClosingReason(StrEnum):
    """Why something unpaid is closed: an answer that whoever owns it asks of finance."""

    CANCELLED = "cancelled"  # by point or student
    LAPSED = "lapsed"  # not paid by the deadline
    STUDENT_LEFT = "student_left"
    STUDENT_SUSPENDED = "student_suspended"


class Refusal(View):
    """One reason why one row was refused, with its evidence and the sentence for people."""

    code: Word
    params: dict[str, JsonValue] = Field(default={})
    message: Sentence

    @classmethod
    def of(cls, code: str, language: Language, **params: JsonValue) -> "Refusal":
        """The refusal in the caller's language."""
        return cls(code=code, params=params, message=describe(code, params, language))


class RowResult(View):
    """What became of one row of a command about many."""

    id: UUID
    state: Word | None = Field(default=None, description="The row's state now; empty when the row is not there.")
    refusal: Refusal | None = None


class ReasonCount(View):
    """How many rows were refused for one reason, and the sentence of the first of them."""

    code: Word
    count: int
    message: Sentence


class RowResults(View):
    """One result a row, in the order asked; `done` of them were carried out, or would be by a command that is tried."""

    items: tuple[RowResult, ...]
    done: int
    reasons: tuple[ReasonCount, ...] = Field(
        default=(), description="Why the others were refused, the commonest first."
    )


# --- audit trail and workflow history ---


class AuditEntryView(View):
    """Who did what, when, from where, to which object, before and after. ID numbers are masked."""

    id: UUID
    at: Instant
    actor_id: UUID | None = Field(description="Empty for what the system did by itself.")
    actor_name: StoredName | None
    teaching_point_id: UUID | None
    client: Word | None = Field(description="Address the request came from.")
    object_type: Word
    object_id: UUID
    action: Word
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue] | None
    correlation_id: UUID


class ListAuditEntries(PageQuery, answers=Page[AuditEntryView], order="-at", looked_at=("object_type", "action")):
    """The audit trail of one service, newest first."""

    actor_id: Id | None = Field(default=None, description="Only what this user did.")
    object_type: Key | None = Field(
        default=None, description="Only changes of this kind of object.", examples=["selections"]
    )
    object_id: Id | None = Field(default=None, description="Only changes of this object.")
    action: Key | None = Field(default=None, description="Only this action.", examples=["approve"])
    correlation_id: Id | None = Field(default=None, description="Only what came of one request.")
    since: Instant | None = Field(default=None, description="Only at or after this time.")
    until: Instant | None = Field(default=None, description="Only before this time.")


class ErasureView(View):
    """How many rows of one kind were let go on one day, because their time was over."""

    on: date
    object_type: Word
    blanked: bool = Field(description="The rows are still there, without what they told.")
    number: int


class ListErasures(PageQuery, answers=Page[ErasureView], order="-on"):
    """What one service has let go because its time was over, the last day first."""

    since: Day | None = Field(default=None, description="Only from this day on.")
    until: Day | None = Field(default=None, description="Only up to this day.")


class HistoryStepView(View):
    """One step of a workflow."""

    at: Instant
    actor_id: UUID | None
    actor_name: StoredName | None
    action: Word
    from_state: Word | None = Field(description="Empty for the first step.")
    to_state: Word
    note: StoredText | None


# --- tasks ---

TaskId = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,30}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
    Stored(TextKind.WORD),
    Field(
        description="The task: its service's name, a dot, its id.",
        examples=["courses.0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f"],
    ),
]
"""A long job's id. It says whose it is, so that a task of any service can be asked for at one place."""


class TaskState(StrEnum):
    """A long job's state."""

    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CellRefusal(Refusal):
    """Why a cell of a table was refused, or all of its row."""

    column: StoredTitle | None = Field(description="The column's title; empty when the row is meant.")


class RefusedRow(View):
    """A row of a table that did not come in, with every reason."""

    row: int = Field(description="Its number in the sheet.")
    refusals: tuple[CellRefusal, ...]


class ImportOutcome(View):
    """What came of a table that was imported or checked, or of a list of whose rows documents were tried."""

    rows: int = Field(description="Filled rows.")
    refused: int = Field(description="Those of them that did not come in, or would not; or of which there is nothing.")
    reasons: tuple[ReasonCount, ...] = Field(
        default=(), description="Why, by column and reason, the commonest first, each with the first such sentence."
    )
    refused_rows: tuple[RefusedRow, ...] = Field(
        default=(),
        description="The first of them (none in lists). The task's file has all, to be corrected and sent again.",
    )
    imported_before_at: Instant | None = Field(
        default=None, description="When this very file was imported before, if it was."
    )


class TaskView(View):
    """A long job: how far it is, and what came of it."""

    id: TaskId
    service: Word = Field(description="The service that runs it.")
    kind: Word = Field(description="What it does, as `import_students`.")
    state: TaskState
    steps_done: int
    steps_total: int | None = Field(description="Empty until it is known.")
    figures: dict[str, int] = Field(default={}, description="Counts that the job keeps, as `imported`, `refused`.")
    refusal: Refusal | None = Field(default=None, description="Why it failed.")
    outcome: ImportOutcome | None = Field(default=None, description="What came of a table, once it is known.")
    result: FileReference | None = Field(default=None, description="The file that it made.")
    created_by: UUID | None
    created_at: Instant
    finished_at: Instant | None = None


class GetTask(Query, answers=TaskView):
    """State and progress of a task."""

    task_id: TaskId


class ListTasks(PageQuery, answers=Page[TaskView], order="-created_at", sorts=("finished_at", "kind", "state")):
    """The tasks that the actor may see, newest first: those that were started under a permission that the actor holds,
    for the school, for the task's point, or by the actor."""

    kind: Key | None = Field(default=None, description="Only this kind.", examples=["import_students"])
    state: TaskState | None = Field(default=None, description="Only in this state.")


class CancelTask(Command, answers=TaskView):
    """Stop a task before its next step. What it has done stays done. Refused: `task_finished`."""

    task_id: TaskId
