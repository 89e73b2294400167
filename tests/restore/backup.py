"""Backups of one service's database, made and put back as docs/operations.md says."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from launcher.servers import programs


def dump(admin_url: str, database: str, file: Path) -> None:
    """Back a database up while everybody works on it."""
    _run(admin_url, "pg_dump", "--format=custom", f"--file={file}", database)


def put_back(admin_url: str, database: str, file: Path) -> None:
    """Replace a database by its backup. Nobody may be connected."""
    engine = create_engine(admin_url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{database}"')
            connection.exec_driver_sql(
                f'CREATE DATABASE "{database}" OWNER {database}_owner TEMPLATE template0 ENCODING UTF8'
            )
    finally:
        engine.dispose()
    restore(admin_url, database, file)


def restore(admin_url: str, database: str, file: Path) -> None:
    """Fill an empty database from a backup."""
    _run(admin_url, "pg_restore", "--exit-on-error", f"--dbname={database}", str(file))


def _run(admin_url: str, program: str, *arguments: str) -> None:
    url = make_url(admin_url)
    address: Mapping[str, str] = {
        "PGHOST": url.host or "127.0.0.1",
        "PGPORT": str(url.port or 5432),
        "PGUSER": url.username or "postgres",
        "PGPASSWORD": url.password or "",
    }
    folder = programs.postgres()
    path = shutil.which(program) or str(folder / program if folder else program)
    done = subprocess.run([path, *arguments], env={**os.environ, **address}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
