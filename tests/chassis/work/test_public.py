"""Operations for anybody: counted by address and by thing, paid with work, and telling strangers nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from altcha.v2 import Payload
from sqlalchemy import MetaData, insert, select, update

from chassis.base.context import Context, system_context
from chassis.base.ids import new_id
from chassis.data.retention import let_go
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.guards import Allowance, Beyond, Guard, Thing
from chassis.declaring.service import Service, command
from chassis.testing.harness import ServiceHarness
from chassis.work.proof_of_work import required, secret_of, spend
from contracts.common import CancelTask, TaskView
from contracts.errors import ServiceError
from tests.builders.identity import from_address
from tests.chassis.work.visitors import (
    AskForCall,
    Certificate,
    CheckCertificate,
    LeaveMessage,
    Visitors,
    ask_for_call,
    certificates,
    is_left,
)
from tests.harnesses import HarnessOf
from tests.working import worked

pytestmark = pytest.mark.usefixtures("little_work")

SOMEBODY, SOMEBODY_ELSE = from_address("203.0.113.7"), from_address("198.51.100.20")
GENUINE, REVOKED = "511615202605001234", "511615202605009999"


@pytest.fixture
def visitors(built_of: HarnessOf) -> ServiceHarness:
    harness = built_of(Visitors)
    rows = [{"id": new_id(), "number": GENUINE}, {"id": new_id(), "number": REVOKED, "revoked": True}]
    for row in rows:
        harness.database.run(system_context(), lambda uow, row=row: uow.execute(insert(certificates).values(row)))
    return harness


def check(number: str = GENUINE, work: str | None = None) -> CheckCertificate:
    return CheckCertificate(number=number, work=work)


def served(visitors: ServiceHarness, operation: CheckCertificate, who: Context = SOMEBODY) -> str:
    """What somebody is told in the end, with the work that it takes."""
    try:
        visitors.run(operation, who)
    except ServiceError as refusal:
        if refusal.code != "work_required":
            return refusal.code
        return served(visitors, operation.model_copy(update={"work": worked(refusal)}), who)
    return "genuine"


def test_a_few_are_served_for_nothing_and_then_each_costs_work(visitors: ServiceHarness) -> None:
    for _ in range(5):
        assert visitors.run(check(), SOMEBODY) == Certificate(number=GENUINE)
    for who in (SOMEBODY, SOMEBODY_ELSE):
        refusal = visitors.refusal(check(), who)
        assert visitors.run(check(work=worked(refusal)), who) == Certificate(number=GENUINE)
    assert visitors.refusal(check(), SOMEBODY_ELSE).code == "work_required"
    assert visitors.refusal(check("511615202605000000"), SOMEBODY_ELSE).code == "not_found", "another is another"


def test_work_is_good_once_and_for_what_it_was_asked_for(visitors: ServiceHarness) -> None:
    for number in (GENUINE, "511615202605000001"):
        for _ in range(5):
            served(visitors, check(number))
    work = worked(visitors.refusal(check(), SOMEBODY))
    assert visitors.refusal(check("511615202605000001", work), SOMEBODY).code == "work_required"
    assert visitors.run(check(work=work), SOMEBODY)
    assert visitors.refusal(check(work=work), SOMEBODY).code == "work_required"


def test_two_who_send_the_same_work_at_once_are_served_once(visitors: ServiceHarness) -> None:
    for _ in range(5):
        served(visitors, check())
    work = worked(visitors.refusal(check(), SOMEBODY))

    def told(_: int) -> str:
        try:
            return str(visitors.run(check(work=work), SOMEBODY).number)
        except ServiceError as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(told, range(4))) == [GENUINE, *["work_required"] * 3]


@pytest.mark.parametrize("spoil", ["late", "wrong", "forged", "rubbish"])
def test_work_that_is_late_wrong_forged_or_rubbish_is_none(visitors: ServiceHarness, spoil: str) -> None:
    for _ in range(5):
        served(visitors, check())
    refusal = visitors.refusal(check(), SOMEBODY)
    work = worked(refusal)
    if spoil == "late":
        visitors.clock.advance(timedelta(minutes=20, seconds=1))
    elif spoil == "wrong":
        work = worked_wrongly(work)
    elif spoil == "forged":
        work = worked_easily(refusal)
    else:
        work = "A" * 100
    assert visitors.refusal(check(work=work), SOMEBODY).code == "work_required"


def worked_wrongly(work: str) -> str:
    payload = Payload.from_base64(work)
    payload.solution.derived_key = "00" * 32
    return payload.to_base64()


def worked_easily(refusal: ServiceError) -> str:
    """A challenge that was made easier than it was given."""
    challenge = dict(refusal.params["challenge"])  # type: ignore[arg-type]
    challenge["parameters"] = {**challenge["parameters"], "keyPrefix": "00"}
    return worked(ServiceError("work_required", challenge=challenge))


def test_the_more_is_asked_the_harder_it_gets_and_a_day_later_it_is_free_again(visitors: ServiceHarness) -> None:
    levels = []
    for _ in range(50):
        served(visitors, check())
        try:
            visitors.run(check(), SOMEBODY_ELSE)
        except ServiceError as refusal:
            levels.append(refusal.params["challenge"]["parameters"]["data"]["level"])  # type: ignore[index,call-overload]
    assert sorted(levels) == levels
    assert set(levels) == {0, 1, 2}
    visitors.clock.advance(timedelta(days=1, seconds=1))
    assert visitors.run(check(), SOMEBODY)


def test_who_does_no_work_makes_it_harder_for_nobody(visitors: ServiceHarness) -> None:
    for _ in range(5):
        served(visitors, check())
    for _ in range(60):
        refusal = visitors.refusal(check(), SOMEBODY_ELSE)
    assert refusal.params["challenge"]["parameters"]["data"]["level"] == 0  # type: ignore[index,call-overload]


def test_what_may_not_happen_more_often_makes_people_wait(visitors: ServiceHarness) -> None:
    for number in range(3):
        visitors.run(AskForCall(mobile="13800138000"), from_address(f"198.51.100.{number}"))
    refusal = visitors.refusal(AskForCall(mobile="13800138000"), SOMEBODY)
    assert refusal.code == "asked_too_often"
    assert 86_000 < int(str(refusal.params["retry_after"])) <= 86_400
    for number in range(10):
        visitors.run(AskForCall(mobile=f"1380013900{number}"), SOMEBODY)
    assert visitors.refusal(AskForCall(mobile="13800139010"), SOMEBODY).params["retry_after"] == 3600
    visitors.run(AskForCall(mobile="13800139010"), SOMEBODY_ELSE)


def test_many_at_once_get_no_more_than_is_allowed(visitors: ServiceHarness) -> None:
    def told(number: int) -> str:
        try:
            visitors.run(AskForCall(mobile="13800138000"), from_address(f"198.51.100.{number}"))
        except ServiceError as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(told, range(12))) == [*["asked_too_often"] * 9, *["done"] * 3]


def test_who_is_refused_leaves_no_row(visitors: ServiceHarness) -> None:
    for number in range(30):
        served(visitors, check(f"5116152026050{number:05}"))
    before = len(visitors.rows(select(visitors.table("asked_often"))))
    for number in range(20):
        assert visitors.refusal(check(f"5116152026060{number:05}"), SOMEBODY).code == "work_required"
    assert len(visitors.rows(select(visitors.table("asked_often")))) == before


def test_the_first_who_come_at_once_are_asked_with_one_secret(visitors: ServiceHarness) -> None:
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda n: served(visitors, check(), from_address(f"198.51.100.{n}")), range(4)))
    assert told == ["genuine"] * 4
    assert len(visitors.rows(select(visitors.table("work_secret")))) == 1


def test_addresses_and_things_that_cross_wait_for_nobody_for_ever(visitors: ServiceHarness) -> None:
    numbers, places = [GENUINE, "511615202605000001"], [SOMEBODY, SOMEBODY_ELSE]
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda n: served(visitors, check(numbers[n % 2]), places[n // 2 % 2]), range(24)))
    assert set(told) <= {"genuine", "not_found"}


def test_work_that_was_a_level_easier_is_enough_and_two_are_not(visitors: ServiceHarness) -> None:
    about = b"x"

    def run(work: Callable[[UnitOfWork], Any]) -> Any:
        return visitors.database.run(system_context(), work)

    for level, enough in ((2, True), (1, True), (0, False)):
        solution = worked(run(lambda uow, level=level: required(uow, secret_of(uow), about, level)))
        assert run(lambda uow, solution=solution: spend(uow, secret_of(uow), solution, about, 2)) is enough


def test_a_failure_of_the_moment_is_told_as_what_it_is() -> None:
    guard = Guard(address=Allowance(1, timedelta(hours=1)), no_match="not_found")
    for code in ("command_in_progress", "service_unavailable", "deadline_exceeded", "internal_error"):
        assert guard.told(ServiceError(code)).code == code
    for code in ("forbidden", "validation_failed", "stale_version", "bad_credentials"):
        assert guard.told(ServiceError(code)).code == "not_found"


def test_strangers_are_told_the_same_of_what_is_not_there_and_what_they_must_not_see(visitors: ServiceHarness) -> None:
    told = [visitors.refusal(check(number), SOMEBODY) for number in (REVOKED, "511615202605000000")]
    assert [refusal.to_wire() for refusal in told] == [ServiceError("not_found").to_wire()] * 2
    assert visitors.run(AskForCall(mobile="13800138000"), SOMEBODY) == visitors.run(
        AskForCall(mobile="13800138000"), SOMEBODY
    )


def leave(mobile: str = "13800138000", desk: str = "1", work: str | None = None) -> LeaveMessage:
    return LeaveMessage(mobile=mobile, desk=desk, work=work)


def numbers(visitors: ServiceHarness) -> dict[bytes, int]:
    """How often each is counted, of whatever is counted."""
    return {bytes(row.what): row.number for row in visitors.rows(select(visitors.table("asked_often")))}


def used_up(visitors: ServiceHarness, whats: set[bytes], number: int) -> None:
    table = visitors.table("asked_often")
    change = update(table).where(table.c.what.in_(whats)).values(number=number)
    visitors.database.run(system_context(), lambda uow: uow.execute(change))


def test_each_thing_that_a_request_is_about_is_counted_and_the_work_is_for_them_together(
    visitors: ServiceHarness,
) -> None:
    visitors.run(leave("13800138000", "1"), SOMEBODY)
    used_up(visitors, set(numbers(visitors)), 20)
    for free in (leave("13900139000", "2"), leave("1", "2"), leave("13900139000", "13800138000")):
        visitors.run(free, SOMEBODY_ELSE)
    for dear in (leave("13900139000", "1"), leave("13800138000", "2")):
        work = worked(visitors.refusal(dear, SOMEBODY_ELSE))
        for other in (leave("13700137000", "1", work), leave("13800138000", "3", work)):
            assert visitors.refusal(other, SOMEBODY_ELSE).code == "work_required"
        visitors.run(dear.model_copy(update={"work": work}), SOMEBODY_ELSE)


def test_what_changes_nothing_counts_for_its_address_alone(visitors: ServiceHarness) -> None:
    visitors.run(leave(), SOMEBODY)
    things = numbers(visitors)
    for _ in range(8):
        visitors.run(leave(), SOMEBODY_ELSE)
    told = numbers(visitors)
    assert {what: number for what, number in told.items() if what in things} == things
    assert [number for what, number in told.items() if what not in things] == [8]


def test_who_adds_to_a_count_does_not_see_whether_theirs_counted_or_how_many_others_did(
    visitors: ServiceHarness,
) -> None:
    for number in range(30):
        visitors.run(leave(f"138001380{number:02}", f"{number}"), SOMEBODY)
    by_chance = sorted(numbers(visitors).values())
    assert by_chance.pop() == 30, "the address"
    assert set(by_chance) == {0, 1, 2}


def test_what_was_asked_about_is_kept_as_a_code_and_not_for_long(visitors: ServiceHarness) -> None:
    visitors.run(AskForCall(mobile="13800138000"), SOMEBODY)
    kept = visitors.rows(select(visitors.table("asked_often").c.what))
    assert len(kept) == 2
    assert not any(b"13800138000" in bytes(row.what) for row in kept)
    visitors.clock.advance(timedelta(days=1, hours=1, minutes=1))
    visitors.database.run(system_context(), let_go)
    assert visitors.rows(select(visitors.table("asked_often"))) == []


def test_a_contract_for_anybody_needs_a_guard() -> None:
    with pytest.raises(TypeError, match="say how it is guarded"):
        command(ask_for_call)
    waiting = Thing(lambda asked: asked.mobile, Allowance(1, timedelta(hours=1)))
    with pytest.raises(ValueError, match="nobody waits by chance"):
        Guard(address=waiting.allowance, things=(waiting,), changes_nothing=is_left)
    with pytest.raises(ValueError, match="ever be served"):
        Allowance(0, timedelta(hours=1))
    with pytest.raises(ValueError, match="ever be served"):
        Allowance(1, timedelta(0), Beyond.WORK)
    assert Allowance(0, timedelta(hours=1), Beyond.WORK).times == 0
    with pytest.raises(TypeError, match="make it a PublicQuery"):
        command(not_for_anybody, guard=Guard(address=Allowance(1, timedelta(hours=1))))
    with pytest.raises(TypeError, match="no guarding_tables"):
        type(
            "Bare",
            (Service,),
            {"name": "bare", "metadata": MetaData(), "check_certificate": Visitors.check_certificate},
        )


def not_for_anybody(asked: CancelTask, uow: UnitOfWork) -> TaskView:
    raise NotImplementedError
