"""Refusals are part of the interface: a stable code, and a sentence that says what to do.

`ServiceError(code, **params)` is what a rule raises; `contracts.sentences.describe` turns it into words at the edge, in
Chinese or English. The texts stand in one file per service. HTTP status numbers are the gateway's business alone.
"""

import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from importlib import import_module
from string import Formatter
from typing import Any, Literal

Language = Literal["zh", "en"]
JsonValue = str | int | float | bool | None | list[Any] | dict[str, Any]


class ErrorKind(StrEnum):
    """What sort of refusal it is; the gateway maps each kind to one status number."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    REFUSED = "refused"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    INTERNAL = "internal"


class Named(Enum):
    """What a param names by a name of the code, beside members of enums."""

    ACTION = auto()
    """What was to be done, with a row of the param `workflow`."""
    STATE = auto()
    """Of the param `workflow`: a state alone may mean several things."""
    SERVICE = auto()
    FIELD = auto()


Told = Mapping[str, type[StrEnum] | Named]
"""Param → whose word the sentence says in its place."""


@dataclass(frozen=True, slots=True)
class ErrorText:
    """A code's kind and its sentence in both languages. `{placeholders}` name the error's params.

    A param that holds a name of the code stands in `told`: it travels as it is, for programs, and people read its word.
    """

    kind: ErrorKind
    zh: str
    en: str
    told: Told = field(default_factory=dict)

    @property
    def params(self) -> frozenset[str]:
        """The params that the sentence needs."""
        of_workflow = {Named.ACTION, Named.STATE} & set(self.told.values())
        return placeholders(self.zh) | ({"workflow"} if of_workflow else frozenset())


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. `path` is dotted (`students.3.mobile`); the value is never repeated."""

    path: str
    code: str
    params: Mapping[str, JsonValue] = field(default_factory=dict)

    def to_wire(self) -> dict[str, Any]:
        return {"path": self.path, "code": self.code, "params": dict(self.params)}


class ServiceError(Exception):
    """A refusal with a stable code. Crosses the bus as data, never as an exception.

    `params` fill the placeholders of the code's sentence and are shown to the caller: never personal data.
    """

    def __init__(self, code: str, errors: Iterable[FieldError] = (), **params: JsonValue) -> None:
        super().__init__(code)
        self.code = code
        self.errors = tuple(errors)
        self.params = params

    def __repr__(self) -> str:
        return f"ServiceError({self.code!r}, params={self.params!r}, errors={self.errors!r})"

    def to_wire(self) -> dict[str, Any]:
        """As JSON can carry it."""
        return {
            "code": self.code,
            "params": self.params,
            "errors": [error.to_wire() for error in self.errors],
        }

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> "ServiceError":
        """The error that the other side meant."""
        fields = (FieldError(e["path"], e["code"], e.get("params") or {}) for e in body.get("errors") or ())
        error = cls(body["code"], fields)
        error.params = dict(body.get("params") or {})
        return error

    @property
    def kind(self) -> ErrorKind:
        return error_text(self.code).kind


def placeholders(text: str) -> frozenset[str]:
    """Names in braces: `"{course_code} 未发布"` → `{"course_code"}`."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


_catalogue: dict[str, ErrorText] = {}


def catalogue() -> Mapping[str, ErrorText]:
    """Every code of every service with its text."""
    if not _catalogue:
        # Imported late: those modules import the classes above.
        for found in pkgutil.iter_modules(__path__):
            texts = import_module(f"{__name__}.{found.name}").TEXTS
            if doubles := _catalogue.keys() & texts.keys():
                raise TypeError(f"defined twice: {sorted(doubles)}")
            _catalogue.update(texts)
    return _catalogue


def error_text(code: str) -> ErrorText:
    """The catalogue's entry, or that of `internal_error` for a code that nobody wrote a text for."""
    texts = catalogue()
    return texts.get(code) or texts["internal_error"]
