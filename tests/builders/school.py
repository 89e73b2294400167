"""A whole school over five services: teaching points, courses, rounds and fees, made by commands and carried to the
others by the services' own events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis.testing.harness import ServiceHarness, acting
from chassis.testing.world import World
from contracts.courses.catalogue_commands import AddCoursesToRound, CreateSelectionRound, PublishSelectionRound
from contracts.exams.commands import AddSession, CreateExamRound, PlaceCourses, Placement, PublishExamRound
from contracts.exams.views import ExamRoundDetails
from contracts.finance.commands import CreateRefundRule
from contracts.types import FeeKind
from tests.builders import courses as catalogue
from tests.builders import finance as money
from tests.builders import identity as accounts

OPENED_ON = datetime(2026, 9, 15, 4, tzinfo=UTC)
"""A Tuesday in the middle of the selection weeks, at noon in Shanghai."""

SELECTING = timedelta(days=7)
PAYING = timedelta(days=10)
REGISTERING = timedelta(days=30)
UNTIL_EXAM = timedelta(days=60)
WITHDRAWING = timedelta(days=90)
UNTIL_RESIT = timedelta(days=160)
EXAM_TIME = timedelta(minutes=90)

MANAGER = acting("exams.manage_rounds", name="考务")


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
    for kind in FeeKind:
        world.finance.run(CreateRefundRule(kind=kind, within_days=None, percent=100), money.STANDARDS)
    world.settle()
    exam_round = _exam_round(world.exams, "KS202612", (maths, english), REGISTERING, UNTIL_EXAM)
    resit_round = _exam_round(world.exams, "KS202703", (maths, english), UNTIL_RESIT - UNTIL_EXAM, UNTIL_RESIT)
    world.settle()
    return Site(
        east,
        west,
        *everything,
        selection_round=_selection_round(world.courses, everything),
        exam_round=exam_round,
        resit_round=resit_round,
        payment_deadline=OPENED_ON + PAYING,
        registration_closes=exam_round.registration_closes_at,
        exam_begins=min(session.starts_at for session in exam_round.sessions),
    )


def _selection_round(courses: ServiceHarness, course_ids: Sequence[UUID]) -> UUID:
    school, now = catalogue.registrar("courses.manage_rounds"), courses.clock.now()
    made = courses.run(
        CreateSelectionRound(
            code="XK202609",
            name="2026年秋季选课",
            opens_at=now - timedelta(days=1),
            closes_at=now + SELECTING,
            payment_deadline=now + PAYING,
            withdrawal_closes_at=now + WITHDRAWING,
        ),
        school,
    )
    courses.run(AddCoursesToRound(selection_round_id=made.id, course_ids=tuple(course_ids)), school)
    courses.run(PublishSelectionRound(selection_round_id=made.id, version=made.version), school)
    round_id: UUID = made.id
    return round_id


def _exam_round(
    exams: ServiceHarness, code: str, course_ids: Sequence[UUID], closes: timedelta, begins: timedelta
) -> ExamRoundDetails:
    """A published round with a session for each course. The one for resits opens when the first exams are over."""
    now = exams.clock.now()
    opens_at = now - timedelta(days=1) if begins == UNTIL_EXAM else now + UNTIL_EXAM + timedelta(days=1)
    details = exams.run(
        CreateExamRound(
            code=code,
            name="期末考试",
            registration_opens_at=opens_at,
            registration_closes_at=max(now + closes, opens_at + timedelta(days=20)),
        ),
        MANAGER,
    )
    for number, _ in enumerate(course_ids):
        starts_at = now + begins + timedelta(hours=3 * number)
        session = AddSession(
            exam_round_id=details.id, name=f"第{number + 1}场", starts_at=starts_at, ends_at=starts_at + EXAM_TIME
        )
        details = exams.run(session, MANAGER)
    placements = tuple(
        Placement(course_id=course_id, session_id=session.id)
        for course_id, session in zip(course_ids, details.sessions, strict=True)
    )
    exams.run(PlaceCourses(exam_round_id=details.id, placements=placements), MANAGER)
    published: ExamRoundDetails = exams.run(
        PublishExamRound(exam_round_id=details.id, version=details.version), MANAGER
    )
    return published
