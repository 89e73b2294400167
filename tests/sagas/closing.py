"""What must hold at the end of every script, whatever happened in it."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from chassis.base.context import system_context
from chassis.testing.harness import ServiceHarness
from chassis.testing.world import World
from contracts.base import State
from contracts.finance.states import AccountKind, BillStatus, RefundState
from contracts.identity.states import UserStatus
from launcher.reconcile.agreement import compare
from launcher.reconcile.statements import read
from services.identity.steps.student_accounts import NO_ACCOUNT
from services.registry.domain.status_changes import LIVE

OWED = (BillStatus.UNPAID, BillStatus.PAYING, BillStatus.REMITTING)
TAKEN = (BillStatus.PAID, BillStatus.REFUNDING, BillStatus.REFUNDED)


def check(world: World) -> None:
    """Everything has arrived, nobody waits for an answer, and all services tell the same."""
    world.settle()
    databases = {name: harness.database for name, harness in world.harnesses.items()}
    disagreements = compare(read(databases))
    assert not disagreements, f"the services disagree: {disagreements}"
    _nobody_waits_for_an_answer(world)
    _ledger_is_what_the_bills_say(world.finance)
    _rows_are_where_the_student_is(world)
    _admissions_are_records(world)
    _accounts_follow_the_records(world)
    _copies_are_what_the_owners_say(world)


def _rows(harness: ServiceHarness, statement: Any) -> list[Any]:
    """Rows as they stand in the database, whoever may see them."""
    with harness.owner_connection() as connection:
        return list(connection.execute(statement))


def _nobody_waits_for_an_answer(world: World) -> None:
    asking = {
        "selections": (world.courses, "selections", "state", "closing"),
        "resits": (world.exams, "exam_registrations", "state", "closing"),
        "reviews": (world.finance, "withdrawal_reviews", "state", "waiting_for_hold"),
        "cleared transfers": (world.finance, "transfers", "state", "cleared"),
    }
    for name, (harness, table, column, value) in asking.items():
        waiting = _rows(harness, select(harness.table(table).c.id).where(harness.table(table).c[column] == value))
        assert not waiting, f"{len(waiting)} {name} wait for an answer that never came"
    pending = _ids(world.registry, "status_changes", "pending_clearance")
    assert pending == _ids(world.finance, "transfers", "waiting"), "registry and finance differ about open transfers"


def _ids(harness: ServiceHarness, table: str, state: str) -> set[UUID]:
    columns = harness.table(table).c
    return {row.id for row in _rows(harness, select(columns.id).where(columns.state == state))}


def _ledger_is_what_the_bills_say(finance: ServiceHarness) -> None:
    """Counted anew from bills, refunds and suspense: what is owed at each point, and what is in the bank."""
    bills, entries, refunds = finance.table("bills"), finance.table("ledger_entries"), finance.table("refunds")
    suspense = finance.table("suspense_items")
    of_point = (bills.c.teaching_point_id, bills.c.student_id)
    owed = _rows(
        finance, select(*of_point, func.sum(bills.c.amount)).where(bills.c.status.in_(OWED)).group_by(*of_point)
    )
    keys = (entries.c.teaching_point_id, entries.c.student_id)
    booked = _rows(
        finance,
        select(*keys, func.sum(entries.c.amount))
        .where(entries.c.account == AccountKind.RECEIVABLE)
        .group_by(*keys)
        .having(func.sum(entries.c.amount) != 0),
    )
    assert {tuple(row) for row in booked} == {tuple(row) for row in owed}, "receivables are not what is owed"

    def total(column: Any, *conditions: Any) -> Any:
        return _rows(finance, select(func.coalesce(func.sum(column), 0).label("sum")).where(*conditions))[0].sum

    received = total(bills.c.amount, bills.c.status.in_(TAKEN)) + total(suspense.c.amount)
    paid_out = total(refunds.c.amount, refunds.c.state == RefundState.COMPLETED)
    in_bank = total(entries.c.amount, entries.c.account == AccountKind.BANK)
    assert in_bank == received - paid_out, f"the bank holds {in_bank}, but {received} came and {paid_out} went"
    kept = and_(refunds.c.bill_id.is_not(None), refunds.c.state != RefundState.FAILED)
    refunded = Counter(row.bill_id for row in _rows(finance, select(refunds.c.bill_id).where(kept)))
    assert all(times == 1 for times in refunded.values()), "a bill was refunded twice"


def _rows_are_where_the_student_is(world: World) -> None:
    """What is open belongs to the student's point; what was paid stays with the payer."""
    students = world.registry.table("students").c
    points = {
        row.id: row.teaching_point_id for row in _rows(world.registry, select(students.id, students.teaching_point_id))
    }
    open_rows = (
        (world.courses, "selections", "state", ("pending_payment", "selected")),
        (world.courses, "withdrawals", "state", ("pending_academic", "pending_finance")),
        (world.finance, "bills", "status", OWED),
        (world.exams, "exam_registrations", "state", ("pending_payment", "registered", "arranged", "suspended")),
    )
    for harness, table, column, states in open_rows:
        columns = harness.table(table).c
        rows = _rows(harness, select(columns.student_id, columns.teaching_point_id).where(columns[column].in_(states)))
        astray = [row for row in rows if row.teaching_point_id != points[row.student_id]]
        assert not astray, f"{len(astray)} {table} are at a point that the student has left"


