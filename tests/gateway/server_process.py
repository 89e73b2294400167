"""A real gateway server with the made-up library behind it, to be run as a process of its own.

Usage: python -m tests.gateway.server_process ADDRESS PUBLIC_KEY_FILE [METRICS_PORT [ENTRANCE [KNOWN_FILE]]]

Whose tokens count it knows from when KNOWN_FILE is there.
"""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

from chassis.running.logging import configure
from gateway import process, tokens
from gateway.app import Dependencies, create_app
from gateway.calls import Calls
from gateway.process import GatewayProcess, raise_file_limit
from gateway.rates import Rates
from gateway.revocations import RevocationList
from gateway.streams import Hub
from gateway.wire.limits import Limits
from tests.gateway.fakes import ROUTES, SERVICES, FakeBackend, FakeStore, no_grants, scope_of

HOLDS_UP = "hold up"
HUNG_AFTER = 5
PATIENCE, USUAL = "JIAOWU_TEST_PATIENCE", "usual"
"""With this variable it waits for heads and bodies as long as in use, and else two seconds."""


async def _slow(service: str, payload: dict[str, Any]) -> dict[str, Any]:
    """A service whose answer takes as many tenths of a second as the title is long; of one it holds up everybody."""
    print("asked", flush=True)  # noqa: T201
    if payload["title"] == HOLDS_UP:
        time.sleep(60)
    await asyncio.sleep(len(payload["title"]) / 10)
    return {"id": payload["book_id"], "title": payload["title"]}


def main(address: str, public_key: str, metrics_port: int, entrance: str = "", known: str = "/") -> int:
    """Serve until SIGTERM."""
    configure("gateway", "test", "json")
    process.SPARE_FILES = 0  # so that a test can use up all descriptors
    tokens.scope_of = scope_of  # type: ignore[attr-defined]
    backend, hub = FakeBackend(), Hub()
    backend.answers["lend_book"] = lambda *asked: _slow(*asked)
    revocations = RevocationList()

    async def know() -> None:
        """Learn whose tokens count once a file is there."""
        while not Path(known).exists():
            await asyncio.sleep(0.02)
        revocations.complete = True

    dependencies = Dependencies(
        calls=Calls(backend, [*SERVICES, "identity"]),
        tokens=tokens.Tokens(public_key, revocations, no_grants),
        files=FakeStore(),
        hub=hub,
        rates=Rates("1000000/minute", "1000000/minute"),
        routes=ROUTES,
        services=SERVICES,
    )
    hurried: dict[str, Any] = {"head_seconds": 2.0, "body_seconds": 2.0, "connections_of_address": 4096}
    patience = {} if os.environ.get(PATIENCE) == USUAL else hurried
    limits = Limits(**patience, connections=raise_file_limit(4096))
    running = GatewayProcess(
        create_app(dependencies),
        hub,
        address,
        limits,
        background=[know],
        checks={"revocations": lambda: revocations.complete},
        entrance=entrance,
        hung_after=HUNG_AFTER,
    )
    return running.run("127.0.0.1", metrics_port)


if __name__ == "__main__":
    health = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    sys.exit(main(sys.argv[1], Path(sys.argv[2]).read_text(), health, *sys.argv[4:]))
