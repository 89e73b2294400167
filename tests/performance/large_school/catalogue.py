"""The small tables of the school: teaching points, calendar, courses, programmes, rounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final
from uuid import UUID

from contracts.courses.states import (
    AssessmentRequirementState,
    CourseStatus,
    CourseVersionStatus,
    ProgrammeStatus,
    RoundStatus,
)
from contracts.exams.states import ExamRoundStatus
from contracts.identity.states import TeachingPointStatus
from contracts.types import EducationLevel, ExamKind
from tests.performance.large_school.majors import (
    COURSES_OF_ALL,
    COURSES_OF_MAJOR,
    COURSES_OF_PROGRAMME,
    Programme,
    majors,
    programmes,
)
from tests.performance.large_school.size import POINTS, Intake, Size, id_at

Rows = list[dict[str, Any]]
CITIES: Final = ("南京市", "无锡市", "徐州市", "常州市", "苏州市", "南通市", "连云港市", "淮安市", "盐城市", "扬州市")
_COMMON: Final = ("大学英语", "思想政治理论", "计算机应用基础", "学习指南", "应用写作", "社会实践")
_SUBJECTS: Final = (
    "概论", "原理", "基础", "实务", "方法", "专题", "史", "案例分析", "综合实践", "前沿", "法规", "研究",
)  # fmt: skip
_SESSIONS: Final = 12
BOTH: Final = (EducationLevel.UNDERGRADUATE, EducationLevel.JUNIOR_COLLEGE)


@dataclass(frozen=True, slots=True)
class Course:
    """A course, in use since before the first intake. Two of three have a final."""

    number: int
    name: str
    education_levels: tuple[EducationLevel, ...]

    @property
    def has_final(self) -> bool:
        """Whether it ends with an exam."""
        return self.number % 3 != 0

    @property
    def exam_kind(self) -> ExamKind | None:
        """How the final is sat, if there is one."""
        if not self.has_final:
            return None
        return ExamKind.COMPUTER if self.number % 5 == 0 else ExamKind.PAPER

    @property
    def credits(self) -> Decimal:
        """Two to five."""
        return Decimal(2 + self.number % 4) if self.number % 7 else Decimal("2.5")

    def id(self, size: Size, kind: int = 0x20) -> UUID:
        """Its id, and by other kinds those of its version and requirement."""
        return id_at(size.intakes[0].entered_at - timedelta(days=100), kind, self.number)


@cache
def courses() -> list[Course]:
    """Those of everybody, then twelve of each major."""
    found = [Course(number, name, BOTH) for number, name in enumerate(_COMMON, start=1)]
    for major in majors():
        for subject in _SUBJECTS:
            found.append(Course(len(found) + 1, f"{major.name}{subject}", (major.education_level,)))
    return found


def courses_of(programme: Programme) -> list[int]:
    """The numbers of a programme's courses, in the order of the terms in which they are suggested."""
    first = COURSES_OF_ALL + (programme.major.number - 1) * COURSES_OF_MAJOR + 1
    own = list(range(first, first + COURSES_OF_MAJOR))
    common = list(range(1, COURSES_OF_ALL + 1))
    return common[:3] + own[:6] + common[3:] + own[6:]


def point_id(size: Size, number: int) -> UUID:
    """The id of a teaching point."""
    return id_at(size.intakes[0].entered_at - timedelta(days=200), 0x01, number)


def point_code(number: int) -> str:
    """The code of a teaching point."""
    return f"32{number:04d}"


def round_id(intake: Intake, kind: int = 0x30) -> UUID:
    """The id of an intake's selection round, and by other kinds those of exam round and sessions."""
    return id_at(intake.opens_at - timedelta(days=20), kind, intake.number)


def tables(size: Size) -> Iterator[tuple[str, str, Rows]]:
    """Service, table and rows, parents first."""
    yield "identity", "teaching_points", _points(size)
    yield from _of_courses(size)
    yield from _of_exams(size)


def _stamped(size: Size, row: dict[str, Any], version: int = 1) -> dict[str, Any]:
    at = size.intakes[0].entered_at
    return {**row, "version": version, "created_at": at, "updated_at": at}


def _points(size: Size) -> Rows:
    rows = []
    for number in range(1, POINTS + 1):
        city = CITIES[number % len(CITIES)]
        named = {"id": point_id(size, number), "code": point_code(number), "name": f"{city}第{number}教学点"}
        information = {"address": {"province": "江苏省", "city": city}, "recruiters": [], "phones": []}
        row = {**named, "status": TeachingPointStatus.ENABLED, "information": information}
        rows.append(_stamped(size, row, 1 + number % 3))
    return rows


def _of_courses(size: Size) -> Iterator[tuple[str, str, Rows]]:
    known = courses()
    for table, kind, row in (("courses", 0x20, _course), ("course_versions", 0x21, _version)):
        yield "courses", table, [_stamped(size, {"id": each.id(size, kind), **row(size, each)}, 2) for each in known]
    requirements = [_stamped(size, {"id": each.id(size, 0x22), **_requirement(size, each)}, 2) for each in known]
    yield "courses", "assessment_requirements", requirements
    yield "courses", "terms", [_stamped(size, _term(intake)) for intake in size.intakes]
    yield from _programmes(size)
    yield "courses", "selection_rounds", [_stamped(size, _selection_round(intake), 2) for intake in size.intakes]