def _admissions_are_records(world: World) -> None:
    """Every admitted form has the record that it made, no cancelled one has a record that is alive, and a level is
    taken by who studies for it."""
    forms, students = world.enrollment.table("applications").c, world.registry.table("students").c
    admitted = select(forms.student_id, forms.student_number).where(forms.state == "admitted")
    records = {row.id: row for row in _rows(world.registry, select(students.id.table))}
    made = {tuple(row) for row in _rows(world.enrollment, admitted)}
    assert made == {(id_, records[id_].student_number) for id_, _ in made if id_ in records}, (
        "an admission lacks a record"
    )
    cancelled = select(forms.student_id).where(forms.state == "admission_cancelled")
    alive = {id_ for (id_,) in _rows(world.enrollment, cancelled) if id_ in records and records[id_].status in LIVE}
    assert not alive, "records are alive whose admission was taken back"
    studying = {row.student_id for row in _rows(world.enrollment, select(forms.student_id).where(forms.studying))}
    assert studying == {id_ for id_, _ in made if records[id_].status in LIVE}, "levels are taken by others than study"


def _accounts_follow_the_records(world: World) -> None:
    """Everybody has an account but those who were refused one, and the registry shows the same ones."""
    refused = _students_without_account(world)
    students, users = world.registry.table("students").c, world.identity.table("users").c
    records = _rows(world.registry, select(students.id, students.teaching_point_id, students.status))
    expected = {
        (row.id, row.teaching_point_id, UserStatus.DISABLED if row.status in NO_ACCOUNT else UserStatus.ENABLED)
        for row in records
        if row.id not in refused
    }
    accounts = select(users.student_id, users.teaching_point_id, users.status).where(users.student_id.is_not(None))
    assert {tuple(row) for row in _rows(world.identity, accounts)} == expected, "accounts are not what the records say"


def _students_without_account(world: World) -> set[UUID]:
    """Who was refused an account, or had been when leaving school."""
    answers, refusals = world.registry.table("account_answers").c, world.identity.table("refused_accounts").c
    students = world.registry.table("students").c
    answered = select(students.id, students.status).join_from(answers.student_id.table, students.id.table)
    told = _rows(world.registry, answered.where(answers.refusal.is_not(None)))
    waiting = {row.student_id for row in _rows(world.identity, select(refusals.student_id))}
    shown = {row.id for row in told if row.status not in NO_ACCOUNT}
    assert shown == waiting, "the registry shows other refusals than identity remembers"
    return {row.id for row in told}


def _copies_are_what_the_owners_say(world: World) -> None:
    for consumer in world.harnesses.values():
        for kind, entry in consumer.service.copies.items():
            owned = _published(world.harnesses[entry.state.owner], kind, entry.state)
            table = entry.table.c
            copied = {row.id: row.version for row in _rows(consumer, select(table.id, table.version))}
            assert copied == owned, f"the copy {kind} in {consumer.service.name} is not what its owner says"


def _published(owner: ServiceHarness, kind: str, state: type[State[Any]]) -> dict[UUID, int]:
    publication = owner.service.publications[kind]

    def items(uow: Any) -> dict[UUID, int]:
        ids = [row.id for row in uow.rows(select(publication.table.c.id))]
        return {item.id: item.version for item in publication.builder(ids, uow)}

    return owner.database.run(system_context(), items)
