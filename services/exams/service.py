"""The exams service."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from chassis.declaring.service import Service, command, copy, feeder, publishes, query, reaction, scheduled
from contracts.courses.events import CourseState
from contracts.exams.events import ExamRoundCourseState, ExamRoundState, ExamsTrailSealed
from contracts.registry.events import StudentState
from services.exams import jobs, queries, tables
from services.exams.commands import arrangement, attendance, resits, rounds, timetable
from services.exams.reactions import bills, payments, withdrawals
from services.exams.reactions import students as student_reactions


class Exams(Service):
    """Exam rounds and exam registrations."""

    name = "exams"
    metadata = tables.metadata
    conflicts: ClassVar[dict[str, str]] = {
        "uq_exam_rounds_code": "exam_round_code_taken",
        "uq_exam_registrations_live_resit": "already_registered",
    }
    trail_sealed = ExamsTrailSealed

    create_exam_round = command(rounds.create_exam_round)
    update_exam_round = command(rounds.update_exam_round)
    publish_exam_round = command(rounds.publish_exam_round)
    add_session = command(timetable.add_session)
    update_session = command(timetable.update_session)
    remove_session = command(timetable.remove_session)
    place_courses = command(timetable.place_courses)
    remove_courses = command(timetable.remove_courses)
    publish_arrangement = command(arrangement.publish_arrangement)
    register_resits = command(resits.register_resits)
    cancel_resits = command(resits.cancel_resits)
    record_attendance = command(attendance.record_attendance)

    list_exam_rounds = query(queries.list_exam_rounds)
    get_exam_round = query(queries.get_exam_round)
    list_registrations = query(queries.list_registrations)
    get_registration = query(queries.get_registration)
    list_registration_statements = query(queries.list_registration_statements)

    on_bills_paid = reaction(payments.on_bills_paid)
    on_billing_refused = reaction(bills.on_billing_refused)
    on_bills_cancelled = reaction(bills.on_bills_cancelled)
    on_bill_cancellation_refused = reaction(bills.on_bill_cancellation_refused)
    on_withdrawals_sent_to_finance = reaction(withdrawals.on_withdrawals_sent_to_finance)
    on_withdrawals_approved = reaction(withdrawals.on_withdrawals_approved)
    on_withdrawals_rejected = reaction(withdrawals.on_withdrawals_rejected)
    on_student_left = reaction(student_reactions.on_student_left)
    on_admissions_ended = reaction(student_reactions.on_admissions_ended)
    on_student_suspended = reaction(student_reactions.on_student_suspended)
    on_student_resumed = reaction(student_reactions.on_student_resumed)
    on_student_transferred = reaction(student_reactions.on_student_transferred)

    students = copy(StudentState, tables.students)
    courses = copy(CourseState, tables.courses)

    exam_round_state = publishes(ExamRoundState, queries.exam_round_items, tables.exam_rounds)
    exam_round_course_state = publishes(
        ExamRoundCourseState,
        queries.exam_round_course_items,
        tables.exam_round_courses,
        fed_by=(feeder(tables.exam_sessions.c.id, "name", "starts_at", "ends_at", parent_key="session_id"),),
    )

    close_unpaid_resits = scheduled(jobs.close_unpaid_resits, every=timedelta(seconds=60))


SERVICE = Exams
