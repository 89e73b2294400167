"""Commands for who works on the code."""

from typing import Annotated

import typer

from launcher import checks, lock, test_run

PANEL = "Develop"
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("test", rich_help_panel=PANEL, context_settings=PASS_ON)(test)
    app.command("lint", rich_help_panel=PANEL)(lint)
    app.command("lock", rich_help_panel=PANEL)(lock_packages)


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


def lock_packages(
    upgrade: Annotated[bool, typer.Option(help="Take the newest versions of everything.")] = False,
) -> None:
    """Pin the packages of requirements.in, with hashes, into requirements.lock."""
    raise typer.Exit(lock.run(upgrade=upgrade))
