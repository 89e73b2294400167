"""Failed conditions as the caller reads them."""

from collections.abc import Iterable

from contracts.common import Refusal
from contracts.errors import Language
from services.courses.domain.situation import Reason


def refusals(reasons: Iterable[Reason], language: Language) -> tuple[Refusal, ...]:
    """Failed conditions with their sentences."""
    return tuple(Refusal.of(reason.code, language, **reason.params) for reason in reasons)
