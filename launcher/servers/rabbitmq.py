"""A private RabbitMQ node, made from the programs of an installed package."""

import os
import subprocess
from pathlib import Path

import psutil
import requests

from launcher.ports import Ports
from launcher.servers import programs
from launcher.servers.account import Account, remove
from launcher.servers.processes import ServerError, kill_all, process_of, tail
from launcher.waiting import wait_until

ADMIN = "admin"
NODE = "jiaowu@localhost"

CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = {prometheus}
default_user = {user}
default_pass = {password}
disk_free_limit.absolute = 200MB
# a message that waits longer for its acknowledgement closes the channel (milliseconds)
consumer_timeout = 1800000
"""
PLUGINS = "[rabbitmq_management,rabbitmq_prometheus].\n"


class RabbitServer:
    """One node with its own name service, cookie, data and ports, all below `home` and on loopback."""

    name = "rabbitmq"

    def __init__(self, home: Path, ports: Ports, password: str) -> None:
        self._account = Account("rabbitmq")
        self._home = self._account.home(home)
        self._password = password
        names = ("amqp", "management", "prometheus", "distribution")
        self._ports = {name: ports.get_free(name, ours=self.running) for name in names}
        # The name service of a node that was killed lives on: a new node goes on with it.
        self._ports["epmd"] = ports.get_free("epmd", ours=lambda: bool(self._name_services()))

    @property
    def url(self) -> str:
        """The administrator's AMQP address, virtual host "/"."""
        return f"amqp://{ADMIN}:{self._password}@127.0.0.1:{self._ports['amqp']}/"

    @property
    def management_url(self) -> str:
        """The management interface, with the administrator's sign-in."""
        return f"http://{ADMIN}:{self._password}@127.0.0.1:{self._ports['management']}"

    @property
    def log(self) -> Path:
        return self._home / "rabbitmq.log"

    def running(self) -> bool:
        """Whether the node's process lives (it may still be booting)."""
        return self._process() is not None

    def start(self) -> None:
        """Start the node and wait until it takes connections. Raises ServerError."""
        if not self.running():
            self._write_files()
            self._spawn()
        wait_until(lambda: self._answers() or not self.running(), 90, every=0.1)
        if not self._answers():
            raise ServerError(f"RabbitMQ did not start.\n{tail(self.log, 25)}")

    def stop(self) -> None:
        """Stop the node in order, then its name service, also that of a node that was killed."""
        process = self._process()
        if process is not None:
            process.terminate()
            # The pid file goes before the node does.
            if psutil.wait_procs([process], timeout=60)[1]:
                raise ServerError(f"RabbitMQ did not stop.\n{tail(self.log)}")
        kill_all(self._name_services())

    def kill(self) -> None:
        """Kill the node at once; what it confirmed is there again after `start`."""
        process = self._process()
        if process is not None:
            kill_all([process, *process.children(recursive=True)])

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop()
        remove(self._home)

    def _write_files(self) -> None:
        self._account.make_folder(self._home)
        for name in ("mnesia", "log", "schema", "config", "plugins-expand"):
            self._account.make_folder(self._home / name)
        values = {**self._ports, "user": ADMIN, "password": self._password}
        texts = {
            "rabbitmq.conf": CONFIGURATION.format(**values),
            "advanced.config": "[].\n",
            "enabled_plugins": PLUGINS,
        }
        for name, text in texts.items():
            path = self._home / name
            path.touch(mode=0o600)
            path.write_text(text)
            self._account.give(path)
        self._pid_file.unlink(missing_ok=True)

    def _spawn(self) -> None:
        folder = programs.rabbitmq()
        if folder is None:
            raise ServerError("RabbitMQ is not installed")
        variables = [f"{name}={value}" for name, value in self._environment().items()]
        command = self._account.command(["env", *variables, folder / "rabbitmq-server"])
        with self.log.open("ab") as log:
            self._starter = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True
            )
        # The start script becomes the node; until its pid file is there, nobody else can find it.
        wait_until(lambda: self.running() or self._starter.poll() is not None, 60)

    def _environment(self) -> dict[str, str]:
        home, ports = self._home, self._ports
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LANG": "C.UTF-8",
            "HOME": str(home),  # the node's cookie lies here
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",  # not the system node's settings
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(ports["amqp"]),
            "RABBITMQ_DIST_PORT": str(ports["distribution"]),
            "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_SCHEMA_DIR": str(home / "schema"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(home / "config"),
            "RABBITMQ_PLUGINS_EXPAND_DIR": str(home / "plugins-expand"),
            "RABBITMQ_PID_FILE": str(self._pid_file),
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "ERL_EPMD_PORT": str(ports["epmd"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # No busy waiting of idle schedulers: the node shares its cores with everything else.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none"
            ),
        }

    def _answers(self) -> bool:
        check = f"/api/health/checks/port-listener/{self._ports['amqp']}"
        try:
            return requests.get(self.management_url + check, timeout=2).ok
        except requests.RequestException:
            return False

    def _name_services(self) -> list[psutil.Process]:
        """Every epmd of ours, on whichever port: each outlives its node. Its home tells whose it is."""
        return [
            process
            for process in psutil.process_iter(["name", "environ"])
            if process.info["name"] == "epmd" and (process.info["environ"] or {}).get("HOME") == str(self._home)
        ]

    @property
    def _pid_file(self) -> Path:
        return self._home / "node.pid"

    def _process(self) -> psutil.Process | None:
        return process_of(self._pid_file, str(self._home))
