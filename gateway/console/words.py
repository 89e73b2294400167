"""The words of the console: the Chinese side of the tables in `contracts.words`."""

from typing import Any

from contracts.words import FIELDS, MEMBERS, VALUE_TABLES, doing, states, things, workflow_word
from contracts.words.columns import COLUMNS
from contracts.words.word import Words


def words() -> dict[str, Any]:
    """Kind of name → name → what people call it. `choices` has a table for each enum, and for each field that holds
    names of the code."""
    return {
        "choices": {name: _chinese(table) for name, table in {**MEMBERS, **VALUE_TABLES}.items()},
        "fields": _chinese({**COLUMNS, **FIELDS}),
        "permissions": _chinese(doing.PERMISSIONS),
        "services": _chinese(things.SERVICES),
        "things": _chinese(things.THINGS),
        "actions": _chinese({**doing.ENTRIES, **doing.ACTIONS}),
        "tasks": _chinese(doing.TASKS),
        "workflows": {flow: _workflow(flow) for flow in states.WORKFLOWS},
    }


def _workflow(flow: str) -> dict[str, Any]:
    """What its rows are called, the enum of its states, and the states that are called otherwise in it."""
    word = workflow_word(flow)
    own = {key.partition(".")[2]: word for key, word in states.OF_WORKFLOW.items() if key.startswith(f"{flow}.")}
    return {"label": word.zh if word else flow, "states": states.WORKFLOWS[flow], "own": _chinese(own)}


def _chinese(table: Words) -> dict[str, str]:
    return {name: zh for name, (zh, _) in table.items()}
