"""Short labels for people, in Chinese and English, for everything that has a name in the code: once, here.

`field_word(StudentView, "student_number")["zh"]` is 学号. What has none is refused by a test; where a name means
something else in one contract, `"Contract.field"` stands in the table beside the plain name. Sentences are not here:
refusals are in `contracts.errors`, descriptions beside the fields.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from itertools import chain
from typing import TypeVar

from pydantic import BaseModel

from contracts.base import Operation
from contracts.words import (
    choices,
    doing,
    examining,
    hints,
    messages,
    money,
    papers,
    people,
    states,
    studies,
    system,
    things,
)
from contracts.words.ethnicities import ETHNICITIES
from contracts.words.operations import OPERATIONS
from contracts.words.settings import SETTINGS
from contracts.words.word import Word, Words

Member = TypeVar("Member", bound=StrEnum)

_TABLES = (people.FIELDS, studies.FIELDS, money.FIELDS, examining.FIELDS, system.FIELDS, messages.FIELDS)
FIELDS: Words = dict(chain.from_iterable(table.items() for table in _TABLES))
MEMBERS = {**choices.CHOICES, **states.STATES}
"""Enum → value → words."""
_ACTIONS: Words = {key: word for key, word in doing.ACTIONS.items() if "." not in key}
_DONE: Words = {**_ACTIONS, **doing.ENTRIES}
_FLOWS = {**states.WORKFLOWS, **states.TOLD_BESIDES}
_WORKFLOWS: Words = {flow: things.THINGS[things.OF_WORKFLOW.get(flow, f"{flow}s")] for flow in _FLOWS}
VALUE_TABLES: dict[str, Words] = {
    "AccountView.permissions": doing.PERMISSIONS,
    "ApplicationDetails.ethnicity": ETHNICITIES,
    "AuditEntryView.action": _DONE,
    "AuditEntryView.object_type": things.THINGS,
    "ErasureView.object_type": things.THINGS,
    "CentralTasks.unanswered": things.SERVICES,
    "CheckedDocument.document": papers.DOCUMENTS,
    "DelegationView.permission": doing.PERMISSIONS,
    "DelegationsView.own": doing.PERMISSIONS,
    "EnterApplication.ethnicity": ETHNICITIES,
    "HistoryStepView.action": _DONE,
    "IssuedDocumentView.document": papers.DOCUMENTS,
    "ListIssuedDocuments.document": papers.DOCUMENTS,
    "ListAllTasks.kind": doing.TASKS,
    "ListNotices.workflow": _WORKFLOWS,
    "NoticeView.service": things.SERVICES,
    "NoticeView.workflow": _WORKFLOWS,
    "ListAuditEntries.action": _DONE,
    "ListAuditEntries.object_type": things.THINGS,
    "ListParkedMessages.type": things.EVENTS,
    "ParkedMessageView.service": things.SERVICES,
    "ParkedMessageView.type": things.EVENTS,
    "ReturnedMessageView.service": things.SERVICES,
    "SelectionBill.kind": choices.CHOICES["FeeKind"],
    "SelectionBill.status": states.STATES["BillStatus"],
    "TaskView.figures": doing.FIGURES,
    "TaskView.kind": doing.TASKS,
    "TaskView.service": things.SERVICES,
    "WaitingForMe.unanswered": things.SERVICES,
    "WaitingRows.actions": _ACTIONS,
    "WaitingRows.service": things.SERVICES,
    "WaitingRows.workflow": _WORKFLOWS,
    "SettingView.name": SETTINGS,
    "StudentRecord.ethnicity": ETHNICITIES,
    "SettingChangeView.name": SETTINGS,
    "UpdateApplication.ethnicity": ETHNICITIES,
}
"""`Contract.field` → words of its values (or, of a table, its keys)."""


@cache
def field_word(contract: type[BaseModel], field: str) -> Word | None:
    """What a contract's field is called; None where nobody named it, which a test refuses for ours."""
    special = (FIELDS.get(f"{each.__name__}.{field}") for each in contract.__mro__)
    found = next(filter(None, special), None) or FIELDS.get(field)
    return _word(found)


