"""The agent as a whole, with simulated and vendors' readers, on a real broker."""

import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from contracts.device.events import CardKind, CardRead
from services.device import agent as agent_module
from services.device import state_folder
from services.device.agent import Agent
from services.device.domain.contents import Contents
from services.device.domain.made_up import MadeUpCards
from services.device.drivers import base, simulated
from services.device.drivers.base import CardContents, CardFound, Driver, ReaderReady, Signal
from services.device.settings import ReaderSettings, Settings
from services.device.spool import SpoolUnusable
from tests.device.broker import Broker
from tests.device.conftest import Notices, make_settings, running
from tests.device.sam_v_reader import SamVReader
from tests.waiting import eventually


def test_a_simulated_reader_gives_the_same_events(
    settings: Settings, broker: Broker, say: Notices, tmp_path: Path
) -> None:
    reader = ReaderSettings(driver="simulated", options={"count": 4, "interval_seconds": 0, "seed": 1})
    with running(settings.model_copy(update={"readers": (reader,)}), say):
        say.wait_for("reading_delivered", times=4)

    events = [envelope.event() for envelope in broker.take()]
    assert [event.card.kind for event in events if isinstance(event, CardRead)] == list(CardKind)


def test_a_serial_reader_reaches_the_queue(broker: Broker, say: Notices, tmp_path: Path) -> None:
    reader = SamVReader(tmp_path / "port")
    options = {"port": str(reader.port), "poll_seconds": 0.05}
    settings = make_settings(tmp_path / "state", broker, readers=(ReaderSettings(driver="sam_v", options=options),))
    card = MadeUpCards(41).make(CardKind.RESIDENT)
    with running(settings, say):
        say.wait_for("reader_ready")
        reader.insert(card)
        say.wait_for("reading_delivered")
    reader.unplug()

    (event,) = (envelope.event() for envelope in broker.take())
    assert isinstance(event, CardRead)
    assert event.portrait == card.portrait


VENDOR = """
from services.device.domain.made_up import MadeUpCards
from contracts.device.events import CardKind
from services.device.drivers.base import CardContents, ReaderReady

class VendorDriver:
    def __init__(self, options):
        self.name = options["name"]

    def watch(self, stop):
        yield ReaderReady(self.name)
        yield CardContents(self.name, MadeUpCards(1).make(CardKind.RESIDENT))
        stop.wait()
"""


def test_a_vendors_driver_is_found_by_its_entry_point(
    broker: Broker, say: Notices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    metadata = site / "acme_reader-1.0.dist-info"
    metadata.mkdir(parents=True)
    (site / "acme_reader.py").write_text(VENDOR)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-reader\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[{base.ENTRY_POINT_GROUP}]\nacme = acme_reader:VendorDriver\n")
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])
    reader = ReaderSettings(driver="acme", options={"name": "Acme 3000"})

    with running(make_settings(tmp_path / "state", broker, readers=(reader,)), say):
        say.wait_for("reading_delivered")

    assert "acme" in base.driver_names()
    (event,) = (envelope.event() for envelope in broker.take())
    assert isinstance(event, CardRead)
    assert event.reader == "Acme 3000"


class _Scripted:
    """A driver that does as its test says."""

    def __init__(self, *steps: Signal | BaseException) -> None:
        self._steps = list(steps)

    def __call__(self, _: Mapping[str, Any]) -> Driver:
        return self

    def watch(self, stop: threading.Event) -> Iterator[Signal]:
        while self._steps:
            step = self._steps.pop(0)
            if isinstance(step, BaseException):
                raise step
            yield step
        stop.wait()


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Any]:
    def use(*steps: Signal | BaseException) -> Settings:
        monkeypatch.setattr(simulated, "build", _Scripted(*steps))
        return settings

    return use


