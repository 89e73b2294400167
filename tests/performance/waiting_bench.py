"""Figures of counting what waits among 100,000 rows, and of a teaching point's notices.

`python -m tests.performance.waiting_bench` needs JIAOWU_TEST_POSTGRES_URL. 500 of finance's reviews wait; a point
was told 20,000 things. Whole requests as a service answers them, without the broker. Prints figures, asserts nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID

from rich.console import Console
from sqlalchemy import text

from chassis.base.clock import SystemClock
from chassis.base.context import Context, Scope
from chassis.base.ids import new_id
from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness, acting
from contracts.base import MAX_EVENT_ROWS
from contracts.common import of_service
from contracts.courses.events import CoursesDecided
from contracts.identity.notices import CountUnreadNotices, ListNotices, MarkAllNoticesRead
from contracts.notices import DecidedStep
from contracts.to_do import GetToDo
from services.finance.service import Finance
from services.identity.service import Identity
from tests.performance.figures import figure
from tests.performance.fresh import fresh_service

ROWS, WAITING, NOTICES = 100_000, 500, 20_000
POINT, ME = UUID(int=1), UUID(int=2)

_REVIEWS = text(
    "INSERT INTO withdrawal_reviews (id, selection_id, student_id, teaching_point_id, course_id, state, reason,"
    " academic_reviewer_id, requested_at)"
    " SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), CASE WHEN n % 100 = 0 THEN CAST(:point AS uuid)"
    " ELSE gen_random_uuid() END, gen_random_uuid(), CASE WHEN n % :every = 0 THEN 'pending' ELSE 'refunded' END,"
    " '工作调动', gen_random_uuid(), now() FROM generate_series(1, :rows) AS made (n)"
)
_USER = text(
    "INSERT INTO users (id, username, name, teaching_point_id, created_at)"
    " VALUES (:me, 'bench', '测量', :point, '2020-01-01')"
)
_POINT = text("INSERT INTO teaching_points (id, code, name, information) VALUES (:point, '3203', '测量教学点', '{}')")
_ROLE = text("INSERT INTO user_roles (user_id, role, teaching_point_id) VALUES (:me, 'teaching_point_admin', :point)")


def milliseconds(work: Callable[[], Any], times: int = 50) -> str:
    """The middle of some goes, the first of which do not count."""
    took = []
    for _ in range(times + 5):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return f"{median(took[5:]) * 1000:.1f} ms"


def waiting(console: Console, finance: ServiceHarness) -> None:
    """Reviews, by the index that begins with their state and without it."""
    with finance.owner_connection() as connection:
        connection.execute(text("ALTER TABLE withdrawal_reviews DISABLE TRIGGER USER"))
        connection.execute(_REVIEWS, {"rows": ROWS, "every": ROWS // WAITING, "point": POINT})
        connection.execute(text("ANALYZE withdrawal_reviews"))
    question = of_service("finance", GetToDo)()
    for whose, scope in (("the school", Scope("school")), ("a point with every 100th", Scope("point", (POINT,)))):
        who = replace(acting(scope="own", ids=[ME], user_id=ME), held={"finance.review_withdrawals": scope})
        count = sum(item.count for item in finance.ask(question, who).items)
        figure(console, f"{count} of {ROWS} wait for {whose}", milliseconds(partial(finance.ask, question, who)))
    with finance.owner_connection() as connection:
        connection.execute(text("DROP INDEX ix_withdrawal_reviews_state"))
    figure(console, "the same without the index (a point's)", milliseconds(partial(finance.ask, question, who)))
    who = replace(who, held={"finance.review_withdrawals": Scope("school")})
    figure(console, "the same without the index (the school's)", milliseconds(partial(finance.ask, question, who)))


def step(subject: int) -> DecidedStep:
    """What courses tells of a withdrawal at the point."""
    return DecidedStep(
        id=new_id(),
        workflow="withdrawal",
        action="approve",
        state="pending_finance",
        subject_id=UUID(int=subject),
        number=None,
        student_id=new_id(),
        tells_student=True,
        teaching_point_id=POINT,
        applicant_id=None,
        actor_id=None,
        at=SystemClock().now(),
    )


def notices(console: Console, identity: ServiceHarness) -> None:
    """A point's notices: kept, counted, listed, read."""
    with identity.owner_connection() as connection:
        for statement in (_POINT, _USER, _ROLE):
            connection.execute(statement, {"me": ME, "point": POINT})
    me: Context = acting(scope="own", ids=[ME], user_id=ME)
    took = []
    for first in range(0, NOTICES, MAX_EVENT_ROWS):
        event = CoursesDecided(steps=tuple(step(first + number) for number in range(MAX_EVENT_ROWS)))
        began = time.perf_counter()
        identity.deliver(event)
        took.append(time.perf_counter() - began)
    figure(console, f"a message of {MAX_EVENT_ROWS} kept", f"{median(took) * 1000:.0f} ms")
    with identity.owner_connection() as connection:
        connection.execute(text("ANALYZE notices"))
    figure(console, f"{NOTICES} unread counted", milliseconds(lambda: identity.ask(CountUnreadNotices(), me)))
    figure(console, "a page of 50 of them", milliseconds(lambda: identity.ask(ListNotices(), me)))
    began = time.perf_counter()
    identity.run(MarkAllNoticesRead(), me)
    figure(console, "all read at once, a mark each", f"{(time.perf_counter() - began) * 1000:.0f} ms")
    figure(console, "none unread, by marks", milliseconds(lambda: identity.ask(CountUnreadNotices(), me)))
    with identity.owner_connection() as connection:
        connection.execute(text("DELETE FROM notice_marks"))
        connection.execute(text("UPDATE notice_readers SET read_until = now() + interval '1 day'"))
    figure(console, "none unread, by the date", milliseconds(lambda: identity.ask(CountUnreadNotices(), me)))


def main() -> int:
    """Make, measure, print."""
    console = Console()
    made: list[tuple[type[Service], Callable[[Console, ServiceHarness], None]]] = [
        (Finance, waiting),
        (Identity, notices),
    ]
    for service, measure in made:
        with fresh_service("waiting", service) as harness:
            measure(console, harness)
    return 0


if __name__ == "__main__":
    sys.exit(main())