def field_hint(contract: type[BaseModel], field: str, pattern: str | None = None) -> tuple[Word, ...]:
    """What to know when a field is filled in: what the pattern of its values wants, what the field is about."""
    special = (hints.FIELDS.get(f"{each.__name__}.{field}") for each in contract.__mro__)
    about = next(filter(None, special), None) or hints.FIELDS.get(field)
    return tuple(Word(*found) for found in (hints.PATTERNS.get(pattern or ""), about) if found)


def column_word(document: str, field: str) -> Word:
    """What a column of a document is called. Raises KeyError."""
    return Word(*(papers.COLUMNS.get(f"{document}.{field}") or FIELDS[field]))


def document_word(document: str) -> Word:
    """What a document is called. Raises KeyError."""
    return Word(*papers.DOCUMENTS[document])


def label(key: str) -> Word:
    """What else is written on documents. Raises KeyError."""
    return Word(*papers.LABELS[key])


def truth_word(value: bool) -> Word:
    """Yes or no."""
    return label("yes" if value else "no")


def by_word(choices: type[Member]) -> dict[str, Member]:
    """The members of an enum by what they are called in Chinese, as people choose them in a workbook."""
    return {member_word(member).zh: member for member in choices}


def former_columns(document: str) -> Mapping[str, str]:
    """What columns of a document were called once, and the field that each is."""
    return papers.FORMERLY.get(document, {})


def former_words(choices: type[Member]) -> dict[str, Member]:
    """The members of an enum by what they were called once."""
    return {word: choices(value) for word, value in papers.FORMERLY.get(choices.__name__, {}).items()}


def member_word(member: StrEnum) -> Word:
    """What a member of one of the contracts' enums is called. Raises KeyError for one that nobody named."""
    return Word(*MEMBERS[type(member).__name__][member.value])


def value_word(choices: type[StrEnum], value: str) -> Word | None:
    """What a value of an enum is called; None for one that is none of its values."""
    return _word(MEMBERS.get(choices.__name__, {}).get(value))


def state_word(state: str, workflow: str) -> Word | None:
    """What a state of a workflow is called; None for one that nobody named."""
    special = states.OF_WORKFLOW.get(f"{workflow}.{state}")
    return _word(special or MEMBERS.get(_FLOWS.get(workflow, ""), {}).get(state))


def workflow_word(workflow: str) -> Word | None:
    """What the rows of a workflow are called; None for one that nobody named."""
    return _word(_WORKFLOWS.get(workflow))


def action_word(action: str, workflow: str) -> Word | None:
    """What is done with a row of a workflow; None for what nobody named."""
    entered = MEMBERS.get(states.ENTERED.get(workflow, ""), {}).get(action)
    return _word(doing.ACTIONS.get(f"{workflow}.{action}") or entered or _DONE.get(action))


def service_word(service: str) -> Word | None:
    """What people call the part of the system that a service is; None for one that nobody named."""
    return _word(things.SERVICES.get(service))


def plain_word(field: str) -> Word | None:
    """What fields of a name are called in most contracts; None for what nobody named."""
    return _word(FIELDS.get(field))


def _word(found: tuple[str, str] | None) -> Word | None:
    return Word(*found) if found else None


def operation_word(operation: type[Operation], field: str | None = None) -> Word | None:
    """What a command or query is called, or the `field` of its answer that is downloaded; None as for fields."""
    name = operation.__name__
    keys = f"{operation.service}.{name}", f"{name}.{field}", name
    found = next(filter(None, map(OPERATIONS.get, keys)), None)
    return _word(found)


def value_words(contract: type[BaseModel], field: str) -> Mapping[str, Word]:
    """What the values of a field are called that holds a name of the code (a kind of task, an action, a table); of
    all other fields nothing."""
    table = VALUE_TABLES.get(f"{contract.__name__}.{field}", {})
    return {value: Word(*word) for value, word in table.items()}


def thing_word(table: str) -> Word:
    """What the rows of a table are called, by which audit entries and histories name them. Raises KeyError."""
    return Word(*things.THINGS[table])
