"""Visitors sign up, a point enters forms, the school decides, and who is admitted has a record and an account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from uuid import UUID

from contracts.common import of_service
from contracts.enrollment.commands import (
    AdmitApplications,
    CreateAdmissionRound,
    EnterApplication,
    PublishAdmissionRound,
    RejectApplications,
    ResendApplications,
)
from contracts.enrollment.queries import GetApplication, GetProgrammeChoices
from contracts.enrollment.signups import GetSignup
from contracts.enrollment.views import AdmissionRoundDetails, ApplicationDetails
from contracts.identity.queries import ListUsers
from contracts.people import ApplicantContact, PriorEducationInput
from contracts.permissions import Role
from contracts.settings import ChangeSetting, ListSettings, SettingsView
from contracts.types import Level, PriorLevel
from launcher.made_up import MadeUpStudent, MadeUpStudents, with_wrong_check_digit
from launcher.story.people import Person
from launcher.story.school import Point, School, elements
from launcher.story.signing_up import discard, sign_up
from launcher.story.stage import Stage, expect, must_be_refused, wait, wait_for_copies

APPLICANTS = 3
_TEMPLATE = "{{year}}{{point:{}}}{{season}}{{level:01,02,03}}{{serial:5}}"
_OF_POINT = 2
"""Digits that codes of teaching points have after the run's."""


def admit(stage: Stage, school: School, point: Point) -> None:
    """Three people apply, one of whom has signed up; two are admitted at once, the third when the form is put right."""
    officer = school.staff.admissions
    round_ = open_round(stage, officer)
    forms = enter(stage, point, round_)
    with stage.step(officer.title, "rejects one form and says why") as step:
        note = "证书编号不清晰，请核对"
        rejected = officer.send(RejectApplications(application_ids=(forms[0].id,), note=note))
        expect(rejected.done == 1, "a form is rejected", rejected)
        step.outcome = note
    _decide(stage, officer, [form.id for form in forms[1:]])
    with stage.step(point.registrar.title, "sends the corrected form again"):
        again = point.registrar.send(ResendApplications(application_ids=(forms[0].id,)))
        expect(again.done == 1, "the form is sent again", again)
    _decide(stage, officer, [forms[0].id])
    _wait_for_records(stage, point, forms)


def open_round(stage: Stage, officer: Person) -> AdmissionRoundDetails:
    """An admission round that is open, and numbers that have room for the points' codes."""
    with stage.step(officer.title, "opens an admission round") as step:
        settings: SettingsView = officer.send(of_service("enrollment", ListSettings)())
        [template] = [each for each in settings.items if each.name == "student_number_template"]
        width = len(stage.run) + _OF_POINT
        wanted = _TEMPLATE.format(width)
        if template.value != wanted:
            change = of_service("enrollment", ChangeSetting)
            reason = f"教学点代码为{width}位"
            officer.send(change(name=template.name, value=wanted, version=template.version, reason=reason))
        command = CreateAdmissionRound(
            code=f"ZS{stage.run}",
            name=stage.named("招生"),
            intake=stage.intake,
            opens_at=stage.now - timedelta(minutes=1),
            closes_at=stage.day(30),
            review_closes_at=stage.day(40),
            levels=(Level.TOP_UP_BACHELOR,),
        )
        draft: AdmissionRoundDetails = officer.send(command)
        publish = PublishAdmissionRound(admission_round_id=draft.id, version=draft.version)
        published: AdmissionRoundDetails = officer.send(publish)
        step.outcome = f"{published.name}, until {published.closes_at:%Y-%m-%d}"
    return published


def enter(stage: Stage, point: Point, round_: AdmissionRoundDetails) -> list[ApplicationDetails]:
    """Forms of made-up people whom a point's registrar enters, the first of whom has signed up, with what is refused on
    the way."""
    registrar, made_up = point.registrar, MadeUpStudents(f"{stage.run}-{point.view.code}-applicants", today=stage.today)
    people = list(islice(made_up, APPLICANTS))
    signup = sign_up(stage, point, people[0])
    discard(stage, point, sign_up(stage, point, made_up.make()))
    commands = [application_form(stage, round_, person) for person in people]
    commands[0] = commands[0].model_copy(update={"signup_id": signup.id})
    with stage.step(registrar.title, "chooses the five elements, which leave one programme") as step:
        asked = elements(stage).model_dump(exclude={"schooling_length"})
        query = GetProgrammeChoices(admission_round_id=round_.id, **asked)
        left = wait("the programme", lambda: registrar.send(query), lambda seen: seen.programme_id is not None)
        step.outcome = "、".join(choice.value for choice in left.schooling_length)
    with stage.step(registrar.title, f"enters {APPLICANTS} application forms") as step:
        wrong = commands[0].model_copy(update={"id_number": with_wrong_check_digit(commands[0].id_number)})
        refused = must_be_refused(lambda: registrar.send(wrong), "validation_failed")
        forms: list[ApplicationDetails] = wait_for_copies(
            lambda: [registrar.send(command) for command in commands], "teaching_point_not_enabled"
        )
        twice = must_be_refused(lambda: registrar.send(commands[1]), "application_exists")
        step.outcome = f"a wrong check digit is {refused}, the same person twice {twice}"
        completed = registrar.send(GetSignup(signup_id=signup.id))
        expect(completed.application_id == forms[0].id, "the signup has become a form", completed)
    return forms


def application_form(stage: Stage, round_: AdmissionRoundDetails, person: MadeUpStudent) -> EnterApplication:
    """The form of somebody who applies for the run's programme."""
    graduated_on = person.born_on + timedelta(days=18 * 365 - 1)
    prior = PriorEducationInput(
        level=PriorLevel.JUNIOR_COLLEGE,
        school="江苏某某职业技术学院",
        graduated_on=min(graduated_on, stage.today),
        certificate_number=f"1234512018060{person.serial:05d}",
    )
    return EnterApplication(
        admission_round_id=round_.id,
        name=person.name,
        gender=person.gender,
        id_number=person.id_number,
        ethnicity="01",
        contact=ApplicantContact(mobile=person.mobile),
        prior_education=prior,
        **elements(stage).model_dump(),
    )


def _decide(stage: Stage, officer: Person, ids: Sequence[UUID]) -> None:
    with stage.step(officer.title, f"tries, then admits {len(ids)}") as step:
        tried = officer.send(AdmitApplications(application_ids=tuple(ids), dry_run=True))
        done = officer.send(AdmitApplications(application_ids=tuple(ids)))
        expect((tried.done, done.done) == (len(ids), len(ids)), "they are admitted", done)
        seen = [officer.send(GetApplication(application_id=id_)).student_number for id_ in ids]
        step.outcome = "、".join(map(str, seen))


def _wait_for_records(stage: Stage, point: Point, forms: Sequence[ApplicationDetails]) -> None:
    with stage.step(point.administrator.title, "sees records and accounts of the admitted appear") as step:
        head = point.administrator

        def admitted() -> list[ApplicationDetails]:
            return [head.send(GetApplication(application_id=form.id)) for form in forms]

        seen = wait("records", admitted, lambda found: all(form.recorded_at is not None for form in found))
        for form in seen:
            query = ListUsers(teaching_point_id=point.view.id, role=Role.STUDENT, search=form.student_number)
            wait("the account", lambda query=query: head.client.count(query), lambda count: count == 1)  # type: ignore[misc]
        step.outcome = f"{len(seen)} students"
