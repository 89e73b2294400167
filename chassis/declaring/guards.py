"""How an operation that anybody may ask is guarded: what a service declares beside its handler.

    check_certificate = query(
        queries.check_certificate,
        as_system=True,
        guard=Guard(
            address=Allowance(30, timedelta(hours=1), Beyond.WORK),
            things=(Thing(lambda asked: asked.number, Allowance(10, timedelta(days=1), Beyond.WORK)),),
            no_match="certificate_not_found",
        ),
    )

A limit that makes people wait can be used up by strangers: it is for what may not happen more often, whoever asks.
Where somebody else must not be held up, or guessing pays, asking becomes work instead (`chassis.work.proof_of_work`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from chassis.base.failures import passes
from contracts.errors import ErrorKind, ServiceError
from contracts.settings import Setting

_TELL_NOTHING: Final = frozenset(
    {ErrorKind.UNAVAILABLE, ErrorKind.TOO_MANY, ErrorKind.TOO_LARGE, ErrorKind.UNSUPPORTED, ErrorKind.INTERNAL}
)
"""Refusals that are about the moment or the request, and not about what there is."""


HARDEST_WORK: Final = 5
"""Each level of work is twice the work of the one before; 0 is about a second of an office's computer."""


class Beyond(StrEnum):
    """What comes of asking more often than is allowed."""

    WAIT = "wait"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Allowance:
    """To be served `times` in any window of `within`, which begins with the first; 0 times: always work."""

    times: int
    within: timedelta
    beyond: Beyond = Beyond.WAIT

    def __post_init__(self) -> None:
        if self.times < (1 if self.beyond is Beyond.WAIT else 0) or self.within <= timedelta(0):
            raise ValueError("nobody would ever be served")


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked `about`, as it is looked up, and how often anybody may."""

    about: Callable[[Any], str]
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class Guard:
    """How an operation for anybody is guarded: by the address that asks, and by the `things` that it is about.

    A request that `changes_nothing`, which is told in its unit of work, counts for its address alone. So that nobody
    learns this, or how often others asked, from when the work gets harder, all others add nought, one or two by chance
    to the counts of their things: one in the mean.

    `no_match` is the one refusal that all those become which would tell whether something is there. `work` is the level
    of work that each request takes, whoever asks, as the school sets it; else there is none within the allowances.
    """

    address: Allowance
    things: tuple[Thing, ...] = ()
    changes_nothing: Callable[[Any, Any], bool] | None = None
    no_match: str | None = None
    work: Setting[int] | None = None

    def __post_init__(self) -> None:
        if self.changes_nothing is not None and any(each.allowance.beyond is Beyond.WAIT for each in self.things):
            raise ValueError("nobody waits by chance")

    def told(self, refusal: ServiceError) -> ServiceError:
        """What a stranger is told of a refusal."""
        if self.no_match is None or passes(refusal) or refusal.kind in _TELL_NOTHING:
            return refusal
        return ServiceError(self.no_match)


@dataclass(frozen=True, slots=True)
class Unguarded:
    """An operation for anybody that needs no guard, or has one of its own."""

    because: str
