"""Forms: entered, corrected, sent again, taken back; and who may have one."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.enrollment.commands import (
    RecordPriorEducationCheck,
    RejectApplications,
    ResendApplications,
    UpdateAdmissionRound,
    UpdateApplication,
    WithdrawApplications,
)
from contracts.enrollment.queries import GetApplication, ListApplications
from contracts.enrollment.views import ApplicationDetails
from contracts.identity.events import TeachingPointState
from contracts.identity.states import TeachingPointStatus
from contracts.people import ApplicantContact
from contracts.registry.events import StudentDocumentItem, StudentDocumentState
from contracts.types import IdKind, Level, PriorEducationCheck, PriorLevel
from tests.builders import enrollment as build
from tests.builders.messages import a
from tests.builders.people import of_point
from tests.racing import codes, race


def wrong_fields(enrollment: ServiceHarness, at: build.Recruiting, **changes: object) -> dict[str, str]:
    """What is wrong at which field of a form."""
    refusal = enrollment.refusal(build.form(at.round.id, **changes), of_point(at.points[0].id))
    assert refusal.code == "validation_failed"
    return {error.path: error.code for error in refusal.errors}


def correction(view: ApplicationDetails, **changes: object) -> UpdateApplication:
    """The form as it is, but for what changes."""
    told = build.form(new_id(), **changes).model_dump(include={*UpdateApplication.model_fields})
    kept = {name: getattr(view, name) for name in ("name", "gender", "id_number") if name not in changes}
    return UpdateApplication(application_id=view.id, version=view.version, **{**told, **kept})


def test_a_form_has_passed_the_first_review_by_being_entered(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    view = build.entered(enrollment, at)
    assert (view.state, view.intake, view.programme_id) == ("first_review_passed", "202609", at.programme.id)
    assert view.number.startswith("BM")
    assert [step.action for step in view.history] == ["enter"]
    assert view.id_number_masked != view.id_number


def test_everything_that_is_wrong_with_a_form_is_told_at_once(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    wrong = wrong_fields(
        enrollment,
        at,
        id_number="320311199805200011",
        ethnicity="99",
        major_code="999999",
        prior_education=build.prior_education(level=PriorLevel.UPPER_SECONDARY),
        id_valid_from=date(2030, 1, 1),
        id_valid_until=date(2020, 1, 1),
    )
    assert wrong == {
        "id_number": "id_number_check_digit_wrong",
        "ethnicity": "ethnicity_unknown",
        "major_code": "no_programme_matches",
        "prior_education.level": "prior_education_too_low",
        "id_valid_until": "window_reversed",
    }


def test_a_passport_needs_a_birth_date_and_nothing_of_resident_numbers(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    passport = {"id_kind": IdKind.PASSPORT, "id_number": "E12345678"}
    assert wrong_fields(enrollment, at, **passport) == {"birth_on": "birth_date_required"}
    view = build.entered(enrollment, at, birth_on=date(1990, 2, 28), **passport)
    assert view.birth_on == date(1990, 2, 28)


def test_who_was_born_on_29_february_may_apply(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    passport = {"id_kind": IdKind.PASSPORT, "id_number": "E29022000"}
    assert build.entered(enrollment, at, birth_on=date(2000, 2, 29), **passport).birth_on == date(2000, 2, 29)


@pytest.mark.parametrize("name", ["古丽·买买提", "𠮷田", "王", "阿" * 30])
def test_names_of_people_stay_as_they_are(enrollment: ServiceHarness, at: build.Recruiting, name: str) -> None:
    assert build.entered(enrollment, at, name=name).name == name


def test_a_graduation_before_birth_or_in_the_future_is_refused_at_its_field(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    for year in (1901, 2199):
        prior = build.prior_education(graduated_on=date(year, 6, 30))
        wrong = wrong_fields(enrollment, at, prior_education=prior)
        assert wrong == {"prior_education.graduated_on": "graduation_date_implausible"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"opens_at": timedelta(days=1)}, "admission_round_closed"),
        ({"closes_at": timedelta(seconds=0)}, "admission_round_closed"),
    ],
)
def test_forms_come_in_inside_the_window_only(
    enrollment: ServiceHarness, change: dict[str, timedelta], code: str
) -> None:
    now = enrollment.clock.now()
    at = build.recruiting(enrollment, **{name: now + after for name, after in change.items()})
    assert enrollment.refusal(build.form(at.round.id), of_point(at.points[0].id)).code == code


def test_a_round_may_be_for_some_levels_and_some_points(enrollment: ServiceHarness) -> None:
    at = build.recruiting(enrollment)
    now = enrollment.clock.now()
    limited = UpdateAdmissionRound(
        admission_round_id=at.round.id,
        version=at.round.version,
        name="限定",
        opens_at=now,
        closes_at=now + timedelta(days=1),
        review_closes_at=now + timedelta(days=2),
        levels=(Level.TOP_UP_BACHELOR,),
        teaching_point_ids=(at.points[1].id,),
    )
    enrollment.run(limited, build.ADMISSIONS)
    here, there = (of_point(point.id) for point in at.points)
    assert enrollment.refusal(build.form(at.round.id), here).code == "point_not_in_round"
    assert enrollment.refusal(build.form(at.round.id, level=Level.BACHELOR), there).code == "level_not_in_round"
    assert enrollment.run(build.form(at.round.id), there).state == "first_review_passed"


def test_a_disabled_point_takes_no_forms(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    shut = at.points[0].model_copy(update={"status": TeachingPointStatus.DISABLED, "version": 2})
    enrollment.feed(TeachingPointState, shut)
    refusal = enrollment.refusal(build.form(at.round.id), of_point(shut.id))
    assert refusal.code == "teaching_point_not_enabled"


def test_of_two_points_that_enter_one_person_at_the_same_moment_one_is_first_and_the_other_not_told_whose_it_is(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one = build.form(at.round.id)
    outcomes = race(*(partial(enrollment.run, one, of_point(point.id)) for point in at.points))
    assert sorted(codes(outcomes)) == ["application_exists", "done"]
    [refusal] = [outcome for outcome in outcomes if not isinstance(outcome, ApplicationDetails)]
    assert refusal.params == {}


def test_the_same_number_of_another_kind_of_document_is_somebody_else(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    born = {"id_number": "A12345678", "birth_on": date(1990, 1, 1)}
    build.entered(enrollment, at, id_kind=IdKind.PASSPORT, **born)
    build.entered(enrollment, at, id_kind=IdKind.OFFICER, **born)
    refusal = enrollment.refusal(build.form(at.round.id, id_kind=IdKind.PASSPORT, **born), of_point(at.points[0].id))
    assert refusal.code == "application_exists"


def test_who_studies_for_the_level_already_is_refused_until_they_study_no_more(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one = build.form(at.round.id)
    known = a(StudentDocumentItem, id_number=one.id_number)
    enrollment.feed(StudentDocumentState, known)
    here = of_point(at.points[0].id)
    assert enrollment.refusal(one, here).code == "already_enrolled_at_level"
    enrollment.feed(StudentDocumentState, known.model_copy(update={"version": 2, "studying": False}))
    assert enrollment.run(one, here).state == "first_review_passed"


def test_a_rejected_form_is_corrected_and_sent_again(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    view, here = build.entered(enrollment, at), of_point(at.points[0].id)
    enrollment.run(RejectApplications(application_ids=(view.id,), note="照片不清"), build.ADMISSIONS)
    view = enrollment.ask(GetApplication(application_id=view.id), here)
    corrected = enrollment.run(correction(view, name="李晓明"), here)
    assert (corrected.state, corrected.name) == ("rejected", "李晓明")
    again = enrollment.run(ResendApplications(application_ids=(view.id,)), here)
    assert [item.state for item in again.items] == ["first_review_passed"]


def test_a_rejected_form_makes_room_for_another_point_and_can_then_not_be_sent_again(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one = build.form(at.round.id)
    here, there = (of_point(point.id) for point in at.points)
    view = enrollment.run(one, here)
    enrollment.run(RejectApplications(application_ids=(view.id,), note="材料不全"), build.ADMISSIONS)
    enrollment.run(one, there)
    other = build.entered(enrollment, at)
    enrollment.run(RejectApplications(application_ids=(other.id,), note="材料不全"), build.ADMISSIONS)
    both = enrollment.run(ResendApplications(application_ids=(view.id, other.id)), here)
    assert [item.refusal and item.refusal.code for item in both.items] == ["application_exists", None]


def test_as_long_as_the_school_decides_a_rejected_form_is_sent_again_and_stays_the_same_persons(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    view, here = build.entered(enrollment, at), of_point(at.points[0].id)
    enrollment.run(RejectApplications(application_ids=(view.id,), note="材料不全"), build.ADMISSIONS)
    enrollment.clock.advance(timedelta(days=11))
    view = enrollment.ask(GetApplication(application_id=view.id), here)
    somebody_else = build.form(at.round.id)
    swap = correction(view, id_number=somebody_else.id_number, gender=somebody_else.gender)
    assert enrollment.refusal(swap, here).code == "admission_round_closed"
    enrollment.run(correction(view), here)
    again = enrollment.run(ResendApplications(application_ids=(view.id,)), here)
    assert [item.state for item in again.items] == ["first_review_passed"]


def test_after_the_review_has_closed_nothing_is_sent_again(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    view, here = build.entered(enrollment, at), of_point(at.points[0].id)
    enrollment.run(RejectApplications(application_ids=(view.id,), note="材料不全"), build.ADMISSIONS)
    enrollment.clock.advance(timedelta(days=21))
    again = enrollment.run(ResendApplications(application_ids=(view.id,)), here)
    assert [item.refusal.code for item in again.items if item.refusal] == ["admission_round_closed"]


def test_a_form_is_taken_back_before_the_review_and_its_number_is_free(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one, here = build.form(at.round.id), of_point(at.points[0].id)
    view = enrollment.run(one, here)
    gone = enrollment.run(WithdrawApplications(application_ids=(view.id,), note="本人放弃"), here)
    assert [item.state for item in gone.items] == ["withdrawn"]
    assert enrollment.run(one, here).state == "first_review_passed"


def test_what_was_verified_is_unverified_when_the_prior_education_changes(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    view, here = build.entered(enrollment, at), of_point(at.points[0].id)
    check = RecordPriorEducationCheck(application_id=view.id, version=view.version, check=PriorEducationCheck.VERIFIED)
    view = enrollment.run(check, build.ADMISSIONS)
    assert view.prior_check == "verified"
    same = enrollment.run(correction(view, contact=ApplicantContact(mobile="13912345678")), here)
    assert same.prior_check == "verified"
    other = enrollment.run(correction(same, prior_education=build.prior_education(school="另一学院")), here)
    assert other.prior_check == "unchecked"


def test_what_the_school_found_untrue_stays_so_whatever_the_point_tells(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    view, here = build.entered(enrollment, at), of_point(at.points[0].id)
    check = RecordPriorEducationCheck(application_id=view.id, version=view.version, check=PriorEducationCheck.FALSE)
    view = enrollment.run(check, build.ADMISSIONS)
    other = enrollment.run(correction(view, prior_education=build.prior_education(school="另一学院")), here)
    assert other.prior_check == "false"


def test_the_trail_tells_nothing_of_the_person(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    view = build.entered(enrollment, at)
    entries = enrollment.table("audit_entries")
    [entry] = enrollment.rows(select(entries).where(entries.c.object_id == view.id))
    assert set(entry.after) == {"state", "number", "teaching_point_id", "programme_id", "intake"}


def test_of_two_tabs_that_correct_one_form_the_second_is_told_so(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    view, here = build.entered(enrollment, at), of_point(at.points[0].id)
    changes = [correction(view, name=name) for name in ("李一", "李二")]
    outcomes = race(*(partial(enrollment.run, change, here) for change in changes))
    assert sorted(codes(outcomes)) == ["done", "stale_version"]


def test_another_points_form_is_not_there(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    view, there = build.entered(enrollment, at), of_point(at.points[1].id)
    assert enrollment.ask(ListApplications(), there).total == 0
    assert enrollment.refusal(correction(view), there).code == "not_found"
    withdrawn = enrollment.run(WithdrawApplications(application_ids=(view.id,)), there)
    assert [item.refusal.code for item in withdrawn.items if item.refusal] == ["not_found"]


def test_forms_are_found_by_part_of_a_name_and_the_beginning_of_a_number(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    view = build.entered(enrollment, at, name="欧阳晓明")
    build.entered(enrollment, at, name="张伟")
    for asked in (ListApplications(search="晓明"), ListApplications(search=view.number)):
        assert [item.id for item in enrollment.ask(asked, build.ADMISSIONS).items] == [view.id]
