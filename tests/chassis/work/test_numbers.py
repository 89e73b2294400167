"""Numbers that people read: each given once, dense ones without a gap, others without anybody waiting for anybody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select, text

from chassis.base.context import Scope, system_context
from chassis.base.ids import new_id
from chassis.data.columns import id_column
from chassis.data.database import Database
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness, acting
from chassis.work.number_templates import Day, NumberTemplate, Part, Serial, Text
from chassis.work.numbers import next_number, next_numbers, number_column
from contracts.common import of_service
from contracts.errors import ServiceError
from contracts.settings import ChangeSetting
from tests.chassis.work import cloakroom
from tests.chassis.work.cloakroom import Cloakroom, CloakroomDecided, LendLocker, TakeLockersBack, loans
from tests.chassis.work.test_to_do import counts, holding
from tests.counting import A_PAGE, lines_of
from tests.harnesses import HarnessOf
from tests.waiting import eventually

metadata = service_metadata("counting")
papers = Table("papers", metadata, id_column(), *number_column())
scope(papers, read_by_all=True, insert_by_all=True)


class Counting(Service):
    name = "counting"
    metadata = metadata


DENSE = NumberTemplate("receipt", (Text("SJ"), Day("%Y"), Serial(6)), dense=True)
LOOSE = NumberTemplate("slip", (Text("HK"), Day("%Y%m"), Serial(6)), dense=False)
BOTH = pytest.mark.parametrize("template", [DENSE, LOOSE], ids=["dense", "loose"])
AT_ONCE = 50


class Failure(Exception):
    """Of a transaction that comes to nothing."""


@pytest.fixture
def counting(built_of: HarnessOf) -> ServiceHarness:
    harness = built_of(Counting)
    harness.clock.set(datetime(2026, 9, 30, 17, tzinfo=UTC))  # October in Shanghai
    return harness


@pytest.fixture
def many(counting: ServiceHarness) -> Iterator[Database]:
    """With a connection for each of those who come at once."""
    url = counting.database.engine.url.render_as_string(hide_password=False)
    database = Database(url, Counting, clock=counting.clock, pool_size=AT_ONCE)
    yield database
    database.close()


def use(uow: UnitOfWork, template: NumberTemplate) -> str:
    """Give a paper the next number."""
    number = next_number(uow, template)
    uow.execute(insert(papers).values(id=new_id(), number=number))
    return number


def given(counting: ServiceHarness, template: NumberTemplate, times: int = 1) -> list[str]:
    return [counting.database.run(acting(), lambda uow: use(uow, template)) for _ in range(times)]


def serials(counting: ServiceHarness) -> list[int]:
    return sorted(int(row.number[-6:]) for row in counting.rows(select(papers.c.number)))


def at_once(database: Database, work: Callable[[UnitOfWork, int], Any]) -> list[Any]:
    """What came of as many transactions that all are open at the same moment."""
    start = threading.Barrier(AT_ONCE)

    def one(turn: int) -> Any:
        def together(uow: UnitOfWork) -> Any:
            start.wait()
            return work(uow, turn)

        try:  # once: who would run it again after a deadlock would not notice one
            with database.unit_of_work() as uow:
                return together(uow)
        except Failure as failure:
            return failure

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def use_or_fail(template: NumberTemplate) -> Callable[[UnitOfWork, int], str]:
    def work(uow: UnitOfWork, turn: int) -> str:
        number = use(uow, template)
        if turn % 3 == 0:
            raise Failure
        return number

    return work


# --- at the same moment ---


def test_fifty_at_once_get_dense_numbers_without_a_gap_though_a_third_of_them_fails(
    counting: ServiceHarness, many: Database
) -> None:
    outcomes = at_once(many, use_or_fail(DENSE))
    done = [each for each in outcomes if isinstance(each, str)]
    assert len(done) == AT_ONCE - 17
    assert serials(counting) == list(range(1, len(done) + 1))


def test_fifty_at_once_get_numbers_of_their_own_and_what_fails_leaves_a_gap(
    counting: ServiceHarness, many: Database
) -> None:
    outcomes = at_once(many, use_or_fail(LOOSE))
    done = [each for each in outcomes if isinstance(each, str)]
    assert (len(done), len(set(done))) == (AT_ONCE - 17, AT_ONCE - 17)
    assert set(serials(counting)) < set(range(1, AT_ONCE + 1))
    assert given(counting, LOOSE) == ["HK202610000051"]


def test_nobody_waits_for_the_commit_of_who_has_a_number_that_may_leave_gaps(many: Database) -> None:
    """All hold their numbers until the last has one: if one waited for another's commit, none would ever end."""
    together = threading.Barrier(AT_ONCE, timeout=30)

    def work(uow: UnitOfWork, turn: int) -> str:
        number = next_number(uow, LOOSE)
        together.wait()
        return number

    assert len(set(at_once(many, work))) == AT_ONCE


