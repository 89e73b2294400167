"""Builds the school, step by step: what is large is made by the databases themselves, two at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Table, create_engine, insert
from sqlalchemy.engine import make_url

from chassis.declaring.service import load
from launcher.paths import declaring
from tests.performance.large_school import catalogue, copies, drawing, fees
from tests.performance.large_school.databases import PLAN, Databases, take_indexes, vacuum_by_itself
from tests.performance.large_school.filled import cohorts, statements
from tests.performance.large_school.size import Size

Tell = Callable[[str, float], None]
"""Hears of each step that is done, and of its seconds."""

LARGE = {
    "registry": ("students", "suspensions", "status_changes"),
    "courses": ("students", "bills", "selections", "withdrawals"),
    "finance": (
        "students", "billings", "bills", "remittances", "payment_lines", "withdrawal_reviews", "refunds",
        "ledger_transactions", "ledger_entries",
    ),
    "exams": ("students", "exam_registrations"),
    "identity": ("students",),
    "enrollment": ("student_documents",),
}  # fmt: skip
"""Tables whose indexes are made after their rows."""
_LEDGER = ("ledger_transactions", "ledger_entries")

# What of the plan is needed in another database than the one in which it was made.
_STUDENTS = """
SELECT d.number, plan.id_at(d.entered_at, 1, d.number), d.point, d.programme, d.intake,
    d.status IN ('active', 'suspended')
FROM plan.drawn AS d ORDER BY d.number
"""
_OF_STUDENTS = "number int, id uuid, point int, programme int, intake int, active bool"
_OF_PICKS = (
    "number int, student_id uuid, point_id uuid, point int, intake int, course int, kind int, selected_at timestamptz,"
    " slip_at timestamptz, reviewed_at timestamptz, throw bigint, state text, slip bigint, asked_at timestamptz,"
    " decided_at timestamptz, settled bool"
)
# Who has paid for an exam is registered for it; of the rounds that are over, one of twelve did not come.
_REGISTRATIONS = """
SELECT plan.id_at(b.paid_at, 12, b.serial), b.source_id, b.student_id, b.teaching_point_id, b.course_id,
    b.exam_round_id, b.exam_kind, b.id, fate.state, CASE WHEN fate.state = 'cancelled' THEN 'withdrawn' END,
    CASE WHEN fate.state IN ('sat', 'absent') THEN intakes.payment_deadline + interval '10 days' END, b.paid_at,
    CASE WHEN fate.state = 'registered' THEN 1 ELSE 3 END, b.paid_at, b.updated_at
FROM bills AS b
JOIN plan.intakes ON intakes.exam_round_id = b.exam_round_id
CROSS JOIN plan.clock
CROSS JOIN LATERAL (SELECT CASE
    WHEN b.status <> 'paid' THEN 'cancelled'
    WHEN intakes.number = clock.last_intake THEN 'registered'
    WHEN plan.dice(b.serial, 70, 12) = 0 THEN 'absent' ELSE 'sat' END) AS fate (state)
