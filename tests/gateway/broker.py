"""A real broker for gateways: who is on it, and a connection to it that can be cut."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

from chassis.data.tables import service_metadata
from chassis.declaring.service import Service


class Identity(Service):
    """Who ends sessions, and who does not."""

    name = "identity"
    metadata = service_metadata("identity")


class Exams(Service):
    name = "exams"
    metadata = service_metadata("exams")


SERVICES: list[type[Service]] = [Identity, Exams]
PASSWORDS = {name: f"{name}-password" for name in ("identity", "exams", "gateway")}


class Cable:
    """A connection to the broker that can be cut."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._broker = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        self._stalled = threading.Event()
        port = self._listener.getsockname()[1]
        self.url = url.replace(f"{parts.hostname}:{parts.port}", f"127.0.0.1:{port}")
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End all connections through it."""
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def stall(self) -> None:
        """Nothing comes through any more, and nobody is told."""
        self._stalled.set()

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                broker = socket.create_connection(self._broker)
                self._ends += [client, broker]
                self._stalled.clear()
                for source, target in ((client, broker), (broker, client)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if self._stalled.is_set():
                    return
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)
