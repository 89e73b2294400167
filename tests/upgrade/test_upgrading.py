"""`./jiaowu upgrade` on an installation of its own, while somebody works who never asks twice; and a killed one."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from launcher import upgrading
from launcher.condition import Condition
from launcher.installation import Choices, Installation
from launcher.looking import look
from launcher.paths import ROOT
from launcher.problems import NotReadyError
from launcher.story.people import administrator
from launcher.system import ENTRANCE
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("upgrade"), pytest.mark.timeout(900)]

_UPGRADE = """
import sys
from pathlib import Path
from launcher import upgrading
from launcher.installation import Choices, Installation

upgrading.upgrade(Installation(Path(sys.argv[1])))
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One that is up, on servers of its own."""
    made = Installation(tmp_path_factory.mktemp("installation"))
    try:
        made.up()
        yield made
    finally:
        made.reset()


class Impatient:
    """Somebody who is signed in, sends one request after the other, and counts every answer and every failure."""

    PATHS = ("account", "users?size=1", "openapi.json")
    PAUSE = 0.05
    """Seconds between two requests: below what one address and one user may send."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._headers = f"{url}/api/v1", {"Authorization": f"Bearer {token}"}
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(keeps,)) for keeps in (False, True)]
        self.answers = Counter[str]()

    def __enter__(self) -> Impatient:
        for thread in self._threads:
            thread.start()
        eventually(lambda: self.answers.total() >= len(self.PATHS), "answers")
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    @property
    def refused(self) -> dict[str, int]:
        """Whatever was not a success, by request and answer."""
        return {said: number for said, number in self.answers.items() if " 2" not in said}

    def _ask(self, keeps: bool) -> None:
        session = requests.Session()
        while not self._ending.is_set():
            for path in self.PATHS:
                self._ending.wait(self.PAUSE)
                ask = session.get if keeps else requests.get
                try:
                    answer = ask(f"{self._url}/{path}", headers=self._headers, timeout=60)
                    self.answers[f"{path} {answer.status_code}"] += 1
                except requests.RequestException as problem:
                    self.answers[f"{path} {type(problem).__name__}"] += 1


def pids(installation: Installation) -> dict[str, int | None]:
    return {name: process.pid for name, process in installation.system().processes.items()}


def supervisor(installation: Installation) -> int:
    return int((installation.state / "run" / "supervisor.pid").read_text())


def test_everything_but_the_entrance_is_replaced_and_nobody_is_refused(installation: Installation) -> None:
    token = administrator(installation.system()).client.refresh().access_token
    before, watching = pids(installation), supervisor(installation)
    with Impatient(installation.system().gateway_url, token) as somebody:
        upgrading.upgrade(installation)
    after = pids(installation)
    assert {name for name in before if before[name] == after[name]} == {ENTRANCE}
    assert None not in after.values()
    assert installation.is_up()
    assert supervisor(installation) != watching
    given = {name for name in psutil.Process(supervisor(installation)).environ() if name.startswith("JIAOWU_")}
    assert given == set(), "administrators' addresses are for the launcher alone"
    assert not any(each.running() for each in installation.system().stand_ins.values())
    assert somebody.refused == {}
    assert look(installation) == []


def test_of_a_killed_upgrade_it_is_said_what_runs_and_another_one_goes_through_all_of_it(
    installation: Installation,
) -> None:
    before = pids(installation)
    upgrade = subprocess.Popen([sys.executable, "-c", _UPGRADE, str(installation.state)], cwd=ROOT)
    eventually(lambda: pids(installation)["identity-tasks"] != before["identity-tasks"], "the first one", 120)
    upgrade.send_signal(signal.SIGKILL)
    upgrade.wait()
    eventually(lambda: not installation.is_up(), "nobody watches any more")
    [said] = [each.says for each in look(installation) if each.condition is Condition.NOT_RUNNING]
    number = len(before)
    assert f"{len(installation.system().running())} of {number} processes run" in said
    assert "./jiaowu upgrade goes through all of it again" in said

    upgrading.upgrade(installation)
    assert installation.is_up()
    assert len(installation.system().running()) == number
    assert look(installation) == []


def test_where_nothing_runs_there_is_nothing_to_upgrade(tmp_path: Path) -> None:
    choices = Choices(postgres_url="postgresql+psycopg2://u:p@127.0.0.1:1/x", amqp_url="amqp://u:p@127.0.0.1:1/")
    with pytest.raises(NotReadyError, match="not running, so nothing is to be upgraded"):
        upgrading.upgrade(Installation(tmp_path, choices))
