"""Makes a service's database and everybody's place on the broker. Run before the services start; running it again is
harmless: roles, policies, users and queues become what the code declares.

`python -m chassis.provision database services.courses.service` and `… broker services.courses.service …` do the same
for one-shot jobs, from the environment (see `--help`).
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import requests
from alembic import command
from alembic.config import Config
from kombu import Connection
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from chassis.broker import bindings, declare_topology, service_queue
from chassis.context import SCOPE_KINDS
from chassis.row_scope import rebuild_statements, role_name
from chassis.service import Service, load
from contracts.base import COPIES_EXCHANGE, exchange

_ROLES_LOCK = 7_104_200
"""Advisory lock: several provisionings on one cluster make the same roles one after the other."""


@dataclass(frozen=True, slots=True)
class Passwords:
    """Passwords of a service's two login roles."""

    owner: str
    app: str


# --- PostgreSQL ---


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
            for statement in rebuild_statements(database, service.metadata):
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


# --- RabbitMQ ---


@dataclass(frozen=True, slots=True)
class BrokerRights:
    """Patterns of the names that a user may configure, write to and read from, and per exchange the routing keys."""

    configure: str
    write: str
    read: str
    topics: Mapping[str, tuple[str, str]]


def service_rights(service: type[Service]) -> BrokerRights:
    """A service consumes its own queues, publishes on its own exchange, and answers calls; it may not call anybody."""
    name = re.escape(service.name)
    queues = f"{name}\\.inbox|rpc-{name}"
    return BrokerRights(
        configure=f"^({queues}|nameko-rpc)$",
        write=f"^({queues}|{name}\\.events|nameko-rpc|{re.escape(COPIES_EXCHANGE)})$",
        read=f"^({queues}|nameko-rpc)$",
        topics={
            "nameko-rpc": ("^[0-9a-f-]{36}$", f"^{name}\\.\\*$"),
            exchange(service.name): (".*", ".*"),
            COPIES_EXCHANGE: (r"^(requested|reply)\.", ".*"),
        },
    )


def gateway_rights() -> BrokerRights:
    """The gateway alone may publish requests; it hears replies and revocations on queues of its own."""
    return BrokerRights(
        configure=r"^(rpc\.reply-gateway-.*|gateway\..*|nameko-rpc)$",
        write=r"^(rpc\.reply-gateway-.*|gateway\..*|nameko-rpc)$",
        read=r"^(rpc\.reply-gateway-.*|gateway\..*|nameko-rpc|identity\.events)$",
        topics={"nameko-rpc": (r"^[a-z]+\.[a-z_]+$", "^[0-9a-f-]{36}$"), "identity.events": ("^$", ".*")},
    )


def provision_broker(
    amqp_admin_url: str,
    management_url: str,
    vhost: str,
    services: Sequence[type[Service]],
    users: Mapping[str, str],
) -> None:
    """Make the virtual host, one user for each of `users` (service name or "gateway" → password) with the least rights
    that do, and all exchanges, queues and bindings.

    `amqp_admin_url` names an administrator on the virtual host; `management_url` is `http://user:password@host:port`.
    """
    api = _Management(management_url)
    api.put(f"vhosts/{_q(vhost)}", {})
    admin = make_url(amqp_admin_url).username
    api.put(f"permissions/{_q(vhost)}/{_q(admin or 'guest')}", {"configure": ".*", "write": ".*", "read": ".*"})
    rights = {service.name: service_rights(service) for service in services} | {"gateway": gateway_rights()}
    with Connection(amqp_admin_url, virtual_host=vhost) as connection:
        declare_topology(connection, services)
    for service in services:
        _drop_stale_bindings(api, vhost, service)
    for name, password in users.items():
        user = broker_user(vhost, name)
        api.put(f"users/{_q(user)}", {"password": password, "tags": ""})
        granted = rights[name]
        api.put(
            f"permissions/{_q(vhost)}/{_q(user)}",
            {"configure": granted.configure, "write": granted.write, "read": granted.read},
        )
        for exchange_name, (write, read) in granted.topics.items():
            api.put(
                f"topic-permissions/{_q(vhost)}/{_q(user)}",
                {"exchange": exchange_name, "write": write, "read": read},
            )


