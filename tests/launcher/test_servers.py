"""Private PostgreSQL and RabbitMQ instances, started, killed and started again for real."""

import threading
from contextlib import closing, suppress

import kombu
import psutil
import psycopg2
import pytest
import requests
from sqlalchemy.engine import make_url

from chassis.provisioning.database import provision_database
from chassis.testing.harness import PASSWORDS
from launcher.ports import Ports
from launcher.servers.postgres import PostgresServer
from launcher.servers.processes import ServerError
from launcher.servers.rabbitmq import RabbitServer
from tests.chassis.example import Example, build
from tests.waiting import eventually

pytestmark = pytest.mark.xdist_group("launcher servers")


@pytest.fixture
def database(tmp_path):
    server = PostgresServer(tmp_path / "postgres", Ports(tmp_path / "ports.json"), "a password")
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def one_broker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broker")
    server = RabbitServer(folder / "rabbitmq", Ports(folder / "ports.json"), "password")
    yield server
    server.remove()


@pytest.fixture
def broker(one_broker):
    one_broker.start()  # nothing, when the test before left it running
    return one_broker


def connect(server):
    return psycopg2.connect(server.url.replace("+psycopg2", ""))


def listening_addresses(process):
    return {connection.laddr.ip for connection in process.net_connections() if connection.status == "LISTEN"}


def test_what_postgres_committed_survives_being_killed(database):
    with connect(database) as connection:
        connection.cursor().execute("create table kept (number int); insert into kept values (42)")
    database.kill()
    assert not database.running()
    database.start()
    cursor = connect(database).cursor()
    cursor.execute("select number from kept")
    assert cursor.fetchall() == [(42,)]


NAME, MOBILE = "林小满", "13912345678"
FAILING = {
    "a value of the wrong type": f"SELECT '{NAME}'::int",
    "a key that is there already": f"INSERT INTO parcels (id, teaching_point_id, label)"
    f" SELECT gen_random_uuid(), gen_random_uuid(), '{NAME} {MOBILE}' FROM generate_series(1, 2)",
    "a check that fails": f"INSERT INTO tasks (id, kind, state, arguments, created_by_name, correlation_id)"
    f" VALUES (gen_random_uuid(), 'x', '{MOBILE}', '{{}}', '{NAME}', gen_random_uuid())",
    "a text too long": f"INSERT INTO parcels (id, teaching_point_id, label)"
    f" VALUES (gen_random_uuid(), gen_random_uuid(), repeat('{NAME}', 20))",
    "a statement that is none": f"SELECT FROM WHERE name = '{NAME}' AND mobile = '{MOBILE}'",
    "a warning of a function": f"DO $$ BEGIN RAISE WARNING 'seen %', '{NAME} {MOBILE}'; END $$",
}


def test_no_name_and_no_number_of_anybody_gets_into_the_databases_log(database):
    """Whoever is connected: the service, who migrates, who repairs by hand; also when the server itself dies of it."""
    provision_database(database.url, Example, "discreet", PASSWORDS, build=build)
    roles = {"discreet_app": PASSWORDS.app, "discreet_owner": PASSWORDS.owner, "postgres": "a password"}
    for user, password in roles.items():
        own = make_url(database.url).set(drivername="postgresql", username=user, password=password, database="discreet")
        address = own.render_as_string(hide_password=False)
        for statement in FAILING.values():
            with closing(psycopg2.connect(address)) as connection, suppress(psycopg2.Error):
                if user.endswith("_app"):
                    connection.cursor().execute("SET ROLE discreet_school")
                connection.cursor().execute(statement)
                assert "RAISE" in statement, statement  # all the others fail
    with connect(database) as connection, pytest.raises(psycopg2.Error):  # where no service lives
        connection.cursor().execute(
            f"CREATE TABLE twice (name text PRIMARY KEY); INSERT INTO twice VALUES ('{NAME}'), ('{NAME}')"
        )
    die_of(database, address, f"SELECT pg_sleep(60), '{NAME} {MOBILE}'")
    logged = database.log.read_text()
    assert NAME not in logged
    assert MOBILE not in logged
    assert "was terminated by signal 9" in logged  # what is to be known of the server is there


