"""What a request costs the gateway: door, token, binding, answer, with a service that answers at once.

`python -m tests.performance.gateway_bench [checkout …]` starts the test server of each checkout (of this one, where
none is named) and asks them in turns, so that what else the machine does falls on all. Prints figures, asserts nothing.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil
from rich.console import Console
from rich.table import Table

from launcher.paths import ROOT
from launcher.ports import any_free
from tests.gateway.fakes import Issuer
from tests.performance.load import Connection, closed_loop
from tests.waiting import eventually, listens

CONNECTIONS = (1, 16, 64)
ROUNDS = 9
SECONDS = 2.0
PATH = "/api/v1/books?page=2&title=%E4%B9%A6"


@dataclass
class Server:
    """The test server of one checkout, and what its requests cost by connections: (milliseconds, a second)."""

    checkout: Path
    issuer: Issuer = field(default_factory=Issuer)
    port: int = field(default_factory=lambda: any_free(set()))
    process: subprocess.Popen[bytes] | None = None
    figures: dict[int, list[tuple[float, float]]] = field(default_factory=dict)

    def start(self, folder: Path) -> None:
        """Start it and wait until it answers."""
        key = folder / f"{self.port}.pem"
        key.write_text(self.issuer.public_key)
        told = [sys.executable, "-m", "tests.gateway.server_process", f"127.0.0.1:{self.port}", str(key)]
        environment = {**os.environ, "PYTHONPATH": str(self.checkout)}
        log = (folder / f"{self.port}.log").open("wb")
        self.process = subprocess.Popen(told, cwd=self.checkout, env=environment, stdout=log, stderr=log)
        eventually(lambda: listens(self.port), "it listens", 60)

    def stop(self) -> None:
        """End it, if it was started."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def measure(self, connections: int) -> None:
        """Ask it for some seconds."""
        assert self.process is not None
        process = psutil.Process(self.process.pid)
        before, token = sum(process.cpu_times()[:2]), f"Authorization: Bearer {self.issuer.token()}"
        asking = [Connection(f"http://127.0.0.1:{self.port}", PATH, [token], "GET") for _ in range(connections)]
        outcome = asyncio.run(closed_loop(asking, lambda number: b"", SECONDS))
        assert outcome.statuses.keys() == {200}, outcome.statuses
        spent = sum(process.cpu_times()[:2]) - before
        self.figures.setdefault(connections, []).append((1000 * spent / len(outcome.seconds), outcome.rate))


def main() -> None:
    """Measure and print."""
    console = Console()
    servers = [Server(Path(path).resolve()) for path in sys.argv[1:] or [str(ROOT)]]
    with tempfile.TemporaryDirectory() as folder:
        try:
            for server in servers:
                server.start(Path(folder))
            for connections in (CONNECTIONS[0], *CONNECTIONS * ROUNDS):  # once to warm up
                for server in servers:
                    server.measure(connections)
        finally:
            for server in servers:
                server.stop()
    table = Table("checkout", "connections", "CPU ms a request (median)", "requests a second (median)")
    for server in servers:
        for connections, figures in server.figures.items():
            spent, rate = (median(each) for each in zip(*figures[-ROUNDS:], strict=True))
            table.add_row(str(server.checkout), str(connections), f"{spent:.3f}", f"{rate:,.0f}")
    console.print(table)


if __name__ == "__main__":
    main()
