"""What courses can be told to do."""

from services.courses.commands.calendar import create_term, update_term
from services.courses.commands.catalogue import (
    add_assessment_requirement,
    add_course_version,
    approve_assessment_requirement,
    create_course,
    publish_course,
    reject_assessment_requirement,
    retire_course,
    update_course,
    use_course_version,
)
from services.courses.commands.programmes import (
    create_programme,
    create_programme_version,
    offer_programme,
    publish_programme,
    update_programme,
)
from services.courses.commands.rounds import (
    add_courses_to_round,
    create_selection_round,
    publish_selection_round,
    remove_courses_from_round,
    update_selection_round,
)
from services.courses.commands.selection import select_courses, select_courses_in_batch
from services.courses.commands.withdrawals import (
    approve_withdrawals,
    cancel_selections,
    reject_withdrawals,
    request_withdrawals,
    revoke_withdrawals,
)

__all__ = [
    "add_assessment_requirement",
    "add_course_version",
    "add_courses_to_round",
    "approve_assessment_requirement",
    "approve_withdrawals",
    "cancel_selections",
    "create_course",
    "create_programme",
    "create_programme_version",
    "create_selection_round",
    "create_term",
    "offer_programme",
    "publish_course",
    "publish_programme",
    "publish_selection_round",
    "reject_assessment_requirement",
    "reject_withdrawals",
    "remove_courses_from_round",
    "request_withdrawals",
    "retire_course",
    "revoke_withdrawals",
    "select_courses",
    "select_courses_in_batch",
    "update_course",
    "update_programme",
    "update_selection_round",
    "update_term",
    "use_course_version",
]
