"""How figures are printed: tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

from rich.console import Console
from rich.table import Table


def quantile(values: Sequence[float], part: float) -> float:
    """The least value that at least this part of them does not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, ceil(part * len(ordered)) - 1)] if ordered else 0.0


def show_usage(
    console: Console, title: str, used: Mapping[str, float], memory: Mapping[str, float], count: int, elapsed: float
) -> None:
    """Processor time by process, in milliseconds for each of `count` commands and as a share of one core."""
    table = Table(title=title, title_justify="left")
    for heading in ("process", "CPU ms/command", "CPU share", "memory MB"):
        table.add_column(heading, justify="left" if heading == "process" else "right")
    for name, seconds in sorted(used.items(), key=lambda item: -item[1]):
        table.add_row(
            name,
            f"{1000 * seconds / max(1, count):.2f}",
            f"{100 * seconds / elapsed:.0f} %",
            f"{memory.get(name, 0):.0f}",
        )
    total = sum(used.values())
    table.add_row("[bold]all[/]", f"{1000 * total / max(1, count):.2f}", f"{100 * total / elapsed:.0f} %", "")
    console.print(table)


def figure(console: Console, what: str, value: str, wanted: str = "") -> None:
    """One figure, with what is wanted of it."""
    console.print(f"  {what}: [bold]{value}[/]" + (f" [dim](wanted: {wanted})[/]" if wanted else ""))
