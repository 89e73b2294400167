"""What a card says is in no log, in no file, in no message to a person: looked for in everything the agent leaves."""

import base64
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.device.events import CardKind
from services.device.domain.contents import Contents
from services.device.domain.encoding import encode
from services.device.domain.made_up import MadeUpCards
from services.device.settings import ReaderSettings
from tests.device.broker import Broker
from tests.device.conftest import Notices, make_settings, running
from tests.device.sam_v_reader import SamVReader
from tests.waiting import eventually

KIND = CardKind.RESIDENT
TEXTS = MadeUpCards(51).texts(KIND) | {"name": "欧阳测试隐私", "address": "示例省隐私市保密路7号", "sex": "9"}
CARD = Contents(encode(KIND, TEXTS), MadeUpCards(51).make(KIND).portrait)


def traces() -> Iterator[bytes]:
    """The card's data in every form that it takes on its way."""
    for field in ("name", "address", "id_number"):
        text = TEXTS[field]
        yield from (text.encode(), text.encode("utf-16-le"), text.encode("ascii", "backslashreplace"))
    born = TEXTS["birth_date"]
    yield from (born.encode(), f"{born[:4]}-{born[4:6]}-{born[6:]}".encode())
    yield from (CARD.portrait[:64], base64.b64encode(CARD.portrait)[:64])


def found_in(raw: bytes) -> list[bytes]:
    return [trace for trace in traces() if trace in raw]


def test_the_search_itself_would_find_a_leak() -> None:
    assert len(found_in(CARD.text + CARD.portrait)) >= 4


def test_nothing_of_a_card_is_logged_said_or_left_on_disk_while_it_waits_and_after(
    broker: Broker, say: Notices, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)  # the libraries' own debug messages too
    reader = SamVReader(tmp_path / "port")
    sam_v = (ReaderSettings(driver="sam_v", options={"port": str(reader.port), "poll_seconds": 0.05}),)
    settings = make_settings(tmp_path / "state", broker, readers=sam_v)
    here = settings.broker
    nowhere = here.model_copy(update={"urls": ("amqp://127.0.0.1:1/",)})
    on_disk: list[bytes] = []

    with running(settings.model_copy(update={"broker": nowhere}), say):
        say.wait_for("reader_ready")
        reader.insert(CARD)
        say.wait_for("card_field_odd")
        eventually(lambda: (settings.spool.folder / "status.json").exists(), "status written")
        on_disk += [path.read_bytes() for path in settings.spool.folder.iterdir()]
    with running(settings, say):
        say.wait_for("reading_delivered")
        on_disk += [path.read_bytes() for path in settings.spool.folder.iterdir()]
    reader.unplug()

    assert len(on_disk) >= 6
    captured = capfd.readouterr()
    told = f"{list(say)}{caplog.text}{captured.out}{captured.err}".encode()
    assert found_in(told) == []
    assert found_in(b"".join(on_disk)) == []
    assert found_in(broker.take_all()[0].body.encode()) != []  # it did go where it belongs


def test_the_program_prints_nothing_of_a_card(broker: Broker, tmp_path: Path) -> None:
    reader = SamVReader(tmp_path / "port")
    config = tmp_path / "device.toml"
    config.touch(mode=0o600)
    config.write_text(
        f'station = "{broker.station}"\n[broker]\nurls = ["{broker.url}"]\npassword = "{broker.password}"\n'
        f'[spool]\nfolder = "{tmp_path / "state"}"\n'
        f'[[readers]]\ndriver = "sam_v"\noptions = {{ port = "{reader.port}", poll_seconds = 0.05 }}\n'
    )
    program = subprocess.Popen(
        [sys.executable, "-m", "services.device", "run", "--config", str(config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    reader.insert(CARD)
    received: list[bytes] = []
    try:
        eventually(lambda: received.extend(m.body.encode() for m in broker.take_all()) or received, "delivered")
    finally:
        program.terminate()
        output, _ = program.communicate(timeout=20)
    reader.unplug()

    assert program.returncode == 0
    assert b"card_read" in output
    assert found_in(output) == []


def test_a_trial_reading_is_masked_unless_asked_otherwise(tmp_path: Path) -> None:
    def trial(*options: str) -> bytes:
        reader = SamVReader(tmp_path / "port")
        reader.insert(CARD)
        command = [
            sys.executable,
            "-m",
            "services.device",
            "test-read",
            "--driver",
            "sam_v",
            "--port",
            str(reader.port),
        ]
        program = subprocess.run([*command, *options], capture_output=True, timeout=60)
        reader.unplug()
        assert program.returncode == 0
        return program.stdout + program.stderr

    assert found_in(trial()) == []
    assert len(found_in(trial("--show"))) >= 3
