"""Who may select which course (CRS-4, CRS-11): one rule for one course, a student's list and a whole cohort.

`judge` takes what is known of students, courses and one round, and tells for every pair whether it is selected or which
conditions fail, all of them, each with its evidence. Conditions on a course are looked at once a course, those on a
student once a student.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.base.clock import shown
from chassis.work.reasons import Reason
from contracts.courses.states import CourseStatus, RoundStatus
from contracts.types import EnrolmentStatus, FeeKind
from services.courses.domain.calendar import nth_term
from services.courses.domain.situation import Course, ExamOffer, Situation, Student, Verdict

# -- conditions on the course (CRS-4, one to five) -------------------------------------------------


def _course_published(course: Course, situation: Situation) -> Reason | None:
    if course.status == CourseStatus.PUBLISHED:
        return None
    return Reason("course_not_published", {"course_code": course.code, "status": course.status})


def _version_in_use(course: Course, situation: Situation) -> Reason | None:
    if course.version_id is not None:
        return None
    return Reason("course_version_not_in_use", {"course_code": course.code})


def _requirement_approved(course: Course, situation: Situation) -> Reason | None:
    if course.version_id is None or course.requirement_id is not None:
        return None
    evidence = {"course_code": course.code, "version_number": course.version_number}
    return Reason("assessment_requirement_not_approved", evidence)


def _in_round(course: Course, situation: Situation) -> Reason | None:
    if course.in_round:
        return None
    return Reason("course_not_in_round", {"course_code": course.code, "round_code": situation.round.code})


def _round_open(course: Course, situation: Situation) -> Reason | None:
    round_ = situation.round
    if round_.status != RoundStatus.PUBLISHED:
        return Reason("selection_round_not_published", {"round_code": round_.code})
    if situation.now < round_.opens_at:
        return Reason("selection_round_not_open", {"round_code": round_.code, "opens_at": shown(round_.opens_at)})
    if situation.now >= round_.closes_at:
        return Reason("selection_round_closed", {"round_code": round_.code, "closes_at": shown(round_.closes_at)})
    return None


def _exam_registration_open(course: Course, situation: Situation) -> Reason | None:
    if not course.has_final or exam_for(course, situation.now) is not None:
        return None
    if not course.exams:
        return Reason("course_not_in_exam_round", {"course_code": course.code})
    # The next round to open tells more than one that is over.
    coming = [offer for offer in course.exams if situation.now < offer.opens_at]
    offer = min(coming, key=_opening) if coming else max(course.exams, key=_opening)
    return Reason(
        "exam_registration_not_open",
        {
            "course_code": course.code,
            "exam_round_code": offer.code,
            "opens_at": shown(offer.opens_at),
            "closes_at": shown(offer.closes_at),
        },
    )


COURSE_CONDITIONS: tuple[Callable[[Course, Situation], Reason | None], ...] = (
    _course_published,
    _version_in_use,
    _requirement_approved,
    _in_round,
    _round_open,
    _exam_registration_open,
)

# -- conditions on the student ---------------------------------------------------------------------


def _active(student: Student, situation: Situation) -> Reason | None:
    if student.status == EnrolmentStatus.ACTIVE:
        return None
    return Reason("student_not_active", {"status": student.status})


def _no_open_status_change(student: Student, situation: Situation) -> Reason | None:
    return Reason("status_change_open") if student.status_change_open else None


def _has_programme(student: Student, situation: Situation) -> Reason | None:
    return None if student.programme_code is not None else Reason("student_without_programme")


STUDENT_CONDITIONS: tuple[Callable[[Student, Situation], Reason | None], ...] = (
    _active,
    _no_open_status_change,
    _has_programme,
)

# -- conditions on the pair (the sixth of CRS-4, and CRS-11) ---------------------------------------


def _credit_fee_standard(student: Student, course: Course, situation: Situation) -> Reason | None:
    if situation.has_standard(FeeKind.CREDIT, course, student):
        return None
    return Reason("credit_fee_standard_missing", _pricing_evidence(course, situation))


def _exam_fee_standard(student: Student, course: Course, situation: Situation) -> Reason | None:
    if not course.has_final or situation.has_standard(FeeKind.EXAM, course, student):
        return None
    return Reason("exam_fee_standard_missing", _pricing_evidence(course, situation))


def _in_programme(student: Student, course: Course, situation: Situation) -> Reason | None:
    if student.programme_code is None or (student.programme_id, course.id) in situation.programme_courses:
        return None
    evidence = {"course_code": course.code, "programme_code": student.programme_code}
    return Reason("course_not_in_programme", evidence)


def _not_before_term(student: Student, course: Course, situation: Situation) -> Reason | None:
    placed = situation.programme_courses.get((student.programme_id, course.id))
    if placed is None or student.early_selection:
        return None
    # A calendar that does not reach the student's intake can't prove a later term than the first.
    current = nth_term(situation.terms, student.intake, student.breaks, situation.today) or 1
    if placed.suggested_term <= current:
        return None
    return Reason(
        "before_suggested_term",
        {"course_code": course.code, "suggested_term": placed.suggested_term, "current_term": current},
    )


def _degree_intent(student: Student, course: Course, situation: Situation) -> Reason | None:
    placed = situation.programme_courses.get((student.programme_id, course.id))
    if placed is None or not placed.degree_only or student.degree_intent:
        return None
    return Reason("degree_intent_required", {"course_code": course.code})


def _not_selected_yet(student: Student, course: Course, situation: Situation) -> Reason | None:
    for selection in situation.open_selections.get(student.id, ()):
        if selection.course_id == course.id:
            return Reason("already_selected", {"course_code": course.code, "state": selection.state})
    return None


PAIR_CONDITIONS: tuple[Callable[[Student, Course, Situation], Reason | None], ...] = (
    _credit_fee_standard,
    _exam_fee_standard,
    _in_programme,
    _not_before_term,
    _degree_intent,
    _not_selected_yet,
)

# -- the rule --------------------------------------------------------------------------------------


def judge(situation: Situation, student_ids: Iterable[UUID], course_ids: Sequence[UUID]) -> list[Verdict]:
    """The verdict on each student with each course, in the order given. A student or course that is not among the
    situation is refused with `not_found`."""
    against_course = {
        course.id: _failed(condition(course, situation) for condition in COURSE_CONDITIONS)
        for course in situation.courses.values()
    }
    verdicts = []
    for student_id in student_ids:
        student = situation.students.get(student_id)
        against_student = _failed(condition(student, situation) for condition in STUDENT_CONDITIONS) if student else ()
        mine = [
            _verdict(student, situation.courses.get(course_id), against_student, against_course, situation)
            or Verdict(student_id, course_id, (Reason("not_found"),))
            for course_id in course_ids
        ]
        verdicts += _with_clashes(mine, situation)
    return verdicts


def _verdict(
    student: Student | None,
    course: Course | None,
    against_student: tuple[Reason, ...],
    against_course: Mapping[UUID, tuple[Reason, ...]],
    situation: Situation,
) -> Verdict | None:
    if student is None or course is None:
        return None
    against_pair = _failed(condition(student, course, situation) for condition in PAIR_CONDITIONS)
    reasons = against_course[course.id] + against_student + against_pair
    exam = exam_for(course, situation.now) if course.has_final and not reasons else None
    return Verdict(student.id, course.id, reasons, exam)


def exam_for(course: Course, now: datetime) -> ExamOffer | None:
    """The exam round of a selection made now: of those whose registration is open the one that closes first."""
    open_now = [offer for offer in course.exams if offer.opens_at <= now < offer.closes_at]
    return min(open_now, key=lambda offer: (offer.closes_at, offer.code), default=None)


def _with_clashes(verdicts: list[Verdict], situation: Situation) -> list[Verdict]:
    """The verdicts on one student, with a warning on each selected course whose exam is in the session of another."""
    sessions: dict[UUID, list[tuple[UUID, str]]] = {}
    for verdict in verdicts:
        if verdict.exam is not None:
            course = situation.courses[verdict.course_id]
            sessions.setdefault(verdict.exam.session_id, []).append((course.id, course.code))
    if not sessions:
        return verdicts
    for selection in situation.open_selections.get(verdicts[0].student_id, ()):
        if selection.session_id in sessions:
            sessions[selection.session_id].append((selection.course_id, selection.course_code))
    if all(len(sat) == 1 for sat in sessions.values()):
        return verdicts
    return [_warned(verdict, situation, sessions) for verdict in verdicts]


def _warned(verdict: Verdict, situation: Situation, sessions: Mapping[UUID, Sequence[tuple[UUID, str]]]) -> Verdict:
    if verdict.exam is None:
        return verdict
    code = situation.courses[verdict.course_id].code
    warnings = tuple(
        Reason(
            "exam_sessions_clash",
            {"course_code": code, "other_course_code": other, "session": verdict.exam.session_name},
        )
        for course_id, other in sessions[verdict.exam.session_id]
        if course_id != verdict.course_id
    )
    return Verdict(verdict.student_id, verdict.course_id, verdict.reasons, verdict.exam, warnings)


def _opening(offer: ExamOffer) -> datetime:
    return offer.opens_at


def _failed(outcomes: Iterable[Reason | None]) -> tuple[Reason, ...]:
    return tuple(reason for reason in outcomes if reason is not None)


def _pricing_evidence(course: Course, situation: Situation) -> dict[str, Any]:
    return {"education_levels": list(course.education_levels), "on": situation.today.isoformat()}
