"""Every fault that is planted in the books is found, before and after all was proven, and forgotten once put right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Column, Connection, text

from chassis.testing.harness import ServiceHarness
from contracts.finance.views import LedgerCheck
from contracts.registry.events import StudentItem
from services.finance.steps.proving import STAMPS
from tests.builders import finance as build

pytestmark = pytest.mark.usefixtures("nobody_waits")

Fault = Callable[[Connection], None]


def an_entry_changed(connection: Connection) -> None:
    connection.execute(text("UPDATE ledger_entries SET amount = amount + 1 WHERE amount = 400"))


def a_posting_lost(connection: Connection) -> None:
    connection.execute(text("DELETE FROM ledger_entries WHERE posting = 'payment'"))
    connection.execute(text("DELETE FROM ledger_transactions WHERE posting = 'payment'"))


def entries_left_alone(connection: Connection) -> None:
    connection.execute(text("DELETE FROM ledger_transactions WHERE posting = 'payment'"))


def a_bill_unpaid_again(connection: Connection) -> None:
    connection.execute(text("UPDATE bills SET status = 'unpaid', paid_at = NULL, method = NULL"))


def a_payment_doubled(connection: Connection) -> None:
    twice(connection, "payment")


def a_refund_doubled(connection: Connection) -> None:
    twice(connection, "refund_paid")


def a_slip_changed(connection: Connection) -> None:
    connection.execute(text("UPDATE remittances SET amount = amount + 1, received_amount = received_amount + 1"))


def twice(connection: Connection, kind: str) -> None:
    """Another posting of this kind, with its entries, about a bill that was paid."""
    connection.execute(
        text(
            "WITH t AS (INSERT INTO ledger_transactions (id, posting, bill_id, teaching_point_id, posted_at)"
            " SELECT gen_random_uuid(), :kind, bill_id, teaching_point_id, now() FROM ledger_transactions,"
            " generate_series(1, 2) WHERE posting = 'payment' RETURNING *)"
            " INSERT INTO ledger_entries"
            " (id, transaction_id, posting, account, teaching_point_id, bill_id, amount, posted_at)"
            " SELECT gen_random_uuid(), t.id, posting, 'bank', teaching_point_id, bill_id, sign, posted_at"
            " FROM t, (VALUES (1), (-1)) AS signs (sign)"
        ),
        {"kind": kind},
    )


FAULTS: dict[Fault, set[str]] = {
    an_entry_changed: {"total", "unbalanced_transactions", "postings_without_bill", "days_that_differ"},
    a_posting_lost: {"bills_without_posting", "days_that_differ"},
    entries_left_alone: {"unbalanced_transactions", "bills_without_posting"},
    a_bill_unpaid_again: {"bills_without_posting", "slips_that_differ"},
    a_payment_doubled: {"bills_with_several_payments", "bills_without_posting", "postings_without_bill"},
    a_refund_doubled: {"bills_with_several_refunds", "bills_without_posting", "postings_without_bill"},
    a_slip_changed: {"slips_that_differ"},
}
NOTICED = (a_bill_unpaid_again, a_refund_doubled, a_slip_changed)
"""Those that the system itself, or somebody on its database, could do: they bear a stamp."""


def told(check: LedgerCheck) -> set[str]:
    """What a check says is wrong."""
    names = set(LedgerCheck.model_fields) - {"checked_at", "proven_until", "to_check", "gone_over_at"}
    return {name for name in names if getattr(check, name)}


@pytest.fixture
def paid(finance: ServiceHarness, student: StudentItem) -> Iterator[StudentItem]:
    """Whose bills are paid; nothing stands in the way of a second payment."""
    build.select_for(finance, student)
    build.pay(finance, student)
    with build.planting(finance) as connection:
        index = connection.scalar(text("SELECT pg_get_indexdef('uq_ledger_transactions_bill'::regclass)"))
        connection.execute(text("DROP INDEX uq_ledger_transactions_bill"))
    yield student
    with build.planting(finance) as connection:
        connection.execute(text("TRUNCATE ledger_entries, ledger_transactions"))
        connection.exec_driver_sql(index)


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_planted_before_all_is_proven_is_found_and_kept(
    finance: ServiceHarness, paid: StudentItem, fault: Fault
) -> None:
    with build.planting(finance) as connection:
        fault(connection)
    not_summed_up_yet = {"days_that_differ"}
    assert told(build.check(finance)) == told(build.check(finance, whole=True)) == FAULTS[fault] - not_summed_up_yet
    build.proven(finance)
    assert told(build.check(finance)) == FAULTS[fault] - not_summed_up_yet
    build.gone_over(finance)
    assert told(build.check(finance)) == told(build.check(finance, whole=True)) == FAULTS[fault] - not_summed_up_yet


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_planted_behind_the_systems_back_is_found_by_the_next_pass(
    finance: ServiceHarness, paid: StudentItem, fault: Fault
) -> None:
    build.gone_over(finance)
    assert told(build.check(finance)) == set()
    with build.planting(finance) as connection:
        fault(connection)
    assert told(build.check(finance, whole=True)) == FAULTS[fault]
    build.gone_over(finance)
    assert told(build.check(finance)) == FAULTS[fault]


@pytest.mark.parametrize("fault", NOTICED)
def test_what_bears_a_stamp_is_found_at_once_after_all_was_proven(
    finance: ServiceHarness, paid: StudentItem, fault: Fault
) -> None:
    build.gone_over(finance)
    with build.planting(finance, behind=False) as connection:
        fault(connection)
    assert told(build.check(finance)) == FAULTS[fault]
    build.proven(finance)
    assert told(build.check(finance)) == FAULTS[fault]


def test_what_was_put_right_is_forgotten(finance: ServiceHarness, paid: StudentItem) -> None:
    build.gone_over(finance)
    for behind in (False, True):
        for more, wrong in ((1, {"slips_that_differ"}), (-1, set())):
            with build.planting(finance, behind=behind) as connection:
                change = text(
                    "UPDATE remittances SET amount = amount + :more, received_amount = received_amount + :more"
                )
                connection.execute(change, {"more": more})
            (build.gone_over if behind and more > 0 else build.proven)(finance)
            assert told(build.check(finance)) == wrong


@pytest.mark.parametrize("stamp", STAMPS, ids=str)
def test_the_stamps_by_which_changes_are_found_lead_an_index(stamp: Column[Any]) -> None:
    assert any(index.expressions[0] is stamp for index in stamp.table.indexes)
