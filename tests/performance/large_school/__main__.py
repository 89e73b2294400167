"""Builds a large school in the databases of a system of its own and keeps them, to be measured again and again.

    python -m tests.performance.large_school large --folder .local/large
    python -m tests.performance.large_school large --folder .local/large --drop

Needs JIAOWU_TEST_POSTGRES_URL, JIAOWU_TEST_AMQP_URL and JIAOWU_TEST_AMQP_MANAGEMENT_URL, of servers that stay. A bench
starts `System(folder, …, prefix=name)` on them: `up()` brings it up as it was left.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from launcher.paths import LOCAL
from launcher.system import System
from tests.performance import large_school

_MEGABYTE = 1024 * 1024


def main() -> int:
    """Build it, or drop it; print what it took."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.performance.large_school", description=__doc__.split("\n")[0]
    )
    parser.add_argument("name", nargs="?", default="large", help="what the databases' names begin with")
    parser.add_argument("--folder", type=Path, help="where the system keeps ports, secrets and files")
    parser.add_argument("--scale", type=float, default=1.0, help="0.01 for ten thousand students")
    parser.add_argument("--seed", type=int, default=1, help="another one makes another school")
    parser.add_argument("--drop", action="store_true", help="delete databases, queues and accounts of the system")
    options = parser.parse_args()
    folder: Path = options.folder or LOCAL / "large-school" / options.name
    folder.mkdir(parents=True, exist_ok=True)
    system = large_school.system_in(folder, options.name)
    console = Console(highlight=False)
    if options.drop:
        system.destroy()
        return 0
    _build(system, large_school.Size(options.scale, options.seed), console)
    console.print(f"\nKept: databases {options.name}_…, system in {folder}; people's password: {large_school.PASSWORD}")
    return 0


def _build(system: System, size: large_school.Size, console: Console) -> None:
    databases, seconds = large_school.databases_of(system), dict[str, float]()

    def tell(title: str, took: float) -> None:
        seconds[title] = took
        console.print(f"[green]✓[/] {title} [dim]{took:.1f} s[/]")

    @contextmanager
    def step(title: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        tell(title, time.monotonic() - started)

    with console.status(f"building a school of {size.students:,} students"):
        with step("databases"):
            system.provision_databases()
        with step("all rows and indexes"):
            large_school.build(databases.admin_url, system.prefix, size, tell)
        with step("accounts"):
            system.provision_broker()
            try:
                system.start_all()
                system.wait_ready()
                large_school.people(system)
            finally:
                system.down()
    _show(system, databases, seconds, console)


def _show(system: System, databases: large_school.Databases, seconds: dict[str, float], console: Console) -> None:
    times = Table("step", "seconds", box=None, title="two steps at a time", title_justify="left")
    for title, took in seconds.items():
        times.add_row(title, f"{took:.1f}")
    sizes = Table("database", "MB", box=None)
    for service in system.services:
        found = databases.rows(service, "SELECT pg_database_size(current_database())")
        sizes.add_row(databases.name(service), f"{found[0][0] / _MEGABYTE:,.0f}")
    console.print(times, sizes)


if __name__ == "__main__":
    sys.exit(main())
