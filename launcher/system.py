"""A whole system on given servers: databases, queues, every service with its task process, the gateway.

system = System(folder, postgres_admin_url, amqp_url, management_url, prefix="trial")
system.up()
system.kill("courses")        # SIGKILL; system.start("courses") brings it back
system.down()
system.destroy()
"""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from chassis.base.context import system_context
from chassis.data.database import Database
from chassis.declaring.service import Service, load
from chassis.messages.senders import broker_user
from chassis.messages.topology_check import Binding, given_up, missing_bindings
from chassis.provisioning.broker import WATCHER, broker_url, provision_broker, watch_url
from chassis.provisioning.database import app_url, bring_up_to_date, owner_url
from chassis.provisioning.roles import Passwords
from launcher.cleaning import drop_databases, drop_virtual_host
from launcher.forks import RUNNER, Forks
from launcher.paths import declaring, service_names
from launcher.ports import Ports
from launcher.problems import NotReadyError
from launcher.processes import Process, ProcessSpec, passed_on
from launcher.secrets import Secrets
from launcher.servers.processes import tail
from launcher.waiting import wait_until

GATEWAY = "gateway"
ENTRANCE = "entrance"
"""The process that holds the socket on which the gateway takes requests."""
ISSUER = "identity"
"""The service that signs access tokens, and so the only one that gets the private key."""
FIRST_ADMINISTRATOR = "admin"
"""The first administrator's username."""
READY_WITHIN = 120.0
"""Seconds until all processes must be ready."""


