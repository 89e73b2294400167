"""The commands of ./jiaowu: running the system, looking after it, developing it.

What a command alone needs it imports itself: services, the database and the broker are a second to load, which `up` has
while the broker boots.
"""

import signal
import sys
from types import FrameType

import typer

from chassis.base.problems import SetUpProblem
from launcher.cli import develop, operate, prove, run
from launcher.steps import console

app = typer.Typer(
    help="Jiaowu: academic administration of an open university with teaching points.",
    epilog="New here? [bold]./jiaowu up[/] sets everything up and shows what to try.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (run, operate, prove, develop):
    part.register(app)


def main() -> None:
    """Run the command line; problems of the set-up are told in a sentence, not as a traceback."""
    signal.signal(signal.SIGTERM, _terminated)  # so that everything that was started is cleared away
    try:
        app(prog_name="./jiaowu")
    except SetUpProblem as problem:
        console.print("\n[bold red]Can't go on.[/]", end=" ")
        console.print(str(problem), markup=False, soft_wrap=True)
        sys.exit(1)


def _terminated(_number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)
