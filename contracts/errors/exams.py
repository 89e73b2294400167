"""Refusals of the exams service."""

from contracts.errors import ErrorKind, ErrorText
from contracts.exams.states import RegistrationState

_K = ErrorKind

TEXTS = {
    "exam_round_code_taken": ErrorText(
        _K.CONFLICT, "考试批次代码已被使用，请换一个。", "This exam round code is in use. Choose another."
    ),
    "exam_round_published": ErrorText(
        _K.CONFLICT,
        "考试批次已发布，不能移除课程；可将课程调整到其他场次。",
        "The exam round is published and keeps its courses. Move the course to another session instead.",
    ),
    "exam_round_not_published": ErrorText(
        _K.CONFLICT,
        "考试批次 {exam_round_code} 尚未发布，请先发布。",
        "The exam round {exam_round_code} is not published. Publish it first.",
    ),
    "session_before_close": ErrorText(
        _K.INVALID,
        "场次须在报考截止（{closes_at}）之后开始，请调整时间。",
        "A session begins after registration closes ({closes_at}). Change the times.",
    ),
    "sessions_overlap": ErrorText(
        _K.CONFLICT,
        "场次时间与 {name} 重叠，请调整时间。",
        "The session overlaps with {name}. Change the times.",
    ),
    "registration_still_open": ErrorText(
        _K.CONFLICT,
        "报考尚未截止（{closes_at}），截止后才能发布考场编排。",
        "Registration is open until {closes_at}. Publish the arrangement afterwards.",
    ),
    "arrangement_published": ErrorText(
        _K.CONFLICT,
        "考试批次 {exam_round_code} 的考场编排已发布，不能再变更；已缴考试费将退还。",
        "The arrangement of {exam_round_code} is published and fixed; an exam fee paid for it goes back.",
    ),
    "exam_sessions_of_candidates_clash": ErrorText(
        _K.CONFLICT,
        "有 {count} 名考生在同一场次有两门考试，请先调整课程场次。",
        "{count} candidates have two exams in one session. Move a course to another session first.",
    ),
    "exam_already_sat": ErrorText(
        _K.CONFLICT,
        "该课程考试已开始或已参加，不能退课。",
        "The exam of this course has begun or was sat; the course can't be withdrawn.",
    ),
    "student_suspended": ErrorText(
        _K.REFUSED,
        "学生休学期间不参加本批次考试，已缴考试费将退还。",
        "The student is suspended and does not sit in this round; the exam fee goes back.",
    ),
    "resit_not_needed": ErrorText(
        _K.REFUSED,
        "课程 {course_code} 的考试状态为“{state}”，只有缺考或不及格的课程可以补考。",
        "The exam of {course_code} is “{state}”. Only absent or failed exams are repeated.",
        {"state": RegistrationState},
    ),
    "already_registered": ErrorText(
        _K.CONFLICT,
        "课程 {course_code} 在该考试批次中已报考，请勿重复报考。",
        "{course_code} is registered in this exam round already. Do not register it twice.",
    ),
    "session_not_over": ErrorText(
        _K.CONFLICT,
        "场次 {name} 将于 {ends_at} 结束，结束后才能登记到考情况。",
        "The session {name} ends at {ends_at}. Record the attendance afterwards.",
    ),
    "attendance_recorded": ErrorText(
        _K.CONFLICT,
        "该场次该课程的到考情况已登记，不能重复登记。",
        "The attendance of this course and session is recorded already.",
    ),
}
