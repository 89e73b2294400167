"""Application forms for tests: an admission round that is open, points that take part, and made-up people who apply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.base.context import Context
from chassis.testing.harness import ServiceHarness
from contracts.courses.events import ProgrammeItem, ProgrammeState
from contracts.enrollment.commands import (
    AdmitApplications,
    CreateAdmissionRound,
    EnterApplication,
    PublishAdmissionRound,
)
from contracts.enrollment.queries import GetApplication
from contracts.enrollment.signups import ListSignups, SignUp, SignupView
from contracts.enrollment.views import AdmissionRoundDetails, ApplicationDetails
from contracts.identity.events import TeachingPointItem, TeachingPointState
from contracts.people import ApplicantContact, PriorEducationInput
from contracts.types import Level, PriorLevel
from contracts.words import member_word
from launcher.made_up import MadeUpStudents
from tests.builders.identity import from_address
from tests.builders.messages import a
from tests.builders.people import of_point, of_school
from tests.working import worked

ADMISSIONS = of_school(name="招生办")
INTAKE = "202609"
VISITOR = from_address("203.0.113.7")

_people = MadeUpStudents("enrollment")


@dataclass(frozen=True)
class Recruiting:
    """Points that offer one programme, and a round that takes forms for its intake."""

    points: tuple[TeachingPointItem, ...]
    programme: ProgrammeItem
    round: AdmissionRoundDetails


def admission_round(enrollment: ServiceHarness, **changes: Any) -> AdmissionRoundDetails:
    """A published round: it opened yesterday, closes in ten days, and is reviewed for twenty."""
    now = enrollment.clock.now()
    fields = {
        "code": "ZS202609",
        "name": "2026年秋季招生",
        "intake": INTAKE,
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=10),
        "review_closes_at": now + timedelta(days=20),
        "levels": tuple(Level),
        **changes,
    }
    made = enrollment.run(CreateAdmissionRound(**fields), ADMISSIONS)
    publish = PublishAdmissionRound(admission_round_id=made.id, version=made.version)
    published: AdmissionRoundDetails = enrollment.run(publish, ADMISSIONS)
    return published


def recruiting(enrollment: ServiceHarness, *, points: int = 2, **round_fields: Any) -> Recruiting:
    """A service that takes forms."""
    items = tuple(a(TeachingPointItem, code=f"32{n:02d}", name=f"第{n}教学点") for n in range(1, points + 1))
    programme = a(ProgrammeItem, teaching_point_ids=tuple(item.id for item in items))
    enrollment.feed(TeachingPointState, *items)
    enrollment.feed(ProgrammeState, programme)
    return Recruiting(items, programme, admission_round(enrollment, **round_fields))


def prior_education(**changes: Any) -> PriorEducationInput:
    """A junior college, completed."""
    fields = {
        "level": PriorLevel.JUNIOR_COLLEGE,
        "school": "某某职业技术学院",
        "graduated_on": date(2018, 6, 30),
        "certificate_number": "123451201806000001",
        **changes,
    }
    return PriorEducationInput(**fields)


def form(round_id: UUID, **changes: Any) -> EnterApplication:
    """A form of a made-up person, another one each time."""
    made = _people.make()
    fields = {
        "admission_round_id": round_id,
        "name": made.name,
        "gender": made.gender,
        "id_number": made.id_number,
        "ethnicity": "01",
        "level": Level.TOP_UP_BACHELOR,
        "major_code": "080901",
        "schooling_length": "2.5",
        "contact": ApplicantContact(mobile=made.mobile),
        "prior_education": prior_education(),
        **changes,
    }
    return EnterApplication(**fields)


def entered(enrollment: ServiceHarness, at: Recruiting, point: int = 0, **changes: Any) -> ApplicationDetails:
    """A form that somebody of a point has entered."""
    who = of_point(at.points[point].id)
    view: ApplicationDetails = enrollment.run(form(at.round.id, **changes), who)
    return view


def signup(at: Recruiting, point: int = 0, **changes: Any) -> SignUp:
    """What a made-up visitor sends to a point, another one each time."""
    made = _people.make()
    fields = {"name": made.name, "mobile": made.mobile, "wished_major": "会计", **changes}
    return SignUp(teaching_point_id=at.points[point].id, **fields)


def send(enrollment: ServiceHarness, command: SignUp, who: Context = VISITOR) -> None:
    """Send a signup, with the work that it takes."""
    enrollment.run(command.model_copy(update={"work": worked(enrollment.refusal(command, who))}), who)


def signed_up(enrollment: ServiceHarness, at: Recruiting, point: int = 0, **changes: Any) -> SignupView:
    """A signup that has reached a point."""
    command = signup(at, point, **changes)
    send(enrollment, command)
    newest: SignupView = enrollment.ask(ListSignups(search=command.mobile), ADMISSIONS).items[0]
    return newest


_CROWD = """
INSERT INTO applications ({columns})
SELECT {values} FROM applications, generate_series(1, :count) AS n WHERE id = :pattern RETURNING id
"""
_OF_ONE_IN_A_CROWD = {
    "id": "gen_random_uuid()",
    "number": "'CROWD' || lpad(n::text, 6, '0')",
    "name": "'张' || translate(n::text, '0123456789', '零一二三四五六七八九')",
    "id_kind": "'passport'",
    "id_number": "'P' || lpad(n::text, 8, '0')",
    "teaching_point_id": "CASE n % 2 WHEN 0 THEN teaching_point_id ELSE :other END",
}


def crowd(enrollment: ServiceHarness, at: Recruiting, count: int) -> list[UUID]:
    """Forms of so many made-up people, at two points by turns: all but the person is copied from one."""
    pattern = entered(enrollment, at)
    names = [column.name for column in enrollment.table("applications").c]
    values = ", ".join(_OF_ONE_IN_A_CROWD.get(name, name) for name in names)
    statement = text(_CROWD.format(columns=", ".join(names), values=values))
    with enrollment.owner_connection() as connection:
        told = {"count": count, "pattern": pattern.id, "other": at.points[1].id}
        return [id_ for (id_,) in connection.execute(statement, told)]


def admitted(enrollment: ServiceHarness, at: Recruiting, **changes: Any) -> ApplicationDetails:
    """A form by which the school has admitted somebody."""
    view = entered(enrollment, at, **changes)
    enrollment.run(AdmitApplications(application_ids=(view.id,)), ADMISSIONS)
    return seen(enrollment, view.id)


def seen(enrollment: ServiceHarness, application_id: UUID) -> ApplicationDetails:
    """A form as the school sees it."""
    found: ApplicationDetails = enrollment.ask(GetApplication(application_id=application_id), ADMISSIONS)
    return found


def offer(enrollment: ServiceHarness, at: Recruiting, **changes: Any) -> ProgrammeItem:
    """Another programme, at all of the points unless told otherwise."""
    programme = a(ProgrammeItem, **{"teaching_point_ids": tuple(item.id for item in at.points), **changes})
    enrollment.feed(ProgrammeState, programme)
    return programme


def sheet_row(round_code: str, **changes: str) -> dict[str, str]:
    """A row of an import, field → text: a made-up person, another one each time."""
    made = _people.make()
    return {
        "admission_round_code": round_code,
        "name": made.name,
        "gender": member_word(made.gender).zh,
        "id_number": made.id_number,
        "ethnicity": "汉族",
        "level": member_word(Level.TOP_UP_BACHELOR).zh,
        "major_code": "080901",
        "schooling_length": "2.5",
        "mobile": made.mobile,
        "prior_level": member_word(PriorLevel.JUNIOR_COLLEGE).zh,
        "prior_school": "某某职业技术学院",
        "prior_graduated_on": "2018-06-30",
        "prior_certificate_number": "123451201806000001",
        **changes,
    }
