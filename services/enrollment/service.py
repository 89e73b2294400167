"""What enrollment does, a line each."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from chassis.declaring.service import Service, command, copy, query, reaction, scheduled
from chassis.rules.programme_copies import programme_row
from chassis.running.exports import exported
from chassis.running.imports import imported
from chassis.work.to_do import Waiting
from contracts.courses.events import ProgrammeState
from contracts.enrollment.events import EnrollmentDecided, EnrollmentTrailSealed
from contracts.enrollment.queries import ListApplications
from contracts.enrollment.signups import ListSignups
from contracts.identity.events import TeachingPointState
from contracts.registry.events import StudentDocumentState
from services.enrollment import jobs, reactions, tables, tasks
from services.enrollment.commands import applications, prior_education, review, rounds, signups
from services.enrollment.domain.settings import SETTINGS
from services.enrollment.domain.workflows import APPLICATION, SIGNUP
from services.enrollment.queries import applications as application_queries
from services.enrollment.queries import choices, recruiting, statistics
from services.enrollment.queries import rounds as round_queries
from services.enrollment.queries import signups as signup_queries


class Enrollment(Service):
    """From a visitor's signup to an admitted student."""

    name = "enrollment"
    metadata = tables.metadata
    conflicts: ClassVar[dict[str, str]] = {
        "uq_admission_rounds_code": "admission_round_code_taken",
        "uq_applications_document": "application_exists",
        "uq_applications_studying": "already_enrolled_at_level",
        "uq_applications_student_number": "student_number_taken",
    }
    settings = SETTINGS
    decided = EnrollmentDecided
    trail_sealed = EnrollmentTrailSealed
    to_do = (
        Waiting(SIGNUP, tables.signups, ListSignups),
        Waiting(APPLICATION, tables.applications, ListApplications),
    )

    create_admission_round = command(rounds.create_admission_round)
    update_admission_round = command(rounds.update_admission_round)
    publish_admission_round = command(rounds.publish_admission_round)
    list_admission_rounds = query(round_queries.list_admission_rounds)
    get_admission_round = query(round_queries.get_admission_round)

    get_signup_cities = query(recruiting.get_signup_cities, as_system=True, guard=recruiting.LOOKING)
    get_nearest_points = query(recruiting.get_nearest_points, as_system=True, guard=recruiting.LOOKING)
    get_points_of_city = query(recruiting.get_points_of_city, as_system=True, guard=recruiting.LOOKING)
    sign_up = command(signups.sign_up, as_system=True, guard=signups.SIGNING_UP)
    list_signups = query(signup_queries.list_signups)
    get_signup = query(signup_queries.get_signup)
    discard_signups = command(signups.discard_signups)

    enter_application = command(applications.enter_application)
    update_application = command(applications.update_application)
    resend_applications = command(applications.resend_applications)
    withdraw_applications = command(applications.withdraw_applications)
    record_prior_education_check = command(prior_education.record_prior_education_check)
    admit_applications = command(review.admit_applications)
    reject_applications = command(review.reject_applications)
    cancel_admissions = command(review.cancel_admissions)
    list_applications = query(application_queries.list_applications)
    get_application_statistics = query(statistics.get_application_statistics)
    list_admission_statements = query(application_queries.list_admission_statements)
    get_application = query(application_queries.get_application)
    application_imports = imported(tasks.APPLICATIONS_IN)
    prior_education_check_imports = imported(tasks.PRIOR_CHECKS_IN)
    application_exports = exported(tasks.APPLICATIONS_AS_FILE)
    get_programme_choices = query(choices.get_programme_choices)

    on_admissions_refused = reaction(reactions.on_admissions_refused)
    on_student_document_state = reaction(reactions.on_student_document_state)
    follow_records = scheduled(jobs.follow_records, every=timedelta(minutes=1))
    teaching_points = copy(TeachingPointState, tables.teaching_points)
    programmes = copy(ProgrammeState, tables.programmes, programme_row)
    student_documents = copy(StudentDocumentState, tables.student_documents)


SERVICE = Enrollment
