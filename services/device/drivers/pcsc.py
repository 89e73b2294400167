"""Readers that speak PC/SC: cards shown as storage cards, through pcscd or the Windows Smart Card service.

Works on a PC/SC context of its own instead of pyscard's monitors: those threads end for good when pcscd
restarts.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from smartcard import scard

from services.device.domain.contents import CardFailed, Contents, read_storage_card
from services.device.drivers.base import (
    CardContents,
    CardFound,
    CardRemoved,
    Driver,
    ReaderGone,
    ReaderReady,
    Signal,
    Trouble,
)

_WAIT_MILLISECONDS = 1000
_ATTEMPTS = 3
_REMOVAL_MILLISECONDS = 600  # pcscd looks for removed cards every 400 ms
_EVENT_COUNTER = 0xFFFF0000  # the upper half of a reader's state counts cards put on and taken off


def _unsigned(*codes: int) -> set[int]:
    # pyscard's codes are negative on some systems.
    return {code & 0xFFFFFFFF for code in codes}


_GONE = _unsigned(scard.SCARD_W_REMOVED_CARD, scard.SCARD_E_NO_SMARTCARD, scard.SCARD_E_READER_UNAVAILABLE)
_BUSY = _unsigned(scard.SCARD_E_SHARING_VIOLATION)
_SERVICE_GONE = _unsigned(
    scard.SCARD_E_NO_SERVICE,
    scard.SCARD_E_SERVICE_STOPPED,
    scard.SCARD_E_INVALID_HANDLE,
    scard.SCARD_F_COMM_ERROR,
)
_DENIED = _unsigned(scard.SCARD_W_SECURITY_VIOLATION)


class PcscOptions(BaseModel):
    """`readers`: use only readers whose name contains one of these; empty for all."""

    model_config = ConfigDict(extra="forbid")

    readers: tuple[str, ...] = ()
    retry_seconds: float = Field(default=1.0, gt=0, le=60)


class _PcscFailed(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(f"0x{code & 0xFFFFFFFF:08X}")
        self.code = code & 0xFFFFFFFF


def build(options: Mapping[str, Any]) -> Driver:
    """The driver for the configuration's `options`."""
    return PcscDriver(PcscOptions.model_validate(options))


