"""`./jiaowu test` and `./jiaowu bench`: throw-away servers, then pytest or the bench against them."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from launcher import packages, prometheus, scratch
from launcher.paths import ROOT, SETUP_LOG
from launcher.servers.postgres import PostgresServer
from launcher.servers.rabbitmq import RabbitServer
from launcher.steps import step

# A smart card daemon with a virtual reader, for the device agent's tests.
CARD_READER = {
    "pcscd": Path("/usr/sbin/pcscd"),
    "vsmartcard-vpcd": Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so"),
}
POSTGRES = "JIAOWU_TEST_POSTGRES_URL"
AMQP = "JIAOWU_TEST_AMQP_URL"
MANAGEMENT = "JIAOWU_TEST_AMQP_MANAGEMENT_URL"


def run_pytest(arguments: Sequence[str]) -> int:
    """Run pytest with these arguments on two cores; returns its exit code.

    Raises packages.SetUpError when something is missing that can't be installed.
    """
    if missing := [package for package, file in CARD_READER.items() if not file.exists()]:
        with step(f"Installing {', '.join(missing)}"):
            packages.install(missing, "The virtual card reader of the device tests", SETUP_LOG)
    if prometheus.programs() is None:
        with step("Fetching Prometheus"):
            prometheus.ensure_unpacked(SETUP_LOG)
    with addresses() as variables:
        command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *arguments]
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}).returncode


@contextmanager
def addresses() -> Iterator[dict[str, str]]:
    """Where the tests find their servers, as environment variables.

    Servers that those variables name already are used as they are; otherwise private ones live as long as the
    block.
    """
    if all(name in os.environ for name in (POSTGRES, AMQP, MANAGEMENT)):
        yield {}
        return
    with scratch.servers() as (database, broker):
        with step("Starting PostgreSQL and RabbitMQ for the tests"):
            database.start()
            broker.start()
        yield _variables(database, broker)


def run_bench() -> int:
    """Measure a system on private servers that keep what they commit; returns the bench's exit code."""
    with scratch.servers(durable=True) as (database, broker):
        with step("Starting PostgreSQL and RabbitMQ for the bench"):
            database.start()
            broker.start()
        command = [sys.executable, "-m", "tests.performance.system_bench"]
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **_variables(database, broker)}).returncode


def _variables(database: PostgresServer, broker: RabbitServer) -> dict[str, str]:
    return {POSTGRES: database.url, AMQP: broker.url, MANAGEMENT: broker.management_url}
