"""Words for a place in a message: what `students.3.mobile` of a command is called."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from contracts.words import field_word
from contracts.words.word import Word


def path_word(contract: type[BaseModel], path: str) -> Word | None:
    """What the innermost field of a dotted path is called; None where the contract has no such place."""
    inside, word = [contract], None
    for step in path.split("."):
        if step.isdigit():
            continue
        owner = next((each for each in inside if step in each.model_fields), None)
        if owner is None:
            return None
        word = field_word(owner, step)
        inside = list(_contracts(owner.model_fields[step].annotation))
    return word


def _contracts(annotation: Any) -> Iterator[type[BaseModel]]:
    """The contracts that a type is made of: of a list its rows, of an option each."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _contracts(part)
