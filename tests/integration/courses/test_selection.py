"""Selecting courses: singly, in batches, at the same time, and within one's own scope."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from chassis.base.ids import new_id
from chassis.papers.store import FileStore
from chassis.running.task_worker import Worker
from chassis.testing.harness import ServiceHarness
from contracts.common import GetTask, of_service
from contracts.courses.catalogue_commands import (
    AddAssessmentRequirement,
    AddCourseVersion,
    ApproveAssessmentRequirement,
    UseCourseVersion,
)
from contracts.courses.commands import RemoveCoursesFromRound, SelectCourses, SelectCoursesInBatch
from contracts.courses.events import CoursesSelected, SelectedCourse
from contracts.courses.queries import GetSelection, ListCohort, ListSelections
from contracts.courses.views import SelectionResult
from contracts.exams.events import ExamRoundCourseState
from contracts.types import EnrolmentStatus, Level
from services.courses.commands.selection import select_courses
from services.courses.service import Courses
from tests.builders import courses as build
from tests.builders import people
from tests.builders.courses import School
from tests.permissions import looking


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the task process keeps its files."""
    store = FileStore(tmp_path.as_uri())
    monkeypatch.setattr("chassis.papers.files.store", lambda: store)
    return tmp_path


def selecting(school: School, *course_ids: object, student: int = 0) -> SelectCourses:
    return SelectCourses(
        student_id=school.students[student].id,
        selection_round_id=school.round.id,
        course_ids=course_ids or school.course_ids,
    )


def batch(school: School, **fields: object) -> SelectCoursesInBatch:
    values = {
        "selection_round_id": school.round.id,
        "student_ids": tuple(student.id for student in school.students),
        "course_ids": school.course_ids,
        **fields,
    }
    return SelectCoursesInBatch(**values)


def codes(result: SelectionResult) -> list[str]:
    return [refusal.code for refusal in result.refusals]


def events(school: School) -> list[SelectedCourse]:
    return [row for event in school.harness.published(CoursesSelected) for row in event.selections]


def test_a_point_selects_several_courses_and_each_has_its_result(school: School) -> None:
    broken = build.course(school.harness, "60001")
    staff = people.of_point(school.point)
    answer = school.harness.run(selecting(school, *school.course_ids, broken.id), staff)
    first, second, refused = answer.results
    assert [(r.course_id, r.state) for r in (first, second)] == [(id_, "pending_payment") for id_ in school.course_ids]
    assert codes(refused) == ["course_not_in_round", "course_not_in_exam_round", "course_not_in_programme"]
    assert all("60001" in refusal.message for refusal in refused.refusals)
    assert [event.selection_id for event in events(school)] == sorted([first.selection_id, second.selection_id])
    selection = school.harness.ask(GetSelection(selection_id=first.selection_id), staff)
    assert (selection.selected_by, selection.learning_open) == (staff.actor.user_id, False)
    assert selection.due_at == school.round.payment_deadline


def test_the_event_carries_all_that_bill_and_registration_need(school: School) -> None:
    [student] = school.students
    school.harness.run(selecting(school, school.courses[0].id), people.in_person(student.id))
    [event] = events(school)
    assert event.model_dump(include={"student_id", "teaching_point_id", "course_id", "selection_round_id"}) == {
        "student_id": student.id,
        "teaching_point_id": school.point,
        "course_id": school.courses[0].id,
        "selection_round_id": school.round.id,
    }
    assert (event.credits, event.exam_kind, event.exam_round_id) == (4, "paper", school.exam_round.id)
    assert (event.student_type, event.student_source) == (student.student_type, student.student_source)
    assert event.education_levels == ("undergraduate",)
    assert event.selected_at == school.harness.clock.now()


def test_a_course_without_a_final_is_selected_without_an_exam_round(courses: ServiceHarness) -> None:
    school = build.school(courses, final=0)
    school.harness.run(selecting(school), people.of_point(school.point))
    assert {(event.exam_round_id, event.exam_kind) for event in events(school)} == {(None, None)}


