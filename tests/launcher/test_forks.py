"""Task processes that are made by forking are like those that start by themselves."""

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

from launcher.paths import ROOT, declaring
from launcher.processes import Process
from launcher.system import System
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("whole system"), pytest.mark.timeout(300)]

SERVICES = ("courses", "finance")


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
    return [system.process(f"{service}-tasks") for service in SERVICES]


def test_task_processes_made_by_forking_work_and_end_like_any_other(system: System, settings: tuple[Any, ...]) -> None:
    start_all([declaring(service) for service in SERVICES], settings)
    names = [each.name for each in made(system)]
    system.wait_ready(names)
    found = [each.find() for each in made(system)]
    [maker] = {process.parent() for process in found if process}
    assert maker is not None
    assert maker.num_threads() == 1, "only what has no threads may fork"
    assert [process.name() for process in found if process] == names
    for process in filter(None, found):
        assert os.getsid(process.pid) == process.pid
        assert {each.path for each in process.open_files()} >= {str(system.process(process.name()).log)}
        assert process.net_connections() != []

    system.kill(names[0], signal.SIGKILL)
    system.start(names[0])
    system.wait_ready(names)
    again = system.process(names[0]).find()
    assert again is not None
    assert again.parent() != maker, "later it starts by itself, with the code that is there then"

    system.down()
    eventually(
        lambda: not maker.is_running() or maker.status() == psutil.STATUS_ZOMBIE,
        "who waits for them ends with the last of them",
    )


def test_where_nothing_can_be_forked_processes_start_by_themselves(
    system: System, settings: tuple[Any, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    start_all(["services.astrology.service"], settings)
    system.wait_ready([each.name for each in made(system)])
    assert "No module named 'services.astrology'" in capfd.readouterr().err
