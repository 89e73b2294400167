"""What rules answer: reasons why something may not be. Each is an error's code with what its sentence names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts.common import Refusal
from contracts.errors import JsonValue, Language, ServiceError


@dataclass(frozen=True, slots=True)
class Reason:
    """A failed condition, by its error code, and the evidence that its sentence shows."""

    code: str
    params: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def error(self) -> ServiceError:
        """The refusal of a whole command for this reason."""
        return ServiceError(self.code, (), **self.params)


def refuse(reason: Reason | None) -> None:
    """Raise ServiceError for a reason; nothing speaks against it: None."""
    if reason is not None:
        raise reason.error


def refusals(reasons: Iterable[Reason], language: Language) -> tuple[Refusal, ...]:
    """Reasons with their sentences, for one row of many."""
    return tuple(Refusal.of(reason.code, language, **reason.params) for reason in reasons)
