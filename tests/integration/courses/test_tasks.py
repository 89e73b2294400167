"""Selections as a file. Large batches are tried in test_selection."""

import pytest

from contracts.courses.commands import ExportSelections
from contracts.courses.queries import ListSelections
from tests.builders import courses as build
from tests.builders import people
from tests.builders.courses import School
from tests.exporting import exported

pytestmark = pytest.mark.usefixtures("store")


def test_selections_go_out_with_names_and_words_and_a_lead_gets_those_of_the_own_course(school: School) -> None:
    build.selected(school)
    staff, lead = people.of_point(school.point), people.leading(school.courses[0].id)
    rows = exported(school.harness, ExportSelections(sort="course_code"), staff)
    listed = school.harness.ask(ListSelections(sort="course_code"), staff).items
    assert [(row["课程代码"], row["姓名"]) for row in rows] == [(s.course_code, s.student_name) for s in listed]
    assert {row["状态"] for row in rows} == {"待缴费"}
    [own] = exported(school.harness, ExportSelections(), lead)
    assert (own["课程代码"], own["姓名"]) == (school.courses[0].code, school.students[0].name)


def test_a_filter_of_the_list_is_one_of_the_file(school: School) -> None:
    build.selected(school)
    staff = people.of_point(school.point)
    course = school.courses[0]
    [row] = exported(school.harness, ExportSelections(course_id=course.id, columns=("course_code",)), staff)
    assert row == {"课程代码": course.code}