def die_of(database, address, statement):
    """Let the server lose the process that carries a statement out, and come back."""
    with closing(psycopg2.connect(address)) as connection:
        victim = psutil.Process(connection.info.backend_pid)
        waiting = threading.Thread(target=lambda: suppressed(connection.cursor().execute, statement))
        waiting.start()
        eventually(lambda: "SELECT" in " ".join(victim.cmdline()), "the statement runs")
        victim.kill()
        waiting.join(30)
    eventually(lambda: suppressed(connect, database), "the server is back")


def suppressed(work, *arguments):
    """What the work gives, or None when the database refuses."""
    with suppress(psycopg2.Error):
        return work(*arguments)


def test_postgres_keeps_a_committed_transaction_on_disk_and_has_room_for_every_process(database):
    cursor = connect(database).cursor()
    wanted = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "max_connections": "400"}
    cursor.execute("select name, setting from pg_settings where name = any(%s)", [list(wanted)])
    assert dict(cursor.fetchall()) == wanted


def test_postgres_wants_the_password(database):
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(database.url.replace("+psycopg2", "").replace("a password", "another"))


def test_postgres_listens_on_loopback_only(database):
    assert listening_addresses(database._process()) == {"127.0.0.1"}


def test_starting_and_stopping_postgres_twice_changes_nothing(database):
    main = database._process()
    database.start()
    assert database._process() == main
    database.stop()
    database.stop()
    assert not database.running()


def test_a_postgres_that_cannot_start_says_why(tmp_path, database):
    other = PostgresServer(tmp_path / "other", Ports(tmp_path / "other ports.json"), "a password")
    other._port = database._port
    with pytest.raises(ServerError, match="Address already in use"):
        other.start()
    other.remove()


def test_a_message_that_rabbitmq_confirmed_survives_being_killed(broker):
    queue = kombu.Queue("kept", durable=True)
    with kombu.Connection(broker.url) as connection:
        queue(connection.channel()).declare()
    # What is declared reaches the disk some time later: a kill in that moment may lose the queue itself.
    broker.stop()
    broker.start()
    with kombu.Connection(broker.url, transport_options={"confirm_publish": True}) as connection:
        connection.Producer().publish({"number": 42}, routing_key="kept", delivery_mode=2)
    broker.kill()
    assert not broker.running()
    broker.start()
    with kombu.Connection(broker.url) as connection:
        assert connection.SimpleQueue(queue).get(timeout=30).payload == {"number": 42}


def test_rabbitmq_brings_its_management_interface(broker):
    overview = requests.get(broker.management_url + "/api/overview", timeout=5).json()
    assert overview["node"] == "jiaowu@localhost"


def test_rabbitmq_listens_on_loopback_only(broker):
    node = broker._process()
    processes = [node, *node.children(recursive=True)]
    addresses = set().union(*(listening_addresses(process) for process in processes))
    assert addresses <= {"127.0.0.1"}
    assert addresses


def test_nothing_of_rabbitmq_is_left_after_it_stopped(broker):
    port = str(broker._ports["epmd"])
    broker.stop()
    assert not broker.running()
    environments = [process.info["environ"] or {} for process in psutil.process_iter(["environ"])]
    assert port not in [environment.get("ERL_EPMD_PORT") for environment in environments]


def test_nothing_of_a_killed_rabbitmq_is_left_either_after_it_stopped(tmp_path):
    ports = Ports(tmp_path / "ports.json")
    for _ in range(2):  # whoever opens the folder after a kill goes on with the name service that it left
        server = RabbitServer(tmp_path / "rabbitmq", ports, "password")
        server.start()
        server.kill()
    again = RabbitServer(tmp_path / "rabbitmq", Ports(tmp_path / "ports.json"), "password")
    assert len(again._name_services()) == 1
    again.remove()
    homes = [(process.info["environ"] or {}).get("HOME") for process in psutil.process_iter(["environ"])]
    assert str(tmp_path / "rabbitmq") not in homes
