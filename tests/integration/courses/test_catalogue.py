"""The catalogue: courses, their versions and requirements."""

from decimal import Decimal
from typing import Any

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.courses.catalogue_commands import (
    AddAssessmentRequirement,
    AddCourseVersion,
    ApproveAssessmentRequirement,
    CreateCourse,
    PublishCourse,
    RejectAssessmentRequirement,
    RetireCourse,
    UpdateCourse,
    UseCourseVersion,
)
from contracts.courses.events import CourseState
from contracts.courses.queries import (
    GetCourse,
    ListCourses,
)
from contracts.types import EducationLevel, ExamKind
from tests.builders import courses as build
from tests.builders import people
from tests.steps_taken import steps_taken

REGISTRAR = people.of_school()


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


def test_a_retired_version_may_be_put_in_use_again_and_a_stale_one_may_not(courses: ServiceHarness) -> None:
    made = build.course(courses)
    second = courses.run(AddCourseVersion(course_id=made.id), REGISTRAR)
    courses.run(UseCourseVersion(course_version_id=second.id, version=1), REGISTRAR)
    first, _ = courses.ask(GetCourse(course_id=made.id), REGISTRAR).versions
    stale = UseCourseVersion(course_version_id=first.id, version=first.version - 1)
    assert courses.refusal(stale, REGISTRAR).code == "stale_version"
    courses.run(UseCourseVersion(course_version_id=first.id, version=first.version), REGISTRAR)
    versions = courses.ask(GetCourse(course_id=made.id), REGISTRAR).versions
    assert [(v.number, v.status) for v in versions] == [(1, "in_use"), (2, "retired")]
    assert steps_taken(courses, second.id) == [("add", "draft"), ("use", "in_use"), ("retire", "retired")]


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
    assert courses.run(approve, people.of_school()).state == "approved"
    [version] = courses.ask(GetCourse(course_id=made.id), REGISTRAR).versions
    assert [r.state for r in version.requirements] == ["superseded", "approved"]


def test_a_rejected_requirement_stays_rejected(courses: ServiceHarness) -> None:
    made = build.course(courses)
    [version] = courses.ask(GetCourse(course_id=made.id), REGISTRAR).versions
    proposed = courses.run(_requirement(version.id, 40), REGISTRAR)
    rejected = courses.run(
        RejectAssessmentRequirement(requirement_id=proposed.id, version=1, note="比例不符"), people.of_school()
    )
    assert (rejected.state, rejected.note) == ("rejected", "比例不符")
    approve = ApproveAssessmentRequirement(requirement_id=proposed.id, version=rejected.version)
    assert courses.refusal(approve, people.of_school()).code == "step_not_allowed"


def test_courses_are_found_by_text_status_and_level(courses: ServiceHarness) -> None:
    build.course(courses, "50397")
    courses.run(_course("60001", education_levels=(EducationLevel.JUNIOR_COLLEGE,)), REGISTRAR)
    found = {
        "text": courses.ask(ListCourses(search="6000"), REGISTRAR),
        "status": courses.ask(ListCourses(status="draft"), REGISTRAR),
        "level": courses.ask(ListCourses(education_level=EducationLevel.JUNIOR_COLLEGE), REGISTRAR),
    }
    assert {name: [c.code for c in page.items] for name, page in found.items()} == {name: ["60001"] for name in found}


def test_courses_are_found_by_the_state_of_a_requirement_of_theirs(courses: ServiceHarness) -> None:
    made, _ = build.course(courses, "50397"), build.course(courses, "60001")
    [version] = courses.ask(GetCourse(course_id=made.id), REGISTRAR).versions
    courses.run(_requirement(version.id, 40), REGISTRAR)
    for state, codes in (("pending", ["50397"]), ("approved", ["50397", "60001"]), ("rejected", [])):
        found = courses.ask(ListCourses(requirement_state=state), REGISTRAR)
        assert ([course.code for course in found.items], found.total) == (codes, len(codes))


# -- programmes ------------------------------------------------------------------------------------


def test_a_point_reads_the_catalogue_but_cannot_write_it(courses: ServiceHarness) -> None:
    made = build.course(courses)
    staff = people.of_point(new_id())
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
