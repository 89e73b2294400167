"""Commands that start, stop and show the system."""

import signal
import time
from typing import Annotated

import typer
from rich.markup import escape
from rich.panel import Panel

from launcher import console_build
from launcher.cli.arguments import known_service
from launcher.condition import MEANING, Condition
from launcher.installation import Choices, Installation
from launcher.steps import console, step

PANEL = "Run"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (up, upgrade, down, status, logs, reset):
        app.command(rich_help_panel=PANEL)(command)


def up(
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return when it is ready; `down` stops it.")] = False,
    scale: Annotated[
        list[str] | None, typer.Option(help="Several processes of a service: [bold]courses=3[/]. Repeatable.")
    ] = None,
    demo: Annotated[bool, typer.Option(help="Fill a new system with demonstration data.")] = True,
    renew_damaged: Annotated[
        bool, typer.Option(help="Make queues anew that the broker can't read, and lose the events in them.")
    ] = False,
) -> None:
    """Set everything up, run the system, and show what to try.

    Missing PostgreSQL and RabbitMQ are installed (as root or by sudo) and run as private instances below
    .local/. To use existing servers set JIAOWU_POSTGRES_URL, JIAOWU_AMQP_URL and, off port 15672,
    JIAOWU_AMQP_MANAGEMENT_URL, each with an administrator's sign-in.
    """
    running = Installation()
    if running.is_up():
        console.print("It is running already; [bold]./jiaowu down[/] stops it.")
        _show(running)
        return
    installation = Installation(choices=Choices.from_environment(_scale(scale or [])))
    started = time.monotonic()
    try:
        system = installation.up(renew_damaged=renew_damaged, build=console_build.ensure_built)
        if demo:
            from launcher import demonstration

            with step("There is demonstration data") as tell:
                demonstration.ensure(system, tell)
    except BaseException:
        console.print("[red]It did not come up.[/] Stopping what was started:")
        _stop(installation)
        raise
    console.print(f"\n[bold green]Ready[/] after {time.monotonic() - started:.0f} s")
    _show(installation)
    if detach:
        console.print("[bold]./jiaowu down[/] stops it.")
        return
    console.print("[dim]Ctrl-C stops it.[/]")
    _stay(installation)


def upgrade() -> None:
    """Replace the running system by the code that is here now, process by process, while people go on working.

    Databases and queues come first, then every process of every service, the gateway last; docs/operations.md says
    what to look out for. When it can't go on, what is not replaced yet goes on as it was: put the reason right and do
    it again.
    """
    from launcher import upgrading

    with step("The console is built"):
        console_build.ensure_built()
    upgrading.upgrade(Installation())
    console.print("[bold green]Upgraded.[/] [bold]./jiaowu status[/] shows what runs.")


def down() -> None:
    """Stop the system in order; data stays."""
    Installation().down()


def status() -> None:
    """Show every process, and what is not well."""
    from launcher import status_view

    raise typer.Exit(status_view.show(Installation()))


status.__doc__ = "\n\n".join(
    [
        "Show every process (whether it is ready, its age, memory, restarts and port), and in words what is not well.",
        "The exit code says the most serious of that:",
        *(f"[bold]{code.value}[/] {MEANING[code]}" for code in sorted(Condition)),
    ]
)


def logs(
    name: Annotated[str | None, typer.Argument(help="courses, courses-tasks, gateway …; all when left out.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written from now on.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many lines of each log.")] = 30,
) -> None:
    """Show what processes have written, in colour and in order of time."""
    from launcher import log_view

    if not log_view.show(Installation(), name, lines=lines, follow=follow):
        raise typer.Exit(1)


def reset(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Stop the system and delete all its data; the next `up` begins anew."""
    if not yes:
        typer.confirm("Delete all data of this installation?", abort=True)
    Installation().reset()


def _stay(installation: Installation) -> None:
    """Wait until we are told to stop (or somebody else has stopped it), then clear away."""
    try:
        while installation.is_up():
            time.sleep(0.5)
    except (KeyboardInterrupt, SystemExit):
        console.print()
    _stop(installation)


def _stop(installation: Installation) -> None:
    """Stop everything, even when Ctrl-C is pressed once more: half stopped is worse."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    installation.down()


def _show(installation: Installation) -> None:
    address = installation.system().gateway_url
    rows = [("Console", f"{address}/"), ("API", f"{address}/api/v1"), ("Its page", f"{address}/docs/")]
    rows += _sign_ins(installation)
    rows.append(("Watch", "./jiaowu story · ./jiaowu reconcile"))
    rows.append(("Look inside", "./jiaowu status · ./jiaowu logs -f · ./jiaowu psql courses"))
    text = "\n".join(f"[dim]{title:<14}[/]{escape(value)}" for title, value in rows)
    console.print(Panel(text, title="Jiaowu", expand=False))


def _sign_ins(installation: Installation) -> list[tuple[str, str]]:
    """Who can sign in: the people of the demonstration data, or the first administrator alone."""
    from launcher import demonstration

    if demo := demonstration.demonstration(installation.system()):
        return [
            ("Administrator", f"{demo.administrator}, password {demo.administrator_password}"),
            ("Others", f"password {demo.password}"),
            *(("", f"{username:<18} {title}") for title, username in demo.accounts),
            ("Try", "remit the open bills as point1-cashier, approve as cashier, then see registrations as exams"),
        ]
    if administrator := installation.administrator():
        username, password = administrator
        return [("First sign-in", f"{username}, one-time password {password}")]
    return []


def _scale(choices: list[str]) -> dict[str, int]:
    """What --scale says, as numbers by service."""
    scale = {}
    for choice in choices:
        name, _, number = choice.partition("=")
        if not number.isdigit() or int(number) < 1:
            raise typer.BadParameter(f"{choice!r} is not like courses=3", param_hint="--scale")
        scale[known_service(name)] = int(number)
    return scale