def test_a_course_is_selected_once(school: School) -> None:
    staff = people.of_point(school.point)
    school.harness.run(selecting(school, school.courses[0].id), staff)
    again, other = school.harness.run(selecting(school), staff).results
    assert (codes(again), codes(other)) == (["already_selected"], [])
    assert again.refusals[0].params["state"] == "pending_payment"


def test_a_repeated_command_gives_its_first_answer(school: School) -> None:
    staff = people.of_point(school.point)
    first = school.harness.run(selecting(school), staff, key="same-key-1")
    assert school.harness.run(selecting(school), staff, key="same-key-1") == first
    assert len(events(school)) == 2


def test_of_many_who_select_the_same_course_at_the_same_time_one_wins(school: School) -> None:
    commands = [(selecting(school), people.of_point(school.point)) for _ in range(6)]
    assert build.at_once(school.harness, commands) == ["done"] * 6
    selections = school.harness.table("selections")
    assert len(school.harness.rows(select(selections))) == 2
    assert len(events(school)) == 2


def test_who_loses_the_race_waits_and_is_told_that_the_course_is_selected(school: School) -> None:
    staff = people.of_point(school.point)
    with ThreadPoolExecutor(1) as pool:
        with school.harness.database.unit_of_work(staff) as winner:
            select_courses(selecting(school), winner)
            loser = pool.submit(school.harness.run, selecting(school), people.of_point(school.point))
            build.until_somebody_waits(school.harness)
        assert [codes(result) for result in loser.result().results] == [["already_selected"], ["already_selected"]]
    assert len(events(school)) == 2


def test_a_student_of_another_point_is_not_found(school: School) -> None:
    elsewhere = people.of_point(new_id())
    assert school.harness.refusal(selecting(school), elsewhere).code == "not_found"
    assert school.harness.refusal(selecting(school), people.in_person(new_id())).code == "not_found"
    refused = school.harness.run(batch(school), elsewhere)
    assert {pair.refusals[0].code for pair in refused.refused_pairs} == {"not_found"}
    assert events(school) == []


def test_another_points_selections_are_not_there(school: School) -> None:
    staff = people.of_point(school.point)
    made = school.harness.run(selecting(school), staff).results[0]
    elsewhere = people.of_point(new_id())
    query = GetSelection(selection_id=made.selection_id)
    assert school.harness.refusal(query, elsewhere).code == "not_found"
    assert school.harness.ask(ListSelections(), elsewhere).total == 0
    assert school.harness.ask(ListSelections(), people.in_person(new_id())).total == 0
    assert school.harness.ask(ListSelections(), people.in_person(school.students[0].id)).total == 2


def test_a_round_that_does_not_exist_is_not_found(school: School) -> None:
    command = selecting(school).model_copy(update={"selection_round_id": new_id()})
    assert school.harness.refusal(command, people.of_point(school.point)).code == "not_found"


def test_the_students_newest_status_counts(school: School) -> None:
    staff = people.of_point(school.point)
    suspended = school.change_student(school.students[0], status=EnrolmentStatus.SUSPENDED, status_change_open=True)
    [result] = school.harness.run(selecting(school, school.courses[0].id), staff).results
    assert codes(result) == ["student_not_active", "status_change_open"]
    school.change_student(suspended, status=EnrolmentStatus.ACTIVE, status_change_open=False)
    [result] = school.harness.run(selecting(school, school.courses[0].id), staff).results
    assert codes(result) == []


def test_the_round_is_open_from_its_first_moment_until_before_its_last(school: School) -> None:
    staff = people.of_point(school.point)
    school.harness.clock.set(school.round.closes_at)
    [late] = school.harness.run(selecting(school, school.courses[0].id), staff).results
    assert codes(late) == ["selection_round_closed"]
    school.harness.clock.set(school.round.closes_at - timedelta(microseconds=1))
    [just] = school.harness.run(selecting(school, school.courses[0].id), staff).results
    assert codes(just) == []
    school.harness.clock.set(school.round.opens_at - timedelta(microseconds=1))
    [early] = school.harness.run(selecting(school, school.courses[1].id), staff).results
    assert "selection_round_not_open" in codes(early)


