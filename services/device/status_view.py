"""How the agent does, for `jiaowu-device status`: from its folder alone, without disturbing it."""

from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from services.device import state_folder
from services.device.announcer import Say
from services.device.settings import Settings
from services.device.spool import SpoolUnusable, waiting_in

_LABELS = {
    "station": ("工作站", "Station"),
    "agent": ("程序", "Agent"),
    "readers": ("读卡器", "Readers"),
    "broker": ("学校系统", "School's system"),
    "waiting": ("待发送", "Waiting"),
    "delivered": ("已送达", "Delivered"),
    "last_read_at": ("最近读卡", "Last card"),
    "last_delivered_at": ("最近送达", "Last delivery"),
}
_WORDS = {
    "running": ("[green]运行中[/]", "[green]running[/]"),
    "stopped": ("[red]未运行[/]", "[red]not running[/]"),
    "connected": ("[green]已连接[/]", "[green]connected[/]"),
    "away": ("[yellow]未连接[/]", "[yellow]not connected[/]"),
    "none": ("[yellow]无[/]", "[yellow]none[/]"),
    "unknown": ("[dim]未知[/]", "[dim]unknown[/]"),
}


def show_status(settings: Settings, console: Console, say: Say) -> bool:
    """Print the status. True when the agent runs, has a reader, and reaches the broker."""
    english = settings.language == "en"

    def word(name: str) -> str:
        return _WORDS[name][english]

    folder = settings.spool.folder
    running = state_folder.is_running(folder)
    last = state_folder.read_status(folder)
    connected = running and last.get("broker_connected") is True
    readers = [str(reader) for reader in last.get("readers", [])] if running else []
    rows = {
        "station": settings.station,
        "agent": word("running" if running else "stopped"),
        "readers": ", ".join(f"[green]{escape(reader)}[/]" for reader in readers) or word("none"),
        "broker": word("connected" if connected else "away"),
        "waiting": _waiting(settings) or word("unknown"),
        "delivered": str(last.get("delivered", 0)),
        "last_read_at": _local(last.get("last_read_at")) or word("none"),
        "last_delivered_at": _local(last.get("last_delivered_at")) or word("none"),
    }
    table = Table(show_header=False)
    for name, value in rows.items():
        table.add_row(_LABELS[name][english], value)
    console.print(table)
    if not running:
        say("not_running")
    return bool(running and connected and readers)


def _waiting(settings: Settings) -> str:
    try:
        count, since = waiting_in(settings.spool.folder)
    except SpoolUnusable:
        return ""
    if since is None:
        return str(count)
    return f"[yellow]{count}[/] ({(datetime.now(UTC) - since).total_seconds():.0f} s)"


def _local(text: object) -> str:
    if not isinstance(text, str):
        return ""
    return f"{datetime.fromisoformat(text).astimezone():%Y-%m-%d %H:%M:%S}"
