"""What a bench is given for itself: a service on an empty database, a store for its files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from chassis.declaring.service import Service
from chassis.papers import files
from chassis.papers.store import FileStore
from chassis.testing.harness import ServiceHarness
from launcher.cleaning import drop_databases
from tests.permissions import demanded

Build = Callable[[Connection, type[Service]], None]


@contextmanager
def fresh_service(name: str, service: type[Service], build: Build | None = None) -> Iterator[ServiceHarness]:
    """The service on a database of its own, which goes with its roles. `name` is the bench's, `build` makes the tables
    of a service that has no migrations."""
    admin_url, database = os.environ["JIAOWU_TEST_POSTGRES_URL"], f"{name}{os.getpid()}_{service.name}"
    harness = ServiceHarness(service, admin_url, database, permission_of=demanded, build=build)
    try:
        yield harness
    finally:
        harness.close()
        drop_databases(admin_url, [database])


@contextmanager
def fresh_store() -> Iterator[FileStore]:
    """The store of this process's services, in a folder that goes."""
    usual = files.store
    with tempfile.TemporaryDirectory() as folder:
        store = FileStore(Path(folder).as_uri())
        files.store = lambda: store  # type: ignore[assignment]
        try:
            yield store
        finally:
            files.store = usual
