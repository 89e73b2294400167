"""Whether hostile clients are felt by others: the p99 of fifty ordinary users alone, and beside each kind of them.

`python -m tests.performance.hostile_bench` starts the test server with a service that answers at once, and measures
each kind between two measurements of the users alone. Prints figures, asserts nothing.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from launcher.paths import ROOT
from tests.gateway.fakes import Issuer
from tests.gateway.server_process import PATIENCE, USUAL
from tests.performance.gateway_bench import Server
from tests.performance.load import Connection, Outcome, steady

USERS, RATE, SECONDS = 50, 150, 6.0
"""How many ordinary users, how many requests they make in a second together, and for how long."""
PATH = "/api/v1/books?page=2"
LEND = "/api/v1/books/0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f/lend"
THEIRS = "127.0.0.2"
"""The address of whoever is hostile: what one address may take is held against it and not against the users'."""
Address = tuple[str, int]


def _saying(words: bytes, *, again: bytes = b"", pause: float = 0.5) -> Callable[[Address], Awaitable[None]]:
    """A client that says this, and then little by little that, and reads nothing; and comes back when it is ended."""

    async def client(address: Address) -> None:
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection(*address, local_addr=(THEIRS, 0))
                writer.write(words)
                while not writer.is_closing():
                    await writer.drain()
                    await asyncio.sleep(pause)
                    writer.write(again)
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # they have no clock in common

    return client


def kinds(token: str) -> dict[str, tuple[int, Callable[[Address], Awaitable[None]]]]:
    """Kind → how many of them, and what each does."""
    lend = f"POST {LEND} HTTP/1.1\r\nHost: a\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n".encode()
    upload = (
        f"POST /api/v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: {token}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 60000000\r\n\r\n"
    ).encode()
    chunked = lend + b"Transfer-Encoding: chunked\r\n\r\n"
    return {
        "220 bodies without end": (220, _saying(lend + b"Content-Length: 1900\r\n\r\n{", again=b" ")),
        "500 heads without end": (500, _saying(b"GET / HTTP/1.1\r\nX: ", again=b"a")),
        "4,096 who say nothing": (4096, _saying(b"", pause=2.0)),
        "8 lines of chunks without end": (8, _saying(chunked + b"1;", again=b"a" * 60_000, pause=0.01)),
        "20 slow uploads": (20, _saying(upload, again=b"a" * 1000, pause=0.1)),
        "8 with requests without end": (8, _saying(b"", again=b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 500, pause=0.02)),
        "50 who don't read": (50, _saying(b"GET /docs/docs.js HTTP/1.1\r\nHost: a\r\n\r\n" * 60, pause=1.0)),
    }


async def ordinary(address: Address, token: str) -> Outcome:
    """What fifty users meet."""
    url = f"http://{address[0]}:{address[1]}"
    users = [Connection(url, PATH, [f"Authorization: {token}"], "GET") for _ in range(USERS)]
    return await steady(users, lambda number: b"", RATE, SECONDS)


def beside(address: Address, token: str, kind: str) -> Outcome:
    """The same beside all of a kind, who are in a process of their own: what they do must not hold the clock up."""
    hostile = get_context("spawn").Process(target=_attack, args=(address, token, kind), daemon=True)
    hostile.start()
    try:
        time.sleep(4.0)  # until they are all there
        return asyncio.run(ordinary(address, token))
    finally:
        hostile.kill()
        hostile.join()


def _attack(address: Address, token: str, kind: str) -> None:
    count, client = kinds(token)[kind]

    async def all_of_them() -> None:
        await asyncio.gather(*(client(address) for _ in range(count)))

    asyncio.run(all_of_them())


def measure(address: Address, issuer: Issuer) -> Table:
    """All kinds, one after the other."""
    token = f"Bearer {issuer.token()}"
    table = Table("beside", "p50 ms", "p99 ms", "p99 alone (before, after)", "statuses")
    alone = [asyncio.run(ordinary(address, token))]
    for name in kinds(token):
        met = beside(address, f"Bearer {issuer.token()}", name)
        alone.append(asyncio.run(ordinary(address, token)))
        before, after = (f"{each.quantile(0.99):.1f}" for each in alone[-2:])
        here, most = f"{met.quantile(0.5):.1f}", f"{met.quantile(0.99):.1f}"
        table.add_row(name, here, most, f"{before}, {after}", str(met.statuses))
    table.add_row("nobody (median)", *_medians(alone), "", "")
    return table


def _medians(outcomes: Sequence[Outcome]) -> list[str]:
    return [f"{median(each.quantile(part) for each in outcomes):.1f}" for part in (0.5, 0.99)]


def main() -> None:
    """Start the server, measure, print."""
    os.environ[PATIENCE] = USUAL
    server = Server(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        try:
            server.start(Path(folder))
            Console().print(measure(("127.0.0.1", server.port), server.issuer))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
