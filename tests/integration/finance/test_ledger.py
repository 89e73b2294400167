"""The ledger balances by force of the database, can only be added to, and every fault that is planted is found."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, delete, insert, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from chassis.base.context import Context, system_context
from chassis.base.ids import new_id
from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.testing.harness import ServiceHarness
from contracts.finance.queries import GetBalance, GetPaymentsByDay, ListBillStatements, ListLedgerEntries
from contracts.finance.states import PostingKind
from contracts.finance.views import BillStatement, PaymentsByDay
from contracts.registry.events import StudentItem
from services.finance.domain.bookkeeping import Posting
from services.finance.steps.ledger import post
from services.finance.tables.ledger import ledger_entries, ledger_transactions
from tests.builders import finance as build
from tests.builders import people


@pytest.fixture
def student(finance: ServiceHarness) -> StudentItem:
    student = build.student(finance)
    build.select_for(finance, student)
    return student


def entry(transaction_id: UUID, amount: str, now: object) -> dict[str, object]:
    return {
        "id": new_id(),
        "transaction_id": transaction_id,
        "posting": "payment",
        "account": "bank",
        "teaching_point_id": new_id(),
        "amount": Decimal(amount),
        "posted_at": now,
    }


@pytest.mark.parametrize("amounts", [["1.00"], ["1.00", "-0.99"], ["1.00", "-1.00", "0.01"]])
def test_a_posting_that_does_not_balance_is_refused(finance: ServiceHarness, amounts: list[str]) -> None:
    now, id_ = finance.clock.now(), new_id()
    posted = {"id": id_, "posting": "payment", "teaching_point_id": new_id(), "posted_at": now}

    def write(uow: UnitOfWork) -> None:
        uow.execute(insert(ledger_transactions).values(posted))
        uow.execute(insert(ledger_entries), [entry(id_, amount, now) for amount in amounts])

    with pytest.raises(IntegrityError, match="does not balance"):
        finance.database.run(system_context(), write)
    assert build.check(finance).clean


def test_one_posting_that_does_not_balance_is_found_among_others_whoever_writes(
    finance: ServiceHarness, student: StudentItem
) -> None:
    now = finance.clock.now()
    (posted, other, *_) = finance.rows(ledger_transactions.select())
    lines = [entry(posted.id, "1.00", now), entry(posted.id, "-1.00", now), entry(other.id, "1.00", now)]
    administrator = create_engine(finance.admin_url)
    with administrator.connect() as connection, pytest.raises(IntegrityError, match=f"{other.id} does not balance"):
        connection.execute(insert_rows(ledger_entries, lines))
    administrator.dispose()


def test_the_balance_is_proved_without_a_look_into_the_table(finance: ServiceHarness, student: StudentItem) -> None:
    (posted, *_) = finance.rows(ledger_transactions.select())
    lines = [entry(posted.id, amount, finance.clock.now()) for amount in ("1.00", "-1.00")]
    scans = text("SELECT seq_scan + idx_scan FROM pg_stat_xact_user_tables WHERE relname = 'ledger_entries'")
    with finance.database.unit_of_work() as uow:
        before = uow.scalar(scans)  # the connection may not have told yet of what it did before
        uow.execute(insert_rows(ledger_entries, lines))
        uow.connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        assert uow.scalar(scans) == before


def test_an_entry_cannot_be_added_to_a_posting_later(finance: ServiceHarness, student: StudentItem) -> None:
    (posted, *_) = finance.rows(ledger_transactions.select())
    with pytest.raises(IntegrityError, match="does not balance"), finance.database.unit_of_work() as uow:
        uow.execute(insert(ledger_entries).values(entry(posted.id, "5.00", finance.clock.now())))


@pytest.mark.parametrize("table", [ledger_entries, ledger_transactions])
@pytest.mark.parametrize("statement", ["update", "delete"])
def test_not_even_the_system_changes_what_is_written(
    finance: ServiceHarness, student: StudentItem, table: object, statement: str
) -> None:
    changes = {
        "update": update(table).values(posted_at=finance.clock.now()),  # type: ignore[arg-type]
        "delete": delete(table),  # type: ignore[arg-type]
    }
    with pytest.raises(ProgrammingError, match="permission denied"), finance.database.unit_of_work() as uow:
        uow.execute(changes[statement])


def test_a_bill_is_paid_once_in_the_ledger_whatever_the_code_does(
    finance: ServiceHarness, student: StudentItem
) -> None:
    build.pay(finance, student)
    bill, *_ = build.bills_of(finance)
    with pytest.raises(IntegrityError, match="uq_ledger_transactions_bill"), finance.database.unit_of_work() as uow:
        uow.execute(
            insert(ledger_transactions).values(
                id=new_id(),
                posting="payment",
                bill_id=bill.id,
                teaching_point_id=bill.teaching_point_id,
                posted_at=uow.now,
            )
        )


def test_balances_are_those_of_the_end_of_any_day(finance: ServiceHarness, student: StudentItem) -> None:
    issued_on = finance.clock.now().date()
    finance.clock.advance(timedelta(days=2))
    build.pay(finance, student)
    point = student.teaching_point_id
    for whose in ({"teaching_point_id": point}, {"student_id": student.id}):
        before = finance.ask(GetBalance(**whose, on=issued_on - timedelta(days=1)), build.READER)
        owing = finance.ask(GetBalance(**whose, on=issued_on + timedelta(days=1)), build.READER)
        now = finance.ask(GetBalance(**whose), build.READER)
        assert (before.receivable, owing.receivable, now.receivable) == (0, Decimal("460.00"), 0)
        assert (owing.paid_total, now.paid_total, now.refunded_total) == (0, Decimal("460.00"), 0)


def test_a_balance_is_of_one_point_or_one_student_and_of_the_own_only(
    finance: ServiceHarness, student: StudentItem
) -> None:
    assert finance.refusal(GetBalance(), build.READER).code == "balance_of_whom"
    both = GetBalance(student_id=student.id, teaching_point_id=student.teaching_point_id)
    assert finance.refusal(both, build.READER).code == "balance_of_whom"
    stranger = people.of_point(new_id())
    assert finance.ask(GetBalance(teaching_point_id=student.teaching_point_id), stranger).receivable == 0


@pytest.mark.usefixtures("nobody_waits")
@pytest.mark.parametrize("folded", [(), (1,), (0, 1, 2)], ids=["of entries", "of both", "of sums"])
def test_payments_and_refunds_are_told_for_each_day_however_far_they_are_summed_up(
    finance: ServiceHarness, folded: Sequence[int]
) -> None:
    point, student = new_id(), new_id()
    # Books are summed up to the database's own now: what is stamped before it has to count as late.
    finance.clock.set(finance.clock.now() - timedelta(days=3, hours=1))
    first = build.today(finance)

    def booked(*postings: Posting) -> None:
        finance.database.run(system_context(), lambda uow: post(uow, postings))

    def day_ends(number: int) -> None:
        if number in folded:
            build.proven(finance)
        finance.clock.advance(timedelta(days=1))

    paid, refunded = PostingKind.PAYMENT, PostingKind.REFUND_PAID
    booked(Posting(paid, Decimal("400.00"), point, student), Posting(paid, Decimal("60.00"), point, new_id()))
    day_ends(0)
    day_ends(1)
    booked(Posting(paid, Decimal("7.50"), new_id(), new_id()), Posting(paid, Decimal("2.50"), point, new_id()))
    day_ends(2)
    booked(Posting(refunded, Decimal("400.00"), point, student))

    days = [first + timedelta(days=day) for day in range(-1, 4)]
    assert by_day(finance, build.READER, days=5) == on(days, (0, 0), (460, 0), (0, 0), (10, 0), (0, 400))
    assert by_day(finance, build.READER, days=2, until=days[3]) == on(days[2:4], (0, 0), (10, 0))
    here = on(days, (0, 0), (460, 0), (0, 0), (2.5, 0), (0, 400))
    assert by_day(finance, build.READER, days=5, teaching_point_id=point) == here
    assert by_day(finance, people.of_point(point), days=5) == here
    own = on(days, (0, 0), (400, 0), (0, 0), (0, 0), (0, 400))
    assert by_day(finance, people.in_person(student), days=5) == own


def by_day(finance: ServiceHarness, who: Context, **asked: Any) -> list[tuple[date, tuple[Decimal, Decimal]]]:
    """Payments and refunds of days that have any."""
    found: PaymentsByDay = finance.ask(GetPaymentsByDay(**asked), who)
    assert (found.until - found.since).days == asked["days"] - 1
    return [(each.day, (each.received, each.refunded)) for each in found.items]


def on(days: Sequence[date], *money: tuple[float, float]) -> list[tuple[date, tuple[float, float]]]:
    """What is expected of these days."""
    return [(day, each) for day, each in zip(days, money, strict=True) if each != (0, 0)]


def test_entries_can_be_listed_by_account_and_day(finance: ServiceHarness, student: StudentItem) -> None:
    build.pay(finance, student)
    on = finance.clock.now().date()
    listed = finance.ask(ListLedgerEntries(account="bank", since=on - timedelta(days=1)), build.READER)
    assert sorted(entry.amount for entry in listed.items) == [Decimal("60.00"), Decimal("400.00")]
    assert finance.ask(ListLedgerEntries(until=on - timedelta(days=2)), build.READER).total == 0


def test_facts_are_walked_without_missing_a_bill(finance: ServiceHarness, student: StudentItem) -> None:
    for _ in range(3):
        build.select_for(finance, student)
    paid_slip = build.slip(
        finance,
        [bill.id for bill in build.bills_of(finance)][:2],
        people.of_point(student.teaching_point_id),
    )
    facts: list[BillStatement] = []
    after = None
    while True:
        stretch = finance.ask(ListBillStatements(after=after, limit=3), build.READER)
        facts += stretch.items
        after = stretch.next_after
        if after is None:
            break
    assert len({fact.id for fact in facts}) == len(facts) == 8
    assert sum(fact.open_payments for fact in facts) == paid_slip.bill_count


# -- planted faults: the proof must find each --


def test_the_proof_finds_a_sum_that_is_not_zero(finance: ServiceHarness, student: StudentItem) -> None:
    with build.planting(finance) as connection:
        connection.execute(text("UPDATE ledger_entries SET amount = amount + 1 WHERE amount = 400"))
    found = build.check(finance)
    assert (found.total, found.unbalanced_transactions, len(found.postings_without_bill)) == (1, 1, 1)
    assert not found.clean


def test_the_proof_finds_a_posting_that_is_missing(finance: ServiceHarness, student: StudentItem) -> None:
    build.pay(finance, student)
    bill, *_ = build.bills_of(finance)
    with build.planting(finance) as connection:
        lost = text("SELECT id FROM ledger_transactions WHERE posting = 'payment' AND bill_id = :bill")
        id_ = connection.scalar(lost, {"bill": bill.id})
        connection.execute(text("DELETE FROM ledger_entries WHERE transaction_id = :id"), {"id": id_})
        connection.execute(text("DELETE FROM ledger_transactions WHERE id = :id"), {"id": id_})
    assert build.check(finance).bills_without_posting == (bill.id,)


def test_the_proof_finds_a_bill_that_was_paid_without_money(finance: ServiceHarness, student: StudentItem) -> None:
    bill, *_ = build.bills_of(finance)
    with build.planting(finance) as connection:
        paid = text("UPDATE bills SET status = 'paid', method = 'remittance', paid_at = now() WHERE id = :bill")
        connection.execute(paid, {"bill": bill.id})
    assert build.check(finance).bills_without_posting == (bill.id,)


def test_the_proof_finds_a_bill_that_was_paid_twice(finance: ServiceHarness, student: StudentItem) -> None:
    build.pay(finance, student)
    bill, *_ = build.bills_of(finance)
    with build.planting(finance) as connection:
        connection.execute(text("DROP INDEX uq_ledger_transactions_bill"))
        connection.execute(
            text(
                "INSERT INTO ledger_transactions SELECT gen_random_uuid(), posting, bill_id, suspense_id, refund_id,"
                " teaching_point_id, student_id, posted_at FROM ledger_transactions"
                " WHERE posting = 'payment' AND bill_id = :bill"
            ),
            {"bill": bill.id},
        )
        found = (bill.id,)
    try:
        checked = build.check(finance)
        assert checked.bills_with_several_payments == checked.bills_without_posting == found
        assert checked.unbalanced_transactions == 1
    finally:
        with build.planting(finance) as connection:
            connection.execute(text("TRUNCATE ledger_entries, ledger_transactions"))
            connection.execute(
                text(
                    "CREATE UNIQUE INDEX uq_ledger_transactions_bill ON ledger_transactions (bill_id, posting)"
                    " WHERE posting IN ('bill_issued', 'bill_cancelled', 'payment')"
                )
            )


def test_the_proof_finds_a_slip_that_does_not_add_up(finance: ServiceHarness, student: StudentItem) -> None:
    slip = build.pay(finance, student)
    with build.planting(finance) as connection:
        connection.execute(text("UPDATE remittances SET amount = amount + 1, received_amount = received_amount + 1"))
    assert build.check(finance).slips_that_differ == (slip.id,)
