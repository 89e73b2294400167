"""Where the servers' programs are. Standard library only: the bootstrap asks before anything is installed."""

import shutil
import subprocess
from pathlib import Path

OLDEST_POSTGRES = 14
# The package's own programs: the wrappers in /usr/sbin refuse other users and use the system node's folders.
RABBITMQ = Path("/usr/lib/rabbitmq/bin")


def postgres(version: int | None = None) -> Path | None:
    """The folder of PostgreSQL's server programs: of that major version, or the newest that is installed."""
    packaged = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    found = {int(path.parent.parent.name): path.parent for path in packaged}
    if elsewhere := shutil.which("postgres"):
        path = Path(elsewhere).resolve()
        said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
        found.setdefault(int(said.split()[2].split(".")[0]), path.parent)
    usable = {number: path for number, path in found.items() if number >= OLDEST_POSTGRES}
    wanted = version if version is not None else max(usable, default=0)
    return usable.get(wanted)


def rabbitmq() -> Path | None:
    """The folder of RabbitMQ's own start scripts."""
    if (RABBITMQ / "rabbitmq-server").exists():
        return RABBITMQ
    elsewhere = shutil.which("rabbitmq-server")
    return Path(elsewhere).resolve().parent if elsewhere else None
