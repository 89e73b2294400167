"""Makes a service's database: its roles, its tables by the migrations, its grants, policies and triggers. Running it
again is harmless: everything becomes what the code declares."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from chassis.context import SCOPE_KINDS
from chassis.row_scope import rebuild_statements, role_name
from chassis.service import Service
from chassis.state_notes import note_statements

_ROLES_LOCK = 7_104_200
"""Advisory lock: several provisionings on one cluster make the same roles one after the other."""


@dataclass(frozen=True, slots=True)
class Passwords:
    """Passwords of a service's two login roles."""

    owner: str
    app: str


def provision_database(
    admin_url: str,
    service: type[Service],
    database: str,
    passwords: Passwords,
    *,
    build: Callable[[SqlConnection, type[Service]], None] | None = None,
) -> None:
    """Make the service's roles and database where missing, migrate it, and set grants, policies and triggers.

    `admin_url` is a superuser's URL on the cluster. `build` makes the tables: the migrations unless told otherwise.
    """
    _make_roles_and_database(admin_url, database, passwords)
    owner_url = make_url(admin_url).set(username=f"{database}_owner", password=passwords.owner, database=database)
    engine = create_engine(owner_url, hide_parameters=True)
    try:
        with engine.begin() as connection:
            (build or migrate)(connection, service)
            for statement in (*rebuild_statements(database, service.metadata), *note_statements(service)):
                connection.exec_driver_sql(statement.replace("%", "%%"))
    finally:
        engine.dispose()


def app_url(admin_url: str, database: str, password: str) -> str:
    """The URL with which the service's processes connect."""
    url = make_url(admin_url).set(username=f"{database}_app", password=password, database=database)
    return url.render_as_string(hide_password=False)


def migrate(connection: SqlConnection, service: type[Service], revision: str = "head") -> None:
    """Bring the service's tables to a revision."""
    config = alembic_config(service)
    config.attributes["connection"] = connection
    config.attributes["metadata"] = service.metadata
    command.upgrade(config, revision)


def alembic_config(service: type[Service]) -> Config:
    """Alembic's configuration for the migrations that lie beside the service's declaration."""
    declared_in = Path(str(sys.modules[service.__module__].__file__))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migration_environment"))
    config.set_main_option("version_locations", str(declared_in.parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _make_roles_and_database(admin_url: str, database: str, passwords: Passwords) -> None:
    engine = create_engine(admin_url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    owner, app = f"{database}_owner", f"{database}_app"
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _ROLES_LOCK})
            try:
                _role(connection, owner, f"LOGIN PASSWORD {_quoted(passwords.owner)}")
                _role(connection, app, f"LOGIN NOINHERIT PASSWORD {_quoted(passwords.app)}")
                # Compiling takes longer than any of our statements; the hot ones are prepared (chassis.prepared).
                for setting in ("jit = off", "plan_cache_mode = force_generic_plan"):
                    connection.exec_driver_sql(f"ALTER ROLE {app} SET {setting}")
                for kind in SCOPE_KINDS:
                    _role(connection, role_name(database, kind), "NOLOGIN")
                    connection.exec_driver_sql(f"GRANT {role_name(database, kind)} TO {app}")
                exists = text("SELECT 1 FROM pg_database WHERE datname = :name")
                if connection.scalar(exists, {"name": database}) is None:
                    connection.exec_driver_sql(
                        f'CREATE DATABASE "{database}" OWNER {owner} TEMPLATE template0 ENCODING UTF8'
                    )
                connection.exec_driver_sql(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
                connection.exec_driver_sql(f'GRANT CONNECT ON DATABASE "{database}" TO {app}')
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _ROLES_LOCK})
    finally:
        engine.dispose()


def _role(connection: SqlConnection, name: str, options: str) -> None:
    exists = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name})
    connection.exec_driver_sql(f"{'ALTER' if exists else 'CREATE'} ROLE {name} {options}".replace("%", "%%"))


def _quoted(secret: str) -> str:
    return "'" + secret.replace("'", "''") + "'"
