"""What the school sets up before anybody can select: points, staff, catalogue, programme, fees and rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from contracts.courses.catalogue_commands import CreateTerm
from contracts.courses.catalogue_views import CourseDetails, ProgrammeDetails
from contracts.courses.commands import CreateSelectionRound
from contracts.courses.queries import ListTerms
from contracts.courses.views import SelectionRoundDetails
from contracts.exams.views import ExamRoundDetails
from contracts.finance.queries import ListFeeStandards, ListRefundRules
from contracts.identity.commands import AddressInput, CreateTeachingPoint, PointInformationInput
from contracts.identity.views import TeachingPointDetails
from contracts.permissions import Module, Role
from contracts.types import EducationLevel, FeeKind, FiveElements, Level
from launcher import school
from launcher.story.people import Person, hire
from launcher.story.stage import Stage, at_once, must_be_refused


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works at the school. Whoever enters something and whoever decides about it are different people."""

    registrar: Person
    reviewing_registrar: Person
    exams: Person
    cashier: Person
    refunds: Person
    admissions: Person


@dataclass(frozen=True, slots=True)
class Point:
    """A teaching point and who works there."""

    view: TeachingPointDetails
    administrator: Person
    registrar: Person
    cashier: Person


@dataclass(frozen=True, slots=True)
class Course:
    """A course of the programme."""

    details: CourseDetails
    has_final: bool


@dataclass(frozen=True, slots=True)
class School:
    """Everything that stands when selecting begins."""

    administrator: Person
    staff: Staff
    points: Sequence[Point]
    courses: Sequence[Course]
    programme: ProgrammeDetails
    exam_round: ExamRoundDetails
    selection_round: SelectionRoundDetails


# Name, credits, percent of the final.
_COURSES = (
    ("计算机网络", "4.0", 60),
    ("数据库原理与应用", "4.0", 60),
    ("操作系统", "3.0", 70),
    ("软件工程综合实践", "2.0", 0),
    ("数据结构", "4.0", 60),
    ("大学英语", "3.0", 80),
)
_STANDARDS = (
    (EducationLevel.UNDERGRADUATE, FeeKind.CREDIT, Decimal("110.00")),
    (EducationLevel.UNDERGRADUATE, FeeKind.EXAM, Decimal("35.00")),
    (EducationLevel.JUNIOR_COLLEGE, FeeKind.CREDIT, Decimal("95.00")),
    (EducationLevel.JUNIOR_COLLEGE, FeeKind.EXAM, Decimal("30.00")),
)
# Kind, days after payment, percent that goes back.
_REFUND_RULES = (
    (FeeKind.CREDIT, 30, 100),
    (FeeKind.CREDIT, None, 50),
    (FeeKind.EXAM, 30, 100),
    (FeeKind.EXAM, None, 0),
)
STUDIES = (Module.ENROLLMENT, Module.REGISTRY, Module.COURSES, Module.EXAMS)
"""What a point's registrar looks after."""
_CITIES = (
    ("徐州", "云龙区", 117.23, 34.25),
    ("苏州", "姑苏区", 120.62, 31.30),
    ("南通", "崇川区", 120.86, 32.01),
)
"""Each with degrees east and north."""
_APART = 0.0003
"""Degrees, some thirty metres, between the points of one run and the next: each run's are the nearest to themselves."""


def elements(stage: Stage) -> FiveElements:
    """The five elements of the run's programme: its own student source makes them its own."""
    return FiveElements(
        level=Level.TOP_UP_BACHELOR,
        student_source=stage.named("合作单位"),
        major_code="080901",
        schooling_length="2.5",
    )


def set_up(
    stage: Stage, administrator: Person, password: str, *, points: int, studies: Sequence[Module] = STUDIES
) -> School:
    """Everything, in the order in which a school does it."""
    staff = hire_staff(stage, administrator, password)
    places = [open_point(stage, administrator, password, number, studies) for number in range(1, points + 1)]
    keep_calendar(stage, staff.registrar)
    courses = make_catalogue(stage, staff)
    programme = make_programme(stage, staff.registrar, courses, places)
    set_fees(stage, staff.cashier)
    exam_round = open_exam_round(stage, staff.exams, courses)
    selection_round = open_selection_round(stage, staff.registrar, courses)
    return School(administrator, staff, places, courses, programme, exam_round, selection_round)


