"""A pcscd of our own with a virtual reader. There can be one pcscd on a machine: its socket has a fixed place."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from smartcard import scard

from tests.device.virtual_card import VirtualSlot
from tests.waiting import eventually

SOCKET = Path("/run/pcscd/pcscd.comm")
PID_FILE = Path("/run/pcscd/pcscd.pid")
VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
READER = "Virtual Identity Reader"

_LOCK = Path(tempfile.gettempdir()) / "jiaowu-pcscd-tests.lock"


def missing() -> str:
    """Why these tests can't run here; empty when they can."""
    if os.geteuid() != 0:
        return "a pcscd of one's own needs root"
    if not VPCD.exists() or not shutil.which("pcscd"):
        return "install pcscd and vsmartcard-vpcd (./jiaowu test does)"
    return ""


class PcscStack:
    """Start, stop and disturb pcscd."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = _LOCK.open("w")
        self._process: subprocess.Popen[bytes] | None = None
        self._port = _two_free_ports()
        self.slot = VirtualSlot(self._port)
        self.second_slot = VirtualSlot(self._port + 1)
        (folder / "readers").mkdir()

    def acquire(self) -> None:
        """Wait until no other test run on this machine works with pcscd."""
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def release(self) -> None:
        """Let the next test run go on."""
        self._lock.close()

    def start(self, *, with_reader: bool = True) -> None:
        """Start pcscd and wait until it answers."""
        port = self._port
        stanza = f'FRIENDLYNAME "{READER}"\nDEVICENAME /dev/null:{port}\nLIBPATH {VPCD}\nCHANNELID {port}\n'
        (self._folder / "readers" / "reader.conf").write_text(stanza if with_reader else "")
        with (self._folder / "pcscd.log").open("ab") as log:
            # Ends with this process, even a killed one: left behind, it would be in the way of all runs to come.
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--",
                 "pcscd", "--foreground", "--info", "--config", str(self._folder / "readers")],
                stdout=log, stderr=log,
            )  # fmt: skip
        eventually(_answers(with_reader), "pcscd answers")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End our pcscd, kindly or not."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(10)
            self._process = None

    def insert(self, card: Callable[[bytes], bytes]) -> None:
        """Put a card on the reader."""
        self.slot.insert(card)

    def remove(self) -> None:
        """Take the card away, and wait until pcscd has seen it: its virtual reader looks every 400 ms only, and
        takes the next card for the same one before."""
        self.slot.remove()
        eventually(lambda: not _has_card(), "pcscd sees that the card has gone")

    def restore(self) -> None:
        """Whatever the last test did: a running service, a reader, no card."""
        self.second_slot.remove()
        self.slot.remove()
        if self._process is None or not _answers(with_reader=True)():
            self.stop()
            self.start()
        self.remove()


def foreign_pcscd() -> bool:
    """Whether a pcscd that we did not start is running."""
    try:
        pid = int(PID_FILE.read_text())
        return Path(f"/proc/{pid}/comm").read_text().strip() == "pcscd"
    except (OSError, ValueError):
        return False


@contextmanager
def _context() -> Iterator[int | None]:
    code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if code != scard.SCARD_S_SUCCESS:
        yield None
        return
    yield context
    scard.SCardReleaseContext(context)


def _two_free_ports() -> int:
    """The first of two; the virtual reader has two slots, and listens on a port for each."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first, suppress(OSError, OverflowError):
            port: int = first.getsockname()[1]
            socket.create_server(("127.0.0.1", port + 1)).close()
            return port


def _answers(with_reader: bool) -> Callable[[], bool]:
    def answers() -> bool:
        with _context() as context:
            return context is not None and bool(scard.SCardListReaders(context, [])[1]) == with_reader

    return answers


def _has_card() -> bool:
    with _context() as context:
        _, states = scard.SCardGetStatusChange(context, 0, [(f"{READER} 00 00", scard.SCARD_STATE_UNAWARE)])
        return bool(states[0][1] & scard.SCARD_STATE_PRESENT)
