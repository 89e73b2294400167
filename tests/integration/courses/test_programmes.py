"""Programmes: drafts, versions, and where they are offered."""

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.courses.catalogue_commands import (
    CreateProgrammeVersion,
    OfferProgramme,
    PublishProgramme,
    UpdateProgramme,
)
from contracts.courses.events import ProgrammeState
from contracts.courses.queries import (
    GetProgramme,
    ListProgrammes,
)
from contracts.identity.events import TeachingPointItem, TeachingPointState
from tests.builders import courses as build
from tests.builders import people
from tests.builders.messages import a

REGISTRAR = people.of_school()


def test_a_published_programme_never_changes(courses: ServiceHarness) -> None:
    made = build.programme(courses, [build.course(courses).id])
    fields = build.programme_command([]).model_dump(exclude={"code"})
    update = UpdateProgramme(programme_id=made.id, version=made.version, **fields)
    assert courses.refusal(update, REGISTRAR).code == "programme_not_draft"
    again = PublishProgramme(programme_id=made.id, version=made.version)
    assert courses.refusal(again, REGISTRAR).code == "step_not_allowed"
    assert courses.ask(GetProgramme(programme_id=made.id), REGISTRAR) == made


def test_a_draft_is_changed_as_a_whole(courses: ServiceHarness) -> None:
    first, second = build.course(courses, "50001"), build.course(courses, "50002")
    draft = courses.run(build.programme_command([first.id]), REGISTRAR)
    fields = build.programme_command([second.id], name="新名").model_dump(exclude={"code"})
    changed = courses.run(UpdateProgramme(programme_id=draft.id, version=draft.version, **fields), REGISTRAR)
    assert changed.name == "新名"
    assert [c.course_code for module in changed.modules for c in module.courses] == ["50002"]


def test_a_programme_of_courses_that_do_not_exist_is_refused(courses: ServiceHarness) -> None:
    refused = courses.refusal(build.programme_command([build.course(courses).id, new_id()]), REGISTRAR)
    assert (refused.code, refused.params) == ("some_not_found", {"count": 1})


def test_a_later_version_ends_the_one_before_with_the_month_before(courses: ServiceHarness) -> None:
    point = a(TeachingPointItem)
    courses.feed(TeachingPointState, point)
    first = build.programme(courses, [build.course(courses).id], [point.id])
    draft = courses.run(CreateProgrammeVersion(programme_id=first.id, from_intake="202703"), REGISTRAR)
    assert (draft.version_number, draft.status, draft.code) == (2, "draft", first.code)
    assert draft.modules[0].courses == first.modules[0].courses
    assert draft.teaching_point_ids == (point.id,)
    courses.run(PublishProgramme(programme_id=draft.id, version=draft.version), REGISTRAR)
    between = courses.run(CreateProgrammeVersion(programme_id=first.id, from_intake="202612"), REGISTRAR)
    courses.run(PublishProgramme(programme_id=between.id, version=between.version), REGISTRAR)
    found = courses.ask(ListProgrammes(sort="from_intake"), REGISTRAR).items
    assert [(p.from_intake, p.until_intake) for p in found] == [
        ("202609", "202611"),
        ("202612", "202702"),
        ("202703", None),
    ]
    for intake, expected in (("202610", first.id), ("202701", between.id), ("202903", draft.id)):
        [valid] = courses.ask(ListProgrammes(intake=intake, status="published"), REGISTRAR).items
        assert valid.id == expected
    newest = {item.id: item for state in courses.published(ProgrammeState) for item in state.items}
    assert newest[first.id].until_intake == "202611"
    assert newest[first.id].teaching_point_ids == (point.id,)


def test_two_versions_cannot_be_published_for_the_same_first_intake(courses: ServiceHarness) -> None:
    first = build.programme(courses, [build.course(courses).id])
    drafts = [
        courses.run(CreateProgrammeVersion(programme_id=first.id, from_intake="202703"), REGISTRAR) for _ in range(3)
    ]
    assert [d.version_number for d in drafts] == [2, 3, 4]
    codes = build.at_once(
        courses, [(PublishProgramme(programme_id=d.id, version=d.version), REGISTRAR) for d in drafts]
    )
    assert sorted(codes) == ["done", "programme_version_exists", "programme_version_exists"]


def test_a_programme_is_offered_at_points_that_exist(courses: ServiceHarness) -> None:
    point = a(TeachingPointItem)
    courses.feed(TeachingPointState, point)
    made = build.programme(courses, [build.course(courses).id])
    stranger = OfferProgramme(programme_id=made.id, version=made.version, teaching_point_ids=(new_id(),))
    assert courses.refusal(stranger, REGISTRAR).code == "some_not_found"
    offer = OfferProgramme(programme_id=made.id, version=made.version, teaching_point_ids=(point.id,))
    offered = courses.run(offer, REGISTRAR)
    assert (offered.teaching_point_ids, offered.version) == ((point.id,), made.version + 1)
    assert [p.id for p in courses.ask(ListProgrammes(teaching_point_id=point.id), REGISTRAR).items] == [made.id]
    assert courses.published(ProgrammeState)[-1].items[0].teaching_point_ids == (point.id,)


# -- rounds ----------------------------------------------------------------------------------------
