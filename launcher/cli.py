"""The commands of ./jiaowu."""

import signal
import sys
from types import FrameType
from typing import Annotated

import typer

from launcher import checks, lock, test_run
from launcher.packages import SetUpError
from launcher.servers.processes import ServerError
from launcher.steps import console

app = typer.Typer(
    help="Jiaowu: academic administration of an open university with teaching points.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command("test", context_settings=PASS_ON, rich_help_panel="Develop")
def test_command(context: typer.Context) -> None:
    """Run every check and every test against private servers.

    Arguments are given to pytest as they are, for example [bold]./jiaowu test tests/launcher -k ports[/];
    the checks are left out then.
    """
    clean = bool(context.args) or checks.run()
    tests = test_run.run_pytest(context.args)
    raise typer.Exit(tests or int(not clean))


@app.command("lint", rich_help_panel="Develop")
def lint_command() -> None:
    """Check style, types and architecture."""
    raise typer.Exit(0 if checks.run() else 1)


@app.command("lock", rich_help_panel="Develop")
def lock_command(
    upgrade: Annotated[bool, typer.Option(help="Take the newest versions of everything.")] = False,
) -> None:
    """Pin the packages of requirements.in, with hashes, into requirements.lock."""
    raise typer.Exit(lock.run(upgrade=upgrade))


def main() -> None:
    """Run the command line; problems of the set-up are told in a sentence, not as a traceback."""
    signal.signal(signal.SIGTERM, _terminated)  # so that everything that was started is cleared away
    try:
        app(prog_name="./jiaowu")
    except (SetUpError, ServerError) as problem:
        console.print(f"\n[bold red]Can't go on.[/] {problem}")
        sys.exit(1)


def _terminated(_number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)
