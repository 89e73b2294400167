"""Nobody holds a row for long without working: PostgreSQL ends such transactions, and the work is done again."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, func, select, text, update
from sqlalchemy.exc import DBAPIError

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.data.database import ATTEMPTS, is_infrastructure_failure
from chassis.data.row_scope import owner_role
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import IDLE, ReactionEntry, ScheduledEntry
from chassis.declaring.tasks import FINISH, PLAN, RUN, StepResult, Task, TaskKind
from chassis.messages.publisher import CONFIRM_TIMEOUT
from chassis.messages.relay import CONFIRMED_WITHIN, Relay
from chassis.provisioning.database import app_url
from chassis.running.schedule import Scheduler
from chassis.running.task_queue import Claim
from chassis.running.task_worker import Worker
from chassis.testing.harness import PASSWORDS, ServiceHarness, acting
from tests.chassis.example import AddParcel, ParcelsWeighed, Weight, on_parcels_weighed, parcels
from tests.waiting import eventually

POINT = UUID("01900000-0000-7000-8000-000000000001")

WEIGHS_AND_FREEZES = """
import sys
from datetime import timedelta
from sqlalchemy import update
from chassis.base.context import system_context
from chassis.data.database import Database
from tests.chassis.example import Example, parcels

def work(uow):
    uow.execute(update(parcels).values(weight=parcels.c.weight + 1))
    print("holds the row", flush=True)
    sys.stdin.readline()

