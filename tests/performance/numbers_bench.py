"""Figures of giving numbers to 50 transactions that are open at the same moment.

`python -m tests.performance.numbers_bench` needs JIAOWU_TEST_POSTGRES_URL. Each transaction takes a number, writes a
row with it, and is open for some milliseconds more, as one that has other things to do. Prints figures,
asserts nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from rich.console import Console
from rich.table import Table as Shown
from sqlalchemy import Connection, Table, insert, text

from chassis.base.ids import new_id
from chassis.data.columns import id_column
from chassis.data.database import Database
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service
from chassis.testing.harness import acting
from chassis.work.number_templates import NumberTemplate, Serial, Text
from chassis.work.numbers import next_number, next_numbers, number_column
from tests.performance.fresh import fresh_service

AT_ONCE = 50
TRANSACTIONS = 1000
OPEN_FOR = (0, 10)
"""Milliseconds between the number and the commit."""

metadata = service_metadata("counting")
papers = Table("papers", metadata, id_column(), *number_column())
scope(papers, insert_by_all=True)

DENSE = NumberTemplate("dense", (Text("D"), Serial(9)), dense=True)
LOOSE = NumberTemplate("loose", (Text("L"), Serial(9)), dense=False)


class Counting(Service):
    """Papers with numbers."""

    name = "counting"
    metadata = metadata


def build(connection: Connection, service: type[Service]) -> None:
    """Make the tables without migrations."""
    service.metadata.create_all(connection)


def measured(database: Database, number: Callable[[UnitOfWork], str], milliseconds: int) -> tuple[float, float]:
    """Transactions a second, and milliseconds of the middle one."""

    def work(uow: UnitOfWork) -> None:
        uow.execute(insert(papers).values(id=new_id(), number=number(uow)))
        if milliseconds:
            uow.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": milliseconds / 1000})

    def one(_: int) -> float:
        began = time.perf_counter()
        database.run(acting(), work)
        return time.perf_counter() - began

    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        took = list(pool.map(one, range(TRANSACTIONS)))
    return TRANSACTIONS / (time.perf_counter() - began), median(took) * 1000


def main() -> int:
    """Count, print."""
    ways: dict[str, Callable[[UnitOfWork], str]] = {
        "no number of the kit": lambda uow: str(new_id()),
        "with gaps": lambda uow: next_number(uow, LOOSE),
        "dense": lambda uow: next_number(uow, DENSE),
    }
    with fresh_service("numbers", Counting, build) as harness:
        url = harness.database.engine.url.render_as_string(hide_password=False)
        database = Database(url, Counting, pool_size=AT_ONCE)
        shown = Shown(f"{AT_ONCE} at once", "open for, ms", "a second", "median ms")
        for milliseconds in OPEN_FOR:
            for way, number in ways.items():
                rate, middle = measured(database, number, milliseconds)
                shown.add_row(way, str(milliseconds), f"{rate:.0f}", f"{middle:.1f}")
        Console().print(shown)
        began = time.perf_counter()
        database.run(acting(), lambda uow: next_numbers(uow, LOOSE, [{}] * 5000))
        Console().print(f"5,000 numbers by one statement: {(time.perf_counter() - began) * 1000:.0f} ms")
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
