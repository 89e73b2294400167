"""Makes a service's database: its roles, its tables by the migrations, its rights, policies, triggers and functions.

It runs beside a working system whenever that is brought up. So it changes only what differs from what the code
declares, one table at a time, and never queues for a lock for long: whoever comes after it in that queue waits too.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from chassis.base.problems import SetUpProblem
from chassis.data.row_scope import app_role, owner_role
from chassis.declaring.service import Service
from chassis.provisioning.declared import declared
from chassis.provisioning.differences import differences
from chassis.provisioning.roles import Passwords, alone, make_roles_and_database

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

_LOCK_TIMEOUT, _DEADLOCK = "55P03", "40P01"


class DatabaseNotReadyError(SetUpProblem):
    """A service's database is not as the code declares it; the message says why, in PostgreSQL's words."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a change queues for its lock, less than the 3 s that a command waits behind it, and how often it comes
    back for it. Pauses grow to `longest_pause`; all is given up after some three minutes."""

    lock_timeout: float = 2.0
    attempts: int = 30
    longest_pause: float = 5.0


def provision_database(
    admin_url: str,
    service: type[Service],
    database: str,
    passwords: Passwords,
    *,
    build: Callable[[SqlConnection, type[Service]], None] | None = None,
    patience: Patience | None = None,
) -> None:
    """Make the service's roles and database where missing, migrate it, and bring it in line with its declarations.

    `admin_url` is a superuser's URL on the cluster. `build` makes the tables: the migrations unless told otherwise.
    Raises what PostgreSQL says when somebody holds a lock for longer than `patience`; the next run goes on from there.
    """
    patience = patience or Patience()
    with alone(admin_url, database):
        make_roles_and_database(admin_url, database, passwords)
        engine = create_engine(owner_url(admin_url, database, passwords.owner), hide_parameters=True)
        try:
            _patiently(engine, "migrations", lambda connection: (build or migrate)(connection, service), patience)
            bring_in_line(engine, database, service, patience)
        finally:
            engine.dispose()


def bring_up_to_date(admin_url: str, service: type[Service], database: str, passwords: Passwords) -> None:
    """`provision_database` for those who tell people. Raises DatabaseNotReadyError."""
    try:
        provision_database(admin_url, service, database, passwords)
    except (DBAPIError, RuntimeError) as error:
        why = error.orig if isinstance(error, DBAPIError) else error
        raise DatabaseNotReadyError(f"The database of {service.name} could not be brought up to date: {why}") from None


def bring_in_line(engine: Engine, database: str, service: type[Service], patience: Patience) -> None:
    """Change what differs from the declarations, each table in a transaction of its own. `engine` is the owner's."""
    wanted = declared(database, service)
    changes = _patiently(engine, "catalogue", lambda connection: differences(connection, wanted), patience)
    for change in changes:
        _patiently(engine, change.place or "functions", change.carry_out, patience)
        logger.info("database_changed", extra={"database": database, "place": change.place or "functions"})


def app_url(admin_url: str, database: str, password: str) -> str:
    """The URL with which the service's processes connect."""
    return _url(admin_url, app_role(database), database, password)


def owner_url(admin_url: str, database: str, password: str) -> str:
    """How the owner of the database connects: who may migrate it, and let old audit entries go."""
    return _url(admin_url, owner_role(database), database, password)


def _url(admin_url: str, role: str, database: str, password: str) -> str:
    url = make_url(admin_url).set(username=role, password=password, database=database)
    return url.render_as_string(hide_password=False)


def migrate(connection: SqlConnection, service: type[Service], revision: str = "head") -> None:
    """Bring the service's tables to a revision, each step in a transaction of its own: `connection` is in none."""
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


def _patiently(engine: Engine, place: str, work: Callable[[SqlConnection], Result], patience: Patience) -> Result:
    """Do the work, again when a lock was not to be had: in one transaction, unless it commits parts of it itself, as
    migrations do."""
    pause, attempt = 0.25, 0
    while True:
        attempt += 1
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"SET lock_timeout = {int(patience.lock_timeout * 1000)}")
                connection.commit()
                result = work(connection)
                connection.commit()
                return result
        except DBAPIError as error:
            sqlstate = getattr(error.orig, "pgcode", None)
            if sqlstate not in (_LOCK_TIMEOUT, _DEADLOCK) or attempt == patience.attempts:
                raise
            logger.warning("database_change_waits", extra={"place": place, "attempt": attempt, "sqlstate": sqlstate})
        time.sleep(pause)
        pause = min(2 * pause, patience.longest_pause)