def test_who_wants_a_dense_number_waits_for_who_has_the_one_before_and_gets_it_if_that_one_fails(
    counting: ServiceHarness,
) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting: list[Future[list[str]]] = []

        def fail(uow: UnitOfWork) -> None:
            assert use(uow, DENSE) == "SJ2026000001"
            waiting.append(pool.submit(given, counting, DENSE))
            eventually(lambda: blocked(counting), "the second one waits")
            raise Failure

        with pytest.raises(Failure):
            counting.database.run(system_context(), fail)
        assert waiting[0].result() == ["SJ2026000001"]


def blocked(counting: ServiceHarness) -> bool:
    """Whether somebody waits for a row in this database."""
    with counting.owner_connection() as connection:
        waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return bool(connection.scalar(text(waits)))


def test_two_who_want_numbers_of_the_same_beginnings_in_another_order_do_not_wait_for_each_other(
    many: Database,
) -> None:
    template = NumberTemplate("certificate", (Part("point", 2), Serial(4)), dense=True)

    def work(uow: UnitOfWork, turn: int) -> list[str]:
        points = [{"point": str(point)} for point in range(10)]
        return next_numbers(uow, template, points if turn % 2 else points[::-1])

    numbers = [number for numbers in at_once(many, work) for number in numbers]
    assert len(set(numbers)) == AT_ONCE * 10


# --- one after the other ---


@BOTH
def test_a_number_is_counted_for_its_beginning(counting: ServiceHarness, template: NumberTemplate) -> None:
    first = given(counting, template, 2)
    counting.clock.set(datetime(2027, 1, 5, tzinfo=UTC))
    later = given(counting, template)
    assert [each[-6:] for each in (*first, *later)] == ["000001", "000002", "000001"]
    assert first[0][:-6] != later[0][:-6]


@BOTH
def test_many_come_by_one_statement_in_the_order_of_the_rows(
    counting: ServiceHarness, template: NumberTemplate
) -> None:
    wide = NumberTemplate("student", (Day("%y"), Part("point", 4), Serial(5)), dense=template.dense)
    points = ["3203", "3201", "3203", "1"]
    rows = [{"point": point} for point in points]
    numbers = counting.database.run(acting(), lambda uow: next_numbers(uow, wide, rows))
    assert numbers == ["26320300001", "26320100001", "26320300002", "26000100001"]
    assert counting.database.run(acting(), lambda uow: next_numbers(uow, wide, rows[:1])) == ["26320300003"]
    assert counting.database.run(acting(), lambda uow: next_numbers(uow, wide, [])) == []


@BOTH
def test_when_the_digits_are_used_up_none_is_given_and_none_is_wider(
    counting: ServiceHarness, template: NumberTemplate
) -> None:
    narrow = NumberTemplate("narrow", (Text("N"), Serial(1, last=3)), dense=template.dense)

    def ask(times: int) -> list[str]:
        return counting.database.run(acting(), lambda uow: next_numbers(uow, narrow, [{}] * times))

    for times, count in ((4, 4), (5, 5)):
        with pytest.raises(ServiceError) as refused:
            ask(times)
        assert (refused.value.code, refused.value.params) == ("numbers_used_up", {"beginning": "N", "count": count})
    assert ask(2) == ["N1", "N2"]
    with pytest.raises(ServiceError, match="numbers_used_up"):
        ask(2)
    assert ask(1) == ["N3"]
    with pytest.raises(ServiceError, match="numbers_used_up"):
        ask(1)