def hire_staff(stage: Stage, administrator: Person, password: str) -> Staff:
    """Accounts of the school's own people."""

    def account(title: str, name: str, role: Role) -> Person:
        username = stage.username(name)
        return hire(administrator, stage.gateway_url, title=title, username=username, password=password, role=role)

    wanted = (
        ("registrar", "registrar", Role.SCHOOL_REGISTRAR),
        ("second registrar", "registrar2", Role.SCHOOL_REGISTRAR),
        ("exams officer", "exams", Role.SCHOOL_EXAMS),
        ("school's cashier", "cashier", Role.SCHOOL_FINANCE),
        ("refunds officer", "refunds", Role.SCHOOL_FINANCE),
        ("admissions officer", "admissions", Role.SCHOOL_ADMISSIONS),
    )
    with stage.step(administrator.title, "hires the school's staff, who sign in and change their passwords") as step:
        staff = Staff(*at_once(lambda who: account(*who), wanted))
        step.outcome = "two registrars, an exams officer, two of finance, an admissions officer"
    return staff


def open_point(
    stage: Stage, administrator: Person, password: str, number: int, studies: Sequence[Module] = STUDIES
) -> Point:
    """A teaching point with its administrator, who hires its staff."""
    city, district, longitude, latitude = _CITIES[(number - 1) % len(_CITIES)]
    north, east = divmod(int(stage.run), 1000)
    address = AddressInput(
        province="江苏省",
        city=f"{city}市",
        district=district,
        street=f"学府路{number}号",
        longitude=longitude + east * _APART,
        latitude=latitude + north * _APART,
    )
    command = CreateTeachingPoint(
        code=f"{stage.run}{number:02d}",
        name=stage.named(f"{city}教学点"),
        information=PointInformationInput(address=address, phones=("025-86265500",)),
    )
    with stage.step(administrator.title, f"opens teaching point {number}") as step:
        view: TeachingPointDetails = administrator.send(command)
        name = f"point{number}"
        head = hire(
            administrator,
            stage.gateway_url,
            title=f"{name}'s administrator",
            username=stage.username(name),
            password=password,
            role=Role.TEACHING_POINT_ADMIN,
            teaching_point_id=view.id,
        )

        def account(title: str, modules: Sequence[Module]) -> Person:
            username = stage.username(f"{name}-{title}")
            return hire(
                head,
                stage.gateway_url,
                title=f"{name}'s {title}",
                username=username,
                password=password,
                role=Role.TEACHING_POINT_STAFF,
                modules=modules,
                teaching_point_id=view.id,
            )

        wanted = (("registrar", studies), ("cashier", (Module.FINANCE,)))
        registrar, cashier = at_once(lambda who: account(*who), wanted)
        step.outcome = f"{view.name}, whose administrator hires a registrar and a cashier"
    return Point(view, head, registrar, cashier)


def keep_calendar(stage: Stage, registrar: Person) -> None:
    """The terms from the newest intake's to the present one are in the calendar."""
    with stage.step(registrar.title, "looks after the term calendar") as step:
        known = list(registrar.client.pages(ListTerms()))
        if any(term.starts_on <= stage.today <= term.ends_on for term in known):
            step.outcome = "the present term is in it"
            return
        autumn = stage.today.month >= 9 or stage.today.month == 1
        year = stage.today.year - (stage.today.month == 1)
        starts, ends = (date(year, 9, 1), date(year + 1, 1, 31)) if autumn else (date(year, 2, 1), date(year, 8, 31))
        name = f"{year}年{'秋' if autumn else '春'}季学期"
        registrar.send(CreateTerm(name=name, starts_on=starts, ends_on=ends))
        step.outcome = f"{name} is added"


