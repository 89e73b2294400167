"""launcher/compose-upgrade with an engine that only keeps count: what it makes anew, what it leaves, in which order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml

from launcher import rolling
from launcher.paths import ROOT

ENGINE = Path(__file__).with_name("counting_engine.py")
ARGUMENTS = ("-p", "trial")
STAY = {"postgres", "rabbitmq", "entrance"}


class Engine:
    """The containers that a fake `docker` knows of, and what was asked of it."""

    def __init__(self, folder: Path) -> None:
        self._state = folder / "state.json"
        self.path = f"{folder}:{os.environ['PATH']}"
        program = folder / "docker"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -I {ENGINE} {self._state} "$@"\n')
        program.chmod(0o755)

    def begin(self, numbers: dict[str, int], fails: str = "") -> None:
        containers = {f"old-{name}-{each}": name for name, number in numbers.items() for each in range(number)}
        self._state.write_text(json.dumps({"containers": containers, "asked": [], "fewest": {}, "fails": fails}))

    def upgrade(self) -> subprocess.CompletedProcess[str]:
        command = ["sh", str(ROOT / "launcher" / "compose-upgrade"), *ARGUMENTS]
        return subprocess.run(command, env={"PATH": self.path}, cwd="/", capture_output=True, text=True)

    @property
    def asked(self) -> list[list[str]]:
        """Every command after `docker`, the arguments for all left out."""
        return self._now["asked"]  # type: ignore[no-any-return]

    def fewest(self, name: str) -> int:
        """How many containers there were of it when there were fewest."""
        return self._now["fewest"][name]  # type: ignore[no-any-return]

    def of(self, name: str) -> list[str]:
        return [container for container, each in self._now["containers"].items() if each == name]

    @property
    def _now(self) -> dict[str, Any]:
        return json.loads(self._state.read_text())  # type: ignore[no-any-return]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path)


@pytest.fixture
def running() -> dict[str, int]:
    """All that runs for long, two or three of some."""
    declared = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    every = {name: 1 for name, each in declared.items() if each["restart"] == "unless-stopped"}
    return {**every, "courses": 3, "gateway": 2}


def ups(engine: Engine) -> Iterator[str]:
    """What was brought up, in order; what was several times in turn, once."""
    yield from (name for name, _ in groupby(command[-1] for command in engine.asked if command[1] == "up"))


def test_every_service_is_made_anew_in_its_number_and_servers_and_entrance_are_not_touched(
    engine: Engine, running: dict[str, int]
) -> None:
    engine.begin(running)
    done = engine.upgrade()
    assert done.returncode == 0, done.stderr
    assert {name: len(engine.of(name)) for name in running} == running
    old = {name for name in running if any(each.startswith("old-") for each in engine.of(name))}
    assert old == STAY
    assert {name: engine.fewest(name) for name in running} == running, "another begins before one lets go"


def test_databases_and_queues_come_first_then_services_by_the_order_of_the_release_and_the_gateway_last(
    engine: Engine, running: dict[str, int]
) -> None:
    engine.begin(running)
    engine.upgrade()
    assert [command[1] for command in engine.asked[:3]] == ["build", "run", "run"]
    assert [command[-1] for command in engine.asked[1:3]] == ["databases", "queues"]
    services = [name for service in rolling.services_in_order() for name in (f"{service}-tasks", service)]
    assert list(ups(engine)) == [*services, "gateway"]
    assert {*services, "gateway"} | STAY == running.keys()


def test_it_ends_at_the_first_step_that_fails_and_what_is_not_replaced_stays_as_it_was(
    engine: Engine, running: dict[str, int]
) -> None:
    engine.begin(running, fails="up courses")
    assert engine.upgrade().returncode != 0
    assert list(ups(engine)) == ["identity-tasks", "identity", "courses-tasks", "courses"]
    assert all(each.startswith("old-") for name in ("registry", "gateway", *STAY) for each in engine.of(name))


@pytest.mark.parametrize("fails", ["ps courses", "ps entrance", "ps gateway"])
def test_an_engine_that_does_not_say_what_runs_is_not_taken_for_one_where_nothing_does(
    engine: Engine, running: dict[str, int], fails: str
) -> None:
    engine.begin(running, fails=fails)
    assert engine.upgrade().returncode != 0
    assert {name: len(engine.of(name)) for name in running} == running


def test_where_no_entrance_runs_the_gateway_lets_the_port_go_to_a_new_one(
    engine: Engine, running: dict[str, int]
) -> None:
    engine.begin({**running, "entrance": 0, "gateway": 1})
    assert engine.upgrade().returncode == 0
    assert engine.asked[-2][1] == "rm"
    assert engine.asked[-1][-2:] == ["entrance", "gateway"]
    assert len(engine.of("gateway")) == len(engine.of("entrance")) == 1


def _documented() -> Iterator[Any]:
    for name in ("README.md", "docker-compose.yml", "docs/operations.md"):
        for line in (ROOT / name).read_text().splitlines():
            if "docker compose up" in line and "--scale courses" in line:
                yield pytest.param(line[line.index("docker compose up") :].split("`")[0], id=name)


@pytest.mark.parametrize("line", _documented())
def test_more_processes_of_a_service_as_documented_leave_everything_else_as_it_is(
    engine: Engine, running: dict[str, int], line: str
) -> None:
    engine.begin({**running, "courses": 1})
    command = line.split("#")[0].split()
    subprocess.run(command, env={"PATH": engine.path}, check=True)
    assert len(engine.of("courses")) == 4
    made = [name for name in running if not all(each.startswith("old-") for each in engine.of(name))]
    assert made == ["courses"]
