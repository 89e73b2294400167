"""What rules answer: reasons why something may not be. Each is an error's code with what its sentence names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.common import Refusal
from contracts.errors import JsonValue, Language, ServiceError


@dataclass(frozen=True, slots=True)
class Reason:
    """A failed condition, by its error code, and the evidence that its sentence shows."""

    code: str
    params: Mapping[str, JsonValue] = field(default_factory=dict)

    @classmethod
    def of(cls, error: ServiceError) -> Reason:
        """The reason that a refusal was raised for."""
        return cls(error.code, error.params)

    @classmethod
    def of_row(cls, kept: Mapping[str, Any] | None) -> Reason | None:
        """The reason that a row keeps as JSON; None where it keeps none."""
        return cls(kept["code"], kept["params"]) if kept else None

    @property
    def for_row(self) -> dict[str, JsonValue]:
        """As a row keeps it: `of_row` reads it again."""
        return {"code": self.code, "params": dict(self.params)}

    @property
    def error(self) -> ServiceError:
        """The refusal of a whole command for this reason."""
        return ServiceError(self.code, (), **self.params)


def refuse(reason: Reason | None) -> None:
    """Raise ServiceError for a reason; nothing speaks against it: None."""
    if reason is not None:
        raise reason.error


def refusal(reason: Reason | None, language: Language) -> Refusal | None:
    """A reason with its sentence, in the language of who reads it; nothing speaks against it: None."""
    return None if reason is None else Refusal.of(reason.code, language, **reason.params)


def refusals(reasons: Iterable[Reason], language: Language) -> tuple[Refusal, ...]:
    """Reasons with their sentences, for one row of many."""
    return tuple(Refusal.of(reason.code, language, **reason.params) for reason in reasons)
