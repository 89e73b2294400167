"""Commands for who works on the code."""

import os
import subprocess
import sys
from enum import StrEnum
from typing import Annotated

import typer

from launcher import checks, compose, console_build, lock, node, scratch, test_run
from launcher.cli.arguments import PASS_ON, known_service, running
from launcher.paths import ROOT, declaring
from launcher.steps import step

PANEL = "Develop"


class Bench(StrEnum):
    """What can be measured."""

    SYSTEM = "system"
    LISTS = "lists"
    CONSOLE = "console"
    WRITES = "writes"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("test", rich_help_panel=PANEL, context_settings=PASS_ON)(test)
    app.command("lint", rich_help_panel=PANEL)(lint)
    app.command("bench", rich_help_panel=PANEL, context_settings=PASS_ON)(bench)
    app.command("migration", rich_help_panel=PANEL)(migration)
    app.command("console", rich_help_panel=PANEL)(console)
    app.command("pictures", rich_help_panel=PANEL)(pictures)
    app.command("openapi", rich_help_panel=PANEL)(openapi)
    app.command("lock", rich_help_panel=PANEL)(lock_packages)
    app.command("compose-env", rich_help_panel=PANEL)(compose_env)


def test(context: typer.Context) -> None:
    """Run every check and every test against private servers.

    Arguments are given to pytest as they are, for example [bold]./jiaowu test tests/launcher -k ports[/];
    the checks are left out then.
    """
    clean = bool(context.args) or checks.run()
    tests = test_run.run_pytest(context.args)
    raise typer.Exit(tests or int(not clean))


def lint() -> None:
    """Check style, types and architecture."""
    raise typer.Exit(0 if checks.run() else 1)


def bench(
    context: typer.Context,
    what: Annotated[Bench, typer.Argument(help="What is measured.")] = Bench.SYSTEM,
) -> None:
    """Measure a system of its own: selections a second, latency, event lag, batches, memory; takes minutes.

    [bold]./jiaowu bench lists[/] asks every list over a million students; [bold]--scale 0.1[/] has fewer.
    [bold]./jiaowu bench console[/] measures what people see in a browser, before a school of a hundred thousand.
    [bold]./jiaowu bench writes[/] says what each index and foreign key of what a selection writes costs.
    """
    raise typer.Exit(test_run.run_bench(what, context.args))


def migration(
    service: str,
    message: Annotated[str, typer.Argument(help="What changes, in a few words.")],
) -> None:
    """Write a service's next migration: what its tables declare and its migrations don't make yet."""
    module = declaring(known_service(service))
    with scratch.servers() as (database, _):
        database.start()
        command = [sys.executable, "-m", "chassis.provisioning.migrations", module, message]
        environment = {**os.environ, test_run.POSTGRES: database.url}
        raise typer.Exit(subprocess.run(command, cwd=ROOT, env=environment).returncode)


def console() -> None:
    """Serve the console from its sources, with each change at once, on the running system."""
    api = running().system().gateway_url
    with step("Packages and client are there"):
        console_build.ensure_prepared()
    environment = {**node.environment(), "JIAOWU_CONSOLE_API": api}
    command = node.npm("run", "--silent", "dev")
    raise typer.Exit(subprocess.run(command, cwd=console_build.FOLDER, env=environment).returncode)


def pictures() -> None:
    """Take the pictures of the console's guide anew, into docs/pictures. Look at each before it is committed."""
    raise typer.Exit(test_run.take_pictures())


def openapi() -> None:
    """Print the API's OpenAPI document; needs no running system."""
    raise typer.Exit(subprocess.run([sys.executable, "-m", "gateway.openapi"], cwd=ROOT).returncode)


def lock_packages(
    upgrade: Annotated[bool, typer.Option(help="Take the newest versions of everything.")] = False,
) -> None:
    """Pin every package of requirements.in and requirements.run.in, with hashes."""
    raise typer.Exit(lock.run(upgrade=upgrade))


def compose_env() -> None:
    """Print an .env file with fresh secrets for docker-compose.yml."""
    for line in compose.environment():
        print(line)
