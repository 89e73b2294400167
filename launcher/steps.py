"""Progress on the terminal: one line a step, with a spinner while it runs and its seconds when it is done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console(highlight=False)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show `title` while the block runs, then a tick and the time it took (or a cross when it raised)."""
    started = time.monotonic()
    try:
        with console.status(f"{title} …"):
            yield
    except BaseException:
        console.print(f"[red]✗[/] {title}")
        raise
    console.print(f"[green]✓[/] {title} [dim]{time.monotonic() - started:.1f} s[/]")
