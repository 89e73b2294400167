"""Writes a migration from the difference between a service's tables and its migrations.

`python -m chassis.provisioning.migrations services.courses.service "what changes"` needs JIAOWU_TEST_POSTGRES_URL: it
builds a throw-away database from the migrations there are, compares, and writes the next one beside the service.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, MetaData, create_engine, text
from sqlalchemy.engine import make_url

from chassis.data.columns import leaving_of
from chassis.declaring.service import Service, load
from chassis.provisioning.database import alembic_config, migrate


def differences(connection: Connection, service: type[Service]) -> list[object]:
    """What the tables declare and a migrated database lacks, or the other way round; empty when they agree."""
    options = {"compare_type": True, "include_object": comparable(service.metadata)}
    context = MigrationContext.configure(connection, opts=options)
    found: list[object] = compare_metadata(context, service.metadata)
    return found


def comparable(metadata: MetaData) -> Callable[..., bool]:
    """What is compared: all but columns that leave with the next release, and indexes of expressions that are there:
    they are shown in another form than they are declared in (a column in another collation as the column)."""
    leaving = {(table.name, column) for table in metadata.tables.values() for column in leaving_of(table)}
    expressions = {
        index.name
        for table in metadata.tables.values()
        for index in table.indexes
        if not all(isinstance(each, Column) for each in index.expressions)
    }

    def is_compared(found: Any, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        if kind == "column" and (found.table.name, name) in leaving:
            return False
        is_there = reflected or other is not None
        return not (kind == "index" and is_there and name in expressions)

    return is_compared


def write(admin_url: str, service: type[Service], message: str) -> Path:
    """Write the next migration of a service and return its file."""
    scratch = f"migration_{service.name}_{os.getpid()}"
    admin = create_engine(admin_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{scratch}"'))
    engine = create_engine(make_url(admin_url).set(database=scratch))
    try:
        with engine.connect() as connection:
            migrate(connection, service)
        with engine.begin() as connection:
            return _revision(connection, service, message)
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{scratch}" WITH (FORCE)'))
        admin.dispose()


def _revision(connection: Connection, service: type[Service], message: str) -> Path:
    config = alembic_config(service)
    config.attributes["connection"] = connection
    config.attributes["metadata"] = service.metadata
    folder = Path(config.get_main_option("version_locations") or "")
    number = f"{len(list(folder.glob('[0-9]*.py'))) + 1:04d}"
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    script = command.revision(
        config,
        message,
        autogenerate=True,
        rev_id=number,
        version_path=str(folder),
        head="head" if number > "0001" else "base",
    )
    if script is None or isinstance(script, list):
        raise RuntimeError("alembic wrote no single migration")
    return Path(script.path)


def main() -> int:
    """Write a migration and print its path."""
    parser = argparse.ArgumentParser(prog="python -m chassis.provisioning.migrations", description=__doc__)
    parser.add_argument("service", help="module that declares the service, such as services.courses.service")
    parser.add_argument("message", help="what changes, in a few words")
    options = parser.parse_args()
    sys.stdout.write(f"{write(os.environ['JIAOWU_TEST_POSTGRES_URL'], load(options.service), options.message)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
