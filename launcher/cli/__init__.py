"""The commands of ./jiaowu: running the system, looking after it, developing it."""

import signal
import sys
from types import FrameType

import typer

from chassis.messages.unnamed import UnnamedMessagesError
from chassis.provisioning.broker import BrokerAwayError
from chassis.provisioning.damage import DamagedQueuesError
from launcher.cli import develop, operate, prove, run
from launcher.packages import SetUpError
from launcher.servers.processes import ServerError
from launcher.steps import console
from launcher.system import NotReadyError
from launcher.token_keys import KeyChangeError

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

PROBLEMS = (
    SetUpError,
    ServerError,
    NotReadyError,
    BrokerAwayError,
    DamagedQueuesError,
    UnnamedMessagesError,
    KeyChangeError,
)
"""What can go wrong with a set-up; each says in a sentence what to do."""


def main() -> None:
    """Run the command line; problems of the set-up are told in a sentence, not as a traceback."""
    signal.signal(signal.SIGTERM, _terminated)  # so that everything that was started is cleared away
    try:
        app(prog_name="./jiaowu")
    except PROBLEMS as problem:
        console.print("\n[bold red]Can't go on.[/]", end=" ")
        console.print(str(problem), markup=False, soft_wrap=True)
        sys.exit(1)


def _terminated(_number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)
