"""The system of a large school, for those who measure it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.system import System
from tests.performance.large_school.building import build
from tests.performance.large_school.databases import Databases
from tests.performance.large_school.size import Size


def system_in(folder: Path, name: str, console: Path | None = None) -> System:
    """A system on the servers that JIAOWU_TEST_POSTGRES_URL, JIAOWU_TEST_AMQP_URL and
    JIAOWU_TEST_AMQP_MANAGEMENT_URL name; `console` is what it sends to browsers. Raises KeyError without them."""
    database, broker, management = (
        os.environ[f"JIAOWU_TEST_{each}_URL"] for each in ("POSTGRES", "AMQP", "AMQP_MANAGEMENT")
    )
    return System(folder, database, broker, management, name, console=console)


def databases_of(system: System) -> Databases:
    """What it keeps."""
    return Databases(os.environ["JIAOWU_TEST_POSTGRES_URL"], system.prefix)


@contextmanager
def standing(name: str | None, folder: Path | None, scale: float, console: Path | None = None) -> Iterator[System]:
    """The system of the school that is kept under this name, or of one that is built now and dropped when the block
    ends. It is not up, and is down again behind the block. `console` is as of `system_in`."""
    with tempfile.TemporaryDirectory() as made:
        system = system_in(folder or Path(made), name or f"school{os.getpid()}", console)
        try:
            if name is None:
                system.provision_databases()
                build(os.environ["JIAOWU_TEST_POSTGRES_URL"], system.prefix, Size(scale))
            yield system
        finally:
            system.down()
            if name is None:
                system.destroy()
