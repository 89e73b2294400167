"""Fixtures of the agent's tests: a broker with a station, a recorder of notices, a running agent, a card stack."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from services.device.agent import Agent
from services.device.notices import NOTICES
from services.device.settings import BrokerSettings, ReaderSettings, Settings, SpoolSettings
from tests.device import pcsc_stack
from tests.device.broker import Broker
from tests.waiting import eventually


class Notices(list[tuple[str, dict[str, Any]]]):
    """Records what the agent says, and checks that every notice can be put into words."""

    def __call__(self, code: str, **params: object) -> None:
        NOTICES[code].text("zh", **params)
        NOTICES[code].text("en", **params)
        self.append((code, params))

    @property
    def codes(self) -> list[str]:
        return [code for code, _ in self]

    def wait_for(self, code: str, times: int = 1) -> None:
        eventually(lambda: self.codes.count(code) >= times, f"notice {code} x{times}, heard {self.codes}")


@pytest.fixture
def say() -> Notices:
    return Notices()


@pytest.fixture(scope="session")
def session_broker(amqp_admin_url: str, management_url: str) -> Iterator[Broker]:
    broker = Broker(amqp_admin_url, management_url)
    yield broker
    broker.remove()


@pytest.fixture
def broker(session_broker: Broker) -> Broker:
    """A virtual host with one station's user, and an empty queue that receives readings."""
    session_broker.reset()
    return session_broker


@pytest.fixture
def settings(tmp_path: Path, broker: Broker) -> Settings:
    """The station's configuration, for the simulated reader unless a test says otherwise."""
    return make_settings(tmp_path / "state", broker)


def make_settings(folder: Path, broker: Broker, **changes: Any) -> Settings:
    """A configuration for a station of this broker."""
    values: dict[str, Any] = {
        "station": broker.station,
        "broker": BrokerSettings(urls=(broker.url,), password=broker.password),
        "spool": SpoolSettings(folder=folder),
        "readers": (ReaderSettings(driver="simulated", options={"count": 1}),),
    }
    return Settings(**(values | changes))


@contextmanager
def running(settings: Settings, say: Notices) -> Iterator[Agent]:
    """An agent that runs for the length of the block."""
    agent, stop = Agent(settings, say), threading.Event()
    thread = threading.Thread(target=agent.run, args=(stop,))
    thread.start()
    try:
        yield agent
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive(), "the agent did not stop"


# Of the module, not the session: other runs on this machine wait for the one pcscd that it can have.
@pytest.fixture(scope="module")
def _pcscd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pcsc_stack.PcscStack]:
    if reason := pcsc_stack.missing():
        pytest.skip(reason)
    stack = pcsc_stack.PcscStack(tmp_path_factory.mktemp("pcsc"))
    stack.acquire()
    try:
        if pcsc_stack.foreign_pcscd():
            pytest.skip("a pcscd that is not ours runs on this machine; there can be only one")
        stack.start()
        yield stack
    finally:
        stack.stop()
        stack.release()


@pytest.fixture
def pcsc(_pcscd: pcsc_stack.PcscStack) -> Iterator[pcsc_stack.PcscStack]:
    """A real pcscd with an empty virtual reader."""
    _pcscd.restore()
    yield _pcscd
    _pcscd.slot.remove()
