"""Commands for who looks after a running system."""

import os

import typer
from sqlalchemy.engine import make_url

from launcher.installation import Installation
from launcher.paths import service_names
from launcher.servers.postgres import client

PANEL = "Look after"
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(rich_help_panel=PANEL, context_settings=PASS_ON)(psql)


def psql(context: typer.Context, service: str) -> None:
    """Open a service's database as its administrator; further arguments go to psql."""
    if service not in service_names():
        raise typer.BadParameter(f"there is no service {service!r}; there are {', '.join(service_names())}")
    installation = Installation()
    url = make_url(installation.admin_database_url())
    environment = {
        "PGHOST": url.host or "127.0.0.1",
        "PGPORT": str(url.port or 5432),
        "PGUSER": url.username or "postgres",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": installation.system().database(service),
    }
    os.execve(client(), ["psql", *context.args], {**os.environ, **environment})
