"""Progress on the terminal: one line a step, with a spinner and its seconds while it runs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Tell = Callable[[str], None]
"""Shows beside a step how far it is: a few words, each in place of those before."""

console = Console(highlight=False)


@contextmanager
def step(title: str) -> Iterator[Tell]:
    """Show `title` while the block runs, then a tick and the time it took (or a cross when it raised)."""
    started = time.monotonic()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
            task = shown.add_task(f"{title} …")
            yield lambda how_far: shown.update(task, description=f"{title} … [dim]{how_far}[/]")
    except BaseException:
        console.print(f"[red]✗[/] {title}")
        raise
    console.print(f"[green]✓[/] {title} [dim]{time.monotonic() - started:.1f} s[/]")


@contextmanager
def counting(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show while the block runs how much of how much is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task(title, total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)
