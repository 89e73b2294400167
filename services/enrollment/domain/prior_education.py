"""What has to be completed before a level is begun (ENR-4)."""

from __future__ import annotations

from typing import Final

from chassis.work.reasons import Reason
from contracts.types import Level, PriorEducationCheck, PriorLevel

_NEEDED: Final[dict[str, PriorLevel]] = {
    Level.JUNIOR_COLLEGE: PriorLevel.UPPER_SECONDARY,
    Level.BACHELOR: PriorLevel.UPPER_SECONDARY,
    Level.TOP_UP_BACHELOR: PriorLevel.JUNIOR_COLLEGE,
}
# Schools after the ninth year stand beside each other.
_RANK: Final[dict[str, int]] = {
    PriorLevel.UPPER_SECONDARY: 0,
    PriorLevel.VOCATIONAL_SECONDARY: 0,
    PriorLevel.JUNIOR_COLLEGE: 1,
    PriorLevel.BACHELOR: 2,
    PriorLevel.POSTGRADUATE: 3,
}


def against_level(level: str, prior: str) -> Reason | None:
    """Who has completed enough begins a level: a junior college or more for 专升本, else upper secondary school."""
    needed = _NEEDED[level]
    if _RANK[prior] >= _RANK[needed]:
        return None
    return Reason("prior_education_too_low", {"level": level, "needed": needed})


def against_check(check: str) -> Reason | None:
    """Who was found to have no such education is not admitted."""
    return Reason("prior_education_false") if check == PriorEducationCheck.FALSE else None
