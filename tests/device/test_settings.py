"""The configuration file: private, checked whole, and never repeated in a message."""

from pathlib import Path

import pytest

from services.device.agent import build_drivers
from services.device.settings import ReaderSettings, SettingsRefused, load

SECRET = "a-password-nobody-may-see"
GOOD = f"""
station = "station-a1"
[broker]
urls = ["amqps://broker.example.edu.cn:5671/jiaowu"]
password = "{SECRET}"
"""
PACKAGING = Path(__file__).parents[2] / "services" / "device" / "packaging"


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "device.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_short_file_is_enough(tmp_path: Path) -> None:
    settings = load(written(tmp_path, GOOD))

    assert settings.readers == (ReaderSettings(driver="pcsc"),)
    assert SECRET not in repr(settings)


def test_the_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    settings = load(written(tmp_path, (PACKAGING / "device.example.toml").read_text()))

    assert settings.station == "station-example-1"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SettingsRefused) as refused:
        load(written(tmp_path, GOOD, mode))

    assert refused.value.notice == "settings_not_private"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GOOD.replace("station-a1", "finance"), "station"),
        (GOOD.replace("station-a1", "station-a.*"), "station"),
        (GOOD.replace("amqps", "amqp"), "amqps://"),
        (GOOD.replace("amqps", "https"), "amqps://host"),
        (GOOD.replace("amqps://", f"amqps://me:{SECRET}@"), "holds no user"),
        (GOOD.replace("cn:5671", f"cn:{SECRET}"), "amqps://host"),
        (GOOD.replace("5671", "99999"), "amqps://host"),
        (GOOD + 'ca_file = "/nowhere/ca.pem"\n', "broker.ca_file"),
        (GOOD.replace("urls = [", "urls = [] #"), "broker.urls"),
        (GOOD.replace("password", "pasword"), "broker.pasword"),
        (GOOD + "[[readers]]\n", "readers.0.driver"),
        (GOOD + "surprise = 1\n", "broker.surprise"),
        ("station = \n", "line 1"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason_and_without_its_secrets(
    tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(SettingsRefused) as refused:
        load(written(tmp_path, text))

    assert reason in str(refused.value.params["error"])
    assert SECRET not in f"{refused.value.params}{refused.value}"


def test_every_reason_is_given_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused) as refused:
        load(written(tmp_path, 'station = "x"\nlanguage = "fr"\n[broker]\nurls = []\n'))

    error = str(refused.value.params["error"])
    assert all(place in error for place in ("station", "language", "broker.urls", "broker.password"))


def test_no_encryption_inside_the_machine_is_fine_and_outside_a_choice(tmp_path: Path) -> None:
    here = GOOD.replace("amqps://broker.example.edu.cn", "amqp://127.0.0.1")
    chosen = GOOD.replace("amqps", "amqp") + "allow_unencrypted = true\n"

    assert load(written(tmp_path, here))
    assert load(written(tmp_path, chosen))


def test_a_missing_file_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused) as refused:
        load(tmp_path / "none.toml")

    assert refused.value.notice == "settings_missing"


@pytest.mark.parametrize(
    ("reader", "reason"),
    [
        (ReaderSettings(driver="nobody"), "pcsc, sam_v, simulated"),
        (ReaderSettings(driver="sam_v"), "port"),
        (ReaderSettings(driver="pcsc", options={"port": "COM1"}), "port"),
        (ReaderSettings(driver="simulated", options={"kinds": ["passport"]}), "kinds.0"),
    ],
)
def test_a_driver_or_option_that_does_not_exist_is_refused(reader: ReaderSettings, reason: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        build_drivers((reader,))

    assert reason in str(refused.value.params["error"])
