"""How many forms there are, by what and beside which intake."""

from __future__ import annotations

from datetime import timedelta

from chassis.base.clock import local_date
from chassis.testing.harness import ServiceHarness
from contracts.enrollment.commands import RejectApplications
from contracts.enrollment.queries import ApplicationGrouping, GetApplicationStatistics
from tests.builders import enrollment as build
from tests.builders.people import of_point


def test_forms_are_counted_by_point_and_state_beside_the_intake_before(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one, _, _ = build.entered(enrollment, at), build.entered(enrollment, at), build.entered(enrollment, at, point=1)
    enrollment.run(RejectApplications(application_ids=(one.id,), note="材料不全"), build.ADMISSIONS)
    later = build.admission_round(enrollment, code="ZS202703", intake="202703")
    enrollment.run(build.form(later.id), of_point(at.points[1].id))
    east, west = (point.id for point in at.points)
    counted = enrollment.ask(GetApplicationStatistics(intake="202703"), build.ADMISSIONS)
    assert [(each.teaching_point_id, each.state, each.count) for each in counted.items] == [
        (west, "first_review_passed", 1)
    ]
    assert counted.intake_before == "202609"
    assert {(each.teaching_point_id, each.state, each.count) for each in counted.items_before} == {
        (east, "first_review_passed", 1),
        (east, "rejected", 1),
        (west, "first_review_passed", 1),
    }


def test_a_point_counts_its_own_forms_alone(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    build.entered(enrollment, at)
    build.entered(enrollment, at, point=1)
    counted = enrollment.ask(GetApplicationStatistics(), of_point(at.points[0].id))
    assert [(each.teaching_point_id, each.count) for each in counted.items] == [(at.points[0].id, 1)]
    assert counted.intake_before is None


def test_days_are_those_of_shanghai_and_programmes_are_named(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    build.entered(enrollment, at)
    first = local_date(enrollment.clock.now())
    enrollment.clock.advance(timedelta(days=1))
    build.entered(enrollment, at)
    by_day = enrollment.ask(GetApplicationStatistics(group_by=ApplicationGrouping.DAY), build.ADMISSIONS)
    assert [(each.day, each.count) for each in by_day.items] == [(first, 1), (first + timedelta(days=1), 1)]
    by_major = enrollment.ask(GetApplicationStatistics(group_by=ApplicationGrouping.PROGRAMME), build.ADMISSIONS)
    assert [(each.level, each.major_name, each.count) for each in by_major.items] == [
        ("top_up_bachelor", "计算机科学与技术", 2)
    ]