class PcscDriver:
    """All PC/SC readers of the machine."""

    def __init__(self, options: PcscOptions) -> None:
        self._options = options
        self._states: dict[str, int] = {}
        self._told = ""

    def watch(self, stop: threading.Event) -> Iterator[Signal]:
        """See `Driver.watch`. The service may stop and come back at any time."""
        self._states, self._told = {}, ""
        denied = False
        while not stop.is_set():
            try:
                with _context() as context:
                    denied = False
                    yield from self._watch_readers(context, stop)
            except _PcscFailed as failure:
                yield from self._forget(set(self._states))
                # A service that is just dying denies access as well: only the second time it is meant.
                denied, before = failure.code in _DENIED, denied
                if not denied:
                    yield from self._tell("pcsc_service_away")
                elif before:
                    yield from self._tell("pcsc_access_denied")
                stop.wait(self._options.retry_seconds)

    def _tell(self, trouble: str) -> Iterator[Signal]:
        # Once, not at every attempt.
        if trouble != self._told:
            self._told = trouble
            yield Trouble(trouble)

    def _watch_readers(self, context: int, stop: threading.Event) -> Iterator[Signal]:
        while not stop.is_set():
            names = self._names(context)
            yield from self._forget(set(self._states) - set(names))
            for name in names:
                if name not in self._states:
                    self._states[name] = scard.SCARD_STATE_UNAWARE
                    yield ReaderReady(name)
            if not names:
                yield from self._tell("no_reader")
                stop.wait(self._options.retry_seconds)
                continue
            self._told = ""
            for name, state in self._changes(context, names, stop):
                yield from self._card_moved(context, name, self._states[name], state)
                self._states[name] = state & ~scard.SCARD_STATE_CHANGED

    def _names(self, context: int) -> list[str]:
        code, names = scard.SCardListReaders(context, [])
        if code == scard.SCARD_E_NO_READERS_AVAILABLE:
            return []
        _check(code)
        wanted = self._options.readers
        return [name for name in names if not wanted or any(part in name for part in wanted)]

    def _changes(self, context: int, names: list[str], stop: threading.Event) -> list[tuple[str, int]]:
        known = [(name, self._states[name]) for name in names]
        code, states = scard.SCardGetStatusChange(context, _WAIT_MILLISECONDS, known)
        if code == scard.SCARD_E_TIMEOUT:
            return []
        if code == scard.SCARD_E_UNKNOWN_READER:
            # A reader went between listing and asking: the next listing tells. A service that goes on listing it
            # must not have this ask without a pause.
            stop.wait(self._options.retry_seconds)
            return []
        _check(code)
        return [(name, state) for name, state, _atr in states if state & scard.SCARD_STATE_CHANGED]

    def _card_moved(self, context: int, reader: str, before: int, now: int) -> Iterator[Signal]:
        was, is_there = (bool(state & scard.SCARD_STATE_PRESENT) for state in (before, now))
        another = (before ^ now) & _EVENT_COUNTER != 0
        if was and (not is_there or another):
            yield CardRemoved(reader)
        if is_there and (not was or another):
            yield CardFound(reader)
            yield self._read(context, reader)

    def _read(self, context: int, reader: str) -> Signal:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return CardContents(reader, _read_card(context, reader))
            except CardFailed as failed:
                if failed.again and _leaves(context, reader):
                    return Trouble("card_removed_too_soon", reader)
                if attempt == _ATTEMPTS or not failed.again:
                    return Trouble(failed.notice, reader)
        raise AssertionError("the last attempt returns")

    def _forget(self, names: set[str]) -> Iterator[Signal]:
        for name in sorted(names):
            had_card = self._states.pop(name) & scard.SCARD_STATE_PRESENT
            if had_card:
                yield CardRemoved(name)
            yield ReaderGone(name)


@contextmanager
def _context() -> Iterator[int]:
    code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    _check(code)
    try:
        yield context
    finally:
        scard.SCardReleaseContext(context)


def _check(code: int) -> None:
    if code != scard.SCARD_S_SUCCESS:
        raise _PcscFailed(code)


def _read_card(context: int, reader: str) -> Contents:
    try:
        code, card, protocol = scard.SCardConnect(
            context, reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        _check(code)
        try:
            return read_storage_card(lambda command: _transmit(card, protocol, command))
        finally:
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
    except _PcscFailed as failure:
        if failure.code in _SERVICE_GONE:
            raise
        if failure.code in _GONE:
            raise CardFailed("card_removed_too_soon") from None
        if failure.code in _BUSY:
            raise CardFailed("reader_busy") from None
        raise CardFailed("card_unreadable", again=True) from None


def _leaves(context: int, reader: str) -> bool:
    """Whether the card is gone. The service learns of that a little later than the command that failed by it."""
    state = scard.SCARD_STATE_UNAWARE
    for wait in (0, _REMOVAL_MILLISECONDS):
        code, states = scard.SCardGetStatusChange(context, wait, [(reader, state)])
        if code == scard.SCARD_E_TIMEOUT:
            return False
        if code == scard.SCARD_E_UNKNOWN_READER:
            return True  # the whole reader went
        _check(code)
        before, state = state, states[0][1] & ~scard.SCARD_STATE_CHANGED
        exchanged = before != scard.SCARD_STATE_UNAWARE and (before ^ state) & _EVENT_COUNTER != 0
        if exchanged or not state & scard.SCARD_STATE_PRESENT:
            return True
    return False


def _transmit(card: int, protocol: int, command: bytes) -> bytes:
    code, answer = scard.SCardTransmit(card, protocol, list(command))
    _check(code)
    # pyscard hands out signed bytes on some systems.
    return bytes(byte & 0xFF for byte in answer)
