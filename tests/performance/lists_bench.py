"""Every list over a large school, at the gateway: each combination that its contract names, for point, student, school.

    python -m tests.performance.lists_bench --name large --folder .local/large     # a school that is kept
    python -m tests.performance.lists_bench --scale 0.1                            # builds one, and drops it again

Needs the servers that `./jiaowu bench lists` starts. Each combination is asked with the commonest and the rarest value
of each filter, with the oldest intake, and with what nobody has. Prints figures, and what it did not ask; asserts
nothing. A list that is empty in the school (its total says so) tells nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table

from contracts.base import OPERATIONS, PageQuery
from contracts.every_service import COMMON_OPERATIONS
from gateway.routes import ROUTES
from launcher.story.client import ProblemError
from launcher.story.people import Person
from tests.performance import large_school
from tests.performance.figures import quantile
from tests.performance.list_values import Values

TIMES, AT_MOST = 20, 50.0
"""How often each is asked, and the milliseconds that 95 of 100 answers may take."""
LISTS: tuple[type[PageQuery], ...] = tuple(
    route.operation for route in ROUTES if issubclass(route.operation, PageQuery) and not route.downloads
)
EVERY = {each.__name__ for each in (*OPERATIONS.values(), *COMMON_OPERATIONS) if issubclass(each, PageQuery)}
NO_ROUTE = EVERY - {each.__name__ for each in LISTS}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who may read a list in one scope: the first of `people` that is let in."""

    title: str
    kind: str
    point: UUID | None
    people: tuple[Person, ...]

    def let_in(self, contract: type[PageQuery], needed: Mapping[str, Any]) -> Person | None:
        """Who asks for a list."""
        for person in self.people:
            with suppress(ProblemError):
                person.client.send(contract(**needed, size=1))
                return person
        return None


def readers(people: large_school.People) -> Iterator[Reader]:
    """Everybody, by the scope in which they see a list."""
    yield Reader("school", "school", None, (*people.staff.values(), people.administrator))
    for title, point in (("largest point", people.largest), ("ordinary point", people.ordinary)):
        yield Reader(title, "point", point.id, (point.administrator, point.registrar, point.cashier))
    yield Reader("course lead", "course", None, (people.lead,))
    yield Reader("student", "student", None, people.ordinary.students[:1])


@dataclass(frozen=True, slots=True)
class Met:
    """What one question met: milliseconds, rows on the page, in all, or the code of a refusal."""

    asked: str
    milliseconds: Sequence[float]
    rows: int
    total: str
    named: bool

    @property
    def p95(self) -> float:
        return quantile(self.milliseconds, 0.95)


def combinations(contract: type[PageQuery], kind: str, values: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """What the contract says is quick for a kind of scope: the list itself, each filter and each pair, with each of
    their values."""
    for names in map(sorted, contract.promised(kind)):
        for these in product(*(values.get(name, ()) for name in names)):
            yield dict(zip(names, these, strict=True))


def others(contract: type[PageQuery], values: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """What is answered while few rows are found, and far pages: filters that are looked at, other sorts, alone and
    beside the oldest intake."""
    for name in sorted(contract.looked_at):
        yield from ({name: value} for value in values.get(name, ()))
    for key in contract.sorts:
        yield {"sort": key}
        yield from ({"sort": key, "intake": oldest} for oldest in values.get("intake", ())[-1:])
    yield {"page": 200}
    yield {"page": 201 + 1}


def ask(person: Person, contract: type[PageQuery], named: bool, asked: Mapping[str, Any]) -> Met:
    """Ask it again and again."""
    query, took, rows, total = contract(**asked), list[float](), 0, ""
    for _ in range(TIMES):
        began = time.perf_counter()
        try:
            page = person.client.send(query)
            rows, total = len(page.items), f"{'about ' if page.about else ''}{page.total:,}"
        except ProblemError as refusal:
            total = refusal.code
        took.append((time.perf_counter() - began) * 1000)
    return Met(", ".join(f"{name}={value}" for name, value in asked.items()), took, rows, total, named)


def measure(
    people: large_school.People, values: Values, console: Console, lists: Sequence[str]
) -> tuple[list[str], list[str]]:
    """All lists in all scopes: what took longer than wanted, and what was not asked."""
    slow, not_asked = list[str](), [f"{name}: it has no address of its own" for name in sorted(NO_ROUTE)]
    for contract in LISTS:
        if lists and contract.__name__ not in lists:
            not_asked.append(f"{contract.service}.{contract.__name__}: not wanted")
            continue
        asked = False
        for reader in readers(people):
            needed = values.needed(contract, reader.point)
            person = reader.let_in(contract, needed)
            if person is None:
                continue
            asked, its = True, values.of(contract, reader.point)
            met = [ask(person, contract, True, {**needed, **each}) for each in combinations(contract, reader.kind, its)]
            met += [ask(person, contract, False, {**needed, **each}) for each in others(contract, its)]
            title = f"{contract.service}.{contract.__name__}, {reader.title}"
            console.print(shown(title, met))
            slow += [f"{title}: {each.asked or '-'} {each.p95:.0f} ms {each.total}" for each in met if late(each)]
            if without := [name for name in contract.filters() if not its[name] and name not in needed]:
                not_asked.append(f"{title}: by {', '.join(without)}, of which no value is known")
        if not asked:
            not_asked.append(f"{contract.service}.{contract.__name__}: nobody of these reads it")
    return slow, not_asked


def late(met: Met) -> bool:
    """Whether it took longer than is promised."""
    return met.p95 > (AT_MOST if met.named else 500.0) or (met.named and met.total == "narrow_the_list")


def shown(title: str, met: Sequence[Met]) -> Table:
    """The figures of one list in one scope."""
    table = Table("asked", title=title, title_justify="left", box=None)
    for heading in ("median ms", "p95 ms", "rows", "of"):
        table.add_column(heading, justify="right")
    for each in met:
        style = "red" if late(each) else "" if each.named else "dim"
        median = f"{quantile(each.milliseconds, 0.5):.1f}"
        table.add_row(each.asked or "-", median, f"{each.p95:.1f}", str(each.rows), each.total, style=style)
    everything = [took for each in met if each.named for took in each.milliseconds]
    table.add_row("all that is named", f"{quantile(everything, 0.5):.1f}", f"{quantile(everything, 0.95):.1f}", "", "")
    return table


def main() -> int:
    """Build or find the school, start its system, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.lists_bench", description=__doc__.split("\n")[0])
    parser.add_argument("--name", help="a school that is kept: what its databases' names begin with")
    parser.add_argument("--folder", type=Path, help="where its system keeps ports, secrets and files")
    parser.add_argument("--scale", type=float, default=1.0, help="of one that is built: 0.01 for ten thousand students")
    parser.add_argument("--list", action="append", default=[], help="only this list, as ListBills")
    options = parser.parse_args()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    with large_school.standing(options.name, options.folder, options.scale) as system:
        system.up()
        values = Values(large_school.databases_of(system))
        slow, not_asked = measure(large_school.people(system), values, console, options.list)
    console.print("\nNot asked:" + "".join(f"\n  {each}" for each in not_asked))
    console.print(f"\n[bold]{len(slow)}[/] above what is promised" + "".join(f"\n  {each}" for each in slow))
    return 0


if __name__ == "__main__":
    sys.exit(main())
