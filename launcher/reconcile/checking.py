"""Compares until what differs is known to stay: a running system is always on its way somewhere."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from chassis.data.database import Database
from launcher.reconcile import admissions, leaving
from launcher.reconcile.agreement import compare, figures
from launcher.reconcile.disagreement import Disagreement
from launcher.reconcile.statements import Statements, read

PATIENCE = 15.0
"""Seconds for which a difference may pass by itself: events are handled within moments, retries within seconds."""
_ADVICE = {**admissions.ADVICE, **leaving.ADVICE}
_SHOWN = 20
"""Disagreements that are printed one by one."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What came of it: what was looked at last, and what did not agree in any look."""

    statements: Statements
    disagreements: list[Disagreement]

    @property
    def clean(self) -> bool:
        """Whether all agree."""
        return not self.disagreements


def reconcile(databases: Mapping[str, Database], *, patience: float = PATIENCE) -> Reconciliation:
    """Compare what the services say; what differs is looked at again until it agrees or `patience` seconds are over."""
    return settle(lambda: read(databases), patience=patience)


def settle(look: Callable[[], Statements], *, patience: float, every: float = 0.5) -> Reconciliation:
    """Keep of the disagreements those that every look found."""
    seen = Statements()

    def differing() -> list[Disagreement]:
        nonlocal seen
        seen = look()
        return compare(seen)

    left = lasting(differing, patience=patience, every=every)
    return Reconciliation(seen, left)


def lasting(
    look: Callable[[], list[Disagreement]], *, patience: float = PATIENCE, every: float = 0.5
) -> list[Disagreement]:
    """What every look found, until nothing is left or `patience` seconds are over."""
    deadline = time.monotonic() + patience
    left = {each.key: each for each in look()}
    while left and time.monotonic() < deadline:
        time.sleep(every)
        again = {each.key: each for each in look()}
        left = {key: each for key, each in again.items() if key in left}
    return list(left.values())


def show(result: Reconciliation, console: Console) -> None:
    """Print what was compared and what does not agree."""
    for name, counts in figures(result.statements).items():
        states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
        console.print(f"  [bold]{counts.total():>7,}[/] {name:<14}[dim]{states}[/]")
    if result.clean:
        console.print("[green]✓[/] From admission to account and from selection to seat all agree; the ledger is zero.")
    else:
        show_disagreements(result.disagreements, console)


def show_disagreements(disagreements: Sequence[Disagreement], console: Console) -> None:
    """Print what does not agree: how much of each kind, and the first of them one by one."""
    console.print(f"[red]✗[/] {len(disagreements)} disagreements:")
    for code, count in Counter(each.code for each in disagreements).most_common():
        console.print(f"    {count:>6,} {code}")
        if code in _ADVICE:
            console.print(f"           [dim]{_ADVICE[code]}[/]")
    table = Table("what", "id", "code", "found", box=None, pad_edge=False)
    for each in disagreements[:_SHOWN]:
        table.add_row(each.subject, str(each.id or ""), each.code, each.says)
    console.print(table)
    if (more := len(disagreements) - _SHOWN) > 0:
        console.print(f"    … and {more} more")
