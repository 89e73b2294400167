"""`jiaowu-device`: run the agent, see how it does, try a reader, or do without one."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from contracts.device.events import CardKind
from services.device import state_folder
from services.device.agent import Agent, build_drivers
from services.device.announcer import Announcer, Say
from services.device.card_view import card_table
from services.device.drivers.simulated import SimulatedOptions
from services.device.exit_codes import ExitCode
from services.device.settings import (
    ReaderSettings,
    Settings,
    SettingsRefused,
    default_config_path,
    load,
)
from services.device.status_view import show_status
from services.device.trial import Trial

if sys.platform != "win32":
    import resource

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they would print local variables, and those may be what a card says
    help="居民身份证读卡程序 · Reads identity cards at an office machine and sends the readings to the school.",
    epilog="Exit codes: 0 well · 1 something is not well · 2 wrong command line · 3 configuration refused · "
    "4 no reader · 5 no card read · 6 not delivered in time · 7 already running",
)
console = Console()

Config = Annotated[
    Path | None, typer.Option("--config", "-c", help="Configuration file.", envvar="JIAOWU_DEVICE_CONFIG")
]
Language = Annotated[Literal["zh", "en"] | None, typer.Option(help="By default as configured.")]


@app.command()
def run(config: Config = None) -> None:
    """读卡并发送，直到停止。 Read cards and send readings until stopped (Ctrl-C, SIGTERM)."""
    settings = _load(config)
    say = Announcer(console, settings.language)
    with _stop_on_signals() as stop, _refusals(say):
        Agent(settings, say).run(stop)


@app.command()
def status(config: Config = None) -> None:
    """显示运行状态。 Show how the agent does; ends with 1 when something is not well."""
    settings = _load(config)
    say = Announcer(console, settings.language)
    with _refusals(say):
        if not show_status(settings, console, say):
            raise typer.Exit(ExitCode.NOT_WELL)


@app.command("test-read")
def try_reader(
    config: Config = None,
    driver: Annotated[str | None, typer.Option(help="Try this driver instead of the configured ones.")] = None,
    port: Annotated[str | None, typer.Option(help="Serial port of the sam_v driver.")] = None,
    seconds: Annotated[float, typer.Option(help="How long to wait for a card.", min=0.1)] = 30.0,
    show: Annotated[bool, typer.Option("--show", help="Show the data in full instead of masked.")] = False,
    language: Language = None,
) -> None:
    """试读一张卡，不发送。 Read one card and show it masked; nothing is stored or sent."""
    if driver is None:
        settings = _load(config)
        readers, chosen = settings.readers, language or settings.language
    else:
        readers = (ReaderSettings(driver=driver, options={"port": port} if port else {}),)
        chosen = language or "zh"
    say = Announcer(console, chosen)
    with _refusals(say):
        raise typer.Exit(_try(readers, say, chosen, 1, seconds, show))


@app.command()
def simulate(
    config: Config = None,
    count: Annotated[int, typer.Option(help="How many cards.", min=1)] = 1,
    kind: Annotated[list[CardKind] | None, typer.Option(help="Kinds of card, taken in turn.")] = None,
    interval: Annotated[float, typer.Option(help="Seconds between cards.", min=0.0)] = 1.0,
    seconds: Annotated[float, typer.Option(help="How long to wait for delivery after the last card.")] = 30.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the cards; needs no broker.")] = False,
    language: Language = None,
) -> None:
    """不用读卡器，发送虚构的卡。 Send made-up cards without a reader; ends when all are delivered."""
    options = SimulatedOptions(kinds=tuple(kind or CardKind), count=count, interval_seconds=interval)
    readers = (ReaderSettings(driver="simulated", options=options.model_dump()),)
    if dry_run:
        chosen = language or "zh"
        raise typer.Exit(
            _try(readers, Announcer(console, chosen), chosen, count, count * interval + seconds, show=True)
        )
    settings = _load(config).model_copy(update={"readers": readers})
    say = _Counting(Announcer(console, language or settings.language))
    with _stop_on_signals() as stop, _refusals(say):
        runner = threading.Thread(target=Agent(settings, say).run, args=(stop,))
        runner.start()
        deadline = time.monotonic() + count * interval + seconds
        while say.delivered() < count and time.monotonic() < deadline and not stop.wait(0.05):
            pass
        stop.set()
        runner.join()
        if say.delivered() < count:
            raise typer.Exit(ExitCode.NOT_DELIVERED)


class _Counting:
    """Says notices and counts the cards of this run that were delivered, not those that waited from before."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._readings: dict[str, set[object]] = {"card_read": set(), "reading_delivered": set()}

    def __call__(self, code: str, **params: object) -> None:
        if code in self._readings:
            self._readings[code].add(str(params["reading"]))
        self._say(code, **params)

    def delivered(self) -> int:
        return len(self._readings["card_read"] & self._readings["reading_delivered"])


def main() -> None:
    """The program."""
    os.umask(0o077)
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold what is on a card
    app()


def _try(
    readers: tuple[ReaderSettings, ...], say: Announcer, language: str, count: int, seconds: float, show: bool
) -> ExitCode:
    """Show the first cards that any of the readers gives."""
    trial = Trial(build_drivers(readers), say)
    shown = 0
    for reading in trial.readings(count, seconds):
        console.print(card_table(reading.card, language, show=show))
        shown += 1
    if shown:
        return ExitCode.OK
    say("no_card_in_time", seconds=f"{seconds:g}")
    return ExitCode.NO_CARD if trial.reader_seen else ExitCode.NO_READER


def _load(config: Path | None) -> Settings:
    try:
        return load(config or default_config_path())
    except SettingsRefused as refused:
        Announcer(Console(stderr=True), "zh")(refused.notice, **refused.params)
        raise typer.Exit(ExitCode.SETTINGS_REFUSED) from None


@contextmanager
def _refusals(say: Say) -> Iterator[None]:
    try:
        yield
    except SettingsRefused as refused:
        say(refused.notice, **refused.params)
        raise typer.Exit(ExitCode.SETTINGS_REFUSED) from None
    except state_folder.AlreadyRunning:
        say("already_running")
        raise typer.Exit(ExitCode.ALREADY_RUNNING) from None


@contextmanager
def _stop_on_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM or closing the window sets."""
    stop = threading.Event()
    names = [name for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), lambda *_: stop.set()) for name in names}
    try:
        yield stop
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
