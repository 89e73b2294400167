"""A request ends where every reader sees its end: what follows it is never taken for another one's beginning."""

import socket
from collections.abc import Iterator

import pytest

from tests.gateway.test_server import LEND, Server, start, stop

BODY = b'{"title": "x"}'
CHUNKS = b"e\r\n" + BODY + b"\r\n0\r\n\r\n"
HIDDEN = b"GET /api/v1/hidden HTTP/1.1\r\nHost: a\r\n\r\n"


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


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 14\r\nContent-Length: %d\r\n" % (14 + len(HIDDEN)),
        b"Content-Length: 14, 14\r\n",
        b"Content-Length: +14\r\n",
        b"Content-Length: 1_4\r\n",
        b"Content-Length: 0xe\r\n",
        b"Content-Length: 14\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 14\r\nTransfer-Encoding : chunked\r\n",
        b"Content-Length: 14\r\nTransfer-Encoding: xchunked\r\n",
        b"Content-Length: 14\r\nX: a\rTransfer-Encoding: chunked\r\n",
        b"Content-Length: 14\r\nX: a\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 14\r\nX: a\r\n Transfer-Encoding: chunked\r\n",
        b"Content-Length: 14\r\nno header at all\r\n",
    ],
)
def test_a_body_whose_end_could_be_seen_otherwise_is_refused_with_all_that_follows(
    server: Server, framing: bytes
) -> None:
    answer = send(server, framing, BODY)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        (b"Transfer-Encoding: identity, chunked\r\n", CHUNKS),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", CHUNKS),
        (b"Transfer-Encoding: chunked\r\n", b"0x" + CHUNKS),
        (b"Transfer-Encoding: chunked\r\n", b"0_" + CHUNKS),
        (b"Transfer-Encoding: chunked\r\n", b"-" + CHUNKS),
        (b"Transfer-Encoding: chunked\r\n", CHUNKS.replace(b"e\r\n", b"e\n", 1)),
        (b"Transfer-Encoding: chunked\r\n", CHUNKS.replace(b"}\r\n", b"}more\r\n")),
        (b"Transfer-Encoding: chunked\r\n", CHUNKS.removesuffix(b"\r\n") + b"no trailer\r\n\r\n"),
    ],
)
def test_chunks_that_could_be_read_otherwise_are_refused_with_all_that_follows(
    server: Server, framing: bytes, body: bytes
) -> None:
    answer = send(server, framing, body)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        (b"Content-Length: 14\r\n", BODY),
        (b"Transfer-Encoding: Chunked\r\n", CHUNKS),
        (
            b"Transfer-Encoding: chunked\r\n",
            b"7;note=a\r\n" + BODY[:7] + b"\r\n07\r\n" + BODY[7:] + b"\r\n0\r\nX: a\r\n\r\n",
        ),
    ],
)
def test_what_is_framed_well_is_answered_and_so_is_what_follows(server: Server, framing: bytes, body: bytes) -> None:
    answer = send(server, framing, body)
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert b"HTTP/1.1 404 " in answer


@pytest.mark.parametrize(
    "line", [b"<script>x</script>", b"GET / HTTP/9.9", b"GET /<b> HTTP/1.1 more", b"GET / XTTP/1.1"]
)
def test_what_is_no_request_is_answered_without_a_page_that_quotes_it(server: Server, line: bytes) -> None:
    with server.raw() as client:
        client.sendall(line + b"\r\n\r\n")
        client.shutdown(socket.SHUT_WR)
        answer = client.makefile("rb").read()
    assert answer.split(b" ")[1] in (b"400", b"505")
    assert answer.endswith(b"\r\n\r\n")
    assert b"<" not in answer