def make_catalogue(stage: Stage, staff: Staff) -> list[Course]:
    """Courses with a version in use and a requirement that a second person has approved."""
    with stage.step(staff.registrar.title, "enters courses, versions and requirements") as step:
        edition = f"{stage.today.year}版"
        drafts = [
            school.enter_course(
                staff.registrar,
                f"{stage.run}{number:02d}",
                name,
                final,
                description=edition,
                credits=Decimal(credits),
            )
            for number, (name, credits, final) in enumerate(_COURSES, start=1)
        ]
        step.outcome = f"{len(drafts)} courses"
    with stage.step(staff.reviewing_registrar.title, "approves the requirements") as step:
        refused = must_be_refused(lambda: staff.registrar.send(drafts[0].approval), "decides_own_request")
        for draft in drafts:
            staff.reviewing_registrar.send(draft.approval)
        step.outcome = f"whoever entered them may not ({refused})"
    with stage.step(staff.registrar.title, "puts the versions in use and publishes the courses"):
        return [
            Course(school.publish_course(staff.registrar, draft), has_final=draft.requirement.final_percent > 0)
            for draft in drafts
        ]


def make_programme(
    stage: Stage, registrar: Person, courses: Sequence[Course], points: Sequence[Point]
) -> ProgrammeDetails:
    """A published programme that all points offer."""
    ids = [course.details.id for course in courses]
    modules = {"专业核心课": ids[:4], "公共基础课": ids[4:]}
    name, own = stage.named("计算机科学与技术(专升本)"), elements(stage).model_dump()
    command = school.programme(f"{stage.run}-ZSB", name, stage.intake, modules, **own)
    with stage.step(registrar.title, "publishes a programme that all points offer") as step:
        offered = school.publish_programme(registrar, command, [point.view.id for point in points])
        step.outcome = offered.name
    return offered


def set_fees(stage: Stage, cashier: Person) -> None:
    """Fee standards and refund rules: those that are missing, for they hold for the whole school."""
    with stage.step(cashier.title, "sets fee standards and refund rules") as step:
        standards = list(cashier.client.pages(ListFeeStandards(on=stage.today)))
        known = {
            (each.education_level, each.kind) for each in standards if not (each.student_type or each.student_source)
        }
        missing = [each for each in _STANDARDS if each[:2] not in known]
        school.set_standards(cashier, missing, date(stage.today.year, 1, 1))
        ruled = {rule.kind for rule in cashier.client.pages(ListRefundRules())}
        school.set_refund_rules(cashier, [rule for rule in _REFUND_RULES if rule[0] not in ruled])
        step.outcome = f"{len(missing)} new standards" if missing else "they stand already"


def open_exam_round(stage: Stage, officer: Person, courses: Sequence[Course]) -> ExamRoundDetails:
    """A published exam round with a session for each course that has a final."""
    sat = [course.details.id for course in courses if course.has_final]
    registration = stage.now - timedelta(minutes=1), stage.day(30)
    begins = [stage.day(40 + number // 3, hour=9 + 3 * (number % 3)) for number in range(len(sat))]
    with stage.step(officer.title, "opens an exam round with its sessions") as step:
        name = stage.named("期末考试")
        round_ = school.open_exam_round(officer, f"KS{stage.run}", registration, begins, sat, name)
        step.outcome = f"{len(sat)} sessions, registration until {round_.registration_closes_at:%Y-%m-%d}"
    return round_


def open_selection_round(stage: Stage, registrar: Person, courses: Sequence[Course]) -> SelectionRoundDetails:
    """A published selection round with all courses but the last, so that one is refused."""
    command = CreateSelectionRound(
        code=f"XK{stage.run}",
        name=stage.named("选课"),
        opens_at=stage.now - timedelta(minutes=1),
        closes_at=stage.day(14),
        payment_deadline=stage.day(20),
        withdrawal_closes_at=stage.day(45),
    )
    with stage.step(registrar.title, "opens a selection round") as step:
        round_ = school.open_selection_round(registrar, command, [course.details.id for course in courses[:-1]])
        step.outcome = f"{round_.course_count} courses, open until {round_.closes_at:%Y-%m-%d}"
    return round_
