"""The courses service: what it can be told, asked, and what it hears."""

from datetime import timedelta
from typing import ClassVar

from chassis.declaring.service import Service, command, copy, feeder, publishes, query, reaction, scheduled, task
from chassis.requests.reviewed import reviewed
from chassis.running.exports import exported
from chassis.work.to_do import Waiting
from contracts.courses.events import CoursesDecided, CourseState, CoursesTrailSealed, ProgrammeState
from contracts.courses.queries import ListCourses
from contracts.exams.events import ExamRoundCourseState, ExamRoundState
from contracts.finance.events import BillState, FeeStandardState
from contracts.identity.events import TeachingPointState
from contracts.registry.events import StudentState
from services.courses import jobs, tasks
from services.courses.commands import calendar, selection
from services.courses.commands import catalogue as catalogue_commands
from services.courses.commands import programmes as programme_commands
from services.courses.commands import rounds as round_commands
from services.courses.commands import withdrawals as withdrawal_commands
from services.courses.domain.workflows import REQUIREMENT
from services.courses.queries import catalogue as catalogue_queries
from services.courses.queries import plan, selections, states, statistics, withdrawals
from services.courses.queries import programmes as programme_queries
from services.courses.queries import rounds as round_queries
from services.courses.reactions import bills as bill_reactions
from services.courses.reactions import registrations
from services.courses.reactions import students as student_reactions
from services.courses.reactions import withdrawals as withdrawal_reactions
from services.courses.steps.copies import bill_row, student_row
from services.courses.tables import base, copies
from services.courses.tables import catalogue as catalogue_tables
from services.courses.tables import programmes as programme_tables


class Courses(Service):
    """Catalogue, programmes, selection rounds, selections and withdrawals."""

    name = "courses"
    metadata = base.metadata
    conflicts: ClassVar[dict[str, str]] = {
        "ex_terms_days": "terms_overlap",
        "uq_courses_code": "course_code_taken",
        "uq_programmes_code": "programme_code_taken",
        "uq_programmes_published": "programme_version_exists",
        "uq_selection_rounds_code": "selection_round_code_taken",
    }
    decided = CoursesDecided
    to_do = (Waiting(REQUIREMENT, catalogue_tables.assessment_requirements, ListCourses, by="requirement_state"),)
    trail_sealed = CoursesTrailSealed

    # calendar and catalogue
    create_term = command(calendar.create_term)
    update_term = command(calendar.update_term)
    create_course = command(catalogue_commands.create_course)
    update_course = command(catalogue_commands.update_course)
    publish_course = command(catalogue_commands.publish_course)
    retire_course = command(catalogue_commands.retire_course)
    add_course_version = command(catalogue_commands.add_course_version)
    use_course_version = command(catalogue_commands.use_course_version)
    add_assessment_requirement = command(catalogue_commands.add_assessment_requirement)
    approve_assessment_requirement = command(catalogue_commands.approve_assessment_requirement)
    reject_assessment_requirement = command(catalogue_commands.reject_assessment_requirement)
    list_terms = query(catalogue_queries.list_terms)
    list_courses = query(catalogue_queries.list_courses)
    get_course = query(catalogue_queries.get_course)

    # programmes
    create_programme = command(programme_commands.create_programme)
    update_programme = command(programme_commands.update_programme)
    create_programme_version = command(programme_commands.create_programme_version)
    publish_programme = command(programme_commands.publish_programme)
    offer_programme = command(programme_commands.offer_programme)
    list_programmes = query(programme_queries.list_programmes)
    get_programme = query(programme_queries.get_programme)

    # selection rounds
    create_selection_round = command(round_commands.create_selection_round)
    update_selection_round = command(round_commands.update_selection_round)
    add_courses_to_round = command(round_commands.add_courses_to_round)
    remove_courses_from_round = command(round_commands.remove_courses_from_round)
    publish_selection_round = command(round_commands.publish_selection_round)
    list_selection_rounds = query(round_queries.list_selection_rounds)
    get_selection_round = query(round_queries.get_selection_round)

    # selections
    select_courses = command(selection.select_courses)
    select_courses_in_batch = command(selection.select_courses_in_batch)
    large_batch = task(tasks.SELECT_COURSES_IN_BATCH)

    cancel_selections = command(withdrawal_commands.cancel_selections)
    close_unpaid = scheduled(jobs.close_unpaid, every=timedelta(seconds=30))
    follow_students = scheduled(jobs.follow_students, every=timedelta(minutes=5))

    get_plan = query(plan.get_plan)
    list_cohort = query(selections.list_cohort)
    selection_exports = exported(tasks.SELECTIONS_AS_FILE)
    list_selections = query(selections.list_selections)
    get_selection = query(selections.get_selection)
    get_selection_statistics = query(statistics.get_selection_statistics)
    list_selection_statements = query(statistics.list_selection_statements)

    # withdrawals
    request_withdrawals = command(withdrawal_commands.request_withdrawals)
    withdrawal_requests = reviewed(withdrawals.SHOWN)

    # what other services tell
    on_bills_paid = reaction(bill_reactions.on_bills_paid)
    on_billing_refused = reaction(bill_reactions.on_billing_refused)
    on_bills_cancelled = reaction(bill_reactions.on_bills_cancelled)
    on_bill_cancellation_refused = reaction(bill_reactions.on_bill_cancellation_refused)
    on_withdrawals_approved = reaction(withdrawal_reactions.on_withdrawals_approved)
    on_withdrawals_rejected = reaction(withdrawal_reactions.on_withdrawals_rejected)
    on_withdrawals_refunded = reaction(withdrawal_reactions.on_withdrawals_refunded)
    on_registration_refused = reaction(registrations.on_registration_refused)
    on_student_left = reaction(student_reactions.on_student_left)
    on_admissions_ended = reaction(student_reactions.on_admissions_ended)
    on_student_suspended = reaction(student_reactions.on_student_suspended)
    on_student_resumed = reaction(student_reactions.on_student_resumed)
    on_student_transferred = reaction(student_reactions.on_student_transferred)

    # copies of what other services own
    students = copy(StudentState, copies.students, student_row)
    teaching_points = copy(TeachingPointState, copies.teaching_points)
    bills = copy(BillState, copies.bills, bill_row)
    fee_standards = copy(FeeStandardState, copies.fee_standards)
    exam_rounds = copy(ExamRoundState, copies.exam_rounds)
    exam_round_courses = copy(ExamRoundCourseState, copies.exam_round_courses)

    # what others copy
    course_state = publishes(CourseState, states.course_items, catalogue_tables.courses)
    programme_state = publishes(
        ProgrammeState,
        states.programme_items,
        programme_tables.programmes,
        fed_by=(feeder(programme_tables.programme_points.c.programme_id, "teaching_point_id"),),
    )


SERVICE = Courses