Database(sys.argv[1], Example).run(system_context(), work, idle=timedelta(seconds=1))
"""


def add(example: ServiceHarness, label: str) -> None:
    person = acting("parcels.add", scope="point", teaching_point_id=POINT)
    example.run(AddParcel(teaching_point_id=POINT, label=label), person)


def weight(example: ServiceHarness) -> int:
    return int(example.rows(select(parcels.c.weight))[0][0])


def setting(uow: UnitOfWork, name: str = "idle_in_transaction_session_timeout") -> timedelta:
    """A time-out in force."""
    milliseconds = uow.scalar(text("SELECT setting::int FROM pg_settings WHERE name = :name"), {"name": name})
    return timedelta(milliseconds=milliseconds)


class Freezer:
    """Work that stands still in its first `times` transactions until PostgreSQL has ended them."""

    def __init__(self, example: ServiceHarness, times: int) -> None:
        self.example = example
        self.times = times
        self.ran = 0

    def __call__(self, uow: UnitOfWork) -> None:
        self.ran += 1
        if self.ran > self.times:
            return
        pid = uow.scalar(text("SELECT pg_backend_pid()"))
        uow.execute(text("SELECT set_config('idle_in_transaction_session_timeout', '50', true)"))
        eventually(lambda: not self._lives(pid), "the idle transaction is ended")

    def _lives(self, pid: int) -> bool:
        with self.example.owner_connection() as connection:
            return bool(connection.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"), {"pid": pid}))


def test_a_frozen_process_lets_go_of_its_rows_and_does_its_work_when_it_thaws(
    example: ServiceHarness, postgres_admin_url: str
) -> None:
    add(example, "a")
    url = app_url(postgres_admin_url, example.database.name, PASSWORDS.app)
    program = [sys.executable, "-c", WEIGHS_AND_FREEZES, url]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as frozen:
        assert frozen.stdout is not None
        assert frozen.stdout.readline() == "holds the row\n"
        frozen.send_signal(signal.SIGSTOP)
        try:
            heavier = update(parcels).values(weight=parcels.c.weight + 10)
            example.database.run(system_context(), lambda uow: uow.execute(heavier))
            assert weight(example) == 10
        finally:
            frozen.send_signal(signal.SIGCONT)
        again, _ = frozen.communicate("go on\n", timeout=30)
    assert (frozen.returncode, again) == (0, "holds the row\n")
    assert weight(example) == 11


def test_a_reaction_whose_transaction_was_ended_is_run_again_and_nothing_is_parked(
    example: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(example, "a")
    freeze = Freezer(example, times=1)
    _react_with(example, monkeypatch, freeze)
    example.deliver(ParcelsWeighed(weights=(Weight(label="a", grams=5),)))
    assert (freeze.ran, weight(example)) == (2, 5)


def test_a_reaction_that_is_ended_every_time_leaves_its_event_with_the_broker(
    example: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(example, "a")
    freeze = Freezer(example, times=ATTEMPTS)
    _react_with(example, monkeypatch, freeze)
    envelope = example.envelope(ParcelsWeighed(weights=(Weight(label="a", grams=5),)))
    with pytest.raises(DBAPIError) as raised:
        example.hear(envelope)
    assert is_infrastructure_failure(raised.value)
    assert example.rows(select(func.count()).select_from(example.table("inbox")))[0][0] == 0
    example.hear(envelope)
    assert weight(example) == 5


def test_a_group_that_takes_its_process_too_long_is_halved(
    example: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(example, "a")
    freeze = Freezer(example, times=ATTEMPTS)
    _react_with(example, monkeypatch, freeze)
    monkeypatch.setattr("chassis.messages.inbox.IDLE", timedelta(milliseconds=50))
    example.hear(*(example.envelope(ParcelsWeighed(weights=(Weight(label="a", grams=g),))) for g in (5, 6)))
    example.expect_nothing_parked()
    assert (freeze.ran, weight(example)) == (ATTEMPTS + 2, 11)


def _react_with(example: ServiceHarness, monkeypatch: pytest.MonkeyPatch, freeze: Freezer) -> None:
    def react(events: Sequence[ParcelsWeighed], uow: UnitOfWork) -> None:
        on_parcels_weighed(events, uow)
        freeze(uow)

    monkeypatch.setitem(example.service.reactions, "parcels_weighed.v1", ReactionEntry(ParcelsWeighed, react))


def test_a_command_whose_transaction_was_ended_is_answered_and_done_once(example: ServiceHarness) -> None:
    add(example, "a")
    freeze = Freezer(example, times=2)

    def weigh(uow: UnitOfWork) -> str:
        uow.execute(update(parcels).values(weight=parcels.c.weight + 1))
        freeze(uow)
        return "answer"

    assert example.database.run(system_context(), weigh) == "answer"
    assert (freeze.ran, weight(example)) == (3, 1)


def test_a_due_job_whose_transaction_was_ended_is_due_again(example: ServiceHarness) -> None:
    freeze = Freezer(example, times=1)

    def job(uow: UnitOfWork) -> int:
        freeze(uow)
        return 0

    scheduler = Scheduler(example.database, {"weigh": ScheduledEntry(job, timedelta(minutes=5))})
    scheduler.run_due()
    example.clock.advance(timedelta(seconds=11))
    scheduler.run_due()
    assert freeze.ran == 2


def test_postgresqls_own_word_for_it_means_the_same(example: ServiceHarness) -> None:
    ended = text("DO $$ BEGIN RAISE EXCEPTION 'ended' USING ERRCODE = '25P03'; END $$")
    with pytest.raises(DBAPIError) as raised, example.database.unit_of_work() as uow:
        uow.execute(ended)
    assert is_infrastructure_failure(raised.value)


def test_commands_and_reactions_have_the_short_time(example: ServiceHarness) -> None:
    assert example.database.run(system_context(), setting) == IDLE == timedelta(seconds=15)


def test_the_relay_may_wait_for_the_broker_longer_than_the_broker_is_given(
    example: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broker:
        def publish(self, messages: Sequence[object]) -> Sequence[object]:
            return ()

    began = _note_idle_times(example, monkeypatch)
    Relay(example.database, Broker()).run_once()
    assert began == [CONFIRMED_WITHIN]
    assert timedelta(seconds=CONFIRM_TIMEOUT) < CONFIRMED_WITHIN < timedelta(minutes=1)


def test_a_step_that_reads_or_writes_a_workbook_has_minutes_and_one_that_holds_rows_has_not(
    example: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(example.database, example.service)
    worker.kinds["nothing"] = TaskKind(plan=lambda task, uow: [], run_step=lambda task, step, uow: StepResult())
    found = {}
    for phase in (PLAN, RUN, FINISH):
        with monkeypatch.context() as patch:
            began = _note_idle_times(example, patch)
            worker.carry_out(_claim(phase))
        found[phase] = began[0]
    assert found[PLAN] == found[FINISH] == timedelta(minutes=10)
    assert found[RUN] == timedelta(seconds=30)


def _note_idle_times(example: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> list[timedelta]:
    """The idle time of every transaction from now on, as PostgreSQL has it."""
    noted: list[timedelta] = []
    begin = example.database.unit_of_work

    @contextmanager
    def noting(*arguments: Any, **options: Any) -> Iterator[UnitOfWork]:
        with begin(*arguments, **options) as uow:
            noted.append(setting(uow))
            yield uow

    monkeypatch.setattr(example.database, "unit_of_work", noting)
    return noted


def _claim(phase: str) -> Claim:
    """A step that nobody leased: it is begun and then lost."""
    task = Task(new_id(), "nothing", {}, {}, None, system_context())
    return Claim(task, 0, phase, {}, 1, new_id())


@pytest.mark.parametrize(
    ("login", "idle", "lock"),
    [("app", IDLE, timedelta(seconds=3)), ("owner", timedelta(minutes=5), timedelta(seconds=2))],
)
def test_what_bypasses_the_unit_of_work_is_limited_by_its_login_role(
    example: ServiceHarness, login: str, idle: timedelta, lock: timedelta
) -> None:
    url = example.database.engine.url
    if login == "owner":
        url = url.set(username=owner_role(example.database.name), password=PASSWORDS.owner)
    engine = create_engine(url)
    names = ("idle_in_transaction_session_timeout", "lock_timeout", "client_connection_check_interval")
    with engine.connect() as connection:
        shown = text("SELECT name, setting::int FROM pg_settings WHERE name = ANY (:names)")
        rows = connection.execute(shown, {"names": list(names)})
        found = {row.name: timedelta(milliseconds=row.setting) for row in rows}
    engine.dispose()
    assert [found[name] for name in names] == [idle, lock, timedelta(seconds=5)]
