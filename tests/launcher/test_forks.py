"""Task processes that are made by forking are like those that start by themselves."""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from launcher.forks import Forks
from launcher.paths import declaring
from launcher.processes import Process
from launcher.system import System
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("whole system"), pytest.mark.timeout(300)]

SERVICES = ("courses", "finance")


@pytest.fixture
def system(tmp_path: Path, postgres_admin_url: str, amqp_admin_url: str, management_url: str) -> Iterator[System]:
    prefix = f"fork{secrets.token_hex(4)}"
    system = System(tmp_path, postgres_admin_url, amqp_admin_url, management_url, prefix, services=SERVICES)
    yield system
    system.down()
    system.destroy()


@pytest.fixture
def forks() -> Iterator[Forks]:
    forks = Forks([declaring(service) for service in SERVICES])
    yield forks
    forks.end()


def made(system: System) -> list[Process]:
    return [system.process(f"{service}-tasks") for service in SERVICES]


def test_task_processes_made_by_forking_work_and_end_like_any_other(
    system: System, forks: Forks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIAOWU_POSTGRES_URL", "postgresql://admin:secret@127.0.0.1/x")
    system.provision()
    system.start_all(forks)
    names = [each.name for each in made(system)]
    system.wait_ready(names)
    found = [each.find() for each in made(system)]
    [maker] = {process.parent() for process in found if process}
    assert maker is not None
    assert maker.num_threads() == 1, "only what has no threads may fork"
    assert [process.name() for process in found if process] == names
    for process in filter(None, found):
        assert os.getsid(process.pid) == process.pid
        assert not any(name.startswith("JIAOWU_") for name in process.environ()), "what it was not given by name"
        assert {each.path for each in process.open_files()} >= {str(system.process(process.name()).log)}
        assert process.net_connections() != []

    system.kill(names[0], signal.SIGKILL)
    forks.end()
    system.start(names[0])
    system.wait_ready(names)
    again = system.process(names[0]).find()
    assert again is not None
    assert again.parent() != maker, "later it starts by itself, with the code that is there then"

    system.down()
    eventually(lambda: maker.status() == psutil.STATUS_ZOMBIE, "who waits for them ends with the last of them")


def test_where_nothing_can_be_forked_processes_start_by_themselves(
    system: System, capfd: pytest.CaptureFixture[str]
) -> None:
    forks = Forks(["services.astrology.service"])
    system.provision()
    system.start_all(forks)
    system.wait_ready([each.name for each in made(system)])
    assert "No module named 'services.astrology'" in capfd.readouterr().err
    forks.end()
