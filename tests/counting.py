"""What something costs: statements (what is set-based costs the same for one row and for many), and lines of code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import event

from chassis.testing.harness import ServiceHarness

A_PAGE = 120
"""Lines that a whole thing stays below which stands on the kits."""


def lines_of(module: ModuleType, *, after: str = '"""') -> int:
    """Of its file, those behind these words (by default from its docstring on) that are not empty."""
    _, _, written = Path(str(module.__file__)).read_text("utf-8").partition(after)
    return sum(bool(line.strip()) for line in written.splitlines())


@dataclass
class Count:
    """What was sent to the database so far."""

    statements: int = 0


@contextmanager
def counted_statements(service: ServiceHarness) -> Iterator[Count]:
    """Counts the statements of this block."""
    count = Count()

    def heard(*_: Any) -> None:
        count.statements += 1

    engine = service.database.engine
    event.listen(engine, "before_cursor_execute", heard)
    try:
        yield count
    finally:
        event.remove(engine, "before_cursor_execute", heard)
