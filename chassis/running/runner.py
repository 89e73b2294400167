"""Runs one process of one service: `python -m chassis.running.runner services.courses.service [--role service|tasks]`.

The role `service` answers requests and handles events, on green threads in a nameko container. The role `tasks` carries
out long work, due jobs and housekeeping, on plain threads. Both relay the events that they commit.
"""

from __future__ import annotations

import sys

from chassis.base import loading

if __name__ == "__main__":
    loading.begin()
    if "tasks" not in sys.argv:
        import chassis.running.green  # noqa: F401

import argparse
import logging
import math
import signal
import threading
import time
from functools import partial
from typing import Any

from chassis.base import metrics
from chassis.base.settings import Settings, settings
from chassis.data.database import Database
from chassis.declaring.service import Service, load
from chassis.messages.broker import dead_queue, service_queue
from chassis.messages.consumer import EventConsumer
from chassis.messages.copies import Copies
from chassis.messages.inbox import Inbox
from chassis.messages.parking import Parking
from chassis.messages.wire import read_warily, use_orjson
from chassis.running import hanging, health
from chassis.running.background import Loop, RelayLoop, housekeeping
from chassis.running.dispatch import Dispatcher
from chassis.running.logging import configure

logger = logging.getLogger(__name__)

LATE_AFTER = 15 * 60.0
"""Seconds after which a process asks for copies that came with its release: an upgrade is over by then."""


class ServiceProcess:
    """Role `service`: RPC, events and relay."""

    def __init__(self, service: type[Service], config: Settings) -> None:
        url = config.broker_url.get_secret_value()
        self.database = Database(config.database_url.get_secret_value(), service, pool_size=config.pool_size)
        self.relay = RelayLoop(self.database, url)
        inbox = Inbox(self.database)
        self.consumer = EventConsumer(
            url, service_queue(service.name), inbox.handle, self.database.reachable, inbox.set_aside
        )
        self.consuming = threading.Thread(target=self.consumer.run, name="events", daemon=True)
        self.container = _container(service, Dispatcher(service, self.database), inbox.parking, url, config.workers)
        self.copies = Copies(self.database)
        # Beside the rest: a process that starts while the database is away asks when it is back.
        self.asking = Loop("copies", self._ask_for_copies, interval=1.0)
        self._asked = False
        self._asks_late = time.monotonic() + LATE_AFTER
        self._complete = not service.copies

    def start(self) -> None:
        """Start everything; returns when requests are taken."""
        self.relay.start()
        self.consuming.start()
        self.container.start()
        self.asking.start()

    def _ask_for_copies(self) -> bool:
        if not self._asked:
            self.copies.request_missing()
            self._asked = True
        elif time.monotonic() > self._asks_late:
            self.copies.request_missing(late=True)
            self._asks_late = math.inf
        return False

    def readiness(self) -> dict[str, bool]:
        """What must be true before requests should come here."""
        reachable = self.database.reachable()
        return {
            "database": reachable,
            "broker": self.consumer.connected,
            "copies": reachable and self._copies_complete(),
        }

    def _copies_complete(self) -> bool:
        self._complete = self._complete or not self.copies.missing()
        return self._complete

    def stop(self) -> None:
        """Take no more requests and events, finish those in hand, send what they left."""
        self.container.stop()
        self.consumer.stop()
        self.consuming.join(10)
        self.asking.stop()
        self.relay.stop()
        self.database.close()


