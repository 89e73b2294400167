"""How many statements something costs: what is set-based costs the same for one row and for many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from chassis.testing.harness import ServiceHarness


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
