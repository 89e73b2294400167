"""The program as people and systemd use it: output, exit codes, signals."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.device.exit_codes import ExitCode
from tests.device.broker import Broker
from tests.waiting import eventually

COMMAND = [sys.executable, "-m", "services.device"]


def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=60, env=os.environ | environment
    )


@pytest.fixture
def config(broker: Broker, tmp_path: Path) -> Path:
    return write_config(broker, tmp_path, broker.url)


def write_config(broker: Broker, folder: Path, url: str) -> Path:
    path = folder / "device.toml"
    path.touch(mode=0o600)
    path.write_text(
        f'station = "{broker.station}"\nlanguage = "en"\n'
        f'[broker]\nurls = ["{url}"]\npassword = "{broker.password}"\n'
        f'[spool]\nfolder = "{folder / "state"}"\n'
        '[[readers]]\ndriver = "simulated"\noptions = { count = 1 }\n'
    )
    return path


@pytest.mark.parametrize("command", ["", "run", "status", "test-read", "simulate"])
def test_every_command_explains_itself(command: str) -> None:
    answer = call(*filter(None, [command]), "--help")

    assert answer.returncode == ExitCode.OK
    assert "Usage" in answer.stdout


def test_a_missing_configuration_is_refused_with_what_to_do(tmp_path: Path) -> None:
    for command in ("run", "status", "test-read", "simulate"):
        answer = call(command, "--config", str(tmp_path / "none.toml"))

        assert answer.returncode == ExitCode.SETTINGS_REFUSED
        assert "device.example.toml" in answer.stderr


def test_the_configuration_can_be_named_by_the_environment(config: Path) -> None:
    config.chmod(0o644)

    answer = call("run", JIAOWU_DEVICE_CONFIG=str(config))

    assert answer.returncode == ExitCode.SETTINGS_REFUSED
    assert "settings_not_private" in answer.stderr


def test_simulated_cards_are_sent(config: Path, broker: Broker) -> None:
    answer = call("simulate", "--config", str(config), "--count", "3", "--interval", "0", "--kind", "resident")

    assert answer.returncode == ExitCode.OK, answer.stdout + answer.stderr
    assert answer.stdout.count("reading_delivered") == 3
    assert len(broker.take()) == 3


def test_simulated_cards_that_cannot_be_sent_in_time_end_with_a_code_of_their_own(
    broker: Broker, tmp_path: Path
) -> None:
    config = write_config(broker, tmp_path, "amqp://127.0.0.1:1/")

    answer = call("simulate", "--config", str(config), "--interval", "0", "--seconds", "1")

    assert answer.returncode == ExitCode.NOT_DELIVERED
    assert "broker_away" in answer.stdout


def test_made_up_cards_can_be_shown_without_anything() -> None:
    answer = call("simulate", "--dry-run", "--count", "4", "--interval", "0", "--language", "en")

    assert answer.returncode == ExitCode.OK
    assert answer.stdout.count("ID number") == 4


def test_a_trial_without_a_card_or_without_a_reader_ends_with_different_codes(tmp_path: Path) -> None:
    no_reader = call("test-read", "--driver", "sam_v", "--port", str(tmp_path / "none"), "--seconds", "0.5")
    unknown = call("test-read", "--driver", "nobody")

    assert no_reader.returncode == ExitCode.NO_READER
    assert "serial_port_unavailable" in no_reader.stdout
    assert unknown.returncode == ExitCode.SETTINGS_REFUSED


def test_run_goes_on_until_it_is_told_to_stop_and_status_tells_the_difference(config: Path) -> None:
    before = call("status", "--config", str(config))
    assert before.returncode == ExitCode.NOT_WELL
    assert "not running" in before.stdout

    program = subprocess.Popen([*COMMAND, "run", "--config", str(config)], stdout=subprocess.PIPE, text=True)
    try:
        eventually(lambda: call("status", "--config", str(config)).returncode == ExitCode.OK, "all is well", 30)
        second = call("run", "--config", str(config))
    finally:
        program.send_signal(signal.SIGTERM)
        output, _ = program.communicate(timeout=20)

    assert program.returncode == ExitCode.OK
    assert second.returncode == ExitCode.ALREADY_RUNNING
    assert [line.split()[1] for line in output.splitlines()][:1] == ["agent_started"]
    assert "agent_stopped" in output
    assert call("status", "--config", str(config)).returncode == ExitCode.NOT_WELL


def test_people_see_colours_and_logs_do_not(tmp_path: Path) -> None:
    arguments = ("simulate", "--dry-run")

    assert re.search(r"\x1b\[\d", call(*arguments, FORCE_COLOR="1").stdout)
    assert "\x1b" not in call(*arguments).stdout


def test_a_run_whose_listener_is_gone_goes_on(config: Path, broker: Broker) -> None:
    listening, saying = os.pipe()
    program = subprocess.Popen([*COMMAND, "run", "--config", str(config)], stdout=saying)
    os.close(listening)
    os.close(saying)
    received: list[object] = []
    try:
        eventually(lambda: received.extend(broker.take()) or received, "the card arrives", 30)
    finally:
        program.send_signal(signal.SIGTERM)
        program.wait(20)

    assert program.returncode == ExitCode.OK


def test_readings_that_waited_from_before_do_not_count_as_simulated_ones(config: Path, broker: Broker) -> None:
    nowhere = write_config(broker, config.parent, "amqp://127.0.0.1:1/")
    call("simulate", "--config", str(nowhere), "--count", "2", "--interval", "0", "--seconds", "0.5")
    write_config(broker, config.parent, broker.url)

    answer = call("simulate", "--config", str(config), "--count", "2", "--interval", "1")

    assert answer.returncode == ExitCode.OK, answer.stdout
    assert len(broker.take()) == 4
