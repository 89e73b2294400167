"""What is asked of a provider ends in time, however slowly it answers, byte by byte."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from contracts.errors import ServiceError
from services.identity.steps import outside

LONG = 20.0
"""Seconds for which a server would go on."""
HEAD = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def dripping(at_once: bytes, drop: bytes) -> Iterator[str]:
    """The address of a server that begins to answer and then gives a drop every so often."""

    def serve() -> None:
        with listening.accept()[0] as connection:
            connection.recv(65536)
            connection.sendall(at_once)
            until = time.monotonic() + LONG
            while time.monotonic() < until and not over:
                try:
                    connection.sendall(drop)
                except OSError:
                    return
                time.sleep(0.05)

    over: list[bool] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/jwks"
        over.append(True)


@pytest.mark.parametrize(
    ("at_once", "drop"),
    [
        (HEAD + b"Content-Length: 200000\r\n\r\n", b" "),
        (HEAD + b"Connection: close\r\n\r\n", b" "),
        (HEAD + b"X: ", b"x"),
        (b"", b"H"),
    ],
    ids=["body", "body without a length", "headers", "first line"],
)
def test_a_provider_that_drips_is_left_in_time(monkeypatch: pytest.MonkeyPatch, at_once: bytes, drop: bytes) -> None:
    monkeypatch.setattr(outside, "SECONDS", 0.5)
    began = time.monotonic()
    with dripping(at_once, drop) as address, pytest.raises(ServiceError) as refused:
        outside.get(address)
    took = time.monotonic() - began
    assert refused.value.code == "sign_in_provider_unreachable"
    assert took < LONG / 2
    assert outside._places._value == outside._AT_A_TIME, "and its place is free again"
