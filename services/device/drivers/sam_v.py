"""Readers with a security module on a serial line, speaking SAM_V (docs/device.md).

Each read is find, select, read. After a good read the module finds the card again only when it has left and
come back, so this driver can't tell when a card leaves and never sends `CardRemoved`.
"""

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import serial
from pydantic import BaseModel, ConfigDict, Field

from services.device.domain import statuses
from services.device.domain.contents import CardFailed, Contents, parse_stream
from services.device.domain.frames import Answer, Command, command_frame, take_answer
from services.device.domain.statuses import Status
from services.device.drivers.base import (
    CardContents,
    CardFound,
    Driver,
    ReaderGone,
    ReaderReady,
    Signal,
    Trouble,
)

# pyserial's SerialException is an OSError; the terminal's own error, which it lets through, is not.
_PORT_FAILURES: tuple[type[Exception], ...] = (OSError, ValueError)
if sys.platform != "win32":
    import termios

    _PORT_FAILURES += (termios.error,)

_ATTEMPTS = 3
_CHUNK = 4096
_MOST_BYTES = 65536  # noise without end on the line is not collected


class SamVOptions(BaseModel):
    """`port` is a device, a `COM` name or a pyserial URL; times are in seconds."""

    model_config = ConfigDict(extra="forbid")

    port: str
    baud_rate: int = 115200
    poll_seconds: float = Field(default=0.3, gt=0, le=1)
    answer_seconds: float = Field(default=1.0, gt=0, le=10)
    read_seconds: float = Field(default=4.0, gt=0, le=30)
    retry_seconds: float = Field(default=1.0, gt=0, le=60)
    read_newest_address: bool = True


class _Silent(Exception):
    """The reader did not answer in time. `damaged` says that something came, but no whole frame."""

    def __init__(self, damaged: bool) -> None:
        super().__init__(damaged)
        self.damaged = damaged


def build(options: Mapping[str, Any]) -> Driver:
    """The driver for the configuration's `options`."""
    return SamVDriver(SamVOptions.model_validate(options))


class SamVDriver:
    """One reader on one serial port."""

    def __init__(self, options: SamVOptions) -> None:
        self._options = options

    def watch(self, stop: threading.Event) -> Iterator[Signal]:
        """See `Driver.watch`. The port may vanish and come back at any time."""
        reported = ""
        while not stop.is_set():
            ready = False
            try:
                with self._open() as line:
                    reader = _Line(line, self._options)
                    for signal in self._watch_line(reader, stop):
                        if isinstance(signal, ReaderReady):
                            ready, reported = True, ""
                        yield signal
                trouble = ""
            except _Silent:
                trouble = "reader_not_answering"
            except _ModuleSick as sick:
                trouble = sick.notice
            except _PORT_FAILURES:
                trouble = "" if ready else "serial_port_unavailable"
            if ready:
                yield ReaderGone(self._options.port)
            if trouble and trouble != reported:
                yield Trouble(trouble, self._options.port)
                reported = trouble
            stop.wait(self._options.retry_seconds)

    def _open(self) -> serial.SerialBase:
        return serial.serial_for_url(
            self._options.port,
            self._options.baud_rate,
            timeout=0.05,
            write_timeout=self._options.answer_seconds,  # a reader that hangs may take nothing either
            exclusive=True,  # two programs on one line would take each other's answers
        )

    def _watch_line(self, line: "_Line", stop: threading.Event) -> Iterator[Signal]:
        port = self._options.port
        status = line.ask(Command.STATUS).status
        if status != Status.OK:
            raise _ModuleSick(statuses.notice_for(status))
        yield ReaderReady(port)
        handled = False  # the card that lies there has been read, or has been given up
        while not stop.wait(self._options.poll_seconds):
            if not _finds_card(line):
                handled = False
            elif not handled:
                yield CardFound(port)
                yield self._read(line)
                handled = True

    def _read(self, line: "_Line") -> Signal:
        """Select and read the card that has just been found; what may pass is tried again."""
        trouble = Trouble("card_unreadable", line.port)
        for _ in range(_ATTEMPTS):
            try:
                return CardContents(line.port, _read_found_card(line, self._options.read_newest_address))
            except CardFailed as failed:
                trouble = Trouble(failed.notice, line.port)
                if not failed.again:
                    return trouble
            except _UnknownStatus as unknown:
                return Trouble("reader_status_unknown", line.port, f"{unknown.status:02X}")
            if not _finds_card(line):
                return Trouble("card_removed_too_soon", line.port)
        return trouble


class _ModuleSick(Exception):
    def __init__(self, notice: str) -> None:
        super().__init__(notice)
        self.notice = notice


class _UnknownStatus(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Line:
    """Commands and answers over one open port."""

    def __init__(self, line: serial.SerialBase, options: SamVOptions) -> None:
        self._line = line
        self._options = options
        self.port = options.port

    def ask(self, command: Command) -> Answer:
        """Send a command and wait for its answer; asked again when either got damaged. Raises `_Silent`."""
        silent = _Silent(damaged=False)
        for _ in range(_ATTEMPTS):
            try:
                answer = self._ask_once(command)
            except _Silent as error:
                silent = error
                if not error.damaged:
                    raise
            else:
                if answer.status not in (Status.FRAME_CHECKSUM_WRONG, Status.FRAME_LENGTH_WRONG):
                    return answer
        raise silent

    def _ask_once(self, command: Command) -> Answer:
        reads = command in (Command.READ_CARD, Command.READ_NEWEST_ADDRESS)
        deadline = time.monotonic() + (self._options.read_seconds if reads else self._options.answer_seconds)
        self._line.reset_input_buffer()  # a late answer to an earlier command is not this one's
        self._line.write(command_frame(command))
        received, total, damaged = b"", 0, False
        while time.monotonic() < deadline and total < _MOST_BYTES:
            piece = self._line.read(max(1, min(self._line.in_waiting, _CHUNK)))
            total += len(piece)
            scan = take_answer(received + piece)
            damaged, received = damaged or scan.damaged, scan.rest
            if scan.answer is not None:
                return scan.answer
        raise _Silent(damaged or total > 0)


def _finds_card(line: _Line) -> bool:
    status = line.ask(Command.FIND_CARD).status
    if status in (Status.SELF_TEST_FAILED, Status.NOT_AUTHORISED):
        raise _ModuleSick(statuses.notice_for(status))
    return status == Status.CARD_FOUND


def _read_found_card(line: _Line, with_newest_address: bool) -> Contents:
    _expect_ok(line.ask(Command.SELECT_CARD))
    answer = line.ask(Command.READ_CARD)
    _expect_ok(answer)
    contents = parse_stream(answer.data)
    if not with_newest_address:
        return contents
    # Most cards have none, and a reader that can't answer this must not spoil a good reading.
    try:
        newest = line.ask(Command.READ_NEWEST_ADDRESS)
    except _Silent:
        return contents
    address = newest.data if newest.status == Status.OK else b""
    return Contents(contents.text, contents.portrait, address)


def _expect_ok(answer: Answer) -> None:
    if answer.status == Status.OK:
        return
    notice = statuses.notice_for(answer.status)
    if notice == "reader_status_unknown":
        raise _UnknownStatus(answer.status)
    raise CardFailed(notice, again=statuses.worth_another_try(notice))
