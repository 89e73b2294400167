"""A whole school: teaching points, courses, rounds and fees, made by commands and carried to the
others by the services' own events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis.testing.world import World
from contracts.exams.views import ExamRoundDetails
from contracts.types import FeeKind
from launcher import school as setting_up
from tests.builders import courses as catalogue
from tests.builders import enrollment as forms
from tests.builders import finance as money
from tests.builders import identity as accounts
from tests.builders.people import At

OPENED_ON = datetime(2026, 9, 15, 4, tzinfo=UTC)
"""A Tuesday in the middle of the selection weeks, at noon in Shanghai."""

SELECTING = timedelta(days=7)
PAYING = timedelta(days=10)
REGISTERING = timedelta(days=30)
UNTIL_EXAM = timedelta(days=60)
WITHDRAWING = timedelta(days=90)
UNTIL_RESIT = timedelta(days=160)


@dataclass(frozen=True)
class Site:
    """What there is before the first student comes: two points, three courses, and rounds with their dates.

    `maths` and `english` end in an exam, `ethics` does not. Deadlines are instants of the world's clock.
    """

    east: UUID
    west: UUID
    maths: UUID
    english: UUID
    ethics: UUID
    selection_round: UUID
    exam_round: ExamRoundDetails
    resit_round: ExamRoundDetails
    payment_deadline: datetime
    registration_closes: datetime
    admission_round: UUID
    next_admission_round: UUID
    exam_begins: datetime


def found(world: World) -> Site:
    """Open the school on `OPENED_ON`: selecting, paying and registering are possible from now on."""
    world.clock.set(OPENED_ON)
    east = accounts.teaching_point(world.identity, "3201", "城东教学点").id
    west = accounts.teaching_point(world.identity, "3202", "城西教学点").id
    world.settle()
    maths, english, ethics = (
        catalogue.course(world.courses, code, final=final).id
        for code, final in (("50101", 50), ("50102", 60), ("50103", 0))
    )
    everything = (maths, english, ethics)
    catalogue.programme(world.courses, everything, (east, west))
    money.standards(world.finance)
    setting_up.set_refund_rules(At(world), [(kind, None, 100) for kind in FeeKind])
    world.settle()
    registering = OPENED_ON - timedelta(days=1), OPENED_ON + REGISTERING
    exam_round = _exam_round(world, "KS202612", registering, OPENED_ON + UNTIL_EXAM, (maths, english))
    again = OPENED_ON + UNTIL_EXAM + timedelta(days=1)  # when the first exams are over
    registering = again, max(OPENED_ON + UNTIL_RESIT - UNTIL_EXAM, again + timedelta(days=20))
    resit_round = _exam_round(world, "KS202703", registering, OPENED_ON + UNTIL_RESIT, (maths, english))
    world.settle()
    return Site(
        east,
        west,
        *everything,
        selection_round=_selection_round(world, everything),
        exam_round=exam_round,
        resit_round=resit_round,
        payment_deadline=OPENED_ON + PAYING,
        registration_closes=exam_round.registration_closes_at,
        admission_round=_admission_round(world, "ZS202609", "202609"),
        next_admission_round=_admission_round(world, "ZS202703", "202703"),
        exam_begins=min(session.starts_at for session in exam_round.sessions),
    )


def _selection_round(world: World, course_ids: Sequence[UUID]) -> UUID:
    return catalogue.selection_round(
        world.courses,
        course_ids,
        opens_at=OPENED_ON - timedelta(days=1),
        closes_at=OPENED_ON + SELECTING,
        payment_deadline=OPENED_ON + PAYING,
        withdrawal_closes_at=OPENED_ON + WITHDRAWING,
    ).id


def _admission_round(world: World, code: str, intake: str) -> UUID:
    """An admission round that is as long as the scripts are."""
    closes_at = OPENED_ON + UNTIL_RESIT
    return forms.admission_round(
        world.enrollment, code=code, intake=intake, closes_at=closes_at, review_closes_at=closes_at
    ).id


def _exam_round(
    world: World, code: str, registering: tuple[datetime, datetime], begins: datetime, course_ids: Sequence[UUID]
) -> ExamRoundDetails:
    """A published round with a session for each course."""
    sessions = [begins + timedelta(hours=3 * number) for number in range(len(course_ids))]
    return setting_up.open_exam_round(At(world), code, registering, sessions, course_ids)
