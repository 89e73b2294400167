"""A private PostgreSQL instance."""

import shutil
from pathlib import Path

import psutil

from launcher import packages
from launcher.ports import Ports
from launcher.servers import programs
from launcher.servers.account import Account, remove
from launcher.servers.processes import ServerError, kill_all, process_of, tail

MAX_CONNECTIONS = 400
# No statement, and no detail of an error, gets into the log: they carry names and numbers of people. (That errors of
# the services' databases are not logged at all, since they quote values, is set by the provisioning, on any server.)
DISCREET = (
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "log_statement=none",
    "log_min_duration_statement=-1",
)
# What a crash of the machine could lose; only for servers that are thrown away. What was committed outlives a killed
# server even so: tests kill it. (Without synchronous_commit the last commits would still be in its own memory.) Nobody
# copies such a server while it runs, so what a transaction makes whole, an index or a table, needs no log.
NOT_DURABLE = ("fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")


def client() -> str:
    """The psql program. Raises packages.SetUpError when there is none."""
    folder = programs.postgres()
    found = shutil.which("psql") or (str(folder / "psql") if folder and (folder / "psql").exists() else None)
    if found is None:
        raise packages.SetUpError("psql is missing.\nInstall it: sudo apt-get install postgresql-client")
    return found


class PostgresServer:
    """One instance with its data below `home`, listening on a port of 127.0.0.1 and no local socket."""

    name = "postgres"

    def __init__(self, home: Path, ports: Ports, password: str, *, durable: bool = True) -> None:
        """`durable=False` trades safety in a crash for speed: for servers that are thrown away."""
        self._account = Account("postgres")
        self._home = self._account.home(home)
        self._data = self._home / "data"
        self._log = self._home / "postgres.log"
        self._port = ports.get_free("postgres", ours=self.running)
        self._password = password
        self._durable = durable

    @property
    def url(self) -> str:
        """The administrator's address, for SQLAlchemy."""
        return f"postgresql+psycopg2://postgres:{self._password}@127.0.0.1:{self._port}/postgres"

    @property
    def log(self) -> Path:
        return self._log

    def running(self) -> bool:
        """Whether this instance's main process lives."""
        return self._process() is not None

    def start(self) -> None:
        """Make the data folder if there is none, start, and wait until it answers. Raises ServerError."""
        if self.running():
            return
        self._account.make_folder(self._home)
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        settings = [
            f"port={self._port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            f"max_connections={MAX_CONNECTIONS}",
            "shared_buffers=256MB",
            *DISCREET,
            *(() if self._durable else NOT_DURABLE),
        ]
        options = " ".join(f"-c {setting}" for setting in settings)
        self._control("start", "-l", self._log, "-t", "60", "-o", options)

    def stop(self) -> None:
        """Stop in order, ending open connections."""
        if self.running():
            self._control("stop", "-m", "fast", "-t", "60")

    def kill(self) -> None:
        """Kill all its processes at once, as a power cut would; `start` afterwards recovers."""
        main = self._process()
        if main is not None:
            kill_all([main, *main.children(recursive=True)])

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop()
        remove(self._home)

    def _initialise(self) -> None:
        bin_folder = programs.postgres()
        if bin_folder is None:
            raise ServerError(f"PostgreSQL {programs.OLDEST_POSTGRES} or newer is not installed")
        remove(self._data)
        password = self._home / "password"
        password.touch(mode=0o600)
        password.write_text(self._password)
        self._account.give(password)
        arguments: list[str | Path] = ["-U", "postgres", "-A", "scram-sha-256", "--pwfile", password]
        arguments += ["-E", "UTF8", "--locale=C.UTF-8"]
        if not self._durable:
            arguments.append("--no-sync")
        result = self._account.run([bin_folder / "initdb", "-D", self._data, *arguments])
        password.unlink()
        if result.returncode != 0:
            remove(self._data)
            raise ServerError(f"PostgreSQL could not make its data folder {self._data}:\n{result.stderr}")

    def _control(self, action: str, *arguments: str | Path) -> None:
        version = int((self._data / "PG_VERSION").read_text())
        bin_folder = programs.postgres(version)
        if bin_folder is None:
            raise ServerError(f"the data in {self._data} needs PostgreSQL {version}, which is not installed")
        control = self._account.run([bin_folder / "pg_ctl", action, "-D", self._data, "-w", "-s", *arguments])
        if control.returncode != 0:
            raise ServerError(f"PostgreSQL did not {action}. {control.stderr.strip()}\n{tail(self._log)}")

    def _process(self) -> psutil.Process | None:
        return process_of(self._data / "postmaster.pid", str(self._data))
