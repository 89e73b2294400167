"""The books are summed up and proven behind those who write, whatever comes late and however."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from chassis.base.clock import SystemClock, local_date
from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.data.pages import on_days
from chassis.data.unit_of_work import UnitOfWork
from chassis.testing.harness import ServiceHarness
from contracts.finance.queries import GetBalance
from contracts.finance.states import PostingKind
from contracts.finance.views import BalanceView
from contracts.registry.events import StudentItem
from contracts.types import FeeKind
from services.finance import jobs
from services.finance.domain.bookkeeping import Posting
from services.finance.queries import ledger, proof
from services.finance.steps.ledger import post
from services.finance.tables.bills import bills
from services.finance.tables.ledger import ledger_entries
from services.finance.tables.proof import late_changes, ledger_days, ledger_findings, ledger_proof
from tests.builders import finance as build
from tests.builders import people

pytestmark = pytest.mark.usefixtures("nobody_waits")


@pytest.fixture
def student(finance: ServiceHarness) -> StudentItem:
    student = build.student(finance)
    build.select_for(finance, student)
    return student


def posting(point: UUID, amount: str, kind: PostingKind = PostingKind.SUSPENSE_PAYMENT, **fields: object) -> Posting:
    return Posting(kind, Decimal(amount), point, **fields)  # type: ignore[arg-type]


def posted(finance: ServiceHarness, *postings: Posting) -> None:
    finance.database.run(system_context(), lambda uow: post(uow, postings))


def summed(finance: ServiceHarness, point: UUID, on: object) -> dict[str, Decimal]:
    """Every sum of a balance, added up from all entries."""
    e = ledger_entries.c
    rows = finance.rows(
        select(e.account, e.amount).where(e.teaching_point_id == point, on_days(e.posted_at, None, on))  # type: ignore[arg-type]
    )

    def total(account: str) -> Decimal:
        return sum((row.amount for row in rows if row.account == account), Decimal(0))

    bank = [row.amount for row in rows if row.account == "bank"]
    return {
        "receivable": total("receivable"),
        "suspense": total("suspense"),
        "refund_payable": total("refund_payable"),
        "paid_total": sum((amount for amount in bank if amount > 0), Decimal(0)),
        "refunded_total": -sum((amount for amount in bank if amount < 0), Decimal(0)),
    }


def balance(finance: ServiceHarness, point: UUID, on: object = None) -> dict[str, Decimal]:
    found: BalanceView = finance.ask(GetBalance(teaching_point_id=point, on=on), build.READER)  # type: ignore[arg-type]
    return {name: getattr(found, name) for name in _SUMS}


_SUMS = ("receivable", "suspense", "refund_payable", "paid_total", "refunded_total")


def agree(finance: ServiceHarness, point: UUID, on: object = None) -> None:
    """The balance is what all entries make."""
    on = on or local_date(finance.clock.now())
    assert balance(finance, point, on) == summed(finance, point, on)


# -- sums by day --


@pytest.mark.parametrize("seed", range(3))
def test_balances_are_those_of_the_entries_whatever_is_posted_and_however_far_they_are_summed_up(
    finance: ServiceHarness, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at_once in ("SUMMED_AT_ONCE", "CHANGES_AT_ONCE"):
        monkeypatch.setattr(jobs, at_once, 5)  # steps end in the midst of days
    dice, now = Random(seed), finance.clock.now()
    points = [new_id() for _ in range(3)]
    for _ in range(25):
        finance.clock.set(now - timedelta(hours=dice.randrange(0, 96)))
        amount = str(Decimal(dice.randrange(1, 10_000)) / 100)
        fee = dice.choice([None, *FeeKind])
        kinds = [kind for kind in PostingKind if kind is not PostingKind.SUSPENSE_PAYMENT or fee is None]
        one = posting(
            dice.choice(points), amount, dice.choice(kinds), fee=fee, from_teaching_point_id=dice.choice(points)
        )
        posted(finance, *[one] * dice.randrange(1, 4))
        if dice.random() < 0.4:
            build.job(finance)
        agree(finance, dice.choice(points), local_date(now - timedelta(days=dice.randrange(0, 5))))
    finance.clock.set(now)
    build.proven(finance)
    for point in points:
        for days in range(5):
            agree(finance, point, local_date(now - timedelta(days=days)))
    assert finance.rows(select(late_changes)) == []
    assert build.check(finance, whole=True).days_that_differ == ()


def test_what_is_summed_up_is_read_in_place_of_the_entries(finance: ServiceHarness, student: StudentItem) -> None:
    build.proven(finance)
    with build.planting(finance) as connection:
        connection.execute(update(ledger_days).values(debit=ledger_days.c.debit + 7))
    assert balance(finance, student.teaching_point_id)["receivable"] == Decimal("467.00")


def test_another_point_sees_no_sums_and_a_student_only_own_entries(
    finance: ServiceHarness, student: StudentItem
) -> None:
    other = build.student(finance, student.teaching_point_id)
    build.select_for(finance, other)
    build.proven(finance)
    asked = GetBalance(teaching_point_id=student.teaching_point_id)
    seen = [
        finance.ask(asked, who).receivable
        for who in (
            people.of_point(student.teaching_point_id),
            people.of_point(new_id()),
            people.in_person(student.id),
        )
    ]
    assert seen == [Decimal("920.00"), 0, Decimal("460.00")]


@contextmanager
def in_the_midst(finance: ServiceHarness) -> Iterator[UnitOfWork]:
    """A transaction that has begun, and ends with the block."""
    with finance.database.unit_of_work() as uow:
        uow.scalar(select(func.count()).select_from(bills))
        yield uow


def test_nothing_is_passed_that_a_transaction_wrote_which_commits_late(finance: ServiceHarness) -> None:
    point = new_id()
    build.proven(finance)
    finance.clock.set(SystemClock().now())
    with in_the_midst(finance) as late:
        post(late, [posting(point, "5.00")])
        posted(finance, posting(point, "3.00"))
        written_at = late.scalar(select(func.clock_timestamp()))
        for _ in range(4):
            build.job(finance)
        assert finance.rows(select(ledger_proof.c.proven_until))[0][0] <= written_at
        agree(finance, point)
    assert balance(finance, point)["suspense"] == Decimal("-8.00")
    build.proven(finance)
    agree(finance, point)
    assert build.check(finance, whole=True).days_that_differ == ()


def test_what_is_posted_behind_the_sums_is_noted_counted_at_once_and_added_by_the_next_job(
    finance: ServiceHarness,
) -> None:
    point, now = new_id(), finance.clock.now()
    finance.clock.set(now - timedelta(minutes=2))
    with in_the_midst(finance) as late:
        build.proven(finance)
        post(late, [posting(point, "5.00")])
        agree(finance, point)
    finance.clock.set(now)
    assert len(finance.rows(select(late_changes))) == 2
    assert balance(finance, point)["suspense"] == Decimal("-5.00")
    assert build.check(finance, whole=True).days_that_differ == ()
    build.job(finance)
    assert finance.rows(select(late_changes)) == []
    agree(finance, point)
    assert build.check(finance, whole=True).days_that_differ == ()


def test_a_balance_that_is_asked_while_sums_are_made_counts_no_entry_twice(
    finance: ServiceHarness, student: StudentItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = ledger.proven_until

    def and_then_it_is_summed_up(uow: UnitOfWork) -> object:
        until = read(uow)
        build.proven(finance)
        return until

    monkeypatch.setattr(ledger, "proven_until", and_then_it_is_summed_up)
    assert balance(finance, student.teaching_point_id)["receivable"] == Decimal("460.00")


def test_a_fence_of_another_server_is_set_anew(finance: ServiceHarness) -> None:
    build.proven(finance)
    with build.planting(finance) as connection:
        connection.execute(update(ledger_proof).values(fence_xid=2**60))
    build.proven(finance)


# -- what is noticed --


@contextmanager
def always_late(finance: ServiceHarness) -> Iterator[None]:
    """Every row is taken for one that comes half a minute after its stamp."""
    triggers = text(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname IN ('note_late_insert', 'note_late_update')"
    )
    with build.planting(finance) as connection:
        made = list(connection.scalars(triggers))
        for each in made:
            connection.exec_driver_sql(each.replace("CREATE", "CREATE OR REPLACE").replace("00:00:30", "00:00:00"))
    yield
    with build.planting(finance) as connection:
        for each in made:
            connection.exec_driver_sql(each.replace("CREATE", "CREATE OR REPLACE"))


def test_a_bill_that_changes_long_after_its_stamp_is_noted_and_proven(
    finance: ServiceHarness, student: StudentItem
) -> None:
    bill, *_ = build.bills_of(finance)
    with always_late(finance):
        with in_the_midst(finance) as late:
            build.proven(finance)
            paid = {"status": "paid", "method": "remittance", "paid_at": late.now}
            late.execute(update(bills).where(bills.c.id == bill.id).values(paid))
        assert build.check(finance).bills_without_posting == (bill.id,)
        build.job(finance)
    assert finance.rows(select(late_changes)) == []
    assert [row.row_id for row in finance.rows(select(ledger_findings))] == [bill.id]


def test_whoever_asks_is_told_how_far_all_is_proven(
    finance: ServiceHarness, student: StudentItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "_AT_ONCE", 1)
    finance.clock.set(SystemClock().now())
    build.select_for(finance, student)
    finance.clock.set(SystemClock().now())
    told = build.check(finance)
    assert told.proven_until is not None
    assert (told.proven_until < told.checked_at, told.to_check > 0, told.gone_over_at) == (True, True, None)
    build.gone_over(finance)
    told = build.check(finance)
    assert (told.proven_until, told.to_check) == (told.checked_at, 0)
    assert told.gone_over_at is not None


def test_whoever_asks_is_told_of_late_rows_that_nobody_has_proven_yet(
    finance: ServiceHarness, student: StudentItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.gone_over(finance)
    monkeypatch.setattr(proof, "_AT_ONCE", 1)
    now = finance.clock.now()
    finance.clock.set(now - timedelta(days=3))
    posted(finance, posting(student.teaching_point_id, "5.00"))
    finance.clock.set(now)
    told = build.check(finance)
    assert told.proven_until is not None
    assert (told.proven_until < told.checked_at, told.to_check) == (True, 1)
    build.job(finance)
    assert build.check(finance).to_check == 0


def test_a_pass_goes_over_everything_in_pieces_once_a_day(
    finance: ServiceHarness, student: StudentItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in range(3):
        finance.clock.set(finance.clock.now() - timedelta(days=days))
        build.select_for(finance, student)
    monkeypatch.setattr(jobs, "PIECE", 2)
    build.gone_over(finance)
    (before,) = finance.rows(select(ledger_proof))
    build.job(finance)
    assert finance.rows(select(ledger_proof))[0].pass_began_at == before.pass_began_at
    build.gone_over(finance)
    assert build.check(finance).clean


def test_a_sum_that_somebody_changed_or_erased_is_found_and_right_again_when_all_is_summed_up_anew(
    finance: ServiceHarness, student: StudentItem
) -> None:
    build.gone_over(finance)
    for damage in ("UPDATE ledger_days SET credit = credit - 1", "DELETE FROM ledger_days"):
        with build.planting(finance) as connection:
            connection.execute(text(damage))
        build.gone_over(finance)
        assert build.check(finance).days_that_differ != ()
        with build.planting(finance, behind=False) as connection:
            connection.execute(text("DELETE FROM ledger_days"))
            connection.execute(text("DELETE FROM ledger_proof"))
        agree(finance, student.teaching_point_id)
        build.gone_over(finance)
        assert build.check(finance).clean
        agree(finance, student.teaching_point_id)
