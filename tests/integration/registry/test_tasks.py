"""Students as a file."""

from chassis.testing.harness import ServiceHarness
from contracts.registry.commands import ExportStudents
from contracts.registry.queries import ListStudents
from tests.builders import people
from tests.builders import registry as build
from tests.exporting import exported


def test_a_point_gets_its_students_as_the_list_shows_them_and_no_others(registry: ServiceHarness) -> None:
    [mine, others], _ = build.surroundings(registry, points=2)
    build.imported(registry, build.workbook([build.person(), build.person()]), people.of_point(mine.id))
    build.imported(registry, build.workbook([build.person()]), people.of_point(others.id))
    staff = people.of_point(mine.id)
    rows = exported(registry, ExportStudents(sort="-student_number"), staff)
    listed = registry.ask(ListStudents(sort="-student_number"), staff).items
    assert [row["学号"] for row in rows] == [student.student_number for student in listed]
    assert len(rows) == 2
    assert [row["证件号码"] for row in rows] == [student.id_number_masked for student in listed]
    assert {(row["教学点名称"], row["状态"], row["层次"]) for row in rows} == {(mine.name, "在籍", "专升本")}
    whole_school = exported(registry, ExportStudents(columns=("name",)), people.of_school())
    assert len(whole_school) == 3
