"""The courses service: what it can be told, asked, and what it hears."""

from chassis.service import Service, copy, publishes
from contracts.courses.events import CourseState, ProgrammeState
from contracts.exams.events import ExamRoundCourseState, ExamRoundState
from contracts.finance.events import BillState, FeeStandardState
from contracts.registry.events import StudentState
from services.courses import queries, tables
from services.courses.copies import student_row


class Courses(Service):
    """Catalogue, programmes, selection rounds, selections and withdrawals."""

    name = "courses"
    metadata = tables.metadata
    conflicts = {
        "ex_terms_days": "terms_overlap",
        "uq_courses_code": "course_code_taken",
        "uq_programmes_code": "programme_code_taken",
        "uq_programmes_published": "programme_version_exists",
        "uq_selection_rounds_code": "selection_round_code_taken",
        "uq_withdrawals_open": "withdrawal_already_open",
    }

    # copies of what other services own
    students = copy(StudentState, tables.students, student_row)
    bills = copy(BillState, tables.bills)
    fee_standards = copy(FeeStandardState, tables.fee_standards)
    exam_rounds = copy(ExamRoundState, tables.exam_rounds)
    exam_round_courses = copy(ExamRoundCourseState, tables.exam_round_courses)

    # what others copy
    course_state = publishes(CourseState, queries.course_items, tables.courses)
    programme_state = publishes(ProgrammeState, queries.programme_items, tables.programmes)


SERVICE = Courses
