"""Commands for who looks after a running system."""

import os
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer

from launcher.cli import dead
from launcher.cli.arguments import PASS_ON, known_service
from launcher.installation import Installation
from launcher.problems import NotReadyError
from launcher.secrets import Secrets
from launcher.servers.postgres import client
from launcher.steps import console, step

PANEL = "Look after"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(dead.app, name="dead", rich_help_panel=PANEL)
    app.command(rich_help_panel=PANEL)(rebuild_copies)
    app.command(rich_help_panel=PANEL)(reannounce)
    app.command(rich_help_panel=PANEL)(change_token_key)
    app.command(rich_help_panel=PANEL, context_settings=PASS_ON)(psql)


def rebuild_copies(
    service: Annotated[str | None, typer.Argument(help="Whose copies; everybody's when left out.")] = None,
) -> None:
    """Have services fetch their copies of others' data anew, while they go on working."""
    from launcher import copies

    wanted = {known_service(service)} if service else None
    with Installation().system().databases() as databases:
        for name, database in databases.items():
            kinds = sorted(database.service.copies)
            if not kinds or (wanted and name not in wanted):
                continue
            with step(f"{name}: {', '.join(kinds)}"):
                if not copies.rebuild(database):
                    raise NotReadyError(f"{name} still lacks some of its copies. Is everything running?")


def reannounce(
    kind: Annotated[str, typer.Argument(help="What is published, such as student_state.")],
    ids: Annotated[list[UUID] | None, typer.Argument(help="Which rows; all of them when left out.")] = None,
) -> None:
    """Have an owner publish rows again, behind all other events. Copies take what is newer than theirs."""
    from chassis.base.context import system_context
    from chassis.messages import state_notes

    with Installation().system().databases() as databases:
        owners = {k: database for database in databases.values() for k in database.service.publications}
        if kind not in owners:
            raise typer.BadParameter(f"nobody publishes {kind!r}; there are {', '.join(sorted(owners))}")
        count = owners[kind].run(system_context(), lambda uow: state_notes.reannounce(uow, kind, ids or None))
    console.print(f"{count} rows of {kind} will be published again.")


def change_token_key(
    at_once: Annotated[
        bool, typer.Option("--at-once", help="The present key has become known: nothing that it signed counts.")
    ] = False,
) -> None:
    """Let a new key sign access tokens, while everybody goes on working. Takes six minutes; may be broken off and run
    again."""
    from launcher import token_keys
    from launcher.system import GATEWAY

    installation = Installation()
    kept, system = Secrets(installation.state / "secrets"), installation.system()
    if at_once:
        ended = token_keys.replace_at_once(kept, system.end_all_sessions)
        console.print(f"A new key signs; tokens of the former one are refused within seconds. {ended} sessions ended.")
        return
    doing = {
        token_keys.Pause.KNOWN: "Gateways get to know the new key",
        token_keys.Pause.OUTLIVED: "The last tokens of the former key expire",
    }

    wait_for = token_keys.wait_for([system.process(GATEWAY), system.stand_ins[GATEWAY]])

    def wait(pause: token_keys.Pause, keys: Sequence[str]) -> None:
        with step(f"{doing[pause]} (at most {pause.value} s)"):
            wait_for(pause, keys)

    token_keys.change(kept, wait)
    console.print("The new key signs, and the former one counts no more.")


def psql(context: typer.Context, service: str) -> None:
    """Open a service's database as its administrator; further arguments go to psql."""
    from sqlalchemy.engine import make_url

    installation = Installation()
    url = make_url(installation.admin_database_url())
    environment = {
        "PGHOST": url.host or "127.0.0.1",
        "PGPORT": str(url.port or 5432),
        "PGUSER": url.username or "postgres",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": installation.system().database(known_service(service)),
    }
    os.execve(client(), ["psql", *context.args], {**os.environ, **environment})
