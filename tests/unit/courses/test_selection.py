"""Every condition of a selection: fulfilled, broken alone, and broken together with others."""

from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.base.ids import new_id
from chassis.work.reasons import Reason
from contracts.errors import catalogue
from contracts.sentences import describe
from services.courses.domain.calendar import Term
from services.courses.domain.selection import exam_for, judge
from services.courses.domain.situation import OpenSelection, ProgrammeCourse, Standard, Verdict
from tests.unit.courses.scene import DAY, NOW, Scene, course, offer, round_, student


def verdict(scene: Scene) -> Verdict:
    """On the first student and course."""
    return judge(scene.situation(), [scene.students[0].id], [scene.courses[0].id])[0]


def test_a_course_that_meets_every_condition_is_selected_in_the_open_exam_round() -> None:
    scene = Scene()
    assert verdict(scene) == Verdict(scene.students[0].id, scene.courses[0].id, exam=scene.courses[0].exams[0])


TERMS = [Term(date(2026, 9, 1), date(2027, 1, 31)), Term(date(2027, 2, 20), date(2027, 7, 10))]
NARROW = [Standard(kind, "undergraduate", "普通教育", None) for kind in ("credit", "exam")]
CREDIT_ONLY = [Standard("credit", "undergraduate", None, None)]
EXAM_ONLY = [Standard("exam", "undergraduate", None, None)]

BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("course_not_published", {"courses": [course(status="draft")]}),
    ("course_not_published", {"courses": [course(status="retired")]}),
    ("course_version_not_in_use", {"courses": [course(version_id=None, requirement_id=None, has_final=False)]}),
    ("assessment_requirement_not_approved", {"courses": [course(requirement_id=None, has_final=False)]}),
    ("course_not_in_round", {"courses": [course(in_round=False)]}),
    ("selection_round_not_published", {"round": round_(status="draft")}),
    ("selection_round_not_open", {"round": round_(opens_at=NOW + DAY / 2)}),
    ("selection_round_closed", {"round": round_(closes_at=NOW)}),
    ("course_not_in_exam_round", {"courses": [course(exams=())]}),
    ("exam_registration_not_open", {"courses": [course(exams=(offer(opens_at=NOW + DAY / 2),))]}),
    ("exam_registration_not_open", {"courses": [course(exams=(offer(closes_at=NOW),))]}),
    ("credit_fee_standard_missing", {"standards": EXAM_ONLY}),
    ("exam_fee_standard_missing", {"standards": CREDIT_ONLY}),
    ("student_not_active", {"students": [student(status="suspended")]}),
    ("status_change_open", {"students": [student(status_change_open=True)]}),
    ("student_without_programme", {"students": [student(programme_code=None)], "placed": None}),
    ("course_not_in_programme", {"placed": None}),
    (
        "before_suggested_term",
        {"students": [student(early_selection=False)], "placed": ProgrammeCourse(2, False), "terms": TERMS},
    ),
    ("degree_intent_required", {"placed": ProgrammeCourse(1, True)}),
]


@pytest.mark.parametrize(("code", "broken"), BROKEN)
def test_each_condition_that_is_broken_alone_is_the_only_reason(code: str, broken: dict[str, Any]) -> None:
    reasons = verdict(Scene(**broken)).reasons
    assert [reason.code for reason in reasons] == [code]
    assert set(reasons[0].params) >= catalogue()[code].params
    assert "—" not in describe(code, reasons[0].params)


def test_a_selected_course_is_refused_a_second_time() -> None:
    scene = Scene()
    scene.open = {scene.students[0].id: [OpenSelection(scene.courses[0].id, "50397", "selected", None)]}
    found = verdict(scene)
    assert found.reasons == (Reason("already_selected", {"course_code": "50397", "state": "selected"}),)
    assert found.skipped
    assert not found.selected


def test_a_course_that_is_selected_and_broken_otherwise_is_refused_rather_than_skipped() -> None:
    scene = Scene(students=[student(status="left")])
    scene.open = {scene.students[0].id: [OpenSelection(scene.courses[0].id, "50397", "selected", None)]}
    assert not verdict(scene).skipped


def test_all_failing_conditions_are_told_at_once() -> None:
    scene = Scene(
        students=[student(status="left", status_change_open=True)],
        courses=[course(status="draft", in_round=False, exams=())],
        standards=[],
        placed=None,
    )
    assert {reason.code for reason in verdict(scene).reasons} == {
        "course_not_published",
        "course_not_in_round",
        "course_not_in_exam_round",
        "student_not_active",
        "status_change_open",
        "credit_fee_standard_missing",
        "exam_fee_standard_missing",
        "course_not_in_programme",
    }


def test_a_course_without_a_final_needs_no_exam_round_and_no_exam_fee() -> None:
    scene = Scene(courses=[course(has_final=False, exam_kind=None, exams=())], standards=CREDIT_ONLY)
    assert verdict(scene).selected
    assert verdict(scene).exam is None