def test_exams_in_one_session_are_warned_of(school: School) -> None:
    session = new_id()
    both = [
        build.sat_in(school.exam_round, id_, session).model_copy(update={"id": item_id, "version": 2})
        for id_, item_id in zip(school.course_ids, _exam_course_ids(school), strict=True)
    ]
    school.harness.feed(ExamRoundCourseState, *both)
    staff = people.of_point(school.point)
    [first] = school.harness.run(selecting(school, school.courses[0].id), staff).results
    [second] = school.harness.run(selecting(school, school.courses[1].id), staff).results
    assert first.warnings == ()
    assert [w.code for w in second.warnings] == ["exam_sessions_clash"]
    assert second.selection_id is not None


def _exam_course_ids(school: School) -> list[object]:
    table = school.harness.table("exam_round_courses")
    by_course = {row.course_id: row.id for row in school.harness.rows(select(table))}
    return [by_course[id_] for id_ in school.course_ids]


def test_a_selection_keeps_its_version_and_requirement(school: School) -> None:
    staff, registrar = people.of_point(school.point), people.of_school()
    school.add_students(1)
    course = school.courses[0].id
    school.harness.run(selecting(school, course), staff)
    version = school.harness.run(AddCourseVersion(course_id=course), registrar)
    requirement = school.harness.run(
        AddAssessmentRequirement(course_version_id=version.id, coursework_percent=100, final_percent=0), registrar
    )
    approve = ApproveAssessmentRequirement(requirement_id=requirement.id, version=1)
    school.harness.run(approve, people.of_school())
    school.harness.run(UseCourseVersion(course_version_id=version.id, version=version.version), registrar)
    school.harness.run(selecting(school, course, student=1), staff)
    old, new = events(school)
    assert (new.course_version_id, new.exam_round_id) == (version.id, None)
    assert old.course_version_id != version.id
    table = school.harness.table("selections")
    kept = school.harness.rows(select(table.c.requirement_id).order_by(table.c.id))
    assert (kept[0].requirement_id != requirement.id, kept[1].requirement_id) == (True, requirement.id)


def test_taking_a_course_out_of_the_round_leaves_what_is_selected(school: School) -> None:
    staff = people.of_point(school.point)
    school.harness.run(selecting(school, school.courses[0].id), staff)
    out = RemoveCoursesFromRound(selection_round_id=school.round.id, course_ids=school.course_ids)
    school.harness.run(out, people.of_school())
    assert school.harness.ask(ListSelections(), staff).total == 1
    [result] = school.harness.run(selecting(school, school.courses[1].id), staff).results
    assert codes(result) == ["course_not_in_round"]


def test_every_selection_has_history_and_audit(school: School) -> None:
    staff = people.of_point(school.point)
    results = school.harness.run(selecting(school), staff).results
    ids = {result.selection_id for result in results}
    history = school.harness.rows(select(school.harness.table("workflow_history")).where(_of(school, "selection")))
    assert {(row.subject_id, row.to_state, row.actor_id) for row in history} == {
        (id_, "pending_payment", staff.actor.user_id) for id_ in ids
    }
    audit = school.harness.table("audit_entries")
    audited = school.harness.rows(select(audit).where(audit.c.action == "select"))
    assert {(row.object_id, row.actor_id, row.teaching_point_id) for row in audited} == {
        (id_, staff.actor.user_id, school.point) for id_ in ids
    }


def _of(school: School, workflow: str) -> object:
    return school.harness.table("workflow_history").c.workflow == workflow


# -- batches ----------------------------------------------------------------------------------------


def test_a_cohort_is_found_by_intake_and_five_elements(school: School) -> None:
    school.add_students(2)
    school.add_students(1, intake="202603")
    school.add_students(1, major_code="050101")
    cohort = ListCohort(intake=build.INTAKE, level=Level.TOP_UP_BACHELOR, major_code="080901", schooling_length="2.5")
    page = school.harness.ask(cohort, people.of_point(school.point))
    assert [s.student_number for s in page.items] == sorted(s.student_number for s in school.students[:3])
    assert school.harness.ask(cohort, people.of_point(new_id())).total == 0


