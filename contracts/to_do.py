"""What waits for somebody, as every service answers it. Nobody keeps it: it is counted from the rows themselves."""

from pydantic import Field

from contracts.base import Query, View
from contracts.errors import Language
from contracts.stored import Sentence, Word
from contracts.words import state_word, workflow_word


class AwaitedRows(View):
    """Rows of one workflow in one state with which the user may take a step that they wait for."""

    service: Word = Field(description="The service that they are of.")
    workflow: Word
    state: Word
    title: Sentence = Field(description="Workflow and state in words.")
    actions: tuple[Word, ...] = Field(description="The steps that the user may take.")
    count: int = Field(description="Without what the user may not decide, as what they entered themselves.")


class ToDoItem(AwaitedRows):
    """As a service answers it."""

    listed_by: Word = Field(description="The query that lists them.")
    filters: dict[Word, Word] = Field(description="What it is asked with, to list rows of this state alone.")


class ToDo(View):
    """What waits for the actor in one service, also where that is nothing at the moment."""

    items: tuple[ToDoItem, ...]


class GetToDo(Query, answers=ToDo):
    """What waits for the actor: counts by workflow and state, over the rows that each of their permissions reaches."""


def title(workflow: str, state: str, language: Language) -> str:
    """What rows of a workflow in a state are called: `退课申请：待教务审核`. A name without a word stands as it is."""
    thing, now = workflow_word(workflow), state_word(state, workflow)
    between = "：" if language == "zh" else ": "
    return f"{thing[language] if thing else workflow}{between}{now[language] if now else state}"
