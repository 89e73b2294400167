"""`./jiaowu test`, `bench` and `pictures`: throw-away servers, then pytest or the like against them."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from launcher import needs, prometheus, scratch
from launcher.paths import ROOT, SETUP_LOG
from launcher.servers.postgres import PostgresServer
from launcher.servers.rabbitmq import RabbitServer
from launcher.steps import step

POSTGRES, AMQP, MANAGEMENT = needs.OWN_TEST_SERVERS


def run_pytest(arguments: Sequence[str]) -> int:
    """Run pytest with these arguments on two cores; returns its exit code.

    Raises packages.SetUpError when something is missing that can't be installed.
    """
    needs.install([*needs.FONTS, *needs.BROWSERS, *needs.CARD_READER], SETUP_LOG)
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
    if all(name in os.environ for name in needs.OWN_TEST_SERVERS):
        yield {}
        return
    with scratch.servers() as (database, broker):
        with step("Starting PostgreSQL and RabbitMQ for the tests"):
            database.start()
            broker.start()
        yield _variables(database, broker)


def run_bench(what: str = "system", options: Sequence[str] = ()) -> int:
    """Measure a system on private servers that keep what they commit; returns the bench's exit code. `what` is the
    bench, `options` are its own. Raises packages.SetUpError when something is missing that can't be installed.
    """
    if what == "console":
        needs.install([*needs.FONTS, *needs.BROWSERS], SETUP_LOG)
    with scratch.servers(durable=True) as (database, broker):
        with step("Starting PostgreSQL and RabbitMQ for the bench"):
            database.start()
            broker.start()
        command = [sys.executable, "-m", f"tests.performance.{what}_bench", *options]
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **_variables(database, broker)}).returncode


def take_pictures() -> int:
    """Take the pictures of the guide, of a system on private servers; returns an exit code.

    Raises packages.SetUpError when something is missing that can't be installed.
    """
    needs.install([*needs.FONTS, *needs.BROWSERS], SETUP_LOG)
    with addresses() as variables:
        command = [sys.executable, "-m", "tests.browser.pictures", str(ROOT / "docs" / "pictures")]
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}).returncode


def _variables(database: PostgresServer, broker: RabbitServer) -> dict[str, str]:
    return {POSTGRES: database.url, AMQP: broker.url, MANAGEMENT: broker.management_url}
