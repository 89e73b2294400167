"""Takes a system's databases, roles, virtual host and users off servers that go on living."""

from collections.abc import Iterable
from urllib.parse import quote

import requests
from sqlalchemy import create_engine, text


def drop_databases(admin_url: str, databases: Iterable[str]) -> None:
    """Drop these databases, ending their connections, and the roles that are named after them."""
    engine = create_engine(admin_url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    roles = text("SELECT rolname FROM pg_roles WHERE starts_with(rolname, :beginning)")
    try:
        with engine.connect() as connection:
            for database in databases:
                connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
                for role in connection.scalars(roles, {"beginning": f"{database}_"}).all():
                    connection.exec_driver_sql(f'DROP ROLE "{role}"')
    finally:
        engine.dispose()


def drop_virtual_host(management_url: str, vhost: str, users: Iterable[str]) -> None:
    """Delete the virtual host with its queues, and these users. What is not there is no error."""
    for path in [f"vhosts/{quote(vhost, safe='')}", *(f"users/{quote(user, safe='')}" for user in users)]:
        answer = requests.delete(f"{management_url.rstrip('/')}/api/{path}", timeout=30)
        if answer.status_code != requests.codes.not_found:
            answer.raise_for_status()
