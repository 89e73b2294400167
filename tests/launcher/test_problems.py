"""What goes wrong with a set-up is said in a sentence, whichever command meets it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from chassis.base.problems import SetUpProblem
from chassis.provisioning import __main__ as job
from chassis.provisioning.broker import BrokerAwayError
from chassis.provisioning.damage import DamagedQueuesError
from chassis.provisioning.database import DatabaseNotReadyError
from launcher import cli
from launcher.packages import SetUpError
from launcher.paths import ROOT
from launcher.ports import any_free
from launcher.problems import NotReadyError, asking_databases
from launcher.servers.processes import ServerError
from launcher.system import System
from launcher.token_keys import KeyChangeError

KNOWN = (
    SetUpError,
    ServerError,
    NotReadyError,
    BrokerAwayError,
    DamagedQueuesError,
    DatabaseNotReadyError,
    KeyChangeError,
)


@pytest.mark.parametrize("problem", KNOWN)
def test_every_problem_is_a_sentence_and_no_traceback(
    problem: type[SetUpProblem], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(prog_name: str) -> None:
        said = "The cellar is flooded."
        raise problem([said] if problem is DamagedQueuesError else said)

    monkeypatch.setattr(cli, "app", fails)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert "The cellar is flooded." in said.out + said.err
    assert "Traceback" not in said.out + said.err


def test_a_database_that_goes_away_before_the_first_administrator_is_a_sentence(tmp_path: Path) -> None:
    away = f"postgresql+psycopg2://nobody:secret@127.0.0.1:{any_free(set())}/postgres"
    system = System(tmp_path, away, "amqp://127.0.0.1", "http://127.0.0.1", "away", services=["identity"])
    with pytest.raises(NotReadyError, match="database of identity does not answer") as refused:
        system.first_administrator()
    assert "secret" not in str(refused.value)


def test_who_is_told_why_needs_no_services_loaded_for_it() -> None:
    """`up` loads them while the broker boots: a second of its fifteen."""
    loaded = "import sys, launcher.cli; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"sqlalchemy", "kombu", "alembic", "pydantic"} & set(told.stdout.split()) == set()


@pytest.mark.parametrize("asked", ["SELECT * FROM audit_blocks", "SELECT salt FROM pg_class"])
def test_a_database_of_an_earlier_version_is_told_of_in_a_sentence(asked: str, postgres_admin_url: str) -> None:
    connection = create_engine(postgres_admin_url).connect()
    with connection, pytest.raises(NotReadyError, match="of an earlier version"), asking_databases():
        connection.exec_driver_sql(asked)


def test_a_database_that_is_away_is_one_sentence_for_the_job_of_containers_and_for_a_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    away = f"postgresql+psycopg2://nobody:secret@127.0.0.1:{any_free(set())}/postgres"
    system = System(tmp_path, away, "amqp://127.0.0.1", "http://127.0.0.1", "away", services=["identity"])
    with pytest.raises(DatabaseNotReadyError, match="database of identity could not be brought up to date"):
        system.provision_databases()

    monkeypatch.setenv("JIAOWU_POSTGRES_URL", away)
    for kind in ("OWNER", "APP"):
        monkeypatch.setenv(f"JIAOWU_IDENTITY_{kind}_PASSWORD", "secret")
    assert job.main(["database", "services.identity.service"]) == 1
    said = capsys.readouterr().err
    assert "database of identity could not be brought up to date" in said
    assert "secret" not in said
    assert "Traceback" not in said
