"""Records of the admitted: made once, or refused with the reason, row by row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from chassis.testing.harness import ServiceHarness
from contracts.enrollment.events import AdmissionsCancelled, AdmittedStudent, CancelledAdmission, StudentsAdmitted
from contracts.identity.events import TeachingPointItem
from contracts.registry.events import AdmissionsEnded, AdmissionsRefused
from contracts.registry.queries import GetStudent, ListCancellationStatements, ListStudents
from contracts.registry.views import StudentView
from services.registry.reactions.admissions import on_students_admitted
from tests.builders.courses import until_somebody_waits
from tests.builders.messages import a


def admitted(points: list[TeachingPointItem], **changes: object) -> AdmittedStudent:
    return a(AdmittedStudent, teaching_point_id=points[0].id, **changes)


def refusals(registry: ServiceHarness) -> list[tuple[object, str]]:
    return [(row.student_id, row.code) for event in registry.published(AdmissionsRefused) for row in event.refused]


def test_who_is_admitted_has_a_record_with_all_that_the_form_told(
    registry: ServiceHarness, points: list[TeachingPointItem]
) -> None:
    one = admitted(points)
    registry.deliver(StudentsAdmitted(students=(one,)))
    record = registry.ask(GetStudent(student_id=one.student_id))
    assert (record.student_number, record.name, record.status) == (one.student_number, one.name, "active")
    assert (record.contact, record.enrolled_on) == (one.contact, date(2026, 9, 1))
    assert record.prior_education == one.prior_education
    assert refusals(registry) == []


def test_the_same_news_twice_makes_one_record_and_refuses_nobody(
    registry: ServiceHarness, points: list[TeachingPointItem]
) -> None:
    one = admitted(points)
    for _ in range(2):  # two messages about one student
        registry.deliver(StudentsAdmitted(students=(one,)))
    assert registry.ask(ListStudents()).total == 1
    assert refusals(registry) == []


def test_of_many_those_alone_are_refused_whose_number_or_document_a_student_has(
    registry: ServiceHarness, points: list[TeachingPointItem], student: StudentView
) -> None:
    known = registry.ask(GetStudent(student_id=student.id))
    good = admitted(points)
    same_number = admitted(points, student_number=known.student_number.lower())
    same_document = admitted(points, id_number=known.id_number, student_number="263203090200099")
    registry.deliver(StudentsAdmitted(students=(same_number, good, same_document)))
    assert refusals(registry) == [
        (same_number.student_id, "student_number_taken"),
        (same_document.student_id, "id_number_taken"),
    ]
    assert registry.ask(GetStudent(student_id=good.student_id)).name == good.name


def test_of_two_with_one_document_in_one_message_the_second_is_refused(
    registry: ServiceHarness, points: list[TeachingPointItem]
) -> None:
    first = admitted(points)
    second = admitted(points, id_number=first.id_number)
    registry.deliver(StudentsAdmitted(students=(first, second)))
    assert refusals(registry) == [(second.student_id, "id_number_taken")]


def cancelled(*students: AdmittedStudent) -> AdmissionsCancelled:
    rows = [a(CancelledAdmission, student_id=one.student_id, application_id=one.application_id) for one in students]
    return AdmissionsCancelled(cancelled=tuple(rows))


def ended(registry: ServiceHarness) -> list[object]:
    return [row.student_id for event in registry.published(AdmissionsEnded) for row in event.ended]


def test_a_cancelled_admission_ends_the_record_once_however_often_it_is_told(
    registry: ServiceHarness, points: list[TeachingPointItem]
) -> None:
    one, other = admitted(points), admitted(points)
    registry.deliver(StudentsAdmitted(students=(one, other)))
    for _ in range(2):
        registry.deliver(cancelled(one))
    assert registry.ask(GetStudent(student_id=one.student_id)).status == "admission_cancelled"
    assert registry.ask(GetStudent(student_id=other.student_id)).status == "active"
    assert ended(registry) == [one.student_id]


def test_who_is_heard_to_be_cancelled_before_being_admitted_has_a_record_that_is_over_and_the_document_is_free(
    registry: ServiceHarness, points: list[TeachingPointItem]
) -> None:
    one = admitted(points)
    registry.deliver(cancelled(one))
    assert registry.ask(ListStudents()).total == 0
    assert [each.id for each in registry.ask(ListCancellationStatements()).items] == [one.student_id]
    for _ in range(2):
        registry.deliver(StudentsAdmitted(students=(one,)))
    assert registry.ask(GetStudent(student_id=one.student_id)).status == "admission_cancelled"
    assert ended(registry) == [one.student_id]
    again = admitted(points, id_number=one.id_number, student_number="263203090200077")
    registry.deliver(StudentsAdmitted(students=(again,)))
    assert registry.ask(GetStudent(student_id=again.student_id)).status == "active"
    assert refusals(registry) == []


def test_a_cancellation_waits_for_who_is_making_the_record_at_this_moment(
    registry: ServiceHarness, points: list[TeachingPointItem]
) -> None:
    one = admitted(points)
    news = StudentsAdmitted(students=(one,))
    with ThreadPoolExecutor(1) as pool:
        with registry.database.unit_of_work() as making:
            making.caused_by([news], [registry.envelope(news)])
            on_students_admitted([news], making)
            cancelling = pool.submit(registry.deliver, cancelled(one))
            until_somebody_waits(registry)
        cancelling.result()
    assert registry.ask(GetStudent(student_id=one.student_id)).status == "admission_cancelled"
