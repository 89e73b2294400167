"""`./jiaowu test`: throw-away servers, then pytest against them."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from launcher import packages
from launcher.paths import ROOT, SETUP_LOG, TEST_RUNS
from launcher.ports import Ports
from launcher.secrets import Secrets
from launcher.servers import postgres, rabbitmq
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
    with servers() as addresses:
        command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *arguments]
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **addresses}).returncode


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """The addresses of servers for one run, as environment variables.

    Servers that those variables name already are used as they are; otherwise private ones live as long as the
    block, with durability off.
    """
    if all(name in os.environ for name in (POSTGRES, AMQP, MANAGEMENT)):
        yield {}
        return
    postgres.ensure_installed(SETUP_LOG)
    rabbitmq.ensure_installed(SETUP_LOG)
    with _own_folder() as folder:
        database, broker = _servers_in(folder)
        with step("Starting PostgreSQL and RabbitMQ for the tests"):
            database.start()
            broker.start()
        yield {POSTGRES: database.url, AMQP: broker.url, MANAGEMENT: broker.management_url}


@contextmanager
def _own_folder() -> Iterator[Path]:
    """A folder that is this run's own, removed with its servers at the end.

    The lock on it goes with the process, however that ends: what a killed run left behind is cleared by the
    next one.
    """
    TEST_RUNS.mkdir(parents=True, exist_ok=True)
    with (TEST_RUNS / "lock").open("w") as all_runs:
        fcntl.flock(all_runs, fcntl.LOCK_EX)
        for abandoned in (path.parent for path in TEST_RUNS.glob("*/owner") if _nobody_owns(path)):
            _remove(abandoned)
        folder = Path(tempfile.mkdtemp(dir=TEST_RUNS))
        folder.chmod(0o711)  # the servers' accounts pass through it to their own folders
        owner = (folder / "owner").open("w")
        fcntl.flock(owner, fcntl.LOCK_EX)
    with owner:
        try:
            yield folder
        finally:
            _remove(folder)


def _nobody_owns(path: Path) -> bool:
    with path.open() as owner:
        try:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _servers_in(folder: Path) -> tuple[postgres.PostgresServer, rabbitmq.RabbitServer]:
    secrets, ports = Secrets(folder / "secrets"), Ports(folder / "ports.json")
    password = secrets.password("postgres")
    return (
        postgres.PostgresServer(folder / "postgres", ports, password, durable=False),
        rabbitmq.RabbitServer(folder / "rabbitmq", ports, secrets.password("rabbitmq")),
    )


def _remove(folder: Path) -> None:
    for server in _servers_in(folder):
        server.remove()
    shutil.rmtree(folder, ignore_errors=True)