WHERE b.kind = 'exam' AND b.paid_at IS NOT NULL
ORDER BY b.paid_at, b.serial
"""
_OF_REGISTRATIONS = (
    "id, selection_id, student_id, teaching_point_id, course_id, exam_round_id, exam_kind, bill_id, state, ended_by,"
    " arranged_at, registered_at, version, created_at, updated_at"
)


def build(
    admin_url: str, prefix: str, size: Size | None = None, tell: Tell = lambda step, seconds: None
) -> dict[str, float]:
    """Fill the databases of a system, which are migrated and empty, and are nobody's at work; the seconds of each step.

    `admin_url` is a superuser's, `prefix` what the databases' names begin with. Raises what PostgreSQL says.
    """
    size = size or Size()
    with ThreadPoolExecutor(1) as second:
        return _Building(Databases(admin_url, prefix), size, tell, second).build()


@dataclass
class _Building:
    databases: Databases
    size: Size
    tell: Tell
    second: ThreadPoolExecutor
    """Takes steps one after the other while the first hand takes others."""
    seconds: dict[str, float] = field(default_factory=dict)
    indexes: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Service → table and statement of each that is still to be made."""

    def build(self) -> dict[str, float]:
        self.step("small tables", self.small_tables)
        self.step("registry: students", self.students)
        self.step("courses: copy of students", self.students_of_courses)
        others = self.meanwhile("other copies of students", self.other_students)
        registry = self.meanwhile("registry: indexes", lambda: self.finish("registry"))
        copied = [self.meanwhile(f"{name}: indexes", partial(self.finish, name)) for name in ("identity", "enrollment")]
        self.step("courses: who selects what", lambda: self.sql("courses", "picks"))
        self.step("finance: what is selected", self.picks_of_finance)
        selections = self.meanwhile("courses: selections", lambda: self.sql("courses", "selections"))
        others.result()
        self.step("finance: bills", lambda: self.sql("finance", "bills"))
        of_bills = [
            self.meanwhile("finance: payments", lambda: self.sql("finance", "payments")),
            self.meanwhile("exams: registrations", self.registrations),
            self.meanwhile("courses: copy of bills", lambda: copies.BILLS.carry(self.databases)),
        ]
        rest = [self.meanwhile(f"{name}: indexes", partial(self.finish, name)) for name in ("courses", "exams")]
        self.step("finance: refunds", lambda: self.sql("finance", "refunds"))
        self.step("finance: ledger", lambda: self.sql("finance", "ledger"))
        self.step("finance: indexes of the ledger", lambda: self.index("finance", *_LEDGER))
        for waited_for in (registry, *copied, selections, *of_bills):
            waited_for.result()
        self.step("finance: other indexes", lambda: self.finish("finance"))
        for waited_for in rest:
            waited_for.result()
        copies.completed(self.databases, self.size)
        return self.seconds

    # --- steps ---

    def step(self, title: str, work: Callable[[], Any]) -> None:
        started = time.monotonic()
        work()
        self.seconds[title] = time.monotonic() - started
        self.tell(title, self.seconds[title])

    def meanwhile(self, title: str, work: Callable[[], Any]) -> Future[None]:
        return self.second.submit(self.step, title, work)

    def sql(self, service: str, name: str) -> None:
        self.databases.run(service, name)

    def small_tables(self) -> None:
        for service in LARGE:
            self.databases.run(service, "plan", seed=self.size.seed)
            self.indexes[service] = take_indexes(self.databases, service, LARGE[service])
            vacuum_by_itself(self.databases, service, LARGE[service], on=False)
        for service, table, rows in (*catalogue.tables(self.size), *fees.tables(self.size)):
            self.insert(service, table, rows)
        drawn = [(f"plan.{name}", columns, rows) for name, columns, rows in drawing.tables(self.size)]
        for service in ("registry", "courses", "finance"):
            self.databases.fill(service, drawn)
        self.sql("courses", "offers")
        for copy in copies.OF_SMALL_TABLES:
            copy.carry(self.databases)

    def insert(self, service: str, table: str, rows: Sequence[dict[str, Any]]) -> None:
        declared: Table = load(declaring(service)).metadata.tables[table]
        url = make_url(self.databases.admin_url).set(
            drivername="postgresql+psycopg2", database=self.databases.name(service)
        )
        engine = create_engine(url, connect_args={"options": "-c session_replication_role=replica"})
        with engine.begin() as connection:
            connection.execute(insert(declared), rows)
        engine.dispose()

    def students(self) -> None:
        self.sql("registry", "students")
        self.group("registry")

    def group(self, service: str) -> None:
        for statement in cohorts(service):
            self.databases.rows(service, statement)

    def students_of_courses(self) -> None:
        copies.STUDENTS_OF_COURSES.carry(self.databases)
        self.group("courses")
        self.plan_on("registry", _STUDENTS, "courses", "students", _OF_STUDENTS)

    def other_students(self) -> None:
        for copy in copies.OTHER_STUDENTS:
            copy.carry(self.databases)
        self.group("finance")

    def picks_of_finance(self) -> None:
        columns = ", ".join(column.split()[0] for column in _OF_PICKS.split(", "))
        self.plan_on("courses", f"SELECT {columns} FROM plan.picks ORDER BY number", "finance", "picks", _OF_PICKS)

    def plan_on(self, source: str, select: str, target: str, table: str, columns: str) -> None:
        """Take a table of the plan from one database to the next."""
        names = ", ".join(column.split()[0] for column in columns.split(", "))
        self.databases.rows(target, f"CREATE UNLOGGED TABLE plan.{table} ({columns})")
        self.databases.carry(source, select, target, f"plan.{table}", names)
        self.databases.rows(target, f"ANALYZE plan.{table}")

    def registrations(self) -> None:
        self.databases.carry("finance", _REGISTRATIONS, "exams", "exam_registrations", _OF_REGISTRATIONS)

    def index(self, service: str, *tables: str) -> None:
        """The indexes of tables whose rows nothing fills later."""
        for table, statement in list(self.indexes[service]):
            if table in tables:
                self.databases.rows(service, statement)
                self.indexes[service].remove((table, statement))

    def finish(self, service: str) -> None:
        """The plan goes, what triggers would have filled is filled, indexes and statistics come. All is vacuumed now:
        autovacuum would come in the middle of a measurement."""
        self.databases.rows(service, f"DROP SCHEMA {PLAN} CASCADE")
        indexes = [statement for _, statement in self.indexes[service]]
        for statement in (*statements(service), *indexes, "VACUUM (ANALYZE)"):
            self.databases.rows(service, statement)
        vacuum_by_itself(self.databases, service, LARGE[service], on=True)
