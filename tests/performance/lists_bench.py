"""Every list over a large school, at the gateway: each combination that its contract names, for point, student, school.

    python -m tests.performance.lists_bench --name large --folder .local/large     # a school that is kept
    python -m tests.performance.lists_bench --scale 0.1                            # builds one, and drops it again

Needs the servers that `./jiaowu bench lists` starts. Each combination is asked with the commonest and the rarest value
of each filter, with the oldest intake, and with what nobody has. Prints figures, asserts nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from contracts.base import PageQuery
from contracts.courses.queries import ListSelections
from contracts.exams.queries import ListRegistrations
from contracts.finance.queries import ListBills, ListLedgerEntries, ListRemittances
from contracts.registry.queries import ListStudents
from launcher.story.client import ProblemError
from launcher.story.people import Person
from launcher.system import System
from tests.performance import large_school
from tests.performance.figures import quantile
from tests.performance.list_values import Values

TIMES, AT_MOST = 20, 50.0
"""How often each is asked, and the milliseconds that 95 of 100 answers may take."""
SERVERS = ("JIAOWU_TEST_POSTGRES_URL", "JIAOWU_TEST_AMQP_URL", "JIAOWU_TEST_AMQP_MANAGEMENT_URL")
LISTS: tuple[type[PageQuery], ...] = (
    ListStudents,
    ListSelections,
    ListBills,
    ListLedgerEntries,
    ListRemittances,
    ListRegistrations,
)


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


def combinations(contract: type[PageQuery], values: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """What the contract says is quick: the list itself, each filter and each pair, with each of their values."""
    yield {}
    for name in contract.filters():
        yield from ({name: value} for value in values.get(name, ()))
    for pair in contract.together:
        one, other = sorted(pair)
        for value in values.get(one, ()):
            yield from ({one: value, other: its} for its in values.get(other, ()))


def others(contract: type[PageQuery], values: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """What is answered while few rows are found, and far pages: other sorts, alone and beside the oldest intake."""
    oldest = {"intake": values["intake"][-1]} if values.get("intake") else {}
    for key in contract.sorts:
        yield {"sort": key}
        yield {"sort": key, **oldest}
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


def readers(people: large_school.People, contract: type[PageQuery]) -> dict[str, Person]:
    """Who asks for a list, by the scope in which they see it."""
    money = contract.service == "finance"
    of_school = people.staff["cashier" if money else "exams" if contract.service == "exams" else "registrar"]
    points = {"largest point": people.largest, "ordinary point": people.ordinary}
    staff = {name: point.cashier if money else point.registrar for name, point in points.items()}
    return {"school": of_school, **staff, "student": people.ordinary.students[0]}


def measure(people: large_school.People, values: Values, console: Console, lists: Sequence[str]) -> list[str]:
    """All lists in all scopes; what took longer than wanted."""
    slow = []
    for contract in LISTS:
        if lists and contract.__name__ not in lists:
            continue
        for scope, person in readers(people, contract).items():
            point = {"largest point": people.largest, "ordinary point": people.ordinary}.get(scope)
            its = values.of(contract, None if point is None else point.id)
            try:
                person.client.send(contract(size=1))
            except ProblemError as refusal:
                console.print(f"[dim]{contract.__name__} for {scope}: {refusal.code}[/]")
                continue
            met = [ask(person, contract, True, asked) for asked in combinations(contract, its)]
            met += [ask(person, contract, False, asked) for asked in others(contract, its)]
            title = f"{contract.__name__}, {scope}"
            console.print(shown(title, met))
            slow += [f"{title}: {each.asked or '-'} {each.p95:.0f} ms {each.total}" for each in met if late(each)]
    return slow


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
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or Path(made)
        name = options.name or f"lists{os.getpid()}"
        admin_url, amqp, management = (os.environ[each] for each in SERVERS)
        system = System(folder, admin_url, amqp, management, name)
        try:
            if not options.name:
                system.provision_databases()
                large_school.build(admin_url, name, large_school.Size(options.scale))
            system.up()
            slow = measure(large_school.people(system), Values(admin_url, name), console, options.list)
        finally:
            if options.name:
                system.down()
            else:
                system.destroy()
    console.print(f"\n[bold]{len(slow)}[/] above what is promised" + "".join(f"\n  {each}" for each in slow))
    return 0


if __name__ == "__main__":
    sys.exit(main())
