"""The entrance holds the socket while gateways are replaced or killed: nobody who arrives is refused."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.entrance import Entrance
from gateway.listening import take
from tests.gateway.fakes import Issuer
from tests.gateway.test_server import free_port
from tests.waiting import eventually

USERS = 4
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def address() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a folder whose path is longer than the operating system takes for a socket" / ("deep" * 10)


@pytest.fixture
def entrance(address: str, path: Path) -> Iterator[Entrance]:
    path.parent.mkdir(parents=True)
    entrance = Entrance(address, path, backlog=16)
    thread = threading.Thread(target=entrance.run)
    thread.start()
    eventually(entrance.ready, "the entrance")
    yield entrance
    entrance.stop()
    thread.join()


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def headers(issuer: Issuer) -> dict[str, str]:
    """Of somebody who is signed in."""
    return {"Authorization": f"Bearer {issuer.token()}"}


@pytest.fixture
def start(address: str, path: Path, tmp_path: Path, issuer: Issuer) -> Iterator[Start]:
    """Starts a gateway that takes the entrance's socket and returns when it is ready; with `known`, a file that tells
    it whose tokens count, when it lacks nothing but that."""
    key = tmp_path / "key.pem"
    key.write_text(issuer.public_key)
    started: list[subprocess.Popen[bytes]] = []

    def start(known: Path = Path("/")) -> subprocess.Popen[bytes]:
        health = free_port()
        arguments = [address, str(key), str(health), str(path), str(known)]
        command = [sys.executable, "-m", "tests.gateway.server_process", *arguments]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        expected = 200 if known.exists() else 503
        eventually(lambda: _readiness(health) == expected, "a gateway", 60)
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def _readiness(port: int) -> int:
    try:
        return _status(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "/readyz", {})
    except OSError:
        return 0


BOOKS = "/api/v1/books"


def _status(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> int:
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


class Users:
    """People who are signed in and send one request after the other, none of them again: half of them over a new
    connection each time. Whatever else than success they hear has failed."""

    def __init__(self, address: str, headers: dict[str, str]) -> None:
        self._headers = headers
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number % 2 == 0,)) for number in range(USERS)]
        self.answered, self.failed = 0, list[str]()

    def __enter__(self) -> Users:
        for thread in self._threads:
            thread.start()
        self.more(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def more(self, number: int) -> None:
        """Wait until so many more requests were answered."""
        wanted = self.answered + number
        eventually(lambda: self.answered >= wanted, "answers", 60)

    def _ask(self, keeps: bool) -> None:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=60)
        while not self._stopping.is_set():
            try:
                status = _status(connection, BOOKS, self._headers)
            except (OSError, http.client.HTTPException) as error:
                status = 0
                self.failed.append(type(error).__name__)
                connection.close()
            if status == 200:
                self.answered += 1
            elif status:
                self.failed.append(str(status))
            if not keeps:
                connection.close()
        connection.close()


def test_no_request_fails_while_gateways_are_replaced_one_by_one(
    entrance: Entrance, address: str, headers: dict[str, str], start: Start
) -> None:
    running = start()
    with Users(address, headers) as users:
        for _ in range(2):
            successor = start()
            running.send_signal(signal.SIGTERM)
            assert running.wait(60) == 0
            users.more(20)
            running = successor
    assert users.failed == []


def test_a_gateway_that_does_not_know_yet_whose_tokens_count_leaves_people_to_the_one_that_does(
    entrance: Entrance, address: str, headers: dict[str, str], start: Start, tmp_path: Path
) -> None:
    known = tmp_path / "known"
    running = start()
    with Users(address, headers) as users:
        successor = start(known)
        users.more(40)
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0
        known.touch()  # who arrived in between waited for this
        users.more(40)
        assert successor.poll() is None
    assert users.failed == []


def test_who_arrives_while_there_is_no_gateway_at_all_is_answered_by_the_next(
    entrance: Entrance, address: str, headers: dict[str, str], start: Start
) -> None:
    first = start()
    first.kill()
    first.wait()
    host, _, port = address.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.request("GET", BOOKS, headers=headers)
    start()
    assert connection.getresponse().status == 200


def test_gateways_end_with_the_entrance_so_that_nobody_waits_at_a_socket_of_the_past(
    entrance: Entrance, address: str, path: Path, start: Start
) -> None:
    gateway = start()
    entrance.stop()
    assert gateway.wait(60) == 0
    with pytest.raises(OSError, match="No such file"):
        take(path, patience=0)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", int(address.rpartition(":")[2])))
