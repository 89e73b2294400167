"""What exams can be told to do."""

from services.exams.commands.arrangement import publish_arrangement
from services.exams.commands.attendance import record_attendance
from services.exams.commands.resits import cancel_resits, register_resits
from services.exams.commands.rounds import create_exam_round, publish_exam_round, update_exam_round
from services.exams.commands.timetable import (
    add_session,
    place_courses,
    remove_courses,
    remove_session,
    update_session,
)

__all__ = [
    "add_session",
    "cancel_resits",
    "create_exam_round",
    "place_courses",
    "publish_arrangement",
    "publish_exam_round",
    "record_attendance",
    "register_resits",
    "remove_courses",
    "remove_session",
    "update_exam_round",
    "update_session",
]
