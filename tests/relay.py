"""A TCP relay in front of a server that can be told to misbehave like a network."""

import selectors
import socket
import struct
import threading
from contextlib import suppress

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
Pair = tuple[socket.socket, socket.socket]
"""A client, and the server that it is passed on to."""


class Relay:
    """`refuse` new connections, `silent`: accept and pass nothing on, `reset` those that are open, or `stall` them."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._upstream = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.refuse = False
        self.silent = False
        self._pairs: set[Pair] = set()
        self._stalled: set[Pair] = set()
        self._closed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self) -> int:
        """Break every open connection, and say how many those were."""
        broken = list(self._pairs)
        for pair in broken:
            for end in pair:
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                    end.shutdown(socket.SHUT_RDWR)
        return len(broken)

    def stall(self) -> None:
        """Take nothing more from those that are open, and tell nobody."""
        self._stalled |= self._pairs

    def close(self) -> None:
        self._closed.set()
        self._listener.close()
        self.reset()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.refuse:
                    client.close()
                    continue
                threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(self._upstream) as server:
            pair = (client, server)
            self._pairs.add(pair)
            try:
                self._copy(pair)
            finally:
                self._pairs.discard(pair)

    def _copy(self, pair: Pair) -> None:
        client, server = pair
        with selectors.DefaultSelector() as selector:
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in selector.select():
                    if pair in self._stalled:
                        self._closed.wait()
                        return
                    source = key.fileobj
                    assert isinstance(source, socket.socket)
                    data = source.recv(65536)
                    if not data:
                        return
                    if not self.silent:
                        key.data.sendall(data)
