"""Records: contact details, degree intent, lists and who sees what."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.common import ListAuditEntries, of_service
from contracts.courses.events import ProgrammeItem, ProgrammeState
from contracts.errors import ServiceError
from contracts.people import ContactInput
from contracts.registry.commands import ChangeContact, RecordDegreeIntent
from contracts.registry.events import StudentState
from contracts.registry.queries import GetStudent, GetStudentStatistics, ListStudents, StudentGrouping
from contracts.types import EnrolmentStatus, Level
from tests.builders import people
from tests.builders import registry as build
from tests.builders.messages import a
from tests.racing import codes, race

LONG_AGO = "202603"


@pytest.fixture
def points(registry: ServiceHarness):  # type: ignore[no-untyped-def]
    return build.surroundings(registry, points=2)[0]


def contact(**details: str) -> ContactInput:
    return ContactInput.model_validate(details)


def test_the_point_changes_contact_details_at_once_and_what_is_left_out_is_emptied(registry, points) -> None:  # type: ignore[no-untyped-def]
    [student] = build.enrolled(registry, points[0].id)
    me = people.of_point(points[0].id)
    change = ChangeContact(student_id=student.id, version=1, contact=contact(email="zhang@example.com"))
    record = registry.run(change, me)
    assert (record.contact.email, record.contact.mobile, record.version) == ("zhang@example.com", None, 2)
    assert registry.refusal(change, me).code == "stale_version"
    of_student = of_service("registry", ListAuditEntries)(object_id=student.id, action="edit")
    audited = registry.ask(of_student, people.of_school())
    assert audited.items[0].after == {"email": "zhang@example.com", "mobile": None}


def test_of_two_tabs_that_change_one_contact_at_once_one_is_told_so(registry, points) -> None:  # type: ignore[no-untyped-def]
    [student] = build.enrolled(registry, points[0].id)
    me = people.of_point(points[0].id)
    changes = [
        ChangeContact(student_id=student.id, version=1, contact=contact(email=f"{tab}@example.com"))
        for tab in ("one", "two")
    ]
    outcomes = race(*(partial(registry.run, change, me) for change in changes))
    assert sorted(codes(outcomes)) == ["done", "stale_version"]
    [done] = [outcome for outcome in outcomes if not isinstance(outcome, ServiceError)]
    assert registry.ask(GetStudent(student_id=student.id), me).contact.email == done.contact.email


def test_another_points_student_is_not_there_for_reading_or_writing(registry, points) -> None:  # type: ignore[no-untyped-def]
    [student] = build.enrolled(registry, points[0].id)
    stranger = people.of_point(points[1].id)
    assert registry.refusal(GetStudent(student_id=student.id), stranger).code == "not_found"
    assert registry.ask(ListStudents(name=student.name), stranger).total == 0
    change = ChangeContact(student_id=student.id, version=1, contact=contact())
    assert registry.refusal(change, stranger).code == "not_found"
    intent = RecordDegreeIntent(student_id=student.id, version=1, wanted=True)
    assert registry.refusal(intent, stranger).code == "not_found"
    assert registry.ask(GetStudentStatistics(), stranger).items == ()


def test_students_see_only_themselves(registry, points) -> None:  # type: ignore[no-untyped-def]
    one, _ = build.enrolled(registry, points[0].id, 2)
    me = people.in_person(one.id)
    assert [s.id for s in registry.ask(ListStudents(), me).items] == [one.id]


def test_degree_intent_is_recorded_for_bachelor_levels_and_published(registry, points) -> None:  # type: ignore[no-untyped-def]
    [student] = build.enrolled(registry, points[0].id)
    me = people.of_point(points[0].id)
    intent = RecordDegreeIntent(student_id=student.id, version=1, wanted=True)
    assert registry.run(intent, me).degree_intent
    [item] = registry.published(StudentState)[-1].items
    assert (item.degree_intent, item.version) == (True, 2)
    junior = a(ProgrammeItem, level=Level.JUNIOR_COLLEGE, teaching_point_ids=(points[0].id,))
    registry.feed(ProgrammeState, junior)
    [other] = build.enrolled(registry, points[0].id, level="高起专")
    again = RecordDegreeIntent(student_id=other.id, version=1, wanted=True)
    assert registry.refusal(again, me).code == "degree_not_possible"


def test_every_filter_of_the_list_narrows_it(registry, points) -> None:  # type: ignore[no-untyped-def]
    here = build.enrolled(registry, points[0].id, 2)
    [there] = build.enrolled(registry, points[1].id, name="欧阳一")
    everyone = people.of_school()
    cases = {
        "teaching_point_id": points[1].id,
        "student_number": there.student_number,
        "name": "阳一",
    }
    for name, value in cases.items():
        found = registry.ask(ListStudents.model_validate({name: value}), everyone)
        assert [s.id for s in found.items] == [there.id], name
    for pattern in ("欧%一", "欧_一", "%", "_"):
        assert registry.ask(ListStudents(name=pattern), everyone).total == 0, pattern
    for name in ("intake", "level", "student_type", "student_source", "major_code", "schooling_length"):
        same = registry.ask(ListStudents.model_validate({name: getattr(here[0], name)}), everyone)
        assert same.total == 3, name
    assert registry.ask(ListStudents(status=EnrolmentStatus.LEFT), everyone).total == 0
    assert registry.ask(ListStudents(intake=LONG_AGO), everyone).total == 0
    newest_first = registry.ask(ListStudents(sort="-student_number", size=1), everyone)
    assert (newest_first.items[0].id, newest_first.total) == (there.id, 3)


def test_statistics_count_by_point_and_status(registry, points) -> None:  # type: ignore[no-untyped-def]
    build.enrolled(registry, points[0].id, 3)
    build.enrolled(registry, points[1].id)
    counted = registry.ask(GetStudentStatistics(), people.of_school()).items
    assert [(c.teaching_point_id, c.status, c.count) for c in counted] == [
        (points[0].id, "active", 3),
        (points[1].id, "active", 1),
    ]


def test_statistics_count_by_status_alone_what_the_asker_sees(registry, points) -> None:  # type: ignore[no-untyped-def]
    build.enrolled(registry, points[0].id, 3)
    build.enrolled(registry, points[1].id)
    by_status = GetStudentStatistics(group_by=StudentGrouping.STATUS)
    for someone, count in ((people.of_school(), 4), (people.of_point(points[1].id), 1)):
        counted = registry.ask(by_status, someone).items
        assert [(c.teaching_point_id, c.status, c.count) for c in counted] == [(None, "active", count)]


def test_a_student_who_does_not_exist_is_not_found(registry) -> None:  # type: ignore[no-untyped-def]
    assert registry.refusal(GetStudent(student_id=new_id()), people.of_school()).code == "not_found"
