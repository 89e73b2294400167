"""Figures of the ledger: balances, its check, and what a selection's bill costs, before and after it was summed up.

`python -m tests.performance.ledger_bench [bills] [percent]` needs JIAOWU_TEST_POSTGRES_URL. Of so many paid bills
(500,000), four entries each, so many per cent (50) are of one teaching point, the others of 299. "Before" is the same
code on books that nobody has summed up: it reads the entries, as it did without sums. For the bills, it is a database
without the index and the triggers that the proof needs. Prints figures, asserts nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from chassis.base.clock import local_date
from chassis.base.context import Context, system_context
from chassis.testing.harness import ServiceHarness
from contracts.base import Operation
from contracts.courses.events import CoursesSelected
from contracts.errors import ServiceError
from contracts.finance.queries import CheckLedger, GetBalance
from contracts.registry.events import StudentItem
from services.finance.jobs import prove_books
from services.finance.service import Finance
from tests.builders import finance as build
from tests.builders import people
from tests.performance.figures import quantile
from tests.performance.fresh import fresh_service

BILLS, PERCENT, POINTS = 500_000, 50, 300
TIMES = 100
BILLED = 150
"""Events that are billed of each kind and on each side, in turn."""

# Ids rise as those of the system do. A bill each some seconds for a thousand days, paid five days later.
_BOOKS = """
SET session_replication_role = replica;
CREATE FUNCTION id_of(kind text, i bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (kind || lpad(to_hex(i / 65536), 7, '0') || '-' || lpad(to_hex(i % 65536), 4, '0')
            || '-7000-8000-000000000000')::uuid $$;
CREATE TEMP TABLE made AS
SELECT i, id_of('0', i) AS bill, id_of('1', i / 100) AS slip, id_of('2', i / 40) AS student,
       id_of('3', CASE WHEN i % 100 < {percent} THEN 0 ELSE 1 + i / 100 % {others} END) AS point,
       now() - interval '1006 days' + interval '1000 days' * (i::float / {bills}) AS issued_at
FROM generate_series(1, {bills}) AS i;
INSERT INTO remittances (id, number, teaching_point_id, state, amount, bill_count, payer_name, remitted_on, entered_by,
                         created_at, updated_at)
SELECT slip, 'B' || (row_number() OVER (ORDER BY slip)), id_of('3', 0), 'approved', 100 * count(*), count(*), '教学点',
       max(issued_at)::date, id_of('4', 0), max(issued_at), max(issued_at)
FROM made GROUP BY slip;
INSERT INTO bills (id, source_kind, source_id, student_id, teaching_point_id, course_id, kind,
                   fee_standard_id, amount, status, method, remittance_id, issued_at, paid_at, created_at, updated_at)
SELECT bill, 'selection', bill, student, point, bill, 'credit', bill, 100, 'paid', 'remittance', slip, issued_at,
       issued_at + interval '5 days', issued_at, issued_at + interval '5 days'
FROM made;
INSERT INTO ledger_transactions (id, posting, bill_id, teaching_point_id, student_id, posted_at)
SELECT id_of(prefix, i), posting, bill, point, student, issued_at + later
FROM made, (VALUES ('5', 'bill_issued', interval '0'), ('6', 'payment', interval '5 days'))
    AS p (prefix, posting, later);
INSERT INTO ledger_entries (id, transaction_id, posting, account, teaching_point_id, student_id, bill_id, amount,
                            posted_at)
SELECT id_of(entry, i), id_of(prefix, i), posting, account, point, student, bill, amount, issued_at + later
FROM made, (VALUES ('7', '5', 'bill_issued', 'receivable', 100, interval '0'),
                   ('8', '5', 'bill_issued', 'credit_fee_income', -100, interval '0'),
                   ('9', '6', 'payment', 'bank', 100, interval '5 days'),
                   ('a', '6', 'payment', 'receivable', -100, interval '5 days'))
    AS p (entry, prefix, posting, account, amount, later);
"""
_WITHOUT = """
DROP INDEX ix_bills_updated_at, ix_remittances_updated_at;
DROP TRIGGER note_late ON ledger_entries;
DROP TRIGGER note_late_insert ON bills; DROP TRIGGER note_late_update ON bills;
DROP TRIGGER note_late_insert ON remittances; DROP TRIGGER note_late_update ON remittances;
"""


def made(finance: ServiceHarness, bills: int, percent: int) -> None:
    """Books of so many bills."""
    with finance.owner_connection() as connection:
        connection.execute(text(_BOOKS.format(bills=bills, percent=percent, others=POINTS - 1)))
        connection.exec_driver_sql("RESET session_replication_role")
        connection.exec_driver_sql("VACUUM ANALYZE")


def seconds(work: Callable[[], Any]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def asked(finance: ServiceHarness, questions: Sequence[tuple[Operation, Context]]) -> str:
    """The middle and the 95th of a hundred answers, in milliseconds."""
    times = [1000 * seconds(lambda asking=each: finance.ask(*asking)) for each in questions]  # type: ignore[misc]
    return f"{quantile(times, 0.5):,.1f} / {quantile(times, 0.95):,.1f}"


def answers(finance: ServiceHarness, times: int) -> list[str]:
    """Balances of the largest point, of a small one and of a student, today and on any day."""
    dice, today = Random(1), local_date(finance.clock.now())
    with finance.owner_connection() as connection:
        largest, small = connection.scalars(text("(SELECT id_of('3', 0)) UNION ALL (SELECT id_of('3', 1))"))
        student = connection.scalar(
            text("SELECT student_id FROM bills WHERE teaching_point_id = id_of('3', 0) LIMIT 1")
        )

    def of(who: Context, any_day: bool = False, **whose: UUID) -> str:
        days = [today - timedelta(days=dice.randrange(1000) if any_day else 0) for _ in range(times)]
        return asked(finance, [(GetBalance(on=day, **whose), who) for day in days])

    return [
        of(people.of_point(largest), teaching_point_id=largest),
        of(build.READER, teaching_point_id=largest),
        of(build.READER, any_day=True, teaching_point_id=largest),
        of(build.READER, teaching_point_id=small),
        of(people.in_person(student), student_id=student),
    ]


def checked(finance: ServiceHarness, whole: bool) -> str:
    """How long a check takes, in milliseconds."""
    try:
        took = seconds(lambda: finance.ask(CheckLedger(whole=whole), people.of_school()))
    except ServiceError as refused:
        return refused.code
    return f"{1000 * took:,.0f}"


def summed_up(finance: ServiceHarness) -> None:
    """Let the job go on until it has nothing to do."""
    while finance.database.run(system_context(), prove_books) or finance.rows(
        text("SELECT 1 FROM ledger_proof WHERE proven_until < now() - interval '5 minutes' OR gone_over_at IS NULL")
    ):
        pass


def reading(console: Console, bills: int, percent: int) -> None:
    """Balances and the check."""
    with fresh_service("ledger", Finance) as finance:
        with console.status("books are made"):
            console.print(f"made in {seconds(lambda: made(finance, bills, percent)):.0f} s")
        with console.status("before"):
            before = [*answers(finance, TIMES // 10), checked(finance, whole=True)]
        with console.status("summed up"):
            console.print(f"summed up, proven and gone over in {seconds(lambda: summed_up(finance)):.0f} s")
        with console.status("after"):
            after = [*answers(finance, TIMES), checked(finance, whole=False)]
    shown = Table(
        title=f"{4 * bills:,} entries, {percent} % of one point; milliseconds, p50 / p95", title_justify="left"
    )
    for heading in ("", "before", "after"):
        shown.add_column(heading, justify="right" if heading else "left")
    titles = (
        "balance of the largest point, asked by itself",
        "balance of the largest point, asked by the school",
        "the same on any day of a thousand",
        "balance of a small point",
        "balance of a student",
        "check of the ledger",
    )
    for row in zip(titles, before, after, strict=True):
        shown.add_row(*row)
    console.print(shown)


def writing(console: Console) -> None:
    """What a selection's bill costs, by turns on a database with and one without what the proof needs."""
    with fresh_service("billold", Finance) as old, fresh_service("billnew", Finance) as new:
        with old.owner_connection() as connection:
            connection.exec_driver_sql(_WITHOUT)
        students = {id(finance): _ready(finance) for finance in (old, new)}
        for rows in (1, 500):
            times: dict[int, list[float]] = {id(old): [], id(new): []}
            for turn in range(BILLED if rows == 1 else BILLED // 3):
                for finance in (old, new) if turn % 2 else (new, old):
                    chosen = tuple(build.selection(students[id(finance)]) for _ in range(rows))
                    arriving = [finance.arriving(finance.envelope(CoursesSelected(selections=chosen)))]
                    times[id(finance)].append(1000 * seconds(lambda f=finance, a=arriving: f.inbox.handle(a)))  # type: ignore[misc]
            console.print(
                f"check while {rows * len(times[id(new)]):,} more of them wait: {checked(new, whole=False)} ms"
            )
            for part in (0.1, 0.5):
                before, after = (quantile(times[id(finance)], part) for finance in (old, new))
                console.print(
                    f"{rows} selections billed, p{100 * part:.0f}: {before:.1f} ms before, {after:.1f} after"
                    f" ({after / before - 1:+.1%})"
                )


def _ready(finance: ServiceHarness) -> StudentItem:
    build.standards(finance)
    return build.student(finance)


def main(arguments: Sequence[str]) -> int:
    """Print everything."""
    bills, percent = (int(given) for given in (*arguments, *(str(d) for d in (BILLS, PERCENT)[len(arguments) :])))
    console = Console()
    reading(console, bills, percent)
    writing(console)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