class TaskProcess:
    """Role `tasks`: long work, due jobs, housekeeping and relay."""

    def __init__(self, service: type[Service], config: Settings) -> None:
        from chassis.running.task_worker import MOST_HANDS, Worker

        # A step keeps its connection for as long as it takes; the loops have theirs beside.
        connections = config.pool_size + MOST_HANDS
        self.database = Database(config.database_url.get_secret_value(), service, pool_size=connections)
        self.stopping = threading.Event()
        self.worker = Worker(self.database, service)
        self.working = threading.Thread(
            target=self.worker.run_forever, args=(self.stopping,), name="tasks", daemon=True
        )
        url = config.broker_url.get_secret_value()
        # What the broker gave up becomes rows of the inbox, where people look.
        inbox = Inbox(self.database)
        self.burying = EventConsumer(
            url, dead_queue(service.name), inbox.bury, self.database.reachable, inbox.set_aside
        )
        self.buries = threading.Thread(target=self.burying.run, name="dead", daemon=True)
        self.loops: list[Loop] = [
            RelayLoop(self.database, url),
            *housekeeping(self.database),
        ]
        if watch := config.broker_watch_url.get_secret_value():
            from chassis.messages.topology_check import watch_bindings

            metrics.bindings_looked_at(time.time())  # who never could look is noticed like who can't any more
            self.loops.append(Loop("bindings", lambda: watch_bindings(watch, service), interval=30.0))

    def start(self) -> None:
        """Start all threads."""
        for loop in self.loops:
            loop.start()
        self.working.start()
        self.buries.start()

    def readiness(self) -> dict[str, bool]:
        """What must be true for work to go on here."""
        return {"database": self.database.reachable()}

    def stop(self) -> None:
        """Finish the steps in hand."""
        self.stopping.set()
        self.burying.stop()
        self.working.join(20)
        self.buries.join(10)
        for loop in reversed(self.loops):
            loop.stop()
        self.database.close()


def _container(service: type[Service], dispatcher: Dispatcher, parking: Parking, broker_url: str, workers: int) -> Any:
    """A nameko container with one RPC method for each declared operation."""
    from nameko.containers import ServiceContainer

    from chassis.messages.publisher import TransientPublisher
    from chassis.messages.rpc import rpc_method

    methods = {name: rpc_method(dispatcher.reply, service.name, name) for name in dispatcher.operations}
    nameko_service = type(service.__name__, (), {"name": service.name, **methods})
    config = {
        "AMQP_URI": broker_url,
        "max_workers": workers,
        "HEARTBEAT": 30,
        "serializer": "json",
        "CHASSIS_PUBLISHER": TransientPublisher(broker_url),
        # A request may carry a password: only its way is kept.
        "CHASSIS_REFUSED": partial(parking.refuse, keep_body=False),
    }
    return ServiceContainer(nameko_service, config)


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT. The exit code is 0 after a clean stop, 1 when the container died."""
    program = "python -m chassis.running.runner"
    parser = argparse.ArgumentParser(prog=program, description="Run one process of one service.")
    parser.add_argument("service", help="module that declares the service, such as services.courses.service")
    parser.add_argument("--role", choices=("service", "tasks"), default="service", help="what this process does")
    options = parser.parse_args(arguments)
    config = settings()
    service = load(options.service)
    configure(service.name, options.role, config.log_format)
    use_orjson()
    read_warily()
    process = (ServiceProcess if options.role == "service" else TaskProcess)(service, config)
    metrics.watch_pool(process.database.pool)
    loading.done()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    server = health.serve(config.metrics_host, config.metrics_port, process.readiness) if config.metrics_port else None
    process.start()
    died = _watch(process, stopping)
    logger.info("started", extra={"role": options.role})
    while not stopping.wait(1.0):
        hanging.goes_on(config.hung_after)
    hanging.ends()
    logger.info("stopping", extra={"role": options.role})
    process.stop()
    if server is not None:
        server.stop()
    return 1 if died else 0


def _watch(process: ServiceProcess | TaskProcess, stopping: threading.Event) -> list[str]:
    """Stop the process when its container dies; the returned list then holds the reason."""
    died: list[str] = []

    def wait() -> None:
        try:
            process.container.wait()  # type: ignore[union-attr]
        except Exception as error:
            logger.exception("container_died")
            died.append(type(error).__name__)
        stopping.set()

    if isinstance(process, ServiceProcess):
        threading.Thread(target=wait, name="container", daemon=True).start()
    return died


if __name__ == "__main__":
    sys.exit(main())
