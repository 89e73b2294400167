"""`status` on a running system of which one part after the other is taken away."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from kombu import Connection
from sqlalchemy import create_engine, text

from chassis.base.context import system_context
from chassis.base.ids import new_id
from launcher import looking
from launcher.condition import Condition, worst
from launcher.looking import look
from launcher.system import System
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.timeout(400)]


class Installed:
    """An installation whose servers are somebody else's, as those of a test run are."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.up = True

    def system(self) -> System:
        return self._system

    def servers(self) -> list[Any]:
        return []

    def is_up(self) -> bool:
        return self.up


@pytest.fixture
def installation(system: System) -> Any:
    installed = Installed(system)
    eventually(lambda: not look(installed), "all is well at first")  # type: ignore[arg-type]
    return installed


def said(installation: Any) -> str:
    return "; ".join(finding.says for finding in look(installation))


@pytest.fixture
def in_database(system: System) -> Callable[[str], None]:
    def run(statement: str) -> None:
        with system.databases() as databases:
            databases["finance"].run(system_context(), lambda uow: uow.execute(text(statement)))

    return run


def test_without_a_supervisor_it_is_not_running(installation: Any) -> None:
    installation.up = False
    assert worst(look(installation)) is Condition.NOT_RUNNING


def test_a_lost_binding_is_named_until_it_is_bound_again(
    installation: Any, system: System, amqp_admin_url: str
) -> None:
    with Connection(amqp_admin_url, virtual_host=system.prefix) as connection:
        connection.channel().queue_unbind("exams.inbox", "finance.events", "bills_paid.v2")
    assert worst(look(installation)) is Condition.BINDINGS_MISSING
    assert "exams.inbox no longer hears bills_paid.v2 from finance.events" in said(installation)
    system.provision_broker()
    assert look(installation) == []


def test_a_task_process_exports_the_lost_bindings_of_its_service_alone(
    installation: Any, system: System, amqp_admin_url: str
) -> None:
    def count(service: str) -> str:
        address = f"http://127.0.0.1:{system.processes[f'{service}-tasks'].spec.health_port}/metrics"
        lines = requests.get(address, timeout=10).text.splitlines()
        return next(line.split()[1] for line in lines if line.startswith("jiaowu_bindings_missing "))

    with Connection(amqp_admin_url, virtual_host=system.prefix) as connection:
        connection.channel().queue_unbind("exams.inbox", "finance.events", "bills_paid.v2")
    for service in ("exams", "registry"):
        system.processes[f"{service}-tasks"].stop()
        system.start(f"{service}-tasks")  # it looks at its start, then every 30 s
    system.wait_ready()
    eventually(lambda: count("exams") == "1.0", "the lost binding is counted")
    assert count("registry") == "0.0"
    system.provision_broker()


def test_an_event_that_is_dead_or_waits_too_long_is_told_of(
    installation: Any, in_database: Callable[[str], None]
) -> None:
    event = new_id()
    in_database(
        "INSERT INTO inbox (event_id, type, event_version, state, received_at, next_at)"
        f" VALUES ('{event}', 'made_up', 1, 'waiting', now() - interval '20 min', now() + interval '1 h')"
    )
    assert worst(look(installation)) is Condition.LATE
    in_database(f"UPDATE inbox SET state = 'dead' WHERE event_id = '{event}'")
    assert worst(look(installation)) is Condition.PUT_ASIDE
    assert said(installation) == "finance: 1 events could not be handled; ./jiaowu dead list"
    in_database(f"DELETE FROM inbox WHERE event_id = '{event}'")
    assert look(installation) == []


def test_a_process_that_hangs_is_not_ready(installation: Any, system: System) -> None:
    process = system.processes["exams-tasks"]
    process.send(signal.SIGSTOP)
    try:
        assert worst(look(installation)) is Condition.NOT_READY
        assert said(installation) == "exams-tasks is not ready: not answering"
    finally:
        process.send(signal.SIGCONT)
    eventually(lambda: look(installation) == [], "it goes on")


def test_a_database_that_is_away_is_named_and_the_others_are_still_looked_at(
    installation: Any, system: System, postgres_admin_url: str, in_database: Callable[[str], None]
) -> None:
    with closed(postgres_admin_url, system.database("exams")):
        found = look(installation)
        assert worst(found) is Condition.OUT_OF_REACH
        assert "The database of exams is out of reach" in said(installation)
        assert "The database of finance" not in said(installation)
    eventually(lambda: look(installation) == [], "the database is back", seconds=60)


def test_a_database_that_hangs_does_not_hang_the_status(
    installation: Any, monkeypatch: pytest.MonkeyPatch, postgres_admin_url: str, system: System
) -> None:
    monkeypatch.setattr(looking, "PATIENCE", 1.0)
    engine = create_engine(postgres_admin_url.rsplit("/", 1)[0] + f"/{system.database('exams')}")
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        assert "The database of exams is out of reach" in said(installation)
    engine.dispose()


def test_a_broker_that_cannot_be_asked_is_out_of_reach(installation: Any, system: System) -> None:
    away = SimpleNamespace(
        is_up=lambda: True,
        servers=list,
        system=lambda: System(
            system.state,
            system._admin_url,
            system._amqp_url,
            "http://admin:secret@127.0.0.1:1",
            system.prefix,
        ),
    )
    found = look(away)  # type: ignore[arg-type]
    assert worst(found) is Condition.OUT_OF_REACH
    assert "secret" not in found[0].says


@contextmanager
def closed(admin_url: str, database: str) -> Iterator[None]:
    """A database that lets nobody in."""
    engine = create_engine(admin_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false')
        ends = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        connection.execute(ends, {"name": database})
        try:
            yield
        finally:
            connection.exec_driver_sql(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS true')
    engine.dispose()
