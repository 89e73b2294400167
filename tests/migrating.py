"""Databases of their own for tests: empty, or migrated as far as a revision with whatever a test puts there then."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url

from chassis.declaring.service import Service
from chassis.provisioning.database import migrate


@contextmanager
def own_database(admin_url: str, name: str) -> Iterator[Connection]:
    """An empty database; dropped when the block ends."""
    admin = create_engine(admin_url, isolation_level="AUTOCOMMIT")
    engine = create_engine(make_url(admin_url).set(database=name))
    with admin.connect() as server:
        server.exec_driver_sql(f'CREATE DATABASE "{name}"')
        try:
            with engine.connect() as made:
                yield made
        finally:
            engine.dispose()
            server.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    admin.dispose()


@contextmanager
def migrated_to(admin_url: str, prefix: str, service: type[Service], revision: str) -> Iterator[Connection]:
    """A database at that revision; dropped when the block ends."""
    with own_database(admin_url, f"{prefix}_{service.name}_migrating") as made:
        migrate(made, service, revision)
        made.commit()
        yield made
