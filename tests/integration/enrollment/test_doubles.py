"""Who may be the same person, and who only looks so."""

from __future__ import annotations

from datetime import date
from typing import Any

from chassis.testing.harness import ServiceHarness
from contracts.enrollment.commands import AdmitApplications
from contracts.enrollment.views import ApplicationDetails
from contracts.people import ApplicantContact
from contracts.types import Gender, IdKind
from tests.builders import enrollment as build
from tests.builders.people import of_point

LIU: dict[str, Any] = {"name": "刘晓东", "gender": Gender.MALE, "birth_on": date(1998, 5, 20)}


def unmet(view: ApplicationDetails) -> set[str]:
    return {str(each.check) for each in view.checks if not each.met and each.check != "prior_education_verified"}


def test_the_same_document_with_a_small_x_by_another_point_is_a_conflict(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    number = "32031119980520001X"
    first = build.entered(enrollment, at, **{**LIU, "id_number": number.lower()})
    assert first.id_number == number
    again = build.form(at.round.id, **{**LIU, "id_number": number})
    assert enrollment.refusal(again, of_point(at.points[1].id)).code == "application_exists"


def test_one_person_by_two_kinds_of_document_is_shown_to_the_school_with_both_forms(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    by_card = build.entered(enrollment, at, **{**LIU, "id_number": "32031119980520001X"})
    passport = {**LIU, "id_kind": IdKind.PASSPORT, "id_number": "E12345678"}
    by_passport = build.entered(enrollment, at, point=1, **passport)
    build.entered(enrollment, at, **{**passport, "id_number": "E87654321", "birth_on": date(1998, 5, 21)})
    seen = build.seen(enrollment, by_card.id)
    [double] = seen.likely_doubles
    assert (double.id, double.id_kind, double.id_number_masked) == (
        by_passport.id,
        IdKind.PASSPORT,
        by_passport.id_number_masked,
    )
    assert (double.mobile, double.teaching_point_name) == (by_passport.contact.mobile, at.points[1].name)
    assert unmet(seen) == {"likely_double"}
    assert [each.id for each in build.seen(enrollment, by_passport.id).likely_doubles] == [by_card.id]


def test_a_point_hears_nothing_of_another_points_form(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    build.entered(enrollment, at, point=1, **{**LIU, "id_kind": IdKind.PASSPORT, "id_number": "E12345678"})
    by_card = build.entered(enrollment, at, **{**LIU, "id_number": "32031119980520001X"})
    assert by_card.likely_doubles == ()
    assert unmet(by_card) == set()


def test_two_people_of_one_name_and_birth_day_at_one_point_and_a_couple_with_one_mobile_are_all_admitted(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    shared = {"contact": ApplicantContact(mobile="13912345678")}
    people = [
        build.entered(enrollment, at, **{**LIU, "id_number": "32031119980520001X"}),
        build.entered(enrollment, at, **{**LIU, "id_number": "320102199805200012"}),
        build.entered(enrollment, at, **shared),
        build.entered(enrollment, at, **shared),
    ]
    admit = AdmitApplications(application_ids=tuple(view.id for view in people))
    result = enrollment.run(admit, build.ADMISSIONS)
    assert [item.refusal and item.refusal.code for item in result.items] == [None] * 4
    assert {build.seen(enrollment, view.id).state for view in people} == {"admitted"}
