"""Courses, their versions and assessment requirements (CRS-1)."""

from typing import Any

from sqlalchemy import Row, func, select

from chassis.data.unit_of_work import UnitOfWork
from chassis.work import steps
from chassis.work.rows import change, lock_where, locked
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
from contracts.courses.catalogue_views import AssessmentRequirementView, CourseDetails, CourseVersionView
from contracts.courses.states import AssessmentRequirementState, CourseStatus, CourseVersionStatus
from contracts.errors import ServiceError
from services.courses.domain.workflows import COURSE, COURSE_VERSION, REQUIREMENT
from services.courses.queries.catalogue import course_details, course_versions_of, requirement_view
from services.courses.tables.catalogue import assessment_requirements, course_versions, courses


def create_course(command: CreateCourse, uow: UnitOfWork) -> CourseDetails:
    """Add a draft course. Raises `course_code_taken`."""
    values = {**command.model_dump(), "education_levels": list(command.education_levels)}
    row = steps.enter_one(uow, COURSE, courses, values, "add")
    return course_details(uow, row.id)


def update_course(command: UpdateCourse, uow: UnitOfWork) -> CourseDetails:
    """Change a course; of a published one only the name, since its credits are in bills and programmes."""
    before = locked(uow, courses, command.course_id, command.version)
    levels = list(command.education_levels)
    kept = command.credits == before.credits and set(levels) == set(before.education_levels)
    if before.status != CourseStatus.DRAFT and not kept:
        raise ServiceError("course_not_draft")
    values = {"name": command.name, "credits": command.credits, "education_levels": levels}
    change(uow, courses, before, "edit", values)
    return course_details(uow, command.course_id)


def publish_course(command: PublishCourse, uow: UnitOfWork) -> CourseDetails:
    """`draft` → `published`."""
    steps.take_one(uow, COURSE, courses, command.course_id, command.version, "publish")
    return course_details(uow, command.course_id)


def retire_course(command: RetireCourse, uow: UnitOfWork) -> CourseDetails:
    """`published` → `retired`."""
    steps.take_one(uow, COURSE, courses, command.course_id, command.version, "retire")
    return course_details(uow, command.course_id)


def add_course_version(command: AddCourseVersion, uow: UnitOfWork) -> CourseVersionView:
    """Add a draft version with the next number."""
    locked(uow, courses, command.course_id)  # numbers are dealt one at a time
    newest = select(func.coalesce(func.max(course_versions.c.number), 0))
    number = uow.scalar(newest.where(course_versions.c.course_id == command.course_id)) + 1
    entered = {"course_id": command.course_id, "number": number, "description": command.description}
    row = steps.enter_one(uow, COURSE_VERSION, course_versions, entered, "add")
    return course_versions_of(uow, course_versions.c.id == row.id)[0]


def use_course_version(command: UseCourseVersion, uow: UnitOfWork) -> CourseVersionView:
    """Put a version in use and retire the one used before. Raises `step_not_allowed` when it is in use already."""
    table = course_versions
    chosen = steps.takeable(uow, COURSE_VERSION, table, command.course_version_id, command.version, "use")
    locked(uow, courses, chosen.course_id)  # versions of one course change places one at a time
    used = lock_where(uow, table, table.c.course_id == chosen.course_id, table.c.status == CourseVersionStatus.IN_USE)
    steps.take_locked(uow, COURSE_VERSION, table, used.values(), "retire").whole()
    steps.take_locked(uow, COURSE_VERSION, table, [chosen], "use").whole()
    return course_versions_of(uow, table.c.id == chosen.id)[0]


def add_assessment_requirement(command: AddAssessmentRequirement, uow: UnitOfWork) -> AssessmentRequirementView:
    """Propose a requirement; it counts once somebody else has approved it."""
    uow.one(select(course_versions.c.id).where(course_versions.c.id == command.course_version_id))
    proposed = {**command.model_dump(), "entered_by": uow.context.actor.user_id}
    return requirement_view(steps.enter_one(uow, REQUIREMENT, assessment_requirements, proposed, "add"))


def approve_assessment_requirement(command: ApproveAssessmentRequirement, uow: UnitOfWork) -> AssessmentRequirementView:
    """`pending` → `approved`; the one approved before becomes `superseded`."""
    table = assessment_requirements
    proposed = steps.takeable(uow, REQUIREMENT, table, command.requirement_id, command.version, "approve")
    locked(uow, course_versions, proposed.course_version_id)  # one approval at a time for each version
    of_version = table.c.course_version_id == proposed.course_version_id
    earlier = lock_where(uow, table, of_version, table.c.state == AssessmentRequirementState.APPROVED)
    steps.take_locked(uow, REQUIREMENT, table, earlier.values(), "supersede").whole()
    return _decide(uow, command, proposed, "approve")


def reject_assessment_requirement(command: RejectAssessmentRequirement, uow: UnitOfWork) -> AssessmentRequirementView:
    """`pending` → `rejected`."""
    table = assessment_requirements
    proposed = steps.takeable(uow, REQUIREMENT, table, command.requirement_id, command.version, "reject")
    return _decide(uow, command, proposed, "reject")


def _decide(
    uow: UnitOfWork,
    command: ApproveAssessmentRequirement | RejectAssessmentRequirement,
    proposed: Row[Any],
    action: str,
) -> AssessmentRequirementView:
    table = assessment_requirements
    reviewed = {"note": command.note, "reviewed_at": uow.now}
    steps.take_locked(uow, REQUIREMENT, table, [proposed], action, note=command.note, values=reviewed).whole()
    return requirement_view(uow.one(select(table).where(table.c.id == proposed.id)))
