"""The agent's configuration: one TOML file that only its user may read, because it holds the broker's password."""

import os
import stat
import sys
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FilePath,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from contracts.device.stations import STATION_PATTERN

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class SettingsRefused(Exception):
    """The configuration can't be used; `notice` and `params` say why and what to do."""

    def __init__(self, notice: str, **params: object) -> None:
        super().__init__(notice)
        self.notice, self.params = notice, params


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ReaderSettings(_Section):
    """One driver to run. What `options` may hold is the driver's business."""

    driver: str
    options: dict[str, Any] = {}


class BrokerSettings(_Section):
    """Where readings go. The station's name is the user; several URLs are tried in turn."""

    urls: Annotated[tuple[str, ...], Field(min_length=1)]
    password: SecretStr
    ca_file: FilePath | None = None
    allow_unencrypted: bool = False

    @field_validator("urls")
    @classmethod
    def _are_plain_addresses(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            parts = urlsplit(url)
            if parts.scheme not in {"amqp", "amqps"} or not parts.hostname or not _has_good_port(parts):
                raise ValueError("an address looks like amqps://host:5671/virtual-host")
            if parts.username or parts.password:
                raise ValueError("the address holds no user: the station's name and `password` sign in")
        return urls

    @model_validator(mode="after")
    def _encrypts_what_leaves_the_machine(self) -> Self:
        for parts in map(urlsplit, self.urls):
            if parts.scheme == "amqp" and parts.hostname not in _LOOPBACK and not self.allow_unencrypted:
                raise ValueError("readings are personal data: use amqps://, or set allow_unencrypted = true")
        return self


class SpoolSettings(_Section):
    """Where readings wait, and the key that they are encrypted with."""

    folder: Path


class Settings(_Section):
    """The whole file; docs/device.md and packaging/device.example.toml explain each line."""

    station: Annotated[str, Field(pattern=STATION_PATTERN)]
    language: Literal["zh", "en"] = "zh"
    broker: BrokerSettings
    spool: SpoolSettings = Field(default_factory=lambda: SpoolSettings(folder=default_spool_folder()))
    readers: Annotated[tuple[ReaderSettings, ...], Field(min_length=1)] = (ReaderSettings(driver="pcsc"),)


def _has_good_port(address: SplitResult) -> bool:
    try:
        return address.port != 0
    except ValueError:  # its message would repeat the address
        return False


def default_config_path() -> Path:
    """Where the file is when nobody says otherwise."""
    return _machine_folder("/etc/jiaowu-device") / "device.toml"


def default_spool_folder() -> Path:
    """The folder for waiting readings and the agent's status."""
    if sys.platform == "win32":
        return _machine_folder("") / "state"
    return Path("/var/lib/jiaowu-device")


def _machine_folder(posix: str) -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "jiaowu-device"
    return Path(posix)


def readable_by_others(path: Path) -> bool:
    """Whether anyone but the owner has a right on the file. On Windows its access list decides (docs/device.md)."""
    return sys.platform != "win32" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def load(path: Path) -> Settings:
    """Read the configuration. Raises `SettingsRefused`; no message repeats a value of the file."""
    try:
        if readable_by_others(path):
            raise SettingsRefused("settings_not_private", path=path)
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return Settings.model_validate(values)
    except FileNotFoundError:
        raise SettingsRefused("settings_missing", path=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRefused("settings_unreadable", path=path, error=type(error).__name__) from None
    except tomllib.TOMLDecodeError as error:
        where = str(error).rpartition("(")[2].rstrip(")")
        raise SettingsRefused("settings_unreadable", path=path, error=f"TOML, {where}") from None
    except ValidationError as error:
        raise SettingsRefused("settings_wrong", path=path, error=reasons(error)) from None


def reasons(error: ValidationError) -> str:
    """Every reason with its place in the file, without the values."""
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or '-'}: {e['msg']}" for e in error.errors(include_input=False))
