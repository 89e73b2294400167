"""A list's items as rows of a table: columns are fields of the view, called and filled as people read them.

Codes become their words, yes and no too; numbers, days and instants stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime

from contracts.base import View
from contracts.common import Refusal
from contracts.errors import Language
from contracts.words import field_word, member_word, truth_word, value_words

_WIDTHS: Final[Mapping[type, int]] = {bool: 8, int: 10, Decimal: 12, date: 12, datetime: 20}
_WORD_WIDTH, _TEXT_WIDTH, _SENTENCE_WIDTH = 14, 18, 60


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column: its title, its width in characters, and the cell that a value of the field becomes."""

    field: str
    title: str
    width: int
    cell: Callable[[Any], Any]


def view_columns(view: type[View], fields: Sequence[str], language: Language) -> tuple[ViewColumn, ...]:
    """Columns for fields of a view. Raises KeyError for one without a word, TypeError for one that no cell can hold."""
    return tuple(_column(view, field, language) for field in fields)


def rows_of(columns: Sequence[ViewColumn], items: Sequence[View]) -> list[list[Any]]:
    """The cells of some items; None where a field is empty."""
    return [
        [None if (value := getattr(item, column.field)) is None else column.cell(value) for column in columns]
        for item in items
    ]


def cell_text(contract: type[Any], field: str, value: Any, language: Language) -> str:
    """A value of a contract's field as people read it: the word of a code, else the value itself."""
    if isinstance(value, StrEnum):
        return member_word(value)[language]
    if isinstance(value, bool):
        return truth_word(value)[language]
    word = value_words(contract, field).get(str(value))
    return word[language] if word else str(value)


def _column(view: type[View], field: str, language: Language) -> ViewColumn:
    word = field_word(view, field)
    if word is None:
        raise KeyError(f"{view.__name__}.{field} has no word")
    kind = plain_type(view.model_fields[field].annotation)
    if not _is_shown(kind):
        raise TypeError(f"{view.__name__}.{field} is nothing that a cell can hold")
    width, cell = _kind_of_cell(view, field, kind, language)
    return ViewColumn(field, word[language], max(width, 2 * len(word[language]) + 2), cell)


def _kind_of_cell(
    view: type[View], field: str, kind: type[Any], language: Language
) -> tuple[int, Callable[[Any], Any]]:
    if issubclass(kind, StrEnum):
        words = {member: member_word(member)[language] for member in kind}
        return _WORD_WIDTH, words.__getitem__
    if kind is bool:
        return _WIDTHS[bool], lambda value: truth_word(value)[language]
    if issubclass(kind, Refusal):
        return _SENTENCE_WIDTH, lambda refusal: refusal.message
    if words_of_values := value_words(view, field):
        shown = {value: word[language] for value, word in words_of_values.items()}
        return _WORD_WIDTH, lambda value: shown.get(value, value)
    return _WIDTHS.get(kind, _TEXT_WIDTH), lambda value: value


def _is_shown(kind: Any) -> bool:
    """Whether values of a type can be a cell. Ids can't: they are for programs."""
    if not isinstance(kind, type) or issubclass(kind, UUID):
        return False
    return issubclass(kind, str | bool | int | Decimal | date | Refusal)


def plain_type(annotation: Any) -> Any:
    """The type inside `Annotated[…]` and `… | None`."""
    if annotation is AwareDatetime:  # pydantic's, whose values are datetimes
        return datetime
    origin = get_origin(annotation)
    if origin is Annotated:
        return plain_type(get_args(annotation)[0])
    if origin in (Union, UnionType):
        kinds = [each for each in get_args(annotation) if each is not NoneType]
        return plain_type(kinds[0]) if len(kinds) == 1 else None
    return annotation
