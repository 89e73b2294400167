"""A request ends where every reader sees its end: what follows it is never taken for another one's beginning."""

import socket
from collections.abc import Iterator

import pytest

from tests.gateway.framings import AMBIGUOUS_CHUNKS, AMBIGUOUS_LENGTHS, BODY, HIDDEN, NO_REQUESTS, WELL_FRAMED
from tests.gateway.test_server import LEND, Server, start, stop


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = start(tmp_path_factory.mktemp("gateway"))
    yield running
    stop(running)


def send(server: Server, framing: bytes, body: bytes) -> bytes:
    """All that comes back for a request of somebody signed in, behind which another one is hidden."""
    head = "".join(f"{name}: {value}\r\n" for name, value in server.headers().items()).encode()
    with server.raw() as client:
        client.sendall(b"POST %s HTTP/1.1\r\nHost: a\r\n%s%s\r\n%s" % (LEND.encode(), head, framing, body + HIDDEN))
        client.shutdown(socket.SHUT_WR)
        return client.makefile("rb").read()


@pytest.mark.parametrize("framing", AMBIGUOUS_LENGTHS)
def test_a_body_whose_end_could_be_seen_otherwise_is_refused_with_all_that_follows(
    server: Server, framing: bytes
) -> None:
    answer = send(server, framing, BODY)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(("framing", "body"), AMBIGUOUS_CHUNKS)
def test_chunks_that_could_be_read_otherwise_are_refused_with_all_that_follows(
    server: Server, framing: bytes, body: bytes
) -> None:
    answer = send(server, framing, body)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(("framing", "body"), WELL_FRAMED)
def test_what_is_framed_well_is_answered_and_so_is_what_follows(server: Server, framing: bytes, body: bytes) -> None:
    answer = send(server, framing, body)
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert b"HTTP/1.1 404 " in answer


@pytest.mark.parametrize("lines", NO_REQUESTS.values(), ids=NO_REQUESTS)
def test_what_is_no_request_is_answered_without_a_page_that_quotes_it(server: Server, lines: bytes) -> None:
    with server.raw() as client:
        client.sendall(lines + b"\r\n")
        client.shutdown(socket.SHUT_WR)
        answer = client.makefile("rb").read()
    assert answer.split(b" ")[1] in (b"400", b"505")
    assert answer.endswith(b"\r\n\r\n")
    assert b"<" not in answer
