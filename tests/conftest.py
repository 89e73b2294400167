"""Fixtures that all tests share: the real servers, and one database a service and worker, emptied for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, settings

from chassis.papers import files
from chassis.papers.store import FileStore
from tests.harnesses import HarnessOf, harnesses
from tests.permissions import demanded
from tests.times import FolderTimes
from tests.working import little_work

__all__ = ["little_work"]  # a fixture of all

pytest.register_assert_rewrite("tests.workflows")
# How long an example takes says nothing on a busy machine.
settings.register_profile("without a clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("without a clock")

SERVERS = {
    "postgres": "JIAOWU_TEST_POSTGRES_URL",
    "amqp": "JIAOWU_TEST_AMQP_URL",
    "management": "JIAOWU_TEST_AMQP_MANAGEMENT_URL",
}


def pytest_configure(config: pytest.Config) -> None:
    """At the end of every run: where its time went."""
    config.pluginmanager.register(FolderTimes(), "folder times")


def _server(name: str) -> str:
    variable = SERVERS[name]
    url = os.environ.get(variable)
    if not url:
        pytest.fail(f"{variable} is not set: run the tests with ./jiaowu test, which starts the servers they need")
    return url


@pytest.fixture(scope="session")
def postgres_admin_url() -> str:
    """A superuser's URL on the PostgreSQL server of this test run."""
    return _server("postgres")


@pytest.fixture(scope="session")
def amqp_admin_url() -> str:
    """An administrator's URL on the RabbitMQ server of this test run."""
    return _server("amqp")


@pytest.fixture(scope="session")
def management_url() -> str:
    """The management API of that RabbitMQ server."""
    return _server("management")


@pytest.fixture(scope="session")
def run_prefix() -> str:
    """A prefix for databases and virtual hosts, its own for every worker of every run."""
    return f"t{os.getpid()}"


@pytest.fixture(scope="session")
def harness_of(postgres_admin_url: str, run_prefix: str) -> Iterator[HarnessOf]:
    """`harness_of(Courses)`: the service on an empty database, its clock at the present."""
    with harnesses(postgres_admin_url, run_prefix, permission_of=demanded) as fresh:
        yield fresh


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileStore:
    """Where services keep their files while the test runs: a store of its own, empty."""
    kept = FileStore((tmp_path / "store").as_uri())
    monkeypatch.setattr(files, "store", lambda: kept)
    return kept


@pytest.fixture(scope="session")
def vhost(run_prefix: str, management_url: str) -> Iterator[str]:
    """A virtual host of this worker's own, dropped at the end. `provision_broker` makes and fills it."""
    yield run_prefix
    requests.delete(f"{management_url}/api/vhosts/{run_prefix}", timeout=30)
