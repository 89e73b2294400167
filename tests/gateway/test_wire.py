"""The server against the wire, as a process: crooked bytes, slow clients, too many of them, and how it stops."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from launcher.paths import ROOT
from launcher.ports import any_free
from tests.gateway.framings import (
    AMBIGUOUS_CHUNKS,
    AMBIGUOUS_LENGTHS,
    BODY,
    CHUNKS,
    HIDDEN,
    NO_REQUESTS,
    WELL_FRAMED,
)
from tests.waiting import eventually, listens

SHORT = 1.5
LIMITS = {
    "head_seconds": SHORT,
    "body_seconds": SHORT,
    "silent_reader_seconds": SHORT,
    "keep_alive_seconds": 2,
    "connections": 300,
    "connections_of_address": 250,
}


class Wire:
    """A running server."""

    def __init__(self, log: Path, **limits: float) -> None:
        self.port, self.log = any_free(set()), log
        told = [sys.executable, "-m", "tests.gateway.wire_process", str(self.port), json.dumps({**LIMITS, **limits})]
        self.process = subprocess.Popen(told, cwd=ROOT, stdout=log.open("wb"), stderr=subprocess.STDOUT)
        eventually(lambda: listens(self.port), "listening")

    def connect(self, timeout: float = 20) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def says(self, sent: bytes, *, ends: bool = True) -> bytes:
        """All that comes back until the server ends; whoever `ends` has said all."""
        with self.connect() as client:
            with suppress(OSError):  # it may have been ended before all was said
                client.sendall(sent)
                if ends:
                    client.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                return client.makefile("rb").read()
        return b""

    def answers(self) -> bool:
        return self.says(HIDDEN).startswith(b"HTTP/1.1 200 ")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    running = Wire(tmp_path_factory.mktemp("wire") / "log")
    yield running
    running.process.kill()
    running.process.wait(10)


@pytest.fixture
def own_wire(tmp_path: Path) -> Iterator[Wire]:
    running = Wire(tmp_path / "log")
    yield running
    running.process.kill()
    running.process.wait(10)


def come(client: socket.socket, last: bytes) -> bytes:
    """What comes, until this is in it."""
    came = b""
    while last not in came:
        more = client.recv(1 << 16)
        assert more, f"ended after {came!r}"
        came += more
    return came


def refused_once(answer: bytes, status: int = 400) -> bool:
    """Whether one refusal came, and nothing after it."""
    return answer.startswith(b"HTTP/1.1 %d " % status) and answer.count(b"HTTP/1.1 ") == 1


# -- what two readers could see differently ---------------------------------------------------------------------------


@pytest.mark.parametrize("framing", AMBIGUOUS_LENGTHS)
def test_a_body_whose_end_could_be_seen_otherwise_is_refused_with_all_that_follows(wire: Wire, framing: bytes) -> None:
    assert refused_once(wire.says(b"POST /e HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n" + BODY + HIDDEN))


@pytest.mark.parametrize(("framing", "body"), AMBIGUOUS_CHUNKS)
def test_chunks_that_could_be_read_otherwise_are_refused_with_all_that_follows(
    wire: Wire, framing: bytes, body: bytes
) -> None:
    assert refused_once(wire.says(b"POST /e HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n" + body + HIDDEN))


@pytest.mark.parametrize("lines", NO_REQUESTS.values(), ids=NO_REQUESTS)
def test_what_is_no_request_is_refused_and_not_quoted(wire: Wire, lines: bytes) -> None:
    answer = wire.says(lines + b"\r\n" + HIDDEN)
    assert refused_once(answer)
    assert answer.endswith(b"Connection: close\r\n\r\n")
    assert b"<" not in answer


@pytest.mark.parametrize("wide", [b"GET /e?" + b"a" * 17_000 + b" HTTP/1.1\r\nHost: a\r\n", b""], ids=["url", "header"])
def test_a_head_that_is_too_large_is_refused(wire: Wire, wide: bytes) -> None:
    head = wide or b"GET /e HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 17_000 + b"\r\n"
    assert refused_once(wire.says(head + b"\r\n"), 431)
    assert refused_once(wire.says(head[:16_900], ends=False), 431), "also before its end"


# -- what is framed well ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("framing", "body"), WELL_FRAMED)
def test_what_is_framed_well_is_answered_and_so_is_what_follows(wire: Wire, framing: bytes, body: bytes) -> None:
    answer = wire.says(b"POST /e HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n" + body + HIDDEN)
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert b'"size": 14' in answer
    assert b'"/hidden"' in answer


def test_a_trailer_is_no_header(wire: Wire) -> None:
    trailed = CHUNKS.removesuffix(b"\r\n") + b"Authorization: Bearer stolen\r\n\r\n"
    answer = wire.says(b"POST /e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + trailed)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"authorization" not in answer.lower()


def test_requests_that_come_at_once_are_answered_in_turn(wire: Wire) -> None:
    assert wire.says(HIDDEN * 20).count(b"HTTP/1.1 200 ") == 20


def test_of_requests_that_come_at_once_so_many_wait_and_the_rest_is_refused(wire: Wire) -> None:
    server = psutil.Process(wire.process.pid)
    before = server.memory_info().rss
    answer = wire.says(HIDDEN * 20_000)
    assert 1 <= answer.count(b"HTTP/1.1 200 ") <= 70
    assert server.memory_info().rss - before < 50_000_000
    assert wire.answers()


def test_what_came_before_something_that_is_none_is_answered_and_then_it_ends(wire: Wire) -> None:
    slow = b"GET /slow?0.5 HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = wire.says(slow + HIDDEN + b"rubbish\r\n\r\n" + HIDDEN, ends=False)
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert answer.count(b"HTTP/1.1 ") == 2
    assert answer.count(b"connection: close") == 1


def test_an_address_that_is_none_takes_no_answer_from_the_request_before(wire: Wire) -> None:
    slow = b"POST /slow?0.5 HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\n" + BODY
    answer = wire.says(slow + b"GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n", ends=False)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_an_upgrade_need_not_be_followed(wire: Wire) -> None:
    """Some libraries ask for HTTP/2 so, each time."""
    answer = wire.says(b"GET /e HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in answer


def test_who_asks_whether_to_go_on_is_told_to(wire: Wire) -> None:
    with wire.connect() as client:
        client.sendall(b"POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\nExpect: 100-continue\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 100 ")
        client.sendall(BODY)
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")


# -- who takes too long, or too much ----------------------------------------------------------------------------------


def ended_in(wire: Wire, sent: bytes) -> tuple[bytes, float]:
    """What comes back to who says no more than this, and after how many seconds."""
    started = time.monotonic()
    return wire.says(sent, ends=False), time.monotonic() - started


def test_a_head_has_so_many_seconds(wire: Wire) -> None:
    answer, seconds = ended_in(wire, b"GET /e HTTP/1.1\r\nHost: a")
    assert refused_once(answer, 408)
    assert SHORT <= seconds < SHORT + 5
    answer, _ = ended_in(wire, b"")
    assert answer == b"", "who said nothing is told nothing"


def test_the_second_head_of_a_connection_has_them_too(wire: Wire) -> None:
    with wire.connect() as client:
        client.sendall(HIDDEN)
        answer = client.recv(1 << 16)  # begun later: beside an answer that is under way nothing is refused
        client.sendall(b"GET /e HTTP")
        answer += client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in answer


def test_a_body_has_so_many_seconds_and_more_the_more_has_come(wire: Wire) -> None:
    head = b"POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n"
    answer, seconds = ended_in(wire, head + b"a")
    assert refused_once(answer, 408)
    assert seconds >= SHORT
    answer, seconds = ended_in(wire, head + b"a" * 100_000)
    assert refused_once(answer, 408)
    assert seconds >= SHORT + 2


def test_time_in_which_the_application_does_not_read_is_not_the_clients(wire: Wire) -> None:
    body = b"a" * 200_000
    lazy = b"POST /lazy?%.1f HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % (8.0, len(body))
    with wire.connect() as client:
        client.sendall(lazy + body[:-1])
        client.settimeout(9.2)
        with pytest.raises(TimeoutError):  # after 5.5 seconds it would have been late
            client.recv(100)
        client.sendall(body[-1:])
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "endless",
    [b"1;" + b"a" * 1_000_000, b"1\r\na\r\n" * 40_000 + b"0\r\n" + b"X: a\r\n" * 60_000],
    ids=["a chunk's line", "trailers"],
)
def test_what_frames_a_body_is_in_measure(wire: Wire, endless: bytes) -> None:
    head = b"POST /e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer, seconds = ended_in(wire, head + endless)
    assert refused_once(answer)
    assert seconds < SHORT, "at once"


def test_a_body_that_nobody_wants_is_read_a_little_so_that_its_sender_sees_why(wire: Wire) -> None:
    head = b"POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n\r\n"
    with wire.connect() as client:
        client.sendall(head + b"a" * 500_000)
        assert client.recv(100).startswith(b"HTTP/1.1 413 ")
        with pytest.raises(OSError, match=r"reset|[Bb]roken"):
            client.sendall(b"a" * 64_000_000)


def test_a_connection_is_kept_for_so_long_whatever_was_said_on_it(wire: Wire) -> None:
    server = psutil.Process(wire.process.pid)
    early = b"POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\n"
    late = b"POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\n"
    with wire.connect() as answered_early, wire.connect() as blank, wire.connect() as too_late:
        answered_early.sendall(early)
        assert answered_early.recv(1000).startswith(b"HTTP/1.1 413 ")
        answered_early.sendall(BODY)
        blank.sendall(HIDDEN + b"\r\n\r\n")
        too_late.sendall(late)
        clients = (answered_early, blank, too_late)
        eventually(lambda: not any(_of(server, client) for client in clients), "all are ended")


def test_a_connection_is_kept_from_its_last_answer_on(wire: Wire) -> None:
    slow = b"GET /slow?%.1f HTTP/1.1\r\nHost: a\r\n\r\n" % (LIMITS["keep_alive_seconds"] + 1)
    with wire.connect() as client:
        client.sendall(HIDDEN + slow)
        come(client, b'"/slow"')
        client.settimeout(1.2)
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_a_body_that_is_late_after_its_answer_has_no_second_one(wire: Wire) -> None:
    answer, _ = ended_in(wire, b"POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\na")
    assert refused_once(answer, 413)


def test_what_is_no_request_is_refused_also_behind_a_body_that_came_after_its_answer(wire: Wire) -> None:
    with wire.connect() as client:
        client.sendall(b"POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 413 ")
        client.sendall(BODY + b"rubbish\r\n\r\n")
        assert b"HTTP/1.1 400 " in client.makefile("rb").read()


def test_who_does_not_read_is_not_waited_for(wire: Wire) -> None:
    server = psutil.Process(wire.process.pid)
    with wire.connect() as client:
        client.sendall(b"GET /flood HTTP/1.1\r\nHost: a\r\n\r\n")
        eventually(lambda: not _of(server, client), "its connection is ended")
    assert server.memory_info().rss < 100_000_000


def _of(server: psutil.Process, client: socket.socket) -> bool:
    return any(each.raddr and each.raddr.port == client.getsockname()[1] for each in server.net_connections("tcp"))


def test_an_address_has_so_many_connections_and_others_are_served(wire: Wire) -> None:
    with_more = [wire.connect() for _ in range(260)]
    try:
        ended = 0
        for client in with_more:
            client.setblocking(False)
            try:
                ended += client.recv(1) == b""
            except BlockingIOError:
                pass
            except OSError:
                ended += 1
        assert ended <= 10
        eventually(lambda: sum(map(_is_ended, with_more)) >= 10, "those beyond are ended")
    finally:
        for client in with_more:
            client.close()
    eventually(wire.answers, "answered again")


def _is_ended(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_slow_clients_keep_nobody_else_waiting(wire: Wire) -> None:
    slow = [wire.connect() for _ in range(200)]
    try:
        for number, client in enumerate(slow):
            body = b"POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\na"
            client.sendall(b"GET /e HTTP/1.1\r\nX: " if number % 2 else body)
        started = time.monotonic()
        assert all(wire.answers() for _ in range(20))
        assert time.monotonic() - started < SHORT
    finally:
        for client in slow:
            client.close()


# -- how it stops -----------------------------------------------------------------------------------------------------


def test_a_stop_answers_what_is_under_way_and_one_more_request_of_who_is_connected(own_wire: Wire) -> None:
    with own_wire.connect() as asking, own_wire.connect() as kept, own_wire.connect() as silent:
        asking.sendall(b"GET /slow?1.5 HTTP/1.1\r\nHost: a\r\n\r\n")
        kept.sendall(HIDDEN)
        come(kept, b"}")
        eventually(lambda: b"asked" in own_wire.log.read_bytes(), "the request is under way")
        own_wire.process.send_signal(signal.SIGTERM)
        eventually(lambda: not listens(own_wire.port), "nobody is accepted any more")
        kept.sendall(HIDDEN)
        last = kept.makefile("rb").read()
        assert last.startswith(b"HTTP/1.1 200 ")
        assert b"connection: close" in last
        assert asking.makefile("rb").read().startswith(b"HTTP/1.1 200 ")
        assert silent.recv(1) == b""
    assert own_wire.process.wait(20) == 0


def test_what_is_not_answered_in_time_does_not_hold_the_stop(tmp_path: Path) -> None:
    wire = Wire(tmp_path / "log", last_word_seconds=0.2, drain_seconds=1.0)
    with wire.connect() as client:
        client.sendall(b"GET /slow?30 HTTP/1.1\r\nHost: a\r\n\r\n")
        eventually(lambda: b"asked" in wire.log.read_bytes(), "the request is under way")
        started = time.monotonic()
        assert wire.stop() == 0
        assert time.monotonic() - started < 10
