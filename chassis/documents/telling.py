"""What a document's data says, as people read it: codes as their words, numbers as they are written.

A template gets texts only, in the form of the data: no text of it is ever taken for markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel

from chassis.base.clock import shown
from chassis.papers.view_columns import cell_text
from contracts.base import Contract
from contracts.words import field_word

Told = str | list["Told"] | dict[str, "Told"]


def told(data: BaseModel) -> dict[str, Told]:
    """What a contract says: a text for each field, empty where it is empty; contracts within it are told likewise."""
    return {field: _told(type(data), field, getattr(data, field)) for field in type(data).model_fields}


def words_of(contract: type[BaseModel]) -> dict[str, str]:
    """What the fields of a contract are called, those of contracts within it by `outer.inner`. Raises KeyError for one
    without a word."""
    words = {}
    for field, info in contract.model_fields.items():
        word = field_word(contract, field)
        if word is None:
            raise KeyError(f"{contract.__name__}.{field} has no word")
        words[field] = word.zh
        for inner in _contracts_in(info.annotation):
            words |= {f"{field}.{name}": zh for name, zh in words_of(inner).items()}
    return words


def texts_in(value: Told | Mapping[str, Told]) -> Iterator[str]:
    """Every text in what is told."""
    if isinstance(value, str):
        yield value
        return
    for inner in value.values() if isinstance(value, Mapping) else value:
        yield from texts_in(inner)


def _told(contract: type[BaseModel], field: str, value: Any) -> Told:
    match value:
        case None:
            return ""
        case BaseModel():
            return told(value)
        case tuple():
            return [_told(contract, field, each) for each in value]
        case datetime():
            return shown(value)
        case Decimal():
            return f"{value:,}"
    return cell_text(contract, field, value, "zh")


def _contracts_in(annotation: Any) -> Iterator[type[Contract]]:
    if isinstance(annotation, type) and issubclass(annotation, Contract):
        yield annotation
    for inner in get_args(annotation):
        yield from _contracts_in(inner)
