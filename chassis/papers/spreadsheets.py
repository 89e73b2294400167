"""Spreadsheets as tables of columns: what an import reads and what comes back to be corrected.

    STUDENTS = columns(
        "student_import",
        Column("name", typed(PersonName), example="张三"),
        Column("gender", member_of(Gender), choices=tuple(by_word(Gender))),
        Column("mobile", typed(MobileNumber), required=False),
    )

`chassis.papers.sheet_reading` reads rows by such a table, `chassis.papers.sheet_writing` makes the template, lists,
and the workbook of refused rows. openpyxl holds the interpreter for long: use them in the task process.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from contracts.errors import FieldError, JsonValue, Language
from contracts.errors.fields import field_errors
from contracts.field_problem import FieldProblemError
from contracts.sentences import describe
from contracts.text import cleaning
from contracts.types import sane_year
from contracts.words import by_word, column_word, former_columns, former_words, label

Parse = Callable[[str], Any]

ROW_NUMBER, REASONS = label("row_number").zh, label("errors").zh
"""Titles of what a workbook of refused rows has beside the rows."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field it fills, how its text becomes a value, and the title it is found by (see `columns`).

    `formerly` are the titles that it has in older workbooks. `parse` raises FieldProblemError. `choices` are offered as
    a list in the template; `width` is in characters. `zero_counts` where a 0 that a formula gave is meant: elsewhere it
    is a look-up that found an empty cell.
    """

    field: str
    parse: Parse = str
    required: bool = True
    width: int = 16
    help: str = ""
    example: str = ""
    choices: Sequence[str] = ()
    title: str = ""
    formerly: Sequence[str] = ()
    zero_counts: bool = False


def columns(document: str, *listed: Column) -> tuple[Column, ...]:
    """The columns of a document, each with the titles that `contracts.words` gives it, now and formerly.

    Raises KeyError for one that has none there.
    """
    former = former_columns(document)
    return tuple(
        replace(
            each,
            title=column_word(document, each.field).zh,
            formerly=tuple(title for title, field_ in former.items() if field_ == each.field),
        )
        for each in listed
    )


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong with a cell, or with the row where `title` is empty."""

    title: str
    code: str
    params: Mapping[str, JsonValue] = field(default_factory=dict)

    def sentence(self, language: Language = "zh") -> str:
        """For people: `手机号码：格式不对，请按示例填写。`"""
        reason = describe(self.code, self.params, language)
        return f"{self.title}：{reason}" if self.title else reason

    def to_json(self) -> dict[str, Any]:
        """As a task's step can leave it to the task's end."""
        return {"title": self.title, "code": self.code, "params": dict(self.params)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CellError":
        """The other way round."""
        return cls(data["title"], data["code"], data["params"])


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row as it was read: its number in the sheet, values by field, texts by title, and what is wrong with it."""

    number: int
    values: dict[str, Any]
    texts: dict[str, str]
    errors: tuple[CellError, ...] = ()

    def refused(self, *errors: CellError) -> "BadRow":
        """The row to be given back for its own and these further reasons."""
        return BadRow(self.number, self.texts, (*self.errors, *errors))


@dataclass(frozen=True, slots=True)
class BadRow:
    """A refused row, with its texts as they came, so that it can be corrected and sent again."""

    number: int
    texts: dict[str, str]
    errors: tuple[CellError, ...]

    def to_json(self) -> dict[str, Any]:
        """As a task's step can leave it to the task's end: PostgreSQL keeps the order of lists, not of names."""
        texts = [[title, text] for title, text in self.texts.items()]
        return {"number": self.number, "texts": texts, "errors": [error.to_json() for error in self.errors]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "BadRow":
        """The other way round."""
        return cls(data["number"], dict(data["texts"]), tuple(map(CellError.from_json, data["errors"])))


def typed(annotation: Any) -> Parse:
    """Values of one of the types that contracts are made of, refused with the same codes."""
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)

    def parse(text: str) -> Any:
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            first: FieldError = next(field_errors(error))
            raise FieldProblemError(first.code, **_params(first.params)) from None

    return parse


def member_of(choices: type[StrEnum]) -> Parse:
    """A member of an enum, by what people call it or called it once."""
    return choice(by_word(choices), former_words(choices))


def choice(values: Mapping[str, Any], formerly: Mapping[str, Any] = MappingProxyType({})) -> Parse:
    """One of the words, each standing for a value; those of `formerly` count, but nobody is told of them."""

    def parse(text: str) -> Any:
        word = cleaning.title(text)
        if word in values:
            return values[word]
        if word in formerly:
            return formerly[word]
        raise FieldProblemError("field_not_a_choice", expected="、".join(values))

    return parse


_DAY = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))")


_MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0{1,9})?)?$")
"""What programs write behind a day that was never meant to have a time."""


def calendar_day(text: str) -> date:
    """A day in the ways people write it: 2026-09-01, 2026/9/1, 2026.9.1, 20260901, 2026年9月1日, and programs:
    2026-09-01 00:00:00. Years as in `Day`."""
    found = _DAY.fullmatch(cleaning.number(_MIDNIGHT.sub("", cleaning.title(text))))
    if found is None:
        raise FieldProblemError("field_bad_format")
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        found_day = date(year, month, day)
    except ValueError:
        raise FieldProblemError("field_bad_format") from None
    return sane_year(found_day)


def _params(params: Mapping[str, JsonValue]) -> dict[str, str | int]:
    return {name: value if isinstance(value, int) else str(value) for name, value in params.items()}