def _course(size: Size, course: Course) -> dict[str, Any]:
    return {
        "code": f"{50_000 + course.number}",
        "name": course.name,
        "credits": course.credits,
        "education_levels": list(course.education_levels),
        "status": CourseStatus.PUBLISHED,
    }


def _version(size: Size, course: Course) -> dict[str, Any]:
    return {"course_id": course.id(size), "number": 1, "status": CourseVersionStatus.IN_USE}


def _requirement(size: Size, course: Course) -> dict[str, Any]:
    final = 60 if course.has_final else 0
    return {
        "course_version_id": course.id(size, 0x21),
        "coursework_percent": 100 - final,
        "final_percent": final,
        "exam_kind": course.exam_kind,
        "state": AssessmentRequirementState.APPROVED,
    }


def _term(intake: Intake) -> dict[str, Any]:
    year, autumn = intake.starts_on.year, intake.starts_on.month == 9
    starts, ends = (date(year, 9, 1), date(year + 1, 1, 31)) if autumn else (date(year, 2, 1), date(year, 8, 31))
    name = f"{year}年{'秋' if autumn else '春'}季学期"
    return {"id": round_id(intake, 0x31), "name": name, "starts_on": starts, "ends_on": ends}


def _selection_round(intake: Intake) -> dict[str, Any]:
    return {
        "id": round_id(intake),
        "code": f"XK{intake.code}",
        "name": f"{intake.code}选课",
        "opens_at": intake.opens_at,
        "closes_at": intake.closes_at,
        "payment_deadline": intake.payment_deadline,
        "withdrawal_closes_at": intake.withdrawal_closes_at,
        "status": RoundStatus.PUBLISHED,
    }


def _programmes(size: Size) -> Iterator[tuple[str, str, Rows]]:
    known = programmes(size)
    yield "courses", "programmes", [_stamped(size, _programme(size, each), 2) for each in known]
    modules, places = [], []
    for each in known:
        ids = [id_at(size.intakes[each.first - 1].entered_at, 0x11 + number, each.number) for number in range(3)]
        for position, id_ in enumerate(ids, start=1):
            module = {"id": id_, "programme_id": each.id, "position": position, "name": f"第{position}模块"}
            modules.append({**module, "minimum_credits": Decimal(10)})
        for place, course in enumerate(courses_of(each)):
            placed = {"programme_id": each.id, "course_id": courses()[course - 1].id(size)}
            module_id = ids[place * len(ids) // COURSES_OF_PROGRAMME]
            term = {"suggested_term": 1 + place * 5 // COURSES_OF_PROGRAMME, "compulsory": place % 4 != 3}
            places.append({**placed, "module_id": module_id, **term, "degree_only": False})
    yield "courses", "programme_modules", modules
    yield "courses", "programme_courses", places


def _programme(size: Size, programme: Programme) -> dict[str, Any]:
    major, intakes = programme.major, size.intakes
    return {
        "id": programme.id,
        "code": f"PY{major.code}-{programme.number - programme.version_number + 1}",
        "version_number": programme.version_number,
        "name": f"{major.name}({programme.student_type})",
        "major_name": major.name,
        "level": major.level,
        "student_type": programme.student_type,
        "student_source": programme.student_source,
        "major_code": major.code,
        "schooling_length": programme.schooling_length,
        "from_intake": intakes[programme.first - 1].code,
        "until_intake": None if programme.open_ended else intakes[programme.last - 1].code,
        "early_selection": True,
        "status": ProgrammeStatus.PUBLISHED,
        "total_credits": Decimal(71),
        "minimum_years": programme.schooling_length,
        "maximum_years": "8",
        "pre_audit_credits": Decimal(60),
    }


def _of_exams(size: Size) -> Iterator[tuple[str, str, Rows]]:
    rounds, sessions, placed = [], [], []
    finals = [course for course in courses() if course.has_final]
    for intake in size.intakes:
        over = intake.payment_deadline + timedelta(days=20) < size.now
        sat_from = intake.payment_deadline + timedelta(days=30)
        exam_round = {
            "id": round_id(intake, 0x40),
            "code": f"KS{intake.code}",
            "name": f"{intake.code}期末考试",
            "registration_opens_at": intake.opens_at - timedelta(minutes=1),
            "registration_closes_at": intake.payment_deadline,
            "status": ExamRoundStatus.PUBLISHED,
            "arrangement_published_at": intake.payment_deadline + timedelta(days=10) if over else None,
        }
        rounds.append(_stamped(size, exam_round, 2))
        for number in range(_SESSIONS):
            starts = sat_from + timedelta(days=number // 3, hours=9 + 3 * (number % 3))
            times = {"starts_at": starts, "ends_at": starts + timedelta(minutes=90)}
            of_round = {"exam_round_id": exam_round["id"], "name": f"第{number + 1}场", **times}
            sessions.append(_stamped(size, {"id": round_id(intake, 0x50 + number), **of_round}))
        for course in finals:
            in_session = {
                "course_id": course.id(size),
                "session_id": round_id(intake, 0x50 + course.number % _SESSIONS),
            }
            place = {"id": course.id(size, 0x100 + intake.number), "exam_round_id": exam_round["id"], **in_session}
            placed.append(_stamped(size, place))
    yield "exams", "exam_rounds", rounds
    yield "exams", "exam_sessions", sessions
    yield "exams", "exam_round_courses", placed
