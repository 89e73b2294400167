"""A whole system of its own on the servers of the test run: what fault and end-to-end tests are built on."""

import secrets
import signal
import socket

import pytest
import requests
from sqlalchemy import create_engine, text

from launcher.system import GATEWAY, System

pytestmark = [pytest.mark.xdist_group("whole system"), pytest.mark.timeout(300)]


@pytest.fixture
def system(tmp_path, postgres_admin_url, amqp_admin_url, management_url):
    prefix = f"sys{secrets.token_hex(4)}"
    system = System(tmp_path, postgres_admin_url, amqp_admin_url, management_url, prefix)
    yield system
    system.down()
    system.destroy()


def left_behind(postgres_admin_url, management_url, prefix):
    engine = create_engine(postgres_admin_url)
    with engine.connect() as connection:
        names = connection.scalars(text("SELECT datname FROM pg_database UNION SELECT rolname FROM pg_roles")).all()
    engine.dispose()
    for kind in ("vhosts", "users"):
        names += [entry["name"] for entry in requests.get(f"{management_url}/api/{kind}", timeout=10).json()]
    return [name for name in names if name.startswith(prefix)]


def test_a_system_comes_up_survives_a_killed_process_and_leaves_nothing_behind(
    system, postgres_admin_url, management_url
):
    system.provision()
    administrator = system.first_administrator()
    assert administrator is not None
    assert system.first_administrator() is None, "there is one now"
    system.start_all()
    system.wait_ready()
    assert requests.get(f"{system.gateway_url}/api/v1/openapi.json", timeout=10).ok

    before = system.process("courses").pid
    system.kill("courses", signal.SIGKILL)
    assert not system.process("courses").running()
    assert not system.process("courses").ready()
    system.start("courses")
    system.wait_ready(["courses"])
    assert system.process("courses").pid != before

    system.down()
    assert not any(process.running() for process in system.processes.values())
    system.destroy()
    assert left_behind(postgres_admin_url, management_url, system.prefix) == []


def test_only_who_starts_everything_gives_a_process_another_port(
    tmp_path, postgres_admin_url, amqp_admin_url, management_url
):
    """The supervisor and whoever asks for the status have to mean the same ports, whoever listens there meanwhile."""

    def ports(**how):
        system = System(tmp_path, postgres_admin_url, amqp_admin_url, management_url, "ports", **how)
        return {name: process.spec.health_port for name, process in system.processes.items()}

    chosen = ports(settled=False)
    with socket.create_server(("127.0.0.1", chosen["identity"])):
        assert ports() == chosen
        replaced = ports(settled=False)
    assert {name for name in chosen if chosen[name] != replaced[name]} == {"identity"}
    assert ports() == replaced


def test_more_processes_of_a_service_have_names_and_ports_of_their_own(
    tmp_path, postgres_admin_url, amqp_admin_url, management_url
):
    scale = {"courses": 3}
    system = System(tmp_path, postgres_admin_url, amqp_admin_url, management_url, "unused", scale=scale)
    assert {"courses", "courses-2", "courses-3", "courses-tasks", GATEWAY} <= set(system.processes)
    ports = [process.spec.health_port for process in system.processes.values()]
    assert len(set(ports)) == len(ports)
    with pytest.raises(ValueError, match="no such service: library"):
        System(tmp_path, postgres_admin_url, amqp_admin_url, management_url, "unused", scale={"library": 2})


_PRIVATE = {"JIAOWU_TOKEN_PRIVATE_KEY", "JIAOWU_TOKEN_PRIVATE_KEY_FILE"}


def test_only_the_process_that_signs_tokens_has_the_key_and_nobody_an_administrators_address(
    tmp_path, postgres_admin_url, amqp_admin_url, management_url
):
    system = System(tmp_path, postgres_admin_url, amqp_admin_url, management_url, "unused")
    holders = {name for name, each in system.processes.items() if _PRIVATE & each.spec.variables.keys()}
    assert holders == {"identity", "identity-tasks"}
    watching = {name for name, each in system.processes.items() if "JIAOWU_BROKER_WATCH_URL" in each.spec.variables}
    assert watching == {f"{service}-tasks" for service in system.services}
    for process in system.processes.values():
        values = process.spec.variables.values()
        assert not {postgres_admin_url, amqp_admin_url, management_url} & set(values)


def test_the_gateway_and_nobody_else_is_told_where_the_console_is(tmp_path):
    servers = ("postgresql+psycopg2://a@127.0.0.1/x", "amqp://a@127.0.0.1", "http://a@127.0.0.1")
    told = {
        process.name: process.spec.variables["JIAOWU_GATEWAY_CONSOLE"]
        for process in System(tmp_path, *servers, console=tmp_path / "site").processes.values()
        if "JIAOWU_GATEWAY_CONSOLE" in process.spec.variables
    }
    assert told == {GATEWAY: str(tmp_path / "site")}
    without = System(tmp_path, *servers).processes[GATEWAY].spec.variables
    assert "JIAOWU_GATEWAY_CONSOLE" not in without
