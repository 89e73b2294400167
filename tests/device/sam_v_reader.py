"""An emulated SAM_V reader behind a pseudo-terminal: the serial port of a reader that is not there."""

import os
import pty
import select
import threading
import tty
from contextlib import suppress
from pathlib import Path

from services.device.domain.contents import Contents, build_stream
from services.device.domain.frames import PREAMBLE, Answer, Command, answer_frame
from services.device.domain.statuses import Status

_COMMAND_AT = len(PREAMBLE) + 2
_COMMAND_FRAME_BYTES = _COMMAND_AT + 3


class SamVReader:
    """Answers like a reader; `next_answers` replaces the coming answers to a command with other bytes."""

    def __init__(self, port: Path) -> None:
        self.port = port
        self.next_answers: dict[Command, list[bytes]] = {}
        self.module_status = Status.OK
        self.asked: list[Command] = []
        self._card: Contents | None = None
        self._read = False
        self._stop = threading.Event()
        self.plug_in()

    def plug_in(self) -> None:
        """The port appears."""
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.port.symlink_to(os.ttyname(self._slave))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(self._master, self._stop), daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """The port vanishes."""
        if not self._stop.is_set():
            self.port.unlink()
            self._stop.set()
            self._thread.join(5)
            os.close(self._master)
            os.close(self._slave)

    def insert(self, card: Contents) -> None:
        self._card, self._read = card, False

    def remove(self) -> None:
        self._card = None

    def _serve(self, master: int, stop: threading.Event) -> None:
        received = b""
        with suppress(OSError):
            while not stop.is_set():
                if not select.select([master], [], [], 0.02)[0]:
                    continue
                received += os.read(master, 1024)
                while len(received) >= _COMMAND_FRAME_BYTES:
                    frame, received = received[:_COMMAND_FRAME_BYTES], received[_COMMAND_FRAME_BYTES:]
                    os.write(master, self._answer(Command(frame[_COMMAND_AT : _COMMAND_AT + 2])))

    def _answer(self, command: Command) -> bytes:
        self.asked.append(command)
        if self.next_answers.get(command):
            return self.next_answers[command].pop(0)
        return answer(*self._normal_answer(command))

    def _normal_answer(self, command: Command) -> tuple[int, bytes]:
        if command is Command.STATUS:
            return self.module_status, b""
        # Once read, a card is not found again until it has left.
        if self._card is None or self._read:
            return Status.NO_CARD, b""
        if command is Command.FIND_CARD:
            return Status.CARD_FOUND, bytes(4)
        if command is Command.SELECT_CARD:
            return Status.OK, bytes(8)
        if command is Command.READ_NEWEST_ADDRESS:
            newest, self._read = self._card.newest_address, True
            return (Status.OK, newest) if newest else (Status.NO_CONTENT, b"")
        return Status.OK, build_stream(self._card)


def answer(status: int, data: bytes = b"") -> bytes:
    """The frame of an answer."""
    return answer_frame(Answer(b"\0\0", status, data))
