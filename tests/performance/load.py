"""A load generator: prepared HTTP requests over kept-open connections, in a closed loop or at a steady rate.

It shares the machine with what it measures, so it does as little as possible for each request.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Prepare = Callable[[int], bytes]
"""The body of the n-th request."""


@dataclass
class Outcome:
    """What became of a run: seconds of each answered request, statuses, and how long it all took."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        """Answered requests a second."""
        return len(self.seconds) / self.elapsed if self.elapsed else 0.0

    def quantile(self, part: float) -> float:
        """Milliseconds below which this part of the requests stayed."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


class Connection:
    """One kept-open HTTP/1.1 connection."""

    def __init__(self, url: str, path: str, headers: Sequence[str], method: str = "POST") -> None:
        parts = urlsplit(url)
        self.host, self.port = str(parts.hostname), int(parts.port or 80)
        self.head = "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {self.host}", *headers]).encode()
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def send(self, body: bytes) -> int:
        """Send one request and read its answer; the status. A connection that was closed is opened again."""
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        self.writer.write(b"%b\r\nContent-Length: %d\r\n\r\n%b" % (self.head, len(body), body))
        head = await self.reader.readuntil(b"\r\n\r\n")
        lowered = head.lower()
        at = lowered.index(b"content-length:") + 15
        await self.reader.readexactly(int(lowered[at : lowered.index(b"\r", at)]))
        if b"connection: close" in lowered:
            self.writer.close()
            self.reader = self.writer = None
        return int(head[9:12])


async def closed_loop(connections: Sequence[Connection], prepare: Prepare, seconds: float) -> Outcome:
    """Each connection sends its next request as soon as it has an answer, for so many seconds."""
    outcome, numbers = Outcome(), iter(range(10**9))
    started = time.perf_counter()

    async def work(connection: Connection) -> None:
        while time.perf_counter() - started < seconds:
            await _one(connection, prepare(next(numbers)), outcome, time.perf_counter())

    await asyncio.gather(*(work(connection) for connection in connections))
    outcome.elapsed = time.perf_counter() - started
    return outcome


async def steady(connections: Sequence[Connection], prepare: Prepare, rate: float, seconds: float) -> Outcome:
    """Requests start at a steady rate, whether the earlier ones are answered or not. A request that has to wait for a
    free connection has waited since it was due: a slow system can't slow the clock that measures it."""
    outcome, free = Outcome(), asyncio.Queue[Connection]()
    for connection in connections:
        free.put_nowait(connection)
    started = time.perf_counter()
    tasks = []

    async def one(number: int, due: float) -> None:
        connection = await free.get()
        await _one(connection, prepare(number), outcome, due)
        free.put_nowait(connection)

    for number in range(int(rate * seconds)):
        due = started + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    outcome.elapsed = time.perf_counter() - started
    return outcome


async def _one(connection: Connection, body: bytes, outcome: Outcome, began: float) -> None:
    status = await connection.send(body)
    outcome.seconds.append(time.perf_counter() - began)
    outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
