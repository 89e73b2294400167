"""Processes that are made by forking are like those that start by themselves."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from launcher.paths import ROOT, declaring
from launcher.processes import Process
from launcher.system import System
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("whole system"), pytest.mark.timeout(300)]

SERVICES = ("identity",)


@pytest.fixture
def settings(tmp_path: Path, postgres_admin_url: str, amqp_admin_url: str, management_url: str) -> tuple[Any, ...]:
    return tmp_path, postgres_admin_url, amqp_admin_url, management_url, f"fork{secrets.token_hex(4)}"


@pytest.fixture
def system(settings: tuple[Any, ...]) -> Iterator[System]:
    system = System(*settings, services=SERVICES)
    system.provision()
    yield system
    system.down()
    system.destroy()


_START_ALL = """
import json, sys
from pathlib import Path
from launcher.forks import Forks
from launcher.system import System

modules, state, *settings, services = json.loads(sys.argv[1])
forks = Forks(modules)
System(Path(state), *settings, services=services).start_all(forks)
forks.end()
"""


def start_all(modules: list[str], settings: tuple[Any, ...]) -> None:
    """Start the system as the supervisor does, from a process that has no threads."""
    told = json.dumps([modules, *settings, SERVICES], default=str)
    subprocess.run([sys.executable, "-c", _START_ALL, told], cwd=ROOT, check=True, timeout=60)


def made(system: System) -> list[Process]:
    """What can be forked: all but the entrance."""
    return [process for process in system.processes.values() if process.spec.threads]


def works(process: Process) -> bool:
    """Whether it lacks nothing but other services: of these only one runs."""
    if process.ready():
        return True
    said = process.unready_because()
    missing = {name for name, met in json.loads(said)["checks"].items() if not met} if said.startswith("{") else {said}
    return missing <= {"copies"}


def wait_for(processes: list[Process]) -> None:
    eventually(lambda: all(works(process) for process in processes), "processes that work")


def test_processes_made_by_forking_work_and_end_like_any_other(system: System, settings: tuple[Any, ...]) -> None:
    start_all([declaring(service) for service in SERVICES], settings)
    assert len(made(system)) == 2 * len(SERVICES) + 1
    wait_for(made(system))
    found = {each.name: each.find() for each in made(system)}
    makers = {process.parent(): found[name] for name, process in found.items() if process}
    assert len(makers) == 2, "one for task processes, one for green threads"
    assert all(maker and maker.num_threads() == 1 for maker in makers), "only what has no threads may fork"
    for name, process in found.items():
        assert process is not None
        assert process.name() == name
        assert os.getsid(process.pid) == process.pid
        assert {each.path for each in process.open_files()} >= {str(system.process(name).log)}
        assert process.net_connections() != []
    assert requests.get(f"{system.gateway_url}/api/v1/openapi.json", timeout=30).ok

    for name in found:
        system.kill(name, signal.SIGKILL)
        system.start(name)
    wait_for(made(system))
    again = {each.find() for each in made(system)}
    assert not {process.parent() for process in again if process} & set(makers), (
        "later they start by themselves, with the code that is there then"
    )

    system.down()
    eventually(
        lambda: all(not maker.is_running() or maker.status() == psutil.STATUS_ZOMBIE for maker in makers if maker),
        "who waits for them ends with the last of them",
    )


_FORK = """
import chassis.running.green as green
import os
from eventlet import hubs, sleep

before = hubs.get_hub()
if os.fork() == 0:
    green.forked()
    sleep(0.01)
    os._exit(hubs.get_hub() is before)
raise SystemExit(os.waitstatus_to_exitcode(os.waitid(os.P_ALL, 0, os.WEXITED).si_status))
"""


def test_a_green_process_that_was_forked_waits_with_a_hub_of_its_own() -> None:
    subprocess.run([sys.executable, "-c", _FORK], cwd=ROOT, check=True, timeout=60)


def test_where_nothing_can_be_forked_processes_start_by_themselves(
    system: System, settings: tuple[Any, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    start_all(["services.astrology.service"], settings)
    wait_for(made(system))
    assert capfd.readouterr().err.count("No module named 'services.astrology'") == 2


_RUBBISH = """
from launcher.forks import Forks

try:
    forks = Forks([])
except ValueError:
    print("goes on as who made it")
else:
    for asking in forks._asking.values():
        asking.send("rubbish")
    print([forks.start(threads, "json", [], {}, "/dev/null") for threads in ("plain", "green")])
"""


def test_a_maker_that_cannot_go_on_ends_and_does_not_go_on_as_who_made_it() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _RUBBISH], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.splitlines() == ["[None, None]"]
    assert ended.stderr.count("ValueError") == 2
