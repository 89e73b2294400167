"""Servers for one run of tests, tools or the bench: private, and gone when the run ends."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher import needs
from launcher.paths import SCRATCH, SETUP_LOG
from launcher.ports import Ports
from launcher.secrets import Secrets
from launcher.servers.postgres import PostgresServer
from launcher.servers.rabbitmq import RabbitServer


@contextmanager
def servers(*, durable: bool = False) -> Iterator[tuple[PostgresServer, RabbitServer]]:
    """Both servers, not yet started; stopped and deleted when the block ends.

    Tests do without durability and are quicker; what is measured must not (`durable`).
    Installs what is missing; raises packages.SetUpError when that can't be done.
    """
    needs.install([needs.POSTGRES, needs.RABBITMQ], SETUP_LOG)
    with _own_folder() as folder:
        yield _servers_in(folder, durable=durable)


@contextmanager
def _own_folder() -> Iterator[Path]:
    """A folder that is this run's own, removed with its servers at the end.

    The lock on it goes with the process, however that ends: what a killed run left behind is cleared by the
    next one.
    """
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with (SCRATCH / "lock").open("w") as all_runs:
        fcntl.flock(all_runs, fcntl.LOCK_EX)
        for abandoned in [path.parent for path in SCRATCH.glob("*/owner") if _nobody_owns(path)]:
            _remove(abandoned)
        folder = Path(tempfile.mkdtemp(dir=SCRATCH))
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


def _servers_in(folder: Path, *, durable: bool = False) -> tuple[PostgresServer, RabbitServer]:
    secrets, ports = Secrets(folder / "secrets"), Ports(folder / "ports.json")
    return (
        PostgresServer(folder / "postgres", ports, secrets.password("postgres"), durable=durable),
        RabbitServer(folder / "rabbitmq", ports, secrets.password("rabbitmq")),
    )


def _remove(folder: Path) -> None:
    for server in _servers_in(folder):
        server.remove()
    shutil.rmtree(folder, ignore_errors=True)
