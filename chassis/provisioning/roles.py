"""Makes a service's roles and its empty database, and shuts the doors that PostgreSQL leaves open: a service enters its
own database only, and makes nothing there but rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL, make_url

from chassis.base.context import SCOPE_KINDS
from chassis.data.row_scope import app_role, owner_role, role_name

_ROLES_LOCK = 7_104_200
"""Advisory lock: several provisionings on one cluster make the same roles one after the other."""
_DATABASE_LOCK = 7_104_201
"""With a hash of the database's name: each database is provisioned by one at a time."""
_WAIT = "120s"
"""How long for another provisioning. No service can hold these locks: they belong to a database that none may enter."""

COMMON_DATABASES = ("postgres", "template1")

# Nets below what every transaction sets for itself (`chassis.data.database`), for whatever does not go through it.
# Clients that vanished are noticed: their statements end within seconds, their silent connections within a minute.
_GONE_CLIENTS = {
    "client_connection_check_interval": "5s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
# Compiling takes longer than any of our statements; the hot ones are prepared (chassis.data.prepared).
APP_SETTINGS = {
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "idle_in_transaction_session_timeout": "15s",
    "lock_timeout": "3s",
    **_GONE_CLIENTS,
}
OWNER_SETTINGS = {
    "idle_in_transaction_session_timeout": "5min",
    "lock_timeout": "2s",
    **_GONE_CLIENTS,
}

# What fails is told to whoever asked, and is logged there by its SQLSTATE. The server's own log must not have it: an
# error quotes the value that it could not take, its detail the key that was there already, and the statement carries
# everybody's names. For all who enter the database, administrators too; lost connections (FATAL) are logged as ever.
LOG_SETTINGS = {"log_min_messages": "log", "log_min_error_statement": "panic", "log_error_verbosity": "terse"}


@dataclass(frozen=True, slots=True)
class Passwords:
    """Passwords of a service's two login roles."""

    owner: str
    app: str


@contextmanager
def alone(admin_url: str, database: str) -> Iterator[None]:
    """A block in which nobody else provisions this database."""
    with _administrator(admin_url) as engine, engine.connect() as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{_WAIT}'")
        mine = {"lock": _DATABASE_LOCK, "database": database}
        connection.execute(text("SELECT pg_advisory_lock(:lock, hashtext(:database))"), mine)
        yield


def make_roles_and_database(admin_url: str, database: str, passwords: Passwords) -> None:
    """Make the roles and the database where they are missing, and their rights and settings what they should be."""
    owner, app = owner_role(database), app_role(database)
    with _administrator(admin_url) as engine, engine.connect() as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{_WAIT}'")
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _ROLES_LOCK})
        _role(connection, owner, f"LOGIN PASSWORD {_quoted(passwords.owner)}")
        _role(connection, app, f"LOGIN NOINHERIT PASSWORD {_quoted(passwords.app)}")
        _settings(connection, _OF_ROLE, owner, OWNER_SETTINGS)
        _settings(connection, _OF_ROLE, app, APP_SETTINGS)
        for kind in SCOPE_KINDS:
            _scope_role(connection, role_name(database, kind), app)
        exists = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.scalar(exists, {"name": database}) is None:
            made = f'CREATE DATABASE "{database}" OWNER {owner} TEMPLATE template0 ENCODING UTF8'
            connection.exec_driver_sql(made)
        _settings(connection, _OF_DATABASE, database, LOG_SETTINGS)
        _doors(connection, database, app)
    with _administrator(make_url(admin_url).set(database=database)) as engine, engine.connect() as connection:
        _inside(connection, owner, [role_name(database, kind) for kind in SCOPE_KINDS])


@contextmanager
def _administrator(url: str | URL) -> Iterator[Engine]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        yield engine
    finally:
        engine.dispose()  # with the connection end its advisory locks


def _role(connection: Connection, name: str, options: str) -> None:
    """A password cannot be read back and compared: it is set every time, which holds nobody up."""
    exists = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name})
    connection.exec_driver_sql(f"{'ALTER' if exists else 'CREATE'} ROLE {name} {options}".replace("%", "%%"))