def test_a_dry_run_tells_what_a_batch_then_does(school: School) -> None:
    staff = people.of_point(school.point)
    school.add_students(2)
    school.add_students(1, status=EnrolmentStatus.LEFT)
    school.harness.run(selecting(school, school.courses[0].id), staff)
    before = len(events(school))
    dry = school.harness.run(batch(school, dry_run=True), staff)
    assert (dry.selected, dry.skipped, dry.refused) == (5, 1, 2)
    assert len(events(school)) == before
    done = school.harness.run(batch(school), staff)
    assert done.model_copy(update={"dry_run": True}) == dry
    assert [(p.student_id, p.course_id) for p in done.skipped_pairs] == [(school.students[0].id, school.courses[0].id)]
    assert {(p.student_id, p.refusals[0].code) for p in done.refused_pairs} == {
        (school.students[-1].id, "student_not_active")
    }
    assert len(events(school)) == before + 5


def test_batches_with_pairs_in_common_do_not_deadlock_and_select_each_pair_once(school: School) -> None:
    school.add_students(39)
    staff = people.of_point(school.point)
    ids = [student.id for student in school.students]
    orders = [ids, ids[::-1], ids[10:] + ids[:10], ids[::2] + ids[1::2]]
    commands = [(batch(school, student_ids=tuple(order)), staff) for order in orders]
    assert build.at_once(school.harness, commands) == ["done"] * 4
    selections = school.harness.table("selections")
    assert school.harness.rows(select(func.count()).select_from(selections))[0][0] == 80
    assert len(events(school)) == 80


def test_a_batch_of_more_than_five_thousand_pairs_is_a_task_with_the_same_outcome(
    courses: ServiceHarness, files: Path
) -> None:
    school = build.school(courses, courses=6, students=850)
    staff = people.of_point(school.point)
    school.harness.run(selecting(school, school.courses[0].id), staff)
    answer = school.harness.run(batch(school), staff)
    assert answer.task is not None
    assert answer.task.state == "waiting"
    Worker(school.harness.database, Courses).run_until_idle()
    task = school.harness.ask(
        of_service("courses", GetTask)(task_id=answer.task.id), looking(staff, SelectCoursesInBatch)
    )
    assert (task.state, task.figures) == ("done", {"selected": 5099, "skipped": 1, "refused": 0})
    assert len(events(school)) == 5100
    assert task.result is not None
    [workbook] = files.rglob("*.xlsx")
    _, [number, _, code, _, outcome, reason] = load_workbook(workbook).active.iter_rows(values_only=True)
    assert (number, code, outcome) == (school.students[0].student_number, school.courses[0].code, "已跳过")
    assert "已选" in reason


def test_a_task_is_not_given_students_of_other_points(courses: ServiceHarness) -> None:
    school = build.school(courses, courses=6, students=850)
    school.add_students(1, teaching_point_id=new_id())
    staff = people.of_point(school.point)
    refused = school.harness.refusal(batch(school), staff)
    assert (refused.code, refused.params) == ("some_not_found", {"count": 1})


def test_a_student_transferred_before_the_task_runs_is_left_to_the_new_point(
    courses: ServiceHarness, files: Path
) -> None:
    school = build.school(courses, courses=6, students=850)
    staff = people.of_point(school.point)
    answer = school.harness.run(batch(school), staff)
    school.change_student(school.students[3], teaching_point_id=new_id())
    Worker(school.harness.database, Courses).run_until_idle()
    task = school.harness.ask(
        of_service("courses", GetTask)(task_id=answer.task.id), looking(staff, SelectCoursesInBatch)
    )
    assert task.figures == {"selected": 849 * 6, "skipped": 0, "refused": 6}


def test_a_selection_comes_with_its_students_cohort_and_asks_no_trigger_for_it(school: School) -> None:
    with school.harness.owner_connection() as connection:
        connection.exec_driver_sql("ALTER TABLE selections DISABLE TRIGGER take_group")
        school.harness.run(selecting(school), people.of_point(school.point))
        connection.exec_driver_sql("ALTER TABLE selections ENABLE TRIGGER take_group")
        theirs = connection.exec_driver_sql(
            "SELECT bool_and(s.cohort_id = p.cohort_id AND s.cohort_id > 0)"
            " FROM selections s JOIN students p ON p.id = s.student_id"
        )
        assert theirs.scalar()
