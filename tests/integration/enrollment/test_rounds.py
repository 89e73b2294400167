"""Admission rounds: entered, published, changed; who takes part."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.enrollment.commands import CreateAdmissionRound, PublishAdmissionRound, UpdateAdmissionRound
from contracts.enrollment.queries import GetAdmissionRound, GetProgrammeChoices, ListAdmissionRounds
from contracts.types import Level
from tests.builders import enrollment as build
from tests.builders.people import of_point


def fields(enrollment: ServiceHarness, **changes: object) -> dict[str, object]:
    now = enrollment.clock.now()
    return {
        "name": "2027年春季招生",
        "opens_at": now,
        "closes_at": now + timedelta(days=1),
        "review_closes_at": now + timedelta(days=2),
        "levels": (Level.BACHELOR,),
        **changes,
    }


def test_a_round_is_a_draft_until_it_is_published_and_published_once(enrollment: ServiceHarness) -> None:
    made = enrollment.run(
        CreateAdmissionRound(code="ZS202703", intake="202703", **fields(enrollment)), build.ADMISSIONS
    )
    assert (made.status, made.every_point) == ("draft", True)
    publish = PublishAdmissionRound(admission_round_id=made.id, version=made.version)
    assert enrollment.run(publish, build.ADMISSIONS).status == "published"
    assert enrollment.refusal(publish, build.ADMISSIONS).code == "step_not_allowed"


def test_a_code_is_given_once(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    again = CreateAdmissionRound(code=at.round.code, intake="202703", **fields(enrollment))
    assert enrollment.refusal(again, build.ADMISSIONS).code == "admission_round_code_taken"


def test_a_window_that_is_reversed_is_no_round(enrollment: ServiceHarness) -> None:
    early = enrollment.clock.now() - timedelta(days=9)
    for wrong in ({"closes_at": early}, {"review_closes_at": early}):
        with pytest.raises(ValidationError):
            CreateAdmissionRound(code="ZS202703", intake="202703", **fields(enrollment, **wrong))


def test_the_points_of_a_round_are_replaced_as_a_whole_and_unknown_ones_refused(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    change = fields(enrollment, teaching_point_ids=(at.points[1].id,))
    update = UpdateAdmissionRound(admission_round_id=at.round.id, version=at.round.version, **change)
    after = enrollment.run(update, build.ADMISSIONS)
    assert (after.every_point, after.teaching_point_ids) == (False, (at.points[1].id,))
    unknown = UpdateAdmissionRound(
        admission_round_id=at.round.id, version=after.version, **{**change, "teaching_point_ids": (new_id(),)}
    )
    assert enrollment.refusal(unknown, build.ADMISSIONS).code == "some_not_found"
    assert enrollment.refusal(update, build.ADMISSIONS).code == "stale_version"


def test_lists_tell_which_rounds_are_open(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    build.admission_round(enrollment, code="ZS202703", opens_at=enrollment.clock.now() + timedelta(days=1))
    by_point = of_point(at.points[0].id)
    opened = enrollment.ask(ListAdmissionRounds(open_now=True), by_point).items
    closed = enrollment.ask(ListAdmissionRounds(open_now=False), by_point).items
    assert ([each.code for each in opened], [each.code for each in closed]) == (["ZS202609"], ["ZS202703"])


def test_a_draft_is_nobodys_but_the_schools_and_a_point_chooses_only_in_rounds_that_are_its(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    draft = enrollment.run(
        CreateAdmissionRound(code="ZS202703", intake="202703", **fields(enrollment)), build.ADMISSIONS
    )
    here, there = (of_point(point.id) for point in at.points)
    assert [each.code for each in enrollment.ask(ListAdmissionRounds(), here).items] == ["ZS202609"]
    assert {each.code for each in enrollment.ask(ListAdmissionRounds(), build.ADMISSIONS).items} == {
        "ZS202609",
        "ZS202703",
    }
    for asked in (GetAdmissionRound(admission_round_id=draft.id), GetProgrammeChoices(admission_round_id=draft.id)):
        assert enrollment.refusal(asked, here).code == "not_found"
    assert enrollment.ask(GetAdmissionRound(admission_round_id=draft.id), build.ADMISSIONS).code == "ZS202703"
    limited = fields(enrollment, teaching_point_ids=(at.points[1].id,), levels=(Level.TOP_UP_BACHELOR,))
    update = UpdateAdmissionRound(admission_round_id=at.round.id, version=at.round.version, **limited)
    enrollment.run(update, build.ADMISSIONS)
    choices = GetProgrammeChoices(admission_round_id=at.round.id)
    assert enrollment.refusal(choices, here).code == "point_not_in_round"
    assert enrollment.ask(choices, there).programme_id == at.programme.id


def test_choosing_an_element_narrows_the_others_until_one_programme_is_left(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    build.offer(enrollment, at, code="020204-ZSB", major_code="020204", major_name="会计学")
    build.offer(enrollment, at, code="080901-GQZ", level=Level.JUNIOR_COLLEGE)
    build.offer(enrollment, at, code="hidden", major_code="120201", teaching_point_ids=())
    here = of_point(at.points[0].id)
    all_of_them = enrollment.ask(GetProgrammeChoices(admission_round_id=at.round.id), here)
    assert {each.value: (each.name, each.count) for each in all_of_them.major_code} == {
        "020204": ("会计学", 1),
        "080901": ("计算机科学与技术", 2),
    }
    assert all_of_them.programme_id is None
    chosen = GetProgrammeChoices(admission_round_id=at.round.id, level=Level.JUNIOR_COLLEGE)
    narrowed = enrollment.ask(chosen, here)
    assert [each.value for each in narrowed.major_code] == ["080901"]
    assert [each.value for each in narrowed.level] == ["junior_college", "top_up_bachelor"]
    assert narrowed.programme_id is not None
