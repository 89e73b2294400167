"""Texts and days as they are stored: what views and events are made of.

They refuse nothing: what an earlier version took, or what a process of the version before writes while an upgrade is
under way, is shown and passed on all the same. What comes in is cleaned and checked by `contracts.types`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema

from contracts import types
from contracts.base import Contract
from contracts.text.kinds import TextKind


@dataclass(frozen=True, slots=True)
class Stored:
    """In an annotation: the kind of a text. Readers are promised the form that it had to have to come in (`like`)."""

    kind: TextKind
    like: Any = None

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) if self.like is None else TypeAdapter(self.like).json_schema()


StoredName = Annotated[str, Stored(TextKind.PERSON_NAME)]
StoredTitle = Annotated[str, Stored(TextKind.TITLE)]
StoredNumber = Annotated[str, Stored(TextKind.NUMBER)]
StoredText = Annotated[str, Stored(TextKind.FREE_TEXT)]
StoredIdentifier = Annotated[str, Stored(TextKind.IDENTIFIER)]
Word = Annotated[str, Stored(TextKind.WORD)]
Sentence = Annotated[str, Stored(TextKind.SENTENCE)]
Secret = Annotated[str, Stored(TextKind.SECRET)]

StoredPersonName = Annotated[str, Stored(TextKind.PERSON_NAME, types.PersonName)]
StoredLabel = Annotated[str, Stored(TextKind.TITLE, types.Label)]
StoredShortText = Annotated[str, Stored(TextKind.TITLE, types.ShortText)]
StoredLine = Annotated[str, Stored(TextKind.TITLE, types.Text)]
StoredFileName = Annotated[str, Stored(TextKind.FREE_TEXT, types.FileName)]
StoredCode = Annotated[str, Stored(TextKind.NUMBER, types.Code)]
StoredMajorCode = Annotated[str, Stored(TextKind.NUMBER, types.MajorCode)]
StoredMobile = Annotated[str, Stored(TextKind.NUMBER, types.MobileNumber)]
StoredPhone = Annotated[str, Stored(TextKind.NUMBER, types.PhoneNumber)]
StoredSchoolingLength = Annotated[str, Stored(TextKind.NUMBER, types.SchoolingLength)]
StoredEmail = Annotated[str, Stored(TextKind.IDENTIFIER, types.Email)]

StoredDay = Annotated[date, Field(examples=["2026-09-01"])]


class StoredElements(Contract):
    """五要素 of what is stored; `FiveElements` are those that come in."""

    level: types.Level = Field(description="What the student studies for.")
    student_type: StoredLabel = Field(default="开放教育", description="Student type.")
    student_source: StoredLabel = Field(default="开放教育", description="Student source.")
    major_code: StoredMajorCode = Field(description="Code of the major.")
    schooling_length: StoredSchoolingLength = Field(description="Regular years of study.")
