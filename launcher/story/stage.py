"""How a story is told: steps with their outcome and time, conditions that are waited for, things that must hold."""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from rich.console import Console
from rich.markup import escape

from chassis.base.clock import SHANGHAI, SystemClock
from contracts.types import IntakeCode
from launcher.story.client import ProblemError

Value = TypeVar("Value")
Item = TypeVar("Item")
PATIENCE = 60.0
"""Seconds for which something that must come is waited for."""


class StoryError(Exception):
    """Something did not happen as it must."""


@dataclass(slots=True)
class Step:
    """What is being told. `outcome` is what came of it, in a few words."""

    outcome: str = ""


@dataclass
class Stage:
    """Where a story plays: a running system, a run of its own codes, and somebody who listens."""

    gateway_url: str
    console: Console
    run: str = field(default_factory=lambda: f"{random.randrange(10**6):06d}")
    """Six digits in every code, so that a story can be told again on the same system."""
    mark: str | None = None
    """What usernames and names end with, the run's digits unless told."""
    now: datetime = field(default_factory=SystemClock().now)
    timings: list[tuple[str, float]] = field(default_factory=list)
    """Each step with its seconds."""

    def username(self, name: str) -> str:
        """A username of this run's own."""
        mark = self.run if self.mark is None else self.mark
        return f"{name}-{mark}" if mark else name

    def named(self, name: str) -> str:
        """A name of this run's own."""
        return f"{name}{self.run if self.mark is None else self.mark}"

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return self.now.astimezone(SHANGHAI).date()

    @property
    def intake(self) -> IntakeCode:
        """The newest intake: spring begins in March, autumn in September."""
        year, month = self.today.year, self.today.month
        return f"{year}09" if month >= 9 else f"{year}03" if month >= 3 else f"{year - 1}09"

    def day(self, days: int, hour: int = 0) -> datetime:
        """An hour of the day so many days from now, in Shanghai."""
        midnight = datetime(self.today.year, self.today.month, self.today.day, tzinfo=SHANGHAI)
        return midnight + timedelta(days=days, hours=hour)

    def act(self, title: str) -> None:
        """Begin another part."""
        self.console.print(f"\n[bold]{escape(title)}[/]")

    @contextmanager
    def step(self, who: str, does: str) -> Iterator[Step]:
        """Tell who does what; afterwards what came of it and how long it took."""
        title = f"[cyan]{escape(who)}[/] {escape(does)}"
        step, started = Step(), time.monotonic()
        try:
            with self.console.status(title):
                yield step
        except BaseException:
            self.console.print(f"[red]✗[/] {title}")
            raise
        seconds = time.monotonic() - started
        self.timings.append((f"{who} {does}", seconds))
        outcome = f": {escape(step.outcome)}" if step.outcome else ""
        self.console.print(f"[green]✓[/] {title}{outcome} [dim]{seconds:.1f} s[/]")


def wait(what: str, look: Callable[[], Value], until: Callable[[Value], bool], *, seconds: float = PATIENCE) -> Value:
    """Look until it is so; returns what was seen. Raises StoryError when it takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if until(seen):
            return seen
        if time.monotonic() > deadline:
            raise StoryError(f"{what}: not after {seconds:.0f} s; seen last: {seen}")
        time.sleep(0.1)


def wait_for_copies(work: Callable[[], Value], *codes: str, seconds: float = PATIENCE) -> Value:
    """Do something that needs what another service made just now: `codes` say that it has not heard of it yet."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return work()
        except ProblemError as problem:
            if problem.code not in codes or time.monotonic() > deadline:
                raise
        time.sleep(0.1)


def at_once(work: Callable[[Item], Value], items: Iterable[Item]) -> list[Value]:
    """Several people do the same at the same time."""
    items = list(items)
    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(work, items))


def expect(holds: bool, what: str, seen: Any = None) -> None:
    """Raises StoryError unless it holds."""
    if not holds:
        raise StoryError(f"{what}; seen: {seen}" if seen is not None else what)


def must_be_refused(work: Callable[[], Any], code: str) -> str:
    """Try what must not be possible. Returns the reason that was given; raises StoryError when it was possible."""
    try:
        work()
    except ProblemError as problem:
        expect(problem.code == code, f"refused with {problem.code} instead of {code}", problem)
        return problem.code
    raise StoryError(f"this should have been refused with {code}")
