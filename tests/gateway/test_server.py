"""The real server as a process: what clients and the operating system do to it, and how it stops."""

import http.client
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from gateway.process import GatewayProcess
from gateway.wire.limits import Limits
from tests.gateway.conftest import Gateway
from tests.gateway.fakes import Issuer
from tests.gateway.server_process import HOLDS_UP
from tests.waiting import eventually, listens

BOOK = "0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f"
LEND = f"/api/v1/books/{BOOK}/lend"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running gateway."""

    process: subprocess.Popen[bytes]
    port: int
    metrics_port: int
    issuer: Issuer
    log: Path

    def connect(self, timeout: float = 30) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def raw(self, timeout: float = 40) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def headers(self, **claims: object) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.token(**claims)}", "Content-Type": "application/json"}  # type: ignore[arg-type]

    def lend(self, tenths: int, connection: http.client.HTTPConnection | None = None) -> http.client.HTTPResponse:
        """A request that the service answers after so many tenths of a second."""
        connection = connection or self.connect()
        connection.request("POST", LEND, json.dumps({"title": "x" * tenths}), self.headers())
        return connection.getresponse()

    def ready(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.metrics_port, timeout=5)
        connection.request("GET", "/readyz")
        return connection.getresponse().status


def start(tmp_path: Path, limit_files: tuple[int, int] | None = None) -> Server:
    """`limit_files`: how many descriptors it may have, and how many it may take."""
    issuer, port, metrics_port = Issuer(), free_port(), free_port()
    key = tmp_path / f"{port}.pem"
    key.write_text(issuer.public_key)

    def limit() -> None:
        if limit_files:
            resource.setrlimit(resource.RLIMIT_NOFILE, limit_files)

    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.gateway.server_process",
            f"127.0.0.1:{port}",
            str(key),
            str(metrics_port),
        ],
        preexec_fn=limit,
        stdout=(tmp_path / "log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    server = Server(process, port, metrics_port, issuer, tmp_path / "log")
    eventually(lambda: listens(port) or process.poll() is not None, "listening")
    assert process.poll() is None, (tmp_path / "log").read_text()
    return server


def stop(server: Server) -> None:
    if server.process.poll() is None:
        server.process.kill()
    server.process.wait(10)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = start(tmp_path_factory.mktemp("gateway"))
    yield running
    stop(running)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    running = start(tmp_path)
    yield running
    stop(running)


def test_one_connection_carries_many_requests(server: Server) -> None:
    connection = server.connect()
    for _ in range(3):
        answer = server.lend(1, connection)
        assert answer.status == 201
        assert json.loads(answer.read())["title"] == "x"
        assert answer.getheader("connection") != "close"
        assert len(answer.headers.get_all("content-length")) == 1


def test_a_gateway_whose_loop_hangs_ends_itself_and_says_where(own_server: Server) -> None:
    own_server.connect().request("POST", LEND, json.dumps({"title": HOLDS_UP}), own_server.headers())
    assert own_server.process.wait(40) == 1
    assert "server_process.py" in own_server.log.read_text()


def test_a_body_may_come_in_chunks(server: Server) -> None:
    connection = server.connect()
    connection.request("POST", LEND, iter([b'{"tit', b'le": "x"}']), server.headers(), encode_chunked=True)
    assert connection.getresponse().status == 201


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST %s HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 9000 + b"\r\n\r\n",
        b"POST %s?" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200 + b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n\r\n\r\n\r\n",
    ],
    ids=["negative length", "two lengths", "long header", "long address", "TLS", "version 9.9", "empty lines"],
)
def test_what_is_no_http_is_turned_away_and_the_server_goes_on(server: Server, request_bytes: bytes) -> None:
    with server.raw() as client:
        answer = b""
        with suppress(OSError):  # it may have been ended before all was said
            client.sendall(request_bytes.replace(b"%s", LEND.encode()))
            client.shutdown(socket.SHUT_WR)
            answer = client.makefile("rb").read()
    assert answer == b"" or b" 4" in answer.split(b"\r\n")[0] or b" 505" in answer.split(b"\r\n")[0]
    assert server.lend(1).status == 201


def expecting(server: Server, token: dict[str, str], size: int) -> socket.socket:
    """A connection on which somebody asks whether to send a body of this size."""
    line = server.raw()
    headers = {**token, "Host": "gateway", "Content-Length": size, "Expect": "100-continue"}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    line.sendall(f"POST {LEND} HTTP/1.1\r\n{head}\r\n".encode())
    return line


def test_who_asks_whether_to_send_a_body_and_may_not_is_refused_before_it_is_sent(server: Server) -> None:
    with expecting(server, {"Content-Type": "application/json"}, 200_000) as line:
        answer = http.client.HTTPResponse(line, method="POST")
        answer.begin()
        assert (answer.status, answer.getheader("connection")) == (401, "close")
        answer.read()
        assert line.recv(1) == b""


def test_who_asks_whether_to_send_a_body_and_may_is_told_to(server: Server) -> None:
    body = json.dumps({"title": "x"}).encode()
    with expecting(server, server.headers(), len(body)) as line:
        assert line.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(body)
        answer = http.client.HTTPResponse(line, method="POST")
        answer.begin()
        assert (answer.status, answer.getheader("connection")) == (201, None)


def test_bad_chunks_are_a_problem_and_not_an_error(server: Server) -> None:
    with server.raw() as client:
        head = "".join(f"{name}: {value}\r\n" for name, value in server.headers().items())
        client.sendall(
            f"POST {LEND} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n{head}\r\nnonsense\r\n".encode()
        )
        client.shutdown(socket.SHUT_WR)
        assert b" 400 " in client.makefile("rb").readline()


def test_a_huge_body_is_refused_without_being_read(server: Server) -> None:
    with server.raw() as client:
        head = "".join(f"{name}: {value}\r\n" for name, value in server.headers().items())
        client.sendall(f"POST {LEND} HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n{head}\r\n".encode())
        started = time.monotonic()
        client.sendall(b"x" * 500_000)
        assert b" 413 " in client.makefile("rb").readline()
        assert time.monotonic() - started < 5
        with pytest.raises(OSError, match=r"reset|[Bb]roken"):
            client.sendall(b"x" * 128 * 1024 * 1024)  # by far more than the server reads of what it doesn't want


def test_slow_headers_end_and_others_are_served_meanwhile(server: Server) -> None:
    slow = [server.raw() for _ in range(300)]
    for client in slow:
        client.sendall(b"GET /api/v1/books HTTP/1.1\r\nX: ")
    started = time.monotonic()
    assert server.lend(1).status == 201
    assert time.monotonic() - started < 2

    def trickle(client: socket.socket) -> bool:
        """Whether the server has ended it although bytes kept coming."""
        try:
            client.sendall(b"a")
            client.settimeout(0.001)
            return client.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True

    ended = [False] * len(slow)

    def all_ended() -> bool:
        for number, client in enumerate(slow):
            ended[number] = ended[number] or trickle(client)
        return all(ended)

    eventually(all_ended, "all slow connections ended", 8)


def test_as_many_may_wait_to_be_accepted_as_is_set_also_while_it_is_not_ready(gateway: Gateway) -> None:
    process = GatewayProcess(gateway.client.app, gateway.hub, "127.0.0.1:0", Limits(backlog=7))
    with process._listener() as listener:
        told = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 32)
    assert int.from_bytes(told[28:], sys.byteorder) == 7


@pytest.mark.parametrize(("hard", "warned"), [(8192, False), (1024, True)])
def test_it_takes_as_many_descriptors_as_it_may_and_says_when_those_are_few(
    tmp_path: Path, hard: int, warned: bool
) -> None:
    server = start(tmp_path, limit_files=(256, hard))
    try:
        assert resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE) == (hard, hard)
        assert ("few_file_descriptors" in server.log.read_text()) == warned
        assert server.lend(1).status == 201
    finally:
        stop(server)


def test_a_body_that_trickles_is_given_up(server: Server) -> None:
    with server.raw() as client:
        head = "".join(f"{name}: {value}\r\n" for name, value in server.headers().items())
        client.sendall(f"POST {LEND} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n{head}\r\n".encode())
        started = time.monotonic()
        client.settimeout(0.2)
        answer = b""
        while not answer:
            client.sendall(b" ")
            try:
                answer = client.recv(100)
            except TimeoutError:
                assert time.monotonic() - started < 6
        assert b" 408 " in answer


def test_a_client_that_leaves_in_the_middle_harms_nobody(server: Server) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in server.headers().items())
    for sent in (b"", b'{"title": ', b'{"title": "xx"}' + b" " * 50):
        client = server.raw()
        client.sendall(f"POST {LEND} HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n{head}\r\n".encode() + sent)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
    assert server.lend(1).status == 201
    assert server.process.poll() is None
    assert b"Traceback" not in server.log.read_bytes()


def test_a_server_without_descriptors_survives(tmp_path: Path) -> None:
    server = start(tmp_path, limit_files=(64, 64))
    try:
        clients = []
        for _ in range(100):
            try:
                clients.append(server.raw(2))
            except OSError:
                break
        for client in clients:
            client.close()
        eventually(lambda: server.lend(1).status == 201, "served again")
        assert server.process.poll() is None
    finally:
        stop(server)


def test_a_second_gateway_on_the_same_port_does_not_start(server: Server, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text(server.issuer.public_key)
    second = subprocess.run(
        [sys.executable, "-m", "tests.gateway.server_process", f"127.0.0.1:{server.port}", str(key)],
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert second.returncode != 0
    assert server.lend(1).status == 201


def test_sigterm_finishes_requests_and_ends_streams(own_server: Server) -> None:
    stream = own_server.connect()
    stream.request("GET", "/api/v1/events", headers=own_server.headers())
    events = stream.getresponse()
    assert events.status == 200
    assert events.readline().startswith(b"retry:")
    idle = own_server.raw()
    answers: list[int] = []
    request = threading.Thread(target=lambda: answers.append(own_server.lend(15).status))
    request.start()
    eventually(lambda: b"asked" in own_server.log.read_bytes(), "the request is under way")
    assert own_server.ready() == 200
    started = time.monotonic()
    os.kill(own_server.process.pid, signal.SIGTERM)
    eventually(lambda: own_server.ready() == 503, "not ready any more")
    eventually(lambda: not listens(own_server.port), "no new connections")
    request.join(10)
    assert answers == [201]
    assert b"retry:" in events.read()
    assert own_server.process.wait(10) == 0
    assert time.monotonic() - started > 0.5
    assert idle.recv(1) == b""


def test_two_thousand_streams_are_held_beside_requests(own_server: Server) -> None:
    def open_one(_: int) -> socket.socket:
        head = "".join(f"{name}: {value}\r\n" for name, value in own_server.headers().items())
        client = own_server.raw()
        client.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: a\r\n{head}\r\n".encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
        return client

    before = psutil.Process(own_server.process.pid).memory_info().rss
    with ThreadPoolExecutor(8) as pool:
        streams = list(pool.map(open_one, range(2000)))
    grown = psutil.Process(own_server.process.pid).memory_info().rss - before
    assert grown < 2000 * 28_000, "bytes a stream, with door and token"
    assert all(own_server.lend(1).status == 201 for _ in range(3))
    for stream in streams:
        stream.close()
    eventually(lambda: own_server.lend(1).status == 201, "whoever has gone is forgotten")


def test_nothing_is_lost_when_it_stops_under_load(own_server: Server) -> None:
    """Whoever keeps a connection asks on and on: each request has its answer, the last one says that it is the last."""
    lost, answered = [], []

    def ask_on_and_on(_: int) -> None:
        connection, token = own_server.connect(), own_server.headers()
        while True:
            try:
                connection.request("POST", LEND, json.dumps({"title": "x"}), token)
                answer = connection.getresponse()
                answer.read()
            except OSError as error:
                lost.append(repr(error))
                return
            answered.append(answer.status)
            if answer.getheader("connection") == "close":
                return

    with ThreadPoolExecutor(24) as pool:
        asking = [pool.submit(ask_on_and_on, number) for number in range(24)]
        eventually(lambda: len(answered) > 100, "they are at it")
        os.kill(own_server.process.pid, signal.SIGTERM)
        for each in asking:
            each.result(30)
    assert (lost, set(answered)) == ([], {201})
    assert own_server.process.wait(20) == 0


def test_calls_beyond_the_services_share_are_refused_at_once(server: Server) -> None:
    statuses: list[int] = []
    times: list[float] = []

    def ask() -> None:
        started = time.monotonic()
        answer = server.lend(30)
        statuses.append(answer.status)
        times.append(time.monotonic() - started)
        if answer.status == 503:
            assert answer.getheader("retry-after")
            assert json.loads(answer.read())["code"] == "overloaded"

    askers = [threading.Thread(target=ask) for _ in range(100)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(30)
    assert sorted(statuses) == [201] * 64 + [503] * 36
    assert sum(took < 2.5 for took in times) == 36


def test_the_log_holds_no_query_and_no_path(server: Server) -> None:
    connection = server.connect()
    connection.request("GET", "/api/v1/books?title=110101199003072316", headers=server.headers())
    assert connection.getresponse().status == 200
    eventually(lambda: b'"/api/v1/books"' in server.log.read_bytes(), "logged")
    assert b"110101199003072316" not in server.log.read_bytes()