def test_standards_for_another_student_type_price_nothing() -> None:
    codes = [reason.code for reason in verdict(Scene(standards=NARROW)).reasons]
    assert codes == ["credit_fee_standard_missing", "exam_fee_standard_missing"]
    assert verdict(Scene(students=[student(student_type="普通教育")], standards=NARROW)).selected


def test_a_course_of_both_levels_is_priced_by_a_standard_of_either() -> None:
    both = course(education_levels=("undergraduate", "junior_college"))
    junior = [Standard(kind, "junior_college", None, None) for kind in ("credit", "exam")]
    assert verdict(Scene(courses=[both], standards=junior)).selected


def test_of_several_open_exam_rounds_the_one_that_closes_first_is_taken() -> None:
    late, soon, over = offer(closes_at=NOW + 2 * DAY), offer(), offer(closes_at=NOW)
    assert exam_for(course(exams=(late, over, soon)), NOW) == soon


def test_the_next_exam_round_is_told_before_one_that_is_over() -> None:
    over = offer(code="KS202607", closes_at=NOW)
    coming = offer(code="KS202701", opens_at=NOW + DAY / 2)
    [reason] = verdict(Scene(courses=[course(exams=(over, coming))])).reasons
    assert reason.params["exam_round_code"] == "KS202701"


def test_evidence_shows_times_as_people_in_shanghai_read_them() -> None:
    [reason] = verdict(Scene(round=round_(closes_at=NOW))).reasons
    assert reason.params["closes_at"] == "2026-09-10 12:00"


def test_degree_intent_opens_degree_courses() -> None:
    assert verdict(Scene(students=[student(degree_intent=True)], placed=ProgrammeCourse(1, True))).selected


def test_a_course_may_be_taken_later_than_suggested_and_earlier_where_the_programme_allows() -> None:
    late = Scene(students=[student(intake="202509", early_selection=False)], terms=TERMS)
    assert verdict(late).selected
    early = Scene(placed=ProgrammeCourse(5, False), terms=TERMS)
    assert verdict(early).selected


def test_without_a_calendar_only_the_first_term_is_sure() -> None:
    strict = [student(early_selection=False)]
    assert verdict(Scene(students=strict)).selected
    [reason] = verdict(Scene(students=strict, placed=ProgrammeCourse(2, False))).reasons
    assert reason.params["current_term"] == 1


def test_students_and_courses_that_are_not_there_are_refused_one_by_one() -> None:
    scene = Scene()
    mine, other = scene.students[0].id, new_id()
    known, unknown = scene.courses[0].id, new_id()
    found = judge(scene.situation(), [mine, other], [known, unknown])
    assert [(v.student_id, v.course_id, [r.code for r in v.reasons]) for v in found] == [
        (mine, known, []),
        (mine, unknown, ["not_found"]),
        (other, known, ["not_found"]),
        (other, unknown, ["not_found"]),
    ]


def test_exams_in_one_session_are_warned_of_but_not_refused() -> None:
    session = new_id()
    first = course(code="1", exams=(offer(session_id=session),))
    second = course(code="2", exams=(offer(session_id=session),))
    other = course(code="3")
    scene = Scene(courses=[first, second, other])
    found = judge(scene.situation(), [scene.students[0].id], [first.id, second.id, other.id])
    assert all(v.selected for v in found)
    assert [[w.params["other_course_code"] for w in v.warnings] for v in found] == [["2"], ["1"], []]


def test_an_exam_in_the_session_of_a_course_selected_earlier_is_warned_of() -> None:
    scene = Scene()
    session = scene.courses[0].exams[0].session_id
    scene.open = {scene.students[0].id: [OpenSelection(new_id(), "50100", "selected", session)]}
    [warning] = verdict(scene).warnings
    assert warning.params == {"course_code": "50397", "other_course_code": "50100", "session": "第一场"}


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.sampled_from(range(len(BROKEN))), max_size=4, unique=True), st.integers(1, 3), st.integers(1, 3))
def test_a_batch_says_of_every_pair_what_a_single_selection_says(
    broken: list[int], students: int, courses: int
) -> None:
    spoilt = dict(chain.from_iterable(BROKEN[i][1].items() for i in broken))
    scene = Scene(**spoilt)
    scene.students += [student() for _ in range(students - 1)]
    scene.courses += [course(code=str(i)) for i in range(courses - 1)]
    situation = scene.situation()
    student_ids, course_ids = [s.id for s in scene.students], [c.id for c in scene.courses]
    batch = judge(situation, student_ids, course_ids)
    single = [judge(situation, [s], [c])[0] for s in student_ids for c in course_ids]
    assert [replace(v, warnings=()) for v in batch] == single
    assert all(v.selected == (not v.reasons) for v in batch)
