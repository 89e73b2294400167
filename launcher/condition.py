"""How an installation can be, and the exit codes of `./jiaowu status` that say it to programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class Condition(IntEnum):
    """The exit codes, the most serious first. Where several hold, the first of them is given."""

    NOT_RUNNING = 10
    OUT_OF_REACH = 11
    NOT_READY = 12
    BINDINGS_MISSING = 13
    PUT_ASIDE = 14
    LATE = 15
    WELL = 0


MEANING: Mapping[Condition, str] = {
    Condition.WELL: "all is well",
    Condition.NOT_RUNNING: "the system is not running, or nobody watches over it",
    Condition.OUT_OF_REACH: "a database or the broker is out of reach",
    Condition.NOT_READY: "a process is not ready, or has stopped",
    Condition.BINDINGS_MISSING: "the broker has lost bindings: events or calls do not arrive",
    Condition.PUT_ASIDE: "events were put aside or came back, for a person to look at",
    Condition.LATE: "events wait for longer than fifteen minutes, to be sent or for what they need",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not well."""

    condition: Condition
    says: str


def worst(findings: list[Finding]) -> Condition:
    """The most serious of what was found."""
    seriousness = list(Condition)
    return min((each.condition for each in findings), key=seriousness.index, default=Condition.WELL)
