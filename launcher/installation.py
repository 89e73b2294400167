"""The one installation of a checkout, below .local/: its servers, its system, and who watches over them.

`up` prepares everything and starts a supervisor, a process of its own; `down` ends it. Both work from the
folder alone, so that any later command finds what an earlier one started.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil

from launcher import console_build, needs
from launcher.paths import LOCAL, ROOT, SETUP_LOG
from launcher.ports import Ports
from launcher.processes import inherited, passed_on
from launcher.secrets import Secrets
from launcher.servers.postgres import PostgresServer
from launcher.servers.processes import kill_all, process_of
from launcher.servers.rabbitmq import RabbitServer
from launcher.steps import step

if TYPE_CHECKING:
    from launcher.system import System

SUPERVISOR = "launcher.supervisor"
ADMINISTRATOR = "first administrator"
GATEWAY_PORT = 8000


@dataclass(frozen=True)
class Choices:
    """What the user chose when it was started: servers of his own, and how many processes of each service."""

    postgres_url: str | None = None
    amqp_url: str | None = None
    management_url: str | None = None
    scale: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, scale: Mapping[str, int]) -> "Choices":
        """Existing servers as JIAOWU_POSTGRES_URL, JIAOWU_AMQP_URL, JIAOWU_AMQP_MANAGEMENT_URL name them."""
        amqp = os.environ.get("JIAOWU_AMQP_URL")
        management = os.environ.get("JIAOWU_AMQP_MANAGEMENT_URL")
        database = os.environ.get("JIAOWU_POSTGRES_URL")
        return cls(
            postgres_url=_with_driver(database) if database else None,
            amqp_url=amqp,
            management_url=management or (_usual_management(amqp) if amqp else None),
            scale=scale,
        )


class Installation:
    """What lies below a state folder."""

    def __init__(self, state: Path = LOCAL, choices: Choices | None = None) -> None:
        """Open it with what was chosen when it was last started, unless `choices` says otherwise."""
        self.state = state
        self._choices_file = state / "secrets" / "choices.json"  # addresses hold passwords
        if choices is not None:
            self._remember(choices)
        self.choices = self._remembered()
        self._ports = Ports(state / "ports.json")
        self._secrets = Secrets(state / "secrets")
        self._pid_file = state / "run" / "supervisor.pid"
        self.restarts_file = state / "run" / "restarts.json"

    # -- the whole -----------------------------------------------------------------------------------------

    def up(self, *, renew_damaged: bool = False, build: Callable[[], None] | None = None) -> "System":
        """Start everything and wait until it is ready, showing each step.

        `renew_damaged` has queues made anew that the broker can't read. `build` makes what browsers are sent, while the
        servers start. Raises SetUpError, ServerError, NotReadyError,
        BrokerAwayError or DamagedQueuesError; what was started then stays until `down`.
        """
        self._install()
        broker, database = self._rabbitmq(), self._postgres()
        with ThreadPoolExecutor() as pool:
            # The node takes seconds to boot: what we need is loaded and databases are brought up to date meanwhile.
            booted = pool.submit(broker.start) if broker else None
            built = pool.submit(build) if build else None
            supervisor = self._load_supervisor()
            if database:
                with step("PostgreSQL is running"):
                    database.start()
            system = self.system(settled=False)
            with step("Databases are migrated") as tell:
                system.provision_databases(tell)
            with step("There is a first administrator"):
                if made := system.first_administrator():
                    self._secrets.keep(ADMINISTRATOR, "\t".join(made))
            if booted:
                with step("RabbitMQ is running"):
                    booted.result()
            if built:
                with step("The console is built"):
                    built.result()
        with step("Users and queues are declared"):
            system.provision_broker(renew_damaged=renew_damaged)
        system.down()  # what a killed supervisor left running may be older than the code
        with step(f"All processes are ready ({len(system.processes)})") as tell:
            self.restarts_file.unlink(missing_ok=True)
            self._let_begin(supervisor)
            # The supervisor starts again what ends; what ends time after time will not come up.
            system.wait_ready(hopeless=lambda process: self.restarts().get(process.name, 0) > 1, tell=tell)
        return system

    def down(self) -> None:
        """Stop everything in order: the supervisor first, since it would start again what ends."""
        supervisor = self._supervisor()
        if supervisor is not None:
            with step("The supervisor is stopped"):
                supervisor.terminate()
                psutil.wait_procs([supervisor], timeout=90)
        with step("All processes are stopped"):
            self.system().down()
        if servers := self.servers():
            with step("PostgreSQL and RabbitMQ are stopped"), ThreadPoolExecutor() as pool:
                list(pool.map(lambda server: server.stop(), servers))

    def reset(self) -> None:
        """Stop everything and delete all data; the Python environment stays."""
        system = self.system()
        self.down()
        with step("All data is deleted"):
            if self.choices.postgres_url:
                system.destroy_databases()
            if self.choices.amqp_url:
                system.destroy_virtual_host()
            for server in self.servers():
                server.remove()
            for name in ("files", "heads", "logs", "run", "secrets"):
                shutil.rmtree(self.state / name, ignore_errors=True)
            (self.state / "ports.json").unlink(missing_ok=True)

    def is_up(self) -> bool:
        """Whether a supervisor watches over it."""
        return self._supervisor() is not None

    def restarts(self) -> dict[str, int]:
        """How often the supervisor started each process or server again."""
        if not self.restarts_file.exists():
            return {}
        counts: dict[str, int] = json.loads(self.restarts_file.read_text())
        return counts

    # -- parts ---------------------------------------------------------------------------------------------

    def servers(self) -> list[PostgresServer | RabbitServer]:
        """The private servers: none, one or both, as chosen."""
        return [server for server in (self._postgres(), self._rabbitmq()) if server is not None]

    def system(self, *, settled: bool = True) -> "System":
        """The processes, on the servers chosen; with new ports where `settled` is false and strangers have theirs."""
        from launcher.system import System  # which takes a second to load

        broker = self._rabbitmq()
        return System(
            self.state,
            self.admin_database_url(),
            broker.url if broker else str(self.choices.amqp_url),
            broker.management_url if broker else str(self.choices.management_url),
            scale=self.choices.scale,
            http_port=GATEWAY_PORT,
            console=console_build.site(),
            settled=settled,
        )

    def admin_database_url(self) -> str:
        """The address of the database administrator."""
        database = self._postgres()
        return database.url if database else str(self.choices.postgres_url)

    def administrator(self) -> tuple[str, str] | None:
        """The first administrator's name and one-time password, as they were when the system was new."""
        username, _, password = (self._secrets.kept(ADMINISTRATOR) or "").partition("\t")
        return (username, password) if username else None

    def _postgres(self) -> PostgresServer | None:
        if self.choices.postgres_url:
            return None
        return PostgresServer(self.state / "postgres", self._ports, self._secrets.password("postgres"))

    def _rabbitmq(self) -> RabbitServer | None:
        if self.choices.amqp_url:
            return None
        return RabbitServer(self.state / "rabbitmq", self._ports, self._secrets.password("rabbitmq"))

    def _install(self) -> None:
        named = {needs.POSTGRES: self.choices.postgres_url, needs.RABBITMQ: self.choices.amqp_url}
        needs.install([*(need for need, url in named.items() if not url), *needs.FONTS], SETUP_LOG)

    def _load_supervisor(self) -> "subprocess.Popen[str]":
        """The process that starts all the others and lives on when we end; it begins when it is let.

        Loading takes it a second, which it has while the servers start. Ends by itself when we do before that.
        """
        log = self.state / "logs" / "supervisor.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", SUPERVISOR, str(self.state)],
                cwd=ROOT,
                env={**inherited(), **passed_on()},  # what it forks could read all that it is given
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
                text=True,
            )

    def _let_begin(self, supervisor: "subprocess.Popen[str]") -> None:
        self._pid_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._pid_file.write_text(str(supervisor.pid))
        assert supervisor.stdin is not None
        with supervisor.stdin as said:
            said.write("begin\n")

    @contextmanager
    def watch_handed_over(self) -> Iterator[None]:
        """Nobody starts again what ends while the block runs; then a supervisor of the code that is here does.

        There is one by the pid file all the time, so that a waiting `./jiaowu up` does not take the system for stopped.
        """
        before, after = self._supervisor(), self._load_supervisor()
        self._pid_file.write_text(str(after.pid))
        if before is not None:
            before.send_signal(signal.SIGHUP)
            kill_all(psutil.wait_procs([before], timeout=30)[1])
        try:
            yield
        finally:
            self._let_begin(after)

    def _supervisor(self) -> psutil.Process | None:
        return process_of(self._pid_file, f"{SUPERVISOR} {self.state}")

    def _remember(self, choices: Choices) -> None:
        self._choices_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._choices_file.touch(mode=0o600)
        self._choices_file.write_text(json.dumps(asdict(choices), indent=2))

    def _remembered(self) -> Choices:
        if not self._choices_file.exists():
            return Choices()
        return Choices(**json.loads(self._choices_file.read_text()))


def _with_driver(url: str) -> str:
    """A PostgreSQL address as SQLAlchemy wants it, naming the driver that is installed."""
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", url)


def _usual_management(amqp_url: str) -> str:
    """Where RabbitMQ's management interface listens unless somebody has moved it."""
    parts = urlsplit(amqp_url)
    sign_in = parts.netloc.rpartition("@")[0]
    return f"http://{sign_in + '@' if sign_in else ''}{parts.hostname}:15672"
