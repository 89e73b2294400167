"""The previous version is replaced by this one, process after process, while people work on it.

Both versions run beside each other on one broker and one set of databases. Nothing may be refused, put aside or lost.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection
from rich.console import Console

from chassis.messages.broker import dead_queue
from chassis.work.audit_verdict import prove
from contracts.permissions import Module
from launcher import rolling
from launcher.paths import ROOT
from launcher.story.client import Client
from launcher.story.people import Person, administrator_password
from launcher.story.school import School, set_up
from launcher.story.stage import Stage
from launcher.system import ENTRANCE, FIRST_ADMINISTRATOR, GATEWAY, System
from tests.end_to_end.flow import expect_nothing_left
from tests.upgrade import previous
from tests.upgrade.rounds import Rounds
from tests.waiting import eventually
from tests.whole_system import NO_LIMITS

pytestmark = [pytest.mark.xdist_group("upgrade"), pytest.mark.timeout(900)]

PASSWORD = "made-up-horse-42"
TWICE = {"courses": 2, "finance": 2}
"""Services that have two processes: for a while one of each version takes from the same queues."""


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Path]:
    """The previous version's files."""
    try:
        with previous.checked_out(tmp_path / "previous") as root:
            yield root
    except previous.NoPreviousVersion as problem:
        pytest.skip(str(problem))


@pytest.fixture
def system(
    older: Path, tmp_path: Path, postgres_admin_url: str, amqp_admin_url: str, management_url: str
) -> Iterator[System]:
    """A system whose processes are all of the previous version; what it starts from now on is of this one."""
    options: dict[str, Any] = {
        "postgres_admin_url": postgres_admin_url,
        "amqp_url": amqp_admin_url,
        "management_url": management_url,
        "prefix": f"up{secrets.token_hex(4)}",
        "scale": TWICE,
        "variables": NO_LIMITS,
    }
    system = System(tmp_path / "state", **options)
    try:
        previous.start(older, {"state": str(tmp_path / "state"), **options})
        yield system
    finally:
        system.down()
        system.destroy()


def test_a_running_system_is_upgraded_process_by_process_and_nothing_is_refused_or_lost(
    system: System, older: Path, amqp_admin_url: str
) -> None:
    assert set(code_of(system).values()) == {older}
    stage = Stage(system.gateway_url, Console(quiet=True))
    rounds = Rounds(stage, _set_up(stage, system), PASSWORD)
    rounds.start()
    rounds.wait_for(1)
    system.provision()
    half = list(rolling.order(system))[len(system.processes) // 2]

    def at_the_half(name: str) -> None:
        if name == half:
            assert set(code_of(system).values()) == {older, ROOT}
            rounds.wait_for(2)  # both live together for a while

    rolling.roll(system, at_the_half)
    assert code_of(system) == {name: older if name == ENTRANCE else ROOT for name in system.processes}, "it stays"
    rounds.wait_for(1)
    rounds.stop()

    rounds.check()
    expect_nothing_left(system)
    assert dead_messages(system, amqp_admin_url) == []
    expect_sound_trails(system)


def _set_up(stage: Stage, system: System) -> School:
    """A school at the previous version, which grants no module that it does not know."""
    known = (Module.REGISTRY, Module.COURSES, Module.EXAMS)
    return set_up(stage, administrator(system), PASSWORD, points=1, studies=known)


def expect_sound_trails(system: System) -> None:
    """Every entry is in a block soon: those from before, those of both versions while they ran beside each other."""
    with system.databases() as databases:
        for name in databases:
            eventually(lambda name=name: prove(databases, name).proof.waiting == 0, f"{name} has sealed all")
            verdict = prove(databases, name)
            assert verdict.sound, (name, verdict.counts)
            assert verdict.proof.entries > 0, name


def administrator(system: System) -> Person:
    """The administrator whom the previous version made."""
    client = Client(system.gateway_url)
    client.sign_in(FIRST_ADMINISTRATOR, administrator_password(system))
    return Person("system administrator", FIRST_ADMINISTRATOR, client)


def code_of(system: System) -> dict[str, Path]:
    """The folder whose code each process runs."""
    found = {name: process.find() for name, process in system.processes.items()}
    return {name: Path(process.cwd()) for name, process in found.items() if process}


def dead_messages(system: System, amqp_admin_url: str) -> Sequence[Any]:
    """What lies in the broker's dead queues: one of each, as it would be handed out."""
    with Connection(amqp_admin_url, virtual_host=system.prefix) as connection:
        channel = connection.channel()
        found = [channel.basic_get(dead_queue(service)) for service in system.services]
        return [message.body for message in found if message is not None]


def test_every_process_is_replaced_once_task_processes_before_their_service(
    tmp_path: Path, postgres_admin_url: str, amqp_admin_url: str, management_url: str
) -> None:
    system = System(tmp_path, postgres_admin_url, amqp_admin_url, management_url, "unused", scale=TWICE)

    names = list(rolling.order(system))

    assert sorted(rolling.services_in_order()) == sorted(system.services)
    assert sorted([*names, ENTRANCE, GATEWAY]) == sorted(system.processes), "the entrance stays"
    for service in system.services:
        own = [name for name in names if name.split("-")[0] == service]
        assert own[0] == f"{service}-tasks"
        assert names.index(own[-1]) - names.index(own[0]) == len(own) - 1, "one service after the other"
