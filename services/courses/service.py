"""The courses service: what it can be told, asked, and what it hears."""

from datetime import timedelta
from typing import ClassVar

from chassis.service import Service, command, copy, feeder, publishes, query, reaction, scheduled, task
from contracts.courses.events import CourseState, ProgrammeState
from contracts.exams.events import ExamRoundCourseState, ExamRoundState
from contracts.finance.events import BillState, FeeStandardState
from contracts.identity.events import TeachingPointState
from contracts.registry.events import StudentState
from services.courses import commands, jobs, queries, reactions, tables, tasks
from services.courses.steps.copies import student_row


class Courses(Service):
    """Catalogue, programmes, selection rounds, selections and withdrawals."""

    name = "courses"
    metadata = tables.metadata
    conflicts: ClassVar[dict[str, str]] = {
        "ex_terms_days": "terms_overlap",
        "uq_courses_code": "course_code_taken",
        "uq_programmes_code": "programme_code_taken",
        "uq_programmes_published": "programme_version_exists",
        "uq_selection_rounds_code": "selection_round_code_taken",
        "uq_withdrawals_open": "withdrawal_already_open",
    }

    # calendar and catalogue
    create_term = command(commands.create_term)
    update_term = command(commands.update_term)
    create_course = command(commands.create_course)
    update_course = command(commands.update_course)
    publish_course = command(commands.publish_course)
    retire_course = command(commands.retire_course)
    add_course_version = command(commands.add_course_version)
    use_course_version = command(commands.use_course_version)
    add_assessment_requirement = command(commands.add_assessment_requirement)
    approve_assessment_requirement = command(commands.approve_assessment_requirement)
    reject_assessment_requirement = command(commands.reject_assessment_requirement)
    list_terms = query(queries.list_terms)
    list_courses = query(queries.list_courses)
    get_course = query(queries.get_course)

    # programmes
    create_programme = command(commands.create_programme)
    update_programme = command(commands.update_programme)
    create_programme_version = command(commands.create_programme_version)
    publish_programme = command(commands.publish_programme)
    offer_programme = command(commands.offer_programme)
    list_programmes = query(queries.list_programmes)
    get_programme = query(queries.get_programme)

    # selection rounds
    create_selection_round = command(commands.create_selection_round)
    update_selection_round = command(commands.update_selection_round)
    add_courses_to_round = command(commands.add_courses_to_round)
    remove_courses_from_round = command(commands.remove_courses_from_round)
    publish_selection_round = command(commands.publish_selection_round)
    list_selection_rounds = query(queries.list_selection_rounds)
    get_selection_round = query(queries.get_selection_round)

    # selections
    select_courses = command(commands.select_courses)
    select_courses_in_batch = command(commands.select_courses_in_batch)
    large_batch = task(tasks.SELECT_COURSES_IN_BATCH)

    cancel_selections = command(commands.cancel_selections)
    close_unpaid = scheduled(jobs.close_unpaid, every=timedelta(seconds=30))

    get_plan = query(queries.get_plan)
    list_cohort = query(queries.list_cohort)
    list_selections = query(queries.list_selections)
    get_selection = query(queries.get_selection)
    get_selection_statistics = query(queries.get_selection_statistics)
    list_selection_facts = query(queries.list_selection_facts)

    # withdrawals
    request_withdrawals = command(commands.request_withdrawals)
    approve_withdrawals = command(commands.approve_withdrawals)
    reject_withdrawals = command(commands.reject_withdrawals)
    revoke_withdrawals = command(commands.revoke_withdrawals)

    list_withdrawals = query(queries.list_withdrawals)
    get_withdrawal = query(queries.get_withdrawal)

    # what other services tell
    on_bills_paid = reaction(reactions.on_bills_paid)
    on_billing_refused = reaction(reactions.on_billing_refused)
    on_bills_cancelled = reaction(reactions.on_bills_cancelled)
    on_bill_cancellation_refused = reaction(reactions.on_bill_cancellation_refused)
    on_withdrawals_approved = reaction(reactions.on_withdrawals_approved)
    on_withdrawals_rejected = reaction(reactions.on_withdrawals_rejected)
    on_withdrawals_refunded = reaction(reactions.on_withdrawals_refunded)
    on_registration_refused = reaction(reactions.on_registration_refused)
    on_student_left = reaction(reactions.on_student_left)
    on_student_suspended = reaction(reactions.on_student_suspended)
    on_student_resumed = reaction(reactions.on_student_resumed)
    on_student_transferred = reaction(reactions.on_student_transferred)

    # copies of what other services own
    students = copy(StudentState, tables.students, student_row)
    teaching_points = copy(TeachingPointState, tables.teaching_points)
    bills = copy(BillState, tables.bills)
    fee_standards = copy(FeeStandardState, tables.fee_standards)
    exam_rounds = copy(ExamRoundState, tables.exam_rounds)
    exam_round_courses = copy(ExamRoundCourseState, tables.exam_round_courses)

    # what others copy
    course_state = publishes(CourseState, queries.course_items, tables.courses)
    programme_state = publishes(
        ProgrammeState,
        queries.programme_items,
        tables.programmes,
        fed_by=(feeder(tables.programme_points.c.programme_id, "teaching_point_id"),),
    )


SERVICE = Courses