@pytest.mark.parametrize("failure", [ValueError(), SystemExit(1)])
def test_a_driver_that_failed_has_no_reader(
    scripted: Any, say: Notices, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    monkeypatch.setattr(agent_module, "_RESTART_SECONDS", 60)
    settings = scripted(ReaderReady("r"), failure)
    with running(settings, say):
        say.wait_for("driver_failed")
        eventually(lambda: state_folder.read_status(settings.spool.folder).get("readers") == [], "no reader")


def test_a_driver_that_fails_is_started_again_and_its_message_stays_secret(
    scripted: Any, broker: Broker, say: Notices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_module, "_RESTART_SECONDS", 0.01)
    secret = "32010219900307001X"
    settings = scripted(ValueError(secret), CardContents("r", MadeUpCards(1).make(CardKind.RESIDENT)))
    with running(settings, say):
        say.wait_for("reading_delivered")

    assert ("driver_failed", {"driver": "simulated", "error": "ValueError", "seconds": 0.01}) in say
    assert secret not in str(say)


def test_a_reader_that_never_gives_the_card_back_is_told(
    scripted: Any, say: Notices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_module, "_READING_SECONDS", 0.01)
    with running(scripted(ReaderReady("r"), CardFound("r")), say):
        say.wait_for("reader_not_answering")

    assert say.codes.count("reader_not_answering") == 1


def test_rubbish_from_a_driver_is_told_and_the_next_card_sent(scripted: Any, broker: Broker, say: Notices) -> None:
    good = MadeUpCards(1).make(CardKind.RESIDENT)
    settings = scripted(
        CardContents("r", Contents(b"", b"")),
        CardContents("r", Contents(b"\xff" * 256, good.portrait)),
        CardContents("r", Contents(good.text, good.portrait[:-1])),
        CardContents("r", good),
    )
    with running(settings, say):
        say.wait_for("reading_delivered")

    assert [code for code in say.codes if code.startswith("card_")] == [
        "card_unreadable", "card_kind_unknown", "card_unreadable", "card_read",
    ]  # fmt: skip


def test_a_full_disk_is_told_and_the_agent_goes_on(
    scripted: Any, say: Notices, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = CardContents("r", MadeUpCards(1).make(CardKind.RESIDENT))
    put, full = agent_module.Spool.put, [True]

    def put_when_there_is_room(*arguments: Any) -> None:
        if full.pop() if full else False:
            raise SpoolUnusable("database or disk is full")
        put(*arguments)

    monkeypatch.setattr(agent_module.Spool, "put", put_when_there_is_room)
    with running(scripted(card, card), say):
        say.wait_for("reading_delivered")

    assert "reading_not_kept" in say.codes
    assert len(broker.take()) == 1


def test_odd_fields_are_told_by_name(scripted: Any, say: Notices) -> None:
    card = MadeUpCards(1).make(CardKind.RESIDENT)
    text = bytearray(card.text)
    text[30:32] = "7".encode("utf-16-le")
    with running(scripted(CardContents("r", Contents(bytes(text), card.portrait))), say):
        say.wait_for("reading_delivered")

    assert ("card_field_odd", {"field": "性别", "problem": "代码不在国家标准中"}) in say


def test_what_waits_when_the_agent_stops_is_sent_after_the_next_start(
    scripted: Any, broker: Broker, say: Notices, settings: Settings
) -> None:
    nowhere = settings.broker.model_copy(update={"urls": ("amqp://127.0.0.1:1/",)})
    card = CardContents("r", MadeUpCards(1).make(CardKind.RESIDENT))
    with running(scripted(card).model_copy(update={"broker": nowhere}), say):
        say.wait_for("card_read")
    assert "reading_delivered" not in say.codes

    with running(scripted(), say):
        say.wait_for("reading_delivered")
    assert len(broker.take()) == 1


def test_a_second_agent_on_the_same_folder_is_refused(settings: Settings, say: Notices) -> None:
    with running(settings, say), pytest.raises(state_folder.AlreadyRunning):
        Agent(settings, say)


def test_the_status_tells_how_it_goes(settings: Settings, say: Notices) -> None:
    folder = settings.spool.folder
    with running(settings, say):
        eventually(lambda: state_folder.read_status(folder).get("delivered") == 1, "status written")
        status = state_folder.read_status(folder)
        assert (status["broker_connected"], status["readers"]) == (True, ["simulated"])
        assert state_folder.is_running(folder)
    assert not state_folder.is_running(folder)
