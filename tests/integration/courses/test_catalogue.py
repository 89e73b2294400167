"""Calendar, catalogue, programmes and rounds: commands and lists."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chassis.base.ids import new_id
from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness
from contracts.courses.catalogue_commands import (
    AddAssessmentRequirement,
    AddCoursesToRound,
    AddCourseVersion,
    ApproveAssessmentRequirement,
    CreateCourse,
    CreateProgrammeVersion,
    CreateTerm,
    OfferProgramme,
    PublishCourse,
    PublishProgramme,
    PublishSelectionRound,
    RejectAssessmentRequirement,
    RemoveCoursesFromRound,
    RetireCourse,
    UpdateCourse,
    UpdateProgramme,
    UpdateSelectionRound,
    UpdateTerm,
    UseCourseVersion,
)
from contracts.courses.events import CourseState, ProgrammeState
from contracts.courses.queries import (
    GetCourse,
    GetProgramme,
    ListCourses,
    ListProgrammes,
    ListSelectionRounds,
    ListTerms,
)
from contracts.identity.events import TeachingPointState
from contracts.types import EducationLevel, ExamKind
from services.courses.service import Courses
from tests.builders import courses as build

HarnessOf = Callable[[type[Service]], ServiceHarness]
REGISTRAR = build.registrar()


@pytest.fixture
def courses(harness_of: HarnessOf) -> ServiceHarness:
    return harness_of(Courses)


def term(name: str, first: date, last: date) -> CreateTerm:
    return CreateTerm(name=name, starts_on=first, ends_on=last)


AUTUMN = term("2026年秋季学期", date(2026, 9, 1), date(2027, 1, 20))
SPRING = term("2027年春季学期", date(2027, 2, 20), date(2027, 7, 10))


def test_terms_are_listed_in_order_and_never_overlap(courses: ServiceHarness) -> None:
    courses.run(SPRING, REGISTRAR)
    autumn = courses.run(AUTUMN, REGISTRAR)
    assert [t.name for t in courses.ask(ListTerms(), REGISTRAR).items] == [AUTUMN.name, SPRING.name]
    overlapping = courses.refusal(term("又一学期", date(2027, 7, 10), date(2027, 8, 1)), REGISTRAR)
    assert (overlapping.code, overlapping.params) == ("terms_overlap", {"name": SPRING.name})
    longer = UpdateTerm(term_id=autumn.id, version=1, name="秋", starts_on=AUTUMN.starts_on, ends_on=date(2027, 1, 31))
    assert courses.run(longer, REGISTRAR).version == 2
    assert courses.refusal(longer, REGISTRAR).code == "stale_version"


def test_two_terms_entered_at_the_same_time_are_kept_apart_by_the_table(courses: ServiceHarness) -> None:
    codes = build.at_once(courses, [(AUTUMN, REGISTRAR), (AUTUMN, REGISTRAR), (AUTUMN, REGISTRAR)])
    assert sorted(codes) == ["done", "terms_overlap", "terms_overlap"]


def test_a_course_goes_from_draft_to_published_to_retired(courses: ServiceHarness) -> None:
    made = courses.run(_course("50397"), REGISTRAR)
    assert made.status == "draft"
    assert courses.refusal(RetireCourse(course_id=made.id, version=1), REGISTRAR).code == "step_not_allowed"
    published = courses.run(PublishCourse(course_id=made.id, version=1), REGISTRAR)
    assert courses.refusal(PublishCourse(course_id=made.id, version=1), REGISTRAR).code == "step_not_allowed"
    again = PublishCourse(course_id=made.id, version=published.version)
    assert courses.refusal(again, REGISTRAR).code == "step_not_allowed"
    retired = courses.run(RetireCourse(course_id=made.id, version=published.version), REGISTRAR)
    assert retired.status == "retired"
    versions = [(item.version, item.status) for state in courses.published(CourseState) for item in state.items]
    assert versions[-1] == (3, "retired")


def test_a_course_code_is_used_once(courses: ServiceHarness) -> None:
    courses.run(_course("50397"), REGISTRAR)
    assert courses.refusal(_course("50397"), REGISTRAR).code == "course_code_taken"


def test_of_a_published_course_only_the_name_changes(courses: ServiceHarness) -> None:
    made = courses.run(_course("50397"), REGISTRAR)
    richer = UpdateCourse(
        course_id=made.id, version=1, name="新名", credits=Decimal("5.0"), education_levels=made.education_levels
    )
    assert courses.run(richer, REGISTRAR).credits == Decimal("5.0")
    courses.run(PublishCourse(course_id=made.id, version=2), REGISTRAR)
    poorer = richer.model_copy(update={"version": 3, "credits": Decimal("4.0")})
    assert courses.refusal(poorer, REGISTRAR).code == "course_not_draft"
    renamed = richer.model_copy(update={"version": 3, "name": "又一名"})
    assert courses.run(renamed, REGISTRAR).name == "又一名"


def test_putting_a_version_in_use_retires_the_one_before(courses: ServiceHarness) -> None:
    made = build.course(courses)
    second = courses.run(AddCourseVersion(course_id=made.id, description="2027年教材"), REGISTRAR)
    assert second.number == 2
    used = courses.run(UseCourseVersion(course_version_id=second.id, version=1), REGISTRAR)
    again = UseCourseVersion(course_version_id=second.id, version=used.version)
    assert courses.refusal(again, REGISTRAR).code == "step_not_allowed"
    versions = courses.ask(GetCourse(course_id=made.id), REGISTRAR).versions
    assert [(v.number, v.status) for v in versions] == [(1, "retired"), (2, "in_use")]


def test_of_many_versions_put_in_use_at_the_same_time_one_is_in_use(courses: ServiceHarness) -> None:
    made = build.course(courses)
    drafts = [courses.run(AddCourseVersion(course_id=made.id), REGISTRAR) for _ in range(4)]
    build.at_once(courses, [(UseCourseVersion(course_version_id=d.id, version=1), REGISTRAR) for d in drafts])
    versions = courses.ask(GetCourse(course_id=made.id), REGISTRAR).versions
    assert sorted(v.status for v in versions) == ["in_use", "retired", "retired", "retired", "retired"]


def test_a_requirement_is_approved_by_somebody_else_and_supersedes_the_one_before(courses: ServiceHarness) -> None:
    made = build.course(courses)
    [version] = courses.ask(GetCourse(course_id=made.id), REGISTRAR).versions
    proposed = courses.run(_requirement(version.id, 40), REGISTRAR)
    approve = ApproveAssessmentRequirement(requirement_id=proposed.id, version=1)
    assert courses.refusal(approve, REGISTRAR).code == "decides_own_request"
    assert courses.run(approve, build.registrar()).state == "approved"
    [version] = courses.ask(GetCourse(course_id=made.id), REGISTRAR).versions
    assert [r.state for r in version.requirements] == ["superseded", "approved"]


def test_a_rejected_requirement_stays_rejected(courses: ServiceHarness) -> None:
    made = build.course(courses)
    [version] = courses.ask(GetCourse(course_id=made.id), REGISTRAR).versions
    proposed = courses.run(_requirement(version.id, 40), REGISTRAR)
    rejected = courses.run(
        RejectAssessmentRequirement(requirement_id=proposed.id, version=1, note="比例不符"), build.registrar()
    )
    assert (rejected.state, rejected.note) == ("rejected", "比例不符")
    approve = ApproveAssessmentRequirement(requirement_id=proposed.id, version=rejected.version)
    assert courses.refusal(approve, build.registrar()).code == "step_not_allowed"


def test_courses_are_found_by_text_status_and_level(courses: ServiceHarness) -> None:
    build.course(courses, "50397")
    courses.run(_course("60001", education_levels=(EducationLevel.JUNIOR_COLLEGE,)), REGISTRAR)
    found = {
        "text": courses.ask(ListCourses(search="6000"), REGISTRAR),
        "status": courses.ask(ListCourses(status="draft"), REGISTRAR),
        "level": courses.ask(ListCourses(education_level=EducationLevel.JUNIOR_COLLEGE), REGISTRAR),
    }
    assert {name: [c.code for c in page.items] for name, page in found.items()} == {name: ["60001"] for name in found}


# -- programmes ------------------------------------------------------------------------------------


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
    point = build.teaching_point()
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
    point = build.teaching_point()
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


def test_withdrawing_ends_a_month_after_selecting_unless_told(courses: ServiceHarness) -> None:
    made = build.selection_round(courses, [build.course(courses).id])
    assert timedelta(days=28) <= made.withdrawal_closes_at - made.closes_at <= timedelta(days=31)
    assert made.course_count == 1
    told = build.selection_round(courses, [made.courses[0].id], "XK2", withdrawal_closes_at=made.closes_at)
    assert told.withdrawal_closes_at == made.closes_at


def test_courses_are_put_into_a_round_and_taken_out_again(courses: ServiceHarness) -> None:
    first, second = build.course(courses, "50001"), build.course(courses, "50002")
    made = build.selection_round(courses, [first.id])
    both = courses.run(AddCoursesToRound(selection_round_id=made.id, course_ids=(first.id, second.id)), REGISTRAR)
    assert [c.code for c in both.courses] == ["50001", "50002"]
    unknown = AddCoursesToRound(selection_round_id=made.id, course_ids=(new_id(),))
    assert courses.refusal(unknown, REGISTRAR).code == "some_not_found"
    one = courses.run(RemoveCoursesFromRound(selection_round_id=made.id, course_ids=(first.id,)), REGISTRAR)
    assert [c.code for c in one.courses] == ["50002"]


def test_rounds_are_found_by_whether_they_are_open(courses: ServiceHarness) -> None:
    made = build.selection_round(courses, [build.course(courses).id])
    assert courses.refusal(PublishSelectionRound(selection_round_id=made.id, version=made.version), REGISTRAR).code == (
        "step_not_allowed"
    )
    assert [r.code for r in courses.ask(ListSelectionRounds(open_now=True), REGISTRAR).items] == [made.code]
    later = UpdateSelectionRound(
        selection_round_id=made.id,
        version=made.version,
        name=made.name,
        opens_at=made.closes_at,
        closes_at=made.payment_deadline,
        payment_deadline=made.payment_deadline,
    )
    courses.run(later, REGISTRAR)
    assert courses.ask(ListSelectionRounds(open_now=True), REGISTRAR).items == ()
    assert courses.ask(ListSelectionRounds(open_now=False), REGISTRAR).total == 1


def test_a_point_reads_the_catalogue_but_cannot_write_it(courses: ServiceHarness) -> None:
    made = build.course(courses)
    staff = build.point_staff(new_id(), "courses.read_catalogue")
    assert courses.ask(GetCourse(course_id=made.id), staff).code == made.code
    # As if a route let it through: the database itself refuses.
    assert courses.refusal(PublishCourse(course_id=made.id, version=2), staff).code in {"not_found", "forbidden"}
    assert courses.refusal(_course("60001"), staff).code == "not_found"


def _course(code: str, **fields: Any) -> CreateCourse:
    levels = (EducationLevel.UNDERGRADUATE,)
    return CreateCourse(
        **{"code": code, "name": f"课程{code}", "credits": Decimal(4), "education_levels": levels, **fields}
    )


def _requirement(course_version_id: Any, coursework: int) -> AddAssessmentRequirement:
    return AddAssessmentRequirement(
        course_version_id=course_version_id,
        coursework_percent=coursework,
        final_percent=100 - coursework,
        exam_kind=ExamKind.COMPUTER,
    )