@BOTH
def test_no_number_comes_again_when_the_range_is_changed_or_the_rows_are_erased(
    counting: ServiceHarness, template: NumberTemplate
) -> None:
    def from_(first: int) -> str:
        moved = NumberTemplate(template.name, (*template.parts[:-1], Serial(6, first=first)), dense=template.dense)
        return given(counting, moved)[0][-6:]

    assert [from_(1), from_(500), from_(1), from_(20)] == ["000001", "000500", "000501", "000502"]
    with counting.owner_connection() as connection:
        connection.execute(delete(papers))
    assert from_(1) == "000503"


def test_a_table_takes_no_number_twice_even_if_the_counters_were_put_back(counting: ServiceHarness) -> None:
    given(counting, DENSE)
    with counting.owner_connection() as connection:
        connection.execute(text("DELETE FROM number_counters"))
    with pytest.raises(Exception, match="uq_papers_number"):
        given(counting, DENSE)


def test_what_was_given_after_a_backup_is_passed_over_when_the_counters_are_raised(counting: ServiceHarness) -> None:
    """As docs/operations.md says for a restored database."""
    given(counting, LOOSE)
    with counting.owner_connection() as connection:
        connection.execute(text("UPDATE number_counters SET last = last + 1000"))
    assert given(counting, LOOSE) == ["HK202610001002"]


@BOTH
def test_people_of_every_scope_can_use_numbers_and_none_can_see_the_counters(
    counting: ServiceHarness, template: NumberTemplate
) -> None:
    counters = counting.table("number_counters")
    for kind in ("school", "point", "student", "course"):
        person = acting(scope=kind)
        counting.database.run(person, lambda uow: use(uow, template))
        assert counting.database.run(person, lambda uow: uow.rows(select(counters))) == []
    assert serials(counting) == [1, 2, 3, 4]


def test_a_numbered_announced_settable_thing_is_a_page(built_of: HarnessOf) -> None:
    """All that the kits promise of it, though it declares little more than its words."""
    assert lines_of(cloakroom) < A_PAGE
    room, point, student = built_of(Cloakroom), new_id(), new_id()
    room.clock.set(datetime(2026, 9, 1, 1, tzinfo=UTC))
    caretaker = acting("cloakroom.lend", scope="point", teaching_point_id=point)
    lend = LendLocker(student_id=student, teaching_point_id=point)
    first = room.run(lend, caretaker)
    change = of_service("cloakroom", ChangeSetting)(name="kept", value=30, version=1, reason="学期内可续借")
    room.run(change, acting())
    second = room.run(lend, caretaker)
    assert [(loan.number, loan.until.isoformat()) for loan in (first, second)] == [
        ("GZ20260001", "2026-09-15"),
        ("GZ20260002", "2026-10-01"),
    ]
    assert counts(room, holding({"cloakroom.lend": caretaker.scope})) == {"lent": 2}
    assert counts(room, holding({"cloakroom.lend": Scope("point", (new_id(),))})) == {"lent": 0}

    (loan_id,) = (row.id for row in room.rows(select(loans.c.id).where(loans.c.number == first.number)))
    assert room.run(TakeLockersBack(loan_ids=[loan_id]), caretaker).done == 1
    assert counts(room, holding({"cloakroom.lend": caretaker.scope})) == {"lent": 1}
    told = [step for fact in room.published(CloakroomDecided) for step in fact.steps]
    assert [(step.number, step.state) for step in told] == [
        ("GZ20260001", "lent"),
        ("GZ20260002", "lent"),
        ("GZ20260001", "returned"),
    ]
    assert {(step.tells_student, step.student_id, step.teaching_point_id) for step in told} == {(True, student, point)}