class System:
    """The processes of one system and what they need. Nothing runs before `up`."""

    def __init__(
        self,
        state: Path,
        postgres_admin_url: str,
        amqp_url: str,
        management_url: str,
        prefix: str = "jiaowu",
        *,
        services: Sequence[str] | None = None,
        scale: Mapping[str, int] | None = None,
        variables: Mapping[str, str] | None = None,
        http_port: int | None = None,
        console: Path | None = None,
        settled: bool = True,
    ) -> None:
        """A system that keeps its ports, secrets, logs and files in the folder `state`.

        `prefix` names its databases (`<prefix>_<service>`) and its virtual host: systems can share servers.
        `services` are all unless named; `scale` gives how many processes a service has; `variables` are added
        to every process's environment. The gateway listens on `http_port` if that is free when it is first asked
        for; systems of tests leave it out, for two that start at the same moment would both find it free. `console` is
        the folder of what it sends to browsers, if there is one. Only where it is not `settled` is a port chosen anew
        that somebody else has taken: where nothing runs and all is to start.
        """
        self.state = state
        self.prefix = prefix
        self.services = list(services if services is not None else service_names())
        self._scale = dict(scale or {})
        self._variables = {**passed_on(), **(variables or {})}
        self._admin_url = postgres_admin_url
        self._amqp_url = amqp_url
        self._management_url = management_url
        self._console = {"JIAOWU_GATEWAY_CONSOLE": str(console.absolute())} if console else {}
        self._ports, self._settled = Ports(state / "ports.json"), settled
        self._secrets = Secrets(state / "secrets")
        self._http_port = self._port("http", GATEWAY, prefer=http_port, held_by=(ENTRANCE, GATEWAY))
        self.processes = {spec.name: self._process(spec) for spec in self._specs()}
        self.stand_ins = {spec.name.rpartition("-")[0]: self._process(spec) for spec in self._second_ones()}
        """By whom they stand in for: a second one of what there is one of, which runs only while that is replaced."""

    # -- the whole -----------------------------------------------------------------------------------------

    def up(self) -> None:
        """Provision, start everything and wait until it is ready."""
        self.provision()
        self.start_all()
        self.wait_ready()

    def provision(self) -> None:
        """Bring databases, roles, migrations, users and queues to what the code declares."""
        self.provision_databases()
        self.provision_broker()

    def provision_databases(self, tell: Callable[[str], None] = lambda how_far: None) -> None:
        """Make and migrate every service's database. Raises DatabaseNotReadyError with PostgreSQL's reason."""
        for name, service in self._declared().items():
            tell(name)
            passwords = Passwords(*(self._secrets.password(f"{name}-{role}") for role in ("owner", "app")))
            bring_up_to_date(self._admin_url, service, self.database(name), passwords)

    def provision_broker(self, *, renew_damaged: bool = False) -> None:
        """Make the virtual host, its users and all queues. Raises as `chassis.provisioning.broker.provision_broker`."""
        users = {name: self._secrets.password(f"{name}-broker") for name in [*self.services, GATEWAY, WATCHER]}
        declared = list(self._declared().values())
        provision_broker(
            self._amqp_url, self._management_url, self.prefix, declared, users, renew_damaged=renew_damaged
        )

    def missing_bindings(self) -> list[Binding]:
        """What the broker should route and does not. Raises `requests.RequestException` where it can't be asked."""
        return missing_bindings(self._management_url, self.prefix, self._declared().values())

    def given_up(self) -> dict[str, int]:
        """How many messages the broker gave up and nobody fetched, by service. Raises as `missing_bindings`."""
        return given_up(self._management_url, self.prefix, self._declared().values())

    def first_administrator(self) -> tuple[str, str] | None:
        """Give a new system its first administrator: (username, one-time password); None where there is one. Raises
        NotReadyError with PostgreSQL's reason where that can't be asked."""
        if ISSUER not in self.services:
            return None
        from services.identity.bootstrap import make

        try:
            with self.databases() as databases:
                made = databases[ISSUER].run(system_context(), lambda uow: make(uow, FIRST_ADMINISTRATOR))
        except DBAPIError as error:
            raise NotReadyError(f"The database of {ISSUER} does not answer: {error.orig}") from None
        return (made.username, made.password) if made else None

    def end_all_sessions(self) -> int:
        """Sign everybody out, because the key of their tokens has become known; how many sessions there were."""
        from services.identity.steps.revoking import end_all_sessions

        with self.databases() as databases:
            return databases[ISSUER].run(system_context(), end_all_sessions)

    def start_all(self, forks: Forks | None = None) -> None:
        """Start every process that does not run, by forking where that is offered; returns before they are ready."""
        (self.state / "files").mkdir(mode=0o700, exist_ok=True)  # people's documents
        (self.state / "heads").mkdir(mode=0o700, exist_ok=True)
        for process in self.processes.values():
            process.start(forks)

    def wait_ready(
        self,
        names: Sequence[str] | None = None,
        seconds: float = READY_WITHIN,
        *,
        hopeless: Callable[[Process], bool] = lambda process: not process.running(),
        tell: Callable[[str], None] = lambda how_far: None,
    ) -> None:
        """Wait until these processes (all, unless named) are ready.

        Raises NotReadyError when that takes too long, or at once when one is `hopeless`: has ended, unless told
        otherwise.
        """
        waiting = [self.process(name) for name in names or self.processes]

        def settled() -> bool:
            waiting[:] = [process for process in waiting if not process.ready()]
            tell(f"still to come: {', '.join(process.name for process in waiting)}")
            return not waiting or any(hopeless(process) for process in waiting)

        wait_until(settled, seconds, every=0.2)
        if waiting:
            said = (f"{each.name}: {each.unready_because()}\n{tail(each.log, 5)}" for each in waiting)
            raise NotReadyError("\n\n".join(["Not ready:", *said]))

    def running(self) -> list[str]:
        """The names of the processes that live, whoever watches over them."""
        return [process.name for process in self.processes.values() if process.running()]

    def down(self) -> None:
        """Stop the gateway, so that nothing new comes in, then all the others at once."""
        for gateway in (self.processes[GATEWAY], self.stand_ins[GATEWAY]):
            gateway.stop()
        every = [*self.processes.values(), *self.stand_ins.values()]
        with ThreadPoolExecutor(max_workers=len(every)) as pool:
            list(pool.map(Process.stop, every))

    def destroy(self) -> None:
        """Delete its databases, roles, virtual host and users. Stop it first."""
        self.destroy_databases()
        self.destroy_virtual_host()

    def destroy_databases(self) -> None:
        """Delete its databases and their roles."""
        drop_databases(self._admin_url, [self.database(service) for service in self.services])

    def destroy_virtual_host(self) -> None:
        """Delete its virtual host and the users of that."""
        users = [broker_user(self.prefix, name) for name in [*self.services, GATEWAY, WATCHER]]
        drop_virtual_host(self._management_url, self.prefix, users)

    # -- single processes ----------------------------------------------------------------------------------

    def process(self, name: str) -> Process:
        """The process of this name: `courses`, `courses-2`, `courses-tasks`, `gateway`."""
        return next((each for each in self.stand_ins.values() if each.name == name), None) or self.processes[name]

    def start(self, name: str) -> None:
        """Start one process; returns before it is ready."""
        self.process(name).start()

    def replace(self, name: str) -> None:
        """Stop one process and start it anew; returns when it is ready. Raises NotReadyError."""
        self.process(name).stop()
        self.start(name)
        self.wait_ready([name])

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send one process a signal that ends it, SIGKILL unless another is named, and wait until it has."""
        self.processes[name].kill(number)

    # -- addresses -----------------------------------------------------------------------------------------

    @property
    def gateway_url(self) -> str:
        """Where the gateway listens."""
        return f"http://127.0.0.1:{self._http_port}"

    @property
    def broker_admin_url(self) -> str:
        """The administrator's address on this system's virtual host."""
        return f"{self._amqp_url.rstrip('/')}/{self.prefix}"

    def database(self, service: str) -> str:
        """The name of a service's database."""
        return f"{self.prefix}_{service}"

    def database_url(self, service: str) -> str:
        """The address with which a service's processes connect."""
        return app_url(self._admin_url, self.database(service), self._secrets.password(f"{service}-app"))

    def broker_url(self, name: str) -> str:
        """The address with which the processes of a service, or the gateway, connect to the broker."""
        return broker_url(self._amqp_url, self.prefix, name, self._secrets.password(f"{name}-broker"))

    def owner_url(self, service: str) -> str:
        """How the owner of a service's database connects: who may migrate it, and let old audit entries go."""
        return owner_url(self._admin_url, self.database(service), self._secrets.password(f"{service}-owner"))

    @contextmanager
    def databases(self) -> Iterator[dict[str, Database]]:
        """Every service's database, opened with the rights of its processes."""
        opened = {
            name: Database(self.database_url(name), service, pool_size=1) for name, service in self._declared().items()
        }
        try:
            yield opened
        finally:
            for database in opened.values():
                database.close()

    # -- what runs -----------------------------------------------------------------------------------------

    def _declared(self) -> dict[str, type[Service]]:
        return {name: load(declaring(name)) for name in self.services}

    def _process(self, spec: ProcessSpec) -> Process:
        return Process(spec, self.state / "run", self.state / "logs")

    def _specs(self) -> list[ProcessSpec]:
        if unknown := sorted(set(self._scale) - set(self.services)):
            raise ValueError(f"no such service: {', '.join(unknown)} (there are {', '.join(self.services)})")
        specs = [self._entrance(), self._gateway(GATEWAY)]
        for service in self.services:
            for number in range(1, self._scale.get(service, 1) + 1):
                name = f"{service}-{number}" if number > 1 else service
                specs.append(self._service(service, name, "service"))
            specs.append(self._service(service, f"{service}-tasks", "tasks"))
        return specs

    def _second_ones(self) -> Iterator[ProcessSpec]:
        yield self._gateway(f"{GATEWAY}-2")
        for service in self.services:
            if self._scale.get(service, 1) == 1:
                yield self._service(service, f"{service}-2", "service")

    def _service(self, service: str, name: str, role: str) -> ProcessSpec:
        health = self._port("health", name)
        variables = self._common(service, health) | {"JIAOWU_DATABASE_URL": self.database_url(service)}
        variables.setdefault("JIAOWU_PUBLIC_URL", self.gateway_url)
        if service == ISSUER:
            variables["JIAOWU_TOKEN_PRIVATE_KEY_FILE"] = str(self._secrets.token_keys_file())
        if role == "tasks":
            password = self._secrets.password(f"{WATCHER}-broker")
            variables.setdefault("JIAOWU_HEADS_FOLDER", str((self.state / "heads").absolute()))
            variables["JIAOWU_BROKER_WATCH_URL"] = watch_url(self._management_url, self.prefix, password)
        arguments = (declaring(service), "--role", role)
        return ProcessSpec(name, RUNNER, arguments, variables, health, "plain" if role == "tasks" else "green")

    def _entrance(self) -> ProcessSpec:
        health = self._port("health", ENTRANCE)
        return ProcessSpec(ENTRANCE, "gateway.entrance", (), self._arrival() | self._own(health), health)

    def _gateway(self, name: str) -> ProcessSpec:
        health = self._port("health", name)
        key = {"JIAOWU_TOKEN_PUBLIC_KEY": self._secrets.token_keys()[1]}
        variables = self._console | self._common(GATEWAY, health) | self._arrival() | key
        return ProcessSpec(name, "gateway.__main__", (), variables, health, "plain")

    def _arrival(self) -> dict[str, str]:
        return {
            "JIAOWU_HTTP_ADDRESS": self.gateway_url.removeprefix("http://"),
            "JIAOWU_HTTP_ENTRANCE": str((self.state / "run" / "entrance").absolute()),
        }

    def _own(self, health_port: int) -> dict[str, str]:
        return {"JIAOWU_METRICS_PORT": str(health_port), **self._variables}

    def _common(self, name: str, health_port: int) -> dict[str, str]:
        return {
            "JIAOWU_BROKER_URL": self.broker_url(name),
            "JIAOWU_FILES_URL": (self.state / "files").absolute().as_uri(),
            **self._own(health_port),
        }

    def _port(self, purpose: str, process: str, prefer: int | None = None, held_by: Sequence[str] = ()) -> int:
        """A port of this process, which itself or one of `held_by` may have already."""
        if self._settled:
            return self._ports.get(f"{process} {purpose}", prefer=prefer)
        holders = [self._process(ProcessSpec(name, "")) for name in held_by or (process,)]
        return self._ports.get_free(
            f"{process} {purpose}", prefer=prefer, ours=lambda: any(holder.running() for holder in holders)
        )
