"""What services tell of decisions, and how it reads: a step of a workflow, who is to know of it, and no sentence.

Every service that decides publishes a fact of its own (`contracts/<service>/events.py`); identity keeps what they say
and shows it in the reader's language.

    class CoursesDecided(Decided, owner="courses", version=1):
        ...
"""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.base import MAX_EVENT_ROWS, Contract, Fact
from contracts.errors import Language
from contracts.stored import StoredNumber, Word
from contracts.types import Instant
from contracts.words import action_word, state_word, workflow_word


class DecidedStep(Contract):
    """One step that one row took, and who hears of it. Ids and names of the code alone: nothing that people wrote."""

    id: UUID = Field(description="Of this telling: whoever hears it twice knows by it.")
    workflow: Word
    action: Word
    state: Word = Field(description="The state that the step led to.")
    subject_id: UUID = Field(description="The row that took it.")
    number: StoredNumber | None = Field(description="The row's number that people read, where it has one.")
    student_id: UUID | None = Field(description="The student whom it is about.")
    tells_student: bool = Field(description="Whether the student is told.")
    teaching_point_id: UUID | None = Field(description="The teaching point that is told.")
    applicant_id: UUID | None = Field(description="The user who is told because they asked for it.")
    actor_id: UUID | None = Field(description="The user who took the step, and is not told; empty for the system.")
    at: Instant


class Decided(Fact):
    """Steps that people are told of → identity keeps them as notices."""

    rows_field: ClassVar[str | None] = "steps"

    steps: Annotated[tuple[DecidedStep, ...], Field(max_length=MAX_EVENT_ROWS)]


def sentence(workflow: str, action: str, state: str, number: str | None, language: Language) -> str:
    """What a notice says: `汇款单 HK202611000001：驳回（已驳回）`. A name that nobody named stands there as it is."""
    named = (workflow_word(workflow), action_word(action, workflow), state_word(state, workflow))
    thing, done, now = (
        word[language] if word else name for word, name in zip(named, (workflow, action, state), strict=True)
    )
    thing = f"{thing} {number}" if number else thing
    return f"{thing}：{done}（{now}）" if language == "zh" else f"{thing}: {done} ({now})"
