"""What is wrong with an installation, in words."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import requests
from sqlalchemy.exc import SQLAlchemyError

from chassis.base.context import system_context
from chassis.data.database import Database
from chassis.messages.backlog import Backlog, backlog
from launcher.condition import Condition, Finding
from launcher.installation import Installation
from launcher.processes import Process
from launcher.system import System

PATIENCE = 10.0
"""Seconds for which a database or the broker may be asked before it counts as out of reach."""
TOO_LONG = timedelta(minutes=15)
"""From which age on an event that waits, or one that was not sent, is told of."""
_STATES = {"refused": "came from somebody whose they are not", "dead": "could not be handled"}
"""States of the inbox that are for a person, and what they mean."""


def look(installation: Installation) -> list[Finding]:
    """Everything that is not well, the most serious first. Works while a database or the broker is away."""
    system = installation.system()
    up = installation.is_up()
    unwatched = [] if up else system.running()
    found = [] if up else [_nobody_watches(system, unwatched)]
    stopped = [server.name for server in installation.servers() if not server.running()]
    found += [Finding(Condition.OUT_OF_REACH, f"{name} has stopped") for name in stopped]
    found += _processes(system) if up or unwatched else []
    if "rabbitmq" not in stopped:
        found += _bindings(system)
    if "postgres" not in stopped:
        found += _backlogs(system)
    seriousness = list(Condition)
    return sorted(found, key=lambda each: seriousness.index(each.condition))


def _nobody_watches(system: System, running: list[str]) -> Finding:
    said = "No supervisor is running: ./jiaowu up starts the system"
    if running:
        said = (
            f"No supervisor is running, so what ends is not started again; {len(running)} of {len(system.processes)}"
            " processes run. Where an upgrade was broken off, ./jiaowu upgrade goes through all of it again;"
            " ./jiaowu up stops and starts everything"
        )
    return Finding(Condition.NOT_RUNNING, said)


def _processes(system: System) -> list[Finding]:
    def finding(process: Process) -> Finding | None:
        if process.ready():
            return None
        return Finding(Condition.NOT_READY, f"{process.name} is not ready: {process.unready_because()}")

    with ThreadPoolExecutor(max_workers=8) as pool:  # each of them may take its time to answer
        return [found for found in pool.map(finding, system.processes.values()) if found]


def _bindings(system: System) -> list[Finding]:
    try:
        missing, given_up = system.missing_bindings(), system.given_up()
    except requests.RequestException as problem:
        said = f"The broker's management can't be asked ({type(problem).__name__})"
        return [Finding(Condition.OUT_OF_REACH, said)]
    return [
        Finding(
            Condition.BINDINGS_MISSING,
            f"{each.queue} no longer hears {each.key} from {each.exchange}: ./jiaowu up (or the job `queues`) binds it",
        )
        for each in missing
    ] + [
        Finding(Condition.PUT_ASIDE, f"{service}: the broker gave up {count} messages, and nobody fetches them")
        for service, count in given_up.items()
    ]


def _backlogs(system: System) -> list[Finding]:
    found = []
    with system.databases() as databases:
        for name, database in databases.items():
            seen = _backlog(database)
            if seen is None:
                found.append(Finding(Condition.OUT_OF_REACH, f"The database of {name} is out of reach"))
            else:
                found += of_backlog(name, seen)
    return found


def _backlog(database: Database) -> Backlog | None:
    """None when the database fails or takes too long: a server that hangs must not hang who looks at it."""
    seen: list[Backlog] = []

    def ask() -> None:
        with suppress(SQLAlchemyError):
            seen.append(database.run(system_context(), backlog))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return seen[0] if seen else None


def of_backlog(service: str, seen: Backlog) -> list[Finding]:
    """What of a service's backlog is for a person to know."""
    found = [
        Finding(Condition.PUT_ASIDE, f"{service}: {seen.kept[state]} events {means}; ./jiaowu dead list")
        for state, means in _STATES.items()
        if seen.kept.get(state)
    ]
    if seen.returned:
        said = f"{seen.returned} events can't be sent: no queue takes them, or a row can't be shown; ./jiaowu dead list"
        found.append(Finding(Condition.PUT_ASIDE, f"{service}: {said}"))
    limit = TOO_LONG.total_seconds()
    if seen.waiting_oldest > limit:
        said = f"an event has waited {seen.waiting_oldest / 60:.0f} min for what it needs; ./jiaowu dead list --waiting"
        found.append(Finding(Condition.LATE, f"{service}: {said}"))
    if seen.outbox_oldest > limit:
        said = f"{seen.outbox} events are not sent, the oldest for {seen.outbox_oldest / 60:.0f} min"
        found.append(Finding(Condition.LATE, f"{service}: {said}"))
    return found
