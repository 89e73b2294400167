"""Settings of the school: what each service declares, and what every service answers about its own.

    GRACE_DAYS = Setting("grace_days", Annotated[int, Field(strict=True, ge=0, le=30)], 3, unit=SettingUnit.DAYS)

stands in the service's `domain/settings.py`; one that several services use is `shared` and stands in
`contracts.school`. Values are entered from an instant on and for a reason; until the first one the default holds.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError, WithJsonSchema

from contracts.base import Command, Page, PageQuery, Query, TryableCommand, View
from contracts.errors import FieldError, JsonValue, ServiceError
from contracts.errors.fields import field_errors
from contracts.field_problem import FieldProblemError
from contracts.stored import StoredName, StoredText, Word
from contracts.text import cleaning
from contracts.text.kinds import Cleaned, TextKind
from contracts.types import Id, Instant, Note, Version

Value = TypeVar("Value")


class SettingUnit(StrEnum):
    """What a number is counted in."""

    MINUTES = "minutes"
    DAYS = "days"
    YEARS = "years"


@dataclass(frozen=True, eq=False)
class Setting(Generic[Value]):
    """Something that the school sets: `type` is the annotation of a contract's field, with its range.

    `shared` are those that other services read too; their owner publishes them.
    """

    name: str
    type: Any
    default: Value
    unit: SettingUnit | None = None
    shared: bool = False

    def __post_init__(self) -> None:
        self.from_json(self.as_json(self.default))
        with suppress(ServiceError):
            self.from_json(None)
            raise TypeError(f"{self.name} can be empty: a setting always has a value")

    def from_json(self, value: JsonValue) -> Value:
        """The value that JSON says. Raises ServiceError `validation_failed` with what is wrong at `value`."""
        try:
            return self._adapter.validate_python(value)
        except ValidationError as error:
            found = (FieldError(_below("value", each.path), each.code, each.params) for each in field_errors(error))
            raise ServiceError("validation_failed", found) from None

    def as_json(self, value: Value) -> JsonValue:
        """The value as it is stored and sent."""
        said: JsonValue = self._adapter.dump_python(value, mode="json")
        return said

    @cached_property
    def value_schema(self) -> dict[str, JsonValue]:
        """The JSON Schema of its values."""
        return self._adapter.json_schema()

    @cached_property
    def _adapter(self) -> TypeAdapter[Value]:
        return TypeAdapter(self.type)


def _below(field: str, path: str) -> str:
    return f"{field}.{path}" if path else field


_LONGEST = 100_000
_MOST = 100


def _bounded(value: JsonValue) -> JsonValue:
    """How a value is made is said by its own setting; here, that it has an end."""
    if len(json.dumps(value, ensure_ascii=False)) > _LONGEST:
        raise FieldProblemError("field_too_long", max_length=_LONGEST)
    return value


SettingValue = Annotated[
    JsonValue,
    AfterValidator(_bounded),
    WithJsonSchema(
        {
            "anyOf": [
                *({"type": kind} for kind in ("boolean", "integer")),
                {"type": "string", "maxLength": _LONGEST},
                {"type": "array", "maxItems": _MOST, "items": {}},
                {"type": "object", "maxProperties": _MOST},
            ],
            "examples": [3],
        }
    ),
]

SettingName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"),
    Cleaned(TextKind.NUMBER, cleaning.number),
    Field(description="The setting's name.", examples=["grace_days"]),
]


class SettingChangeView(View):
    """A value that was entered, from when on and why."""

    id: UUID
    name: Word
    value: JsonValue
    effective_from: Instant
    reason: StoredText
    entered_by: UUID | None = Field(description="Empty for what the system carried over.")
    entered_by_name: StoredName
    entered_at: Instant
    revoked_at: Instant | None = Field(default=None, description="When it was taken back, before it took effect.")
    revoked_by_name: StoredName | None = Field(default=None, description="Who took it back.")
    revoked_reason: StoredText | None = Field(default=None, description="Why it was taken back.")


class SettingView(View):
    """A setting as it now is, and what it is going to be."""

    name: Word
    value: JsonValue = Field(description="What holds now.")
    effective_from: Instant | None = Field(description="Since when; empty for the default.")
    default: JsonValue = Field(description="What holds until something is entered.")
    unit: SettingUnit | None = Field(description="What a number is counted in.")
    value_schema: dict[str, JsonValue] = Field(description="JSON Schema of the values that it can have.")
    planned: tuple[SettingChangeView, ...] = Field(description="What takes effect later, the next first.")
    version: int


class SettingsView(View):
    """All settings of one service."""

    items: tuple[SettingView, ...]


class ListSettings(Query, answers=SettingsView):
    """The school's settings of one service: what holds now, since when, and what is planned."""


class ListSettingChanges(
    PageQuery, answers=Page[SettingChangeView], order="-entered_at", sorts=("effective_from", "name")
):
    """What was entered for the school's settings of one service, the newest first: former values, the one that holds,
    planned and revoked ones."""

    name: SettingName | None = Field(default=None, description="Only of this setting.")


class ChangeSetting(Command, answers=SettingView):
    """Set a value, now or from a later instant on; what was entered before stays in the history.

    Refused: `not_found`, `stale_version`.
    """

    name: SettingName
    version: Version
    value: SettingValue = Field(description="The value; `value_schema` says which there are.")
    effective_from: Instant | None = Field(default=None, description="From when on; at once when left out.")
    reason: Note = Field(description="Why; it stays in the history.")


class RevokeSettingChange(TryableCommand, answers=SettingView):
    """Take a planned change back before it takes effect. Refused: `stale_version`, `setting_in_effect`."""

    change_id: Id = Field(description="The change.")
    version: Version
    reason: Note = Field(description="Why; it stays in the history.")
