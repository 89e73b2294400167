"""The table of `./jiaowu status`."""

import time
from concurrent.futures import ThreadPoolExecutor

import psutil
from rich.table import Table

from launcher.condition import Condition, worst
from launcher.installation import Installation
from launcher.looking import look
from launcher.processes import Process
from launcher.steps import console


def show(installation: Installation) -> Condition:
    """Print the state of every process and server, then what is not well; returns the most serious of that."""
    system = installation.system()
    again = installation.restarts()
    table = Table("process", "state", "pid", "up", "memory", "restarts", "port", box=None, pad_edge=False)
    with ThreadPoolExecutor(max_workers=8) as pool:
        rows = list(pool.map(_process_row, system.processes.values()))
    for row in rows:
        name, ready, *rest = row
        table.add_row(name, _word(ready), *rest[:3], str(again.get(name, 0)), rest[3])
    servers = {server.name: server.running() for server in installation.servers()}
    for name, running in servers.items():
        word = _word("running" if running else "stopped")
        table.add_row(name, word, "", "", "", str(again.get(name, 0)), "")
    console.print(table)
    findings = look(installation)
    for finding in findings:
        console.print("[red]✗[/]", end=" ")
        console.print(finding.says, markup=False, soft_wrap=True)
    return worst(findings)


def _process_row(process: Process) -> tuple[str, str, str, str, str, str]:
    found = process.find()
    port = str(process.spec.health_port)
    if found is None:
        return process.name, "stopped", "", "", "", port
    state = "ready" if process.ready() else "not ready"
    try:
        age = _age(time.time() - found.create_time())
        memory = f"{found.memory_info().rss / 1e6:.0f} MB"
    except psutil.NoSuchProcess:
        return process.name, "stopped", "", "", "", port
    return process.name, state, str(found.pid), age, memory, port


def _word(state: str) -> str:
    colour = {"ready": "green", "running": "green", "not ready": "yellow", "stopped": "red"}[state]
    return f"[{colour}]{state}[/]"


def _age(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
