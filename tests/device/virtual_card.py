"""An emulated card behind Debian's virtual PC/SC reader (vsmartcard-vpcd).

The driver inside pcscd is the TCP server of each slot and the card its client: connected is inserted.
Messages are two length bytes, big-endian, and a payload; a single byte is a control code, of which only 04
(tell your ATR) is answered.
"""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

# PC/SC part 3: a contactless storage card; the card name 90 00 is the one identity-card readers give.
ATR = bytes.fromhex("3B8F8001804F0CA000000306039000000000000A")
_TELL_ATR = 4
_PAGE = 256


def storage_card(stream: bytes) -> Callable[[bytes], bytes]:
    """A card whose reader answers READ BINARY, 256 bytes a block, with this stream."""

    def answer(command: bytes) -> bytes:
        if command[:2] != b"\xff\xb0":
            return b"\x6d\x00"
        block = stream[command[2] * _PAGE : (command[2] + 1) * _PAGE]
        return block + b"\x90\x00" if block else b"\x6b\x00"

    return answer


class VirtualSlot:
    """One slot of the virtual reader."""

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._socket: socket.socket | None = None
        self.pull = threading.Event()
        """Set by a card's own answer function to have the card pulled instead of answering."""

    def insert(self, card: Callable[[bytes], bytes]) -> None:
        """Put a card in."""
        self.pull.clear()
        self._socket = socket.create_connection(self._address, timeout=5)
        self._socket.settimeout(None)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self._serve, args=(self._socket, card), daemon=True).start()

    def remove(self) -> None:
        """Take the card out; nothing happens without one."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None

    def _serve(self, line: socket.socket, card: Callable[[bytes], bytes]) -> None:
        try:
            while True:
                message = _receive(line, struct.unpack(">H", _receive(line, 2))[0])
                if len(message) == 1:
                    if message[0] == _TELL_ATR:
                        _send(line, ATR)
                    continue
                answer = card(message)
                if self.pull.is_set():
                    line.shutdown(socket.SHUT_RDWR)
                    return
                _send(line, answer)
        except (EOFError, OSError):
            return


def _send(line: socket.socket, payload: bytes) -> None:
    line.sendall(struct.pack(">H", len(payload)) + payload)


def _receive(line: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        # The driver sends length and payload apart; without this each command waits 40 ms for a delayed ACK.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        piece = line.recv(count - len(received))
        if not piece:
            raise EOFError
        received += piece
    return received