def broker_user(vhost: str, name: str) -> str:
    """Users belong to the broker, not to a virtual host: each system on a shared broker has users of its own."""
    return f"{vhost.strip('/') or 'jiaowu'}-{name}"


def broker_url(amqp_admin_url: str, vhost: str, name: str, password: str) -> str:
    """The URL with which a process of `name` connects."""
    url = make_url(amqp_admin_url)
    login = f"{quote(broker_user(vhost, name))}:{quote(password)}"
    return f"amqp://{login}@{url.host}:{url.port or 5672}/{_q(vhost)}"


def _drop_stale_bindings(api: _Management, vhost: str, service: type[Service]) -> None:
    """Unbind what no code listens to any more: such events would only be parked as unknown."""
    wanted = set(bindings(service))
    queue = service_queue(service.name)
    for bound in api.get(f"queues/{_q(vhost)}/{_q(queue)}/bindings"):
        if bound["source"] and (bound["source"], bound["routing_key"]) not in wanted:
            path = f"bindings/{_q(vhost)}/e/{_q(bound['source'])}/q/{_q(queue)}/{_q(bound['properties_key'])}"
            api.delete(path)


class _Management:
    """RabbitMQ's management API."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/") + "/api/"

    def put(self, path: str, body: dict[str, object]) -> None:
        requests.put(self.url + path, json=body, timeout=30).raise_for_status()

    def get(self, path: str) -> list[dict[str, str]]:
        answer = requests.get(self.url + path, timeout=30)
        answer.raise_for_status()
        bound: list[dict[str, str]] = answer.json()
        return bound

    def delete(self, path: str) -> None:
        requests.delete(self.url + path, timeout=30).raise_for_status()


def _q(name: str) -> str:
    return quote(name, safe="")


# --- command line ---


def main(arguments: Iterable[str] | None = None) -> int:
    """The one-shot jobs. URLs and passwords come from the environment, so that no process list shows them."""
    parser = argparse.ArgumentParser(
        prog="python -m chassis.provision",
        description="Make databases (from JIAOWU_POSTGRES_URL and JIAOWU_<SERVICE>_{OWNER,APP}_PASSWORD) or the"
        " broker's users and queues (from JIAOWU_AMQP_URL, JIAOWU_AMQP_MANAGEMENT_URL, JIAOWU_<NAME>_BROKER_PASSWORD).",
    )
    parser.add_argument("what", choices=("database", "broker"))
    parser.add_argument("services", nargs="+", help="modules that declare services, such as services.courses.service")
    parser.add_argument("--vhost", default="jiaowu")
    options = parser.parse_args(None if arguments is None else list(arguments))
    services = [load(path) for path in options.services]
    if options.what == "database":
        for service in services:
            passwords = Passwords(_secret(service.name, "OWNER"), _secret(service.name, "APP"))
            provision_database(os.environ["JIAOWU_POSTGRES_URL"], service, f"jiaowu_{service.name}", passwords)
            sys.stdout.write(f"database of {service.name}: ready\n")
    else:
        users = {name: _secret(name, "BROKER") for name in [*(s.name for s in services), "gateway"]}
        management = os.environ["JIAOWU_AMQP_MANAGEMENT_URL"]
        provision_broker(os.environ["JIAOWU_AMQP_URL"], management, options.vhost, services, users)
        sys.stdout.write("broker: ready\n")
    return 0


def _secret(name: str, kind: str) -> str:
    return os.environ[f"JIAOWU_{name.upper()}_{kind}_PASSWORD"]


if __name__ == "__main__":
    sys.exit(main())
