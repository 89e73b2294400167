"""Refusals of the registry, and what can be wrong with a row of an imported workbook."""

from contracts.errors import ErrorKind, ErrorText
from contracts.types import EnrolmentStatus

_K = ErrorKind

TEXTS = {
    "status_change_not_possible": ErrorText(
        _K.CONFLICT,
        "学生当前学籍状态为“{status}”，不能办理该异动。",
        "The student's status is “{status}”; this change is not possible.",
        {"status": EnrolmentStatus},
    ),
    "student_not_enrolled": ErrorText(
        _K.REFUSED,
        "学生当前学籍状态为“{status}”，只能为在籍或休学的学生开具在读证明。",
        "The student's status is “{status}”. A certificate of enrolment is for active and suspended students.",
        {"status": EnrolmentStatus},
    ),
    "status_day_in_future": ErrorText(
        _K.REFUSED,
        "该异动自办理之日起生效，日期不能晚于今天（{today}），请核对年份，或到当天再办理。",
        "The change takes effect when it is decided, so its day can't be after today ({today}). Check the year, or decide "
        "it on that day.",
    ),
    "another_change_open": ErrorText(
        _K.CONFLICT,
        "学生有未办结的学籍异动，请先办结或撤销该异动。",
        "Another status change of the student is open. Wait for its decision, or revoke it.",
    ),
    "already_at_teaching_point": ErrorText(
        _K.REFUSED,
        "学生已在该教学点，请选择其他教学点。",
        "The student is at this teaching point already. Choose another.",
    ),
    "programme_not_offered": ErrorText(
        _K.REFUSED,
        "该教学点未开设学生的培养方案 {programme_code}，请选择其他教学点。",
        "This teaching point does not offer the programme {programme_code}. Choose another.",
    ),
    "degree_not_possible": ErrorText(
        _K.REFUSED,
        "只有专升本、高起本学生可以登记学位意向。",
        "Only students of bachelor levels can want the degree.",
    ),
}
