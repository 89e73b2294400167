"""What commands need of the operating system, and how it comes there.

Standard library only: the bootstrap installs the servers while the Python packages come.
"""

import importlib.util
import shutil
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher import packages
from launcher.progress import Work, side_by_side
from launcher.servers import programs


@dataclass(frozen=True)
class Need:
    """A Debian package, what people know it by, and whether what it brings is there (wherever that came from)."""

    package: str
    name: str
    there: Callable[[], bool]


def _file(path: str | Path) -> Callable[[], bool]:
    return Path(path).exists


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _font(name: str) -> Callable[[], bool]:
    return lambda: any(Path("/usr/share/fonts").rglob(name))


# What the environment is made with: venv, and a C compiler with the headers that the card reader library is built from.
PYTHON = (
    Need("python3-venv", "venv", lambda: importlib.util.find_spec("ensurepip") is not None),
    Need("python3-dev", "Python's headers", _file(Path(sysconfig.get_path("include"), "Python.h"))),
    Need("gcc", "a C compiler", _program("gcc")),
    Need("libc6-dev", "the C library's headers", _file("/usr/include/stdlib.h")),
    Need("libpcsclite-dev", "the card reader's headers", _file("/usr/include/PCSC/winscard.h")),
)
POSTGRES = Need("postgresql", "PostgreSQL", lambda: programs.postgres() is not None)
RABBITMQ = Need("rabbitmq-server", "RabbitMQ", lambda: programs.rabbitmq() is not None)
# What documents are written in (`chassis/documents/fonts.py`).
FONTS = (
    Need("fonts-noto-cjk", "the fonts of documents", _font("NotoSerifCJK-Regular.ttc")),
    Need("fonts-hanazono", "their rare characters", _font("HanaMinB.ttf")),
)
# A smart card daemon with a virtual reader, for the device agent's tests.
CARD_READER = (
    Need("pcscd", "the card reader daemon", _file("/usr/sbin/pcscd")),
    Need("vsmartcard-vpcd", "a virtual card reader", _file("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")),
)
# What the console is tried in. (Their fonts are those of documents: without them every character is a box.)
BROWSERS = (
    Need("chromium", "Chromium", _program("chromium")),
    Need("firefox-esr", "Firefox ESR", _program("firefox-esr")),
)
# Who names all of these runs the tests on servers of his own.
OWN_TEST_SERVERS = ("JIAOWU_TEST_POSTGRES_URL", "JIAOWU_TEST_AMQP_URL", "JIAOWU_TEST_AMQP_MANAGEMENT_URL")


def of_command(command: str | None, variables: Mapping[str, str]) -> list[Need]:
    """What ./jiaowu with this command will need: no servers where `variables` name some that are there."""
    if command == "up":
        named = {POSTGRES: "JIAOWU_POSTGRES_URL", RABBITMQ: "JIAOWU_AMQP_URL"}
        return [*(need for need, variable in named.items() if not variables.get(variable)), *FONTS]
    if command == "upgrade":  # its servers run
        return list(FONTS)
    if command == "pictures":
        return [POSTGRES, RABBITMQ, *FONTS, *BROWSERS]
    if command in ("bench", "migration"):
        return [POSTGRES, RABBITMQ]
    if command == "test":
        named_all = all(variable in variables for variable in OWN_TEST_SERVERS)
        return [*([] if named_all else [POSTGRES, RABBITMQ]), *FONTS, *BROWSERS, *CARD_READER]
    return []


def installing(needs: Sequence[Need], log: Path) -> list[Work]:
    """The work of installing what is missing of these in one go: none, where nothing is. Raises SetUpError."""
    missing = [need for need in needs if not need.there()]
    if not missing:
        return []
    names = ", ".join(need.name for need in missing)
    return [Work(f"Installing {names}", packages.installation([need.package for need in missing], names, log), log)]


def install(needs: Sequence[Need], log: Path) -> None:
    """Install what is missing of these, and show it. Raises SetUpError."""
    side_by_side(installing(needs, log))
