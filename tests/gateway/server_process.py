"""A real gateway server with the made-up library behind it, to be run as a process of its own.

Usage: python -m tests.gateway.server_process ADDRESS PUBLIC_KEY_FILE [METRICS_PORT [ENTRANCE [KNOWN_FILE]]]

Whose tokens count it knows from when KNOWN_FILE is there.
"""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from chassis.running.logging import configure  # noqa: E402
from gateway import connection, server, tokens  # noqa: E402
from gateway.app import Dependencies, create_app  # noqa: E402
from gateway.calls import Calls  # noqa: E402
from gateway.process import GatewayProcess  # noqa: E402
from gateway.rates import Rates  # noqa: E402
from gateway.revocations import RevocationList  # noqa: E402
from gateway.streams import Hub  # noqa: E402
from tests.gateway.fakes import ROUTES, SERVICES, FakeBackend, FakeStore, scope_of  # noqa: E402


def _slow(service: str, payload: dict[str, Any]) -> dict[str, Any]:
    """A service whose answer takes as many tenths of a second as the title is long."""
    print("asked", flush=True)  # noqa: T201
    time.sleep(len(payload["title"]) / 10)
    return {"id": payload["book_id"], "title": payload["title"]}


class _Sync:
    """Learns whose tokens count once a file is there."""

    def __init__(self, revocations: RevocationList, known: Path) -> None:
        self._revocations, self._known = revocations, known
        self._ending = False

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        self._ending = True

    def _run(self) -> None:
        while not self._known.exists() and not self._ending:
            time.sleep(0.02)
        self._revocations.complete = True


def main(address: str, public_key: str, metrics_port: int, entrance: str = "", known: str = "/") -> int:
    """Serve until SIGTERM."""
    configure("gateway", "test", "json")
    connection.HEAD = connection.BODY = 2.0
    server.SPARE_FILES = 0  # so that a test can use up all descriptors
    tokens.scope_of = scope_of
    backend, hub = FakeBackend(), Hub()
    backend.answers["lend_book"] = _slow
    revocations = RevocationList()
    dependencies = Dependencies(
        calls=Calls(backend, [*SERVICES, "identity"]),
        tokens=tokens.Tokens(public_key, revocations),
        files=FakeStore(),
        hub=hub,
        rates=Rates("1000000/minute", "1000000/minute"),
        routes=ROUTES,
        services=SERVICES,
    )
    process = GatewayProcess(
        create_app(dependencies),
        hub,
        address,
        background=[_Sync(revocations, Path(known))],
        checks={"revocations": lambda: revocations.complete},
        entrance=entrance,
    )
    return process.run("127.0.0.1", metrics_port)


if __name__ == "__main__":
    health = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    sys.exit(main(sys.argv[1], Path(sys.argv[2]).read_text(), health, *sys.argv[4:]))