def _scope_role(connection: Connection, name: str, app: str) -> None:
    if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}) is None:
        connection.exec_driver_sql(f"CREATE ROLE {name} NOLOGIN")
    if not connection.scalar(text("SELECT pg_has_role(:app, :name, 'MEMBER')"), {"app": app, "name": name}):
        connection.exec_driver_sql(f"GRANT {name} TO {app}")


def _settings(connection: Connection, of: _Kind, name: str, settings: dict[str, str]) -> None:
    found = connection.scalar(text(of.found), {"name": name}) or []
    for setting, value in settings.items():
        if f"{setting}={value}" not in found:
            connection.exec_driver_sql(f"ALTER {of.kind} \"{name}\" SET {setting} = '{value}'")


def _doors(connection: Connection, database: str, app: str) -> None:
    """Only its own roles enter a service's database, and no service enters those that PostgreSQL opens to everybody.

    The databases of others on the same cluster are theirs to shut.
    """
    common = [*COMMON_DATABASES, connection.scalar(text("SELECT current_database()"))]
    open_doors = connection.execute(_OPEN_DATABASES, {"names": [database, *common], "own": database})
    for row in open_doors.all():
        rights = "ALL" if row.name == database else "CONNECT"
        connection.exec_driver_sql(f'REVOKE {rights} ON DATABASE "{row.name}" FROM PUBLIC')
    may_connect = text("SELECT has_database_privilege(:app, :database, 'CONNECT')")
    if not connection.scalar(may_connect, {"app": app, "database": database}):
        connection.exec_driver_sql(f'GRANT CONNECT ON DATABASE "{database}" TO {app}')


def _inside(connection: Connection, owner: str, roles: list[str]) -> None:
    """Nobody but the owner makes tables in it, and nobody large objects: no row policy and no quota holds for those.
    (Temporary tables are a right of the database, which PUBLIC has lost.)"""
    if connection.scalar(_MAY_CREATE):
        connection.exec_driver_sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    if not connection.scalar(text("SELECT has_schema_privilege(:owner, 'public', 'CREATE')"), {"owner": owner}):
        connection.exec_driver_sql(f"GRANT ALL ON SCHEMA public TO {owner}")
    for role in connection.execute(_WITHOUT_USAGE, {"roles": roles}).scalars().all():
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {role}")
    for function in connection.execute(_OPEN_FUNCTIONS).scalars().all():
        connection.exec_driver_sql(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")


def _quoted(secret: str) -> str:
    return "'" + secret.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class _Kind:
    """What settings may belong to, and how those that a thing of this kind has are found."""

    kind: str
    found: str


_OF_ROLE = _Kind(
    "ROLE", "SELECT setconfig FROM pg_db_role_setting WHERE setdatabase = 0 AND setrole = CAST(:name AS regrole)"
)
_OF_DATABASE = _Kind(
    "DATABASE",
    "SELECT s.setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase"
    " WHERE s.setrole = 0 AND d.datname = :name",
)

_OPEN_DATABASES = text(
    """
SELECT DISTINCT d.datname AS name
FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
WHERE a.grantee = 0 AND d.datname = ANY (:names)
    AND (a.privilege_type = 'CONNECT' OR d.datname = :own)
"""
)
_MAY_CREATE = text(
    """
SELECT 1 FROM pg_namespace n, aclexplode(n.nspacl) a
WHERE n.nspname = 'public' AND a.grantee = 0 AND a.privilege_type = 'CREATE'
"""
)
_WITHOUT_USAGE = text(
    """
SELECT r.role FROM unnest(CAST(:roles AS text[])) AS r (role)
WHERE NOT EXISTS (
    SELECT 1 FROM pg_namespace n, aclexplode(n.nspacl) a
    WHERE n.nspname = 'public' AND a.grantee = CAST(r.role AS regrole) AND a.privilege_type = 'USAGE'
)
"""
)
_OPEN_FUNCTIONS = text(
    """
SELECT f.oid::regprocedure::text
FROM pg_proc f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
WHERE f.pronamespace = 'pg_catalog'::regnamespace AND f.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea')
    AND a.grantee = 0
"""
)
