"""Refusals of the courses service."""

from contracts.courses.states import CourseStatus, SelectionState
from contracts.errors import ErrorKind, ErrorText
from contracts.types import EducationLevel

_K = ErrorKind

TEXTS = {
    # The conditions of a selection (CRS-4), each with its evidence
    "course_not_published": ErrorText(
        _K.REFUSED,
        "课程 {course_code} 未发布（当前状态：{status}），不能选课。请联系学校教务。",
        "Course {course_code} is not published ({status}). Ask the school registrar.",
        {"status": CourseStatus},
    ),
    "course_version_not_in_use": ErrorText(
        _K.REFUSED,
        "课程 {course_code} 没有启用的课程版本，不能选课。请联系学校教务启用课程版本。",
        "Course {course_code} has no version in use. Ask the school registrar to put one in use.",
    ),
    "assessment_requirement_not_approved": ErrorText(
        _K.REFUSED,
        "课程 {course_code} 第 {version_number} 版的考核要求未审核通过，不能选课。请联系学校教务。",
        "Version {version_number} of {course_code} has no approved assessment requirement. Ask the registrar.",
    ),
    "course_not_in_round": ErrorText(
        _K.REFUSED,
        "课程 {course_code} 不在选课批次 {round_code} 中，请选择其他批次或课程。",
        "Course {course_code} is not in the selection round {round_code}. Choose another round or course.",
    ),
    "selection_round_not_published": ErrorText(
        _K.REFUSED,
        "选课批次 {round_code} 尚未发布，请等待学校发布。",
        "The selection round {round_code} is not published yet. Wait until the school publishes it.",
    ),
    "selection_round_not_open": ErrorText(
        _K.REFUSED,
        "选课批次 {round_code} 将于 {opens_at} 开放，请届时再选。",
        "The selection round {round_code} opens at {opens_at}. Select then.",
    ),
    "selection_round_closed": ErrorText(
        _K.REFUSED,
        "选课批次 {round_code} 已于 {closes_at} 截止，请选择开放中的批次。",
        "The selection round {round_code} closed at {closes_at}. Choose a round that is open.",
    ),
    "credit_fee_standard_missing": ErrorText(
        _K.REFUSED,
        "{education_levels} 在 {on} 没有适用的学分费标准，不能选课。请联系学校财务设置收费标准。",
        "No credit fee standard for {education_levels} is valid on {on}. Ask the school's finance office.",
        {"education_levels": EducationLevel},
    ),
    "exam_fee_standard_missing": ErrorText(
        _K.REFUSED,
        "{education_levels} 在 {on} 没有适用的考试费标准，不能选课。请联系学校财务设置收费标准。",
        "No exam fee standard for {education_levels} is valid on {on}. Ask the school's finance office.",
        {"education_levels": EducationLevel},
    ),
    "status_change_open": ErrorText(
        _K.REFUSED,
        "学生有未办结的学籍异动，办结后才能选课。",
        "A status change of the student is open. Select when it has been decided.",
    ),
    "course_not_in_programme": ErrorText(
        _K.REFUSED,
        "课程 {course_code} 不在学生的培养方案 {programme_code} 中，请选择方案内的课程。",
        "Course {course_code} is not in the student's programme {programme_code}. Choose a course of the programme.",
    ),
    "student_without_programme": ErrorText(
        _K.REFUSED,
        "学生没有可用的培养方案，请联系学校教务核对五要素。",
        "The student has no programme. Ask the school registrar to check the five elements.",
    ),
    "already_selected": ErrorText(
        _K.CONFLICT,
        "课程 {course_code} 已选（状态：{state}），请勿重复选课。",
        "Course {course_code} is selected already ({state}). Do not select it twice.",
        {"state": SelectionState},
    ),
    "before_suggested_term": ErrorText(
        _K.REFUSED,
        "课程 {course_code} 建议第 {suggested_term} 学期修读，学生目前为第 {current_term} 学期，方案不允许提前选课。",
        "{course_code} belongs to term {suggested_term}; the student is in term {current_term} and may not take it yet.",
    ),
    "degree_intent_required": ErrorText(
        _K.REFUSED,
        "课程 {course_code} 仅供有学位意向的学生修读，请先登记学位意向。",
        "Course {course_code} is for students who want the degree. Record the degree intent first.",
    ),
    "course_twice_in_request": ErrorText(
        _K.INVALID, "同一课程在请求中出现多次，请去掉重复。", "The course is named twice. Name it once."
    ),
    # A warning, not a refusal: arranging is what a clash blocks
    "exam_sessions_clash": ErrorText(
        _K.REFUSED,
        "课程 {course_code} 与 {other_course_code} 的考试在同一场次（{session}），编排前须调整其中一门。",
        "The exams of {course_code} and {other_course_code} are in one session ({session}); one must be moved.",
    ),
    # Selections and withdrawals
    "selection_not_paid": ErrorText(
        _K.REFUSED,
        "该选课尚未缴费（状态：{state}），无需退课，可直接取消。",
        "This selection is not paid ({state}). Cancel it instead of withdrawing.",
        {"state": SelectionState},
    ),
    "withdrawal_window_not_open": ErrorText(
        _K.REFUSED,
        "选课批次 {round_code} 尚未开放退课。",
        "Withdrawals of the round {round_code} can't be asked for yet.",
    ),
    "withdrawal_window_closed": ErrorText(
        _K.REFUSED,
        "选课批次 {round_code} 的退课已于 {closes_at} 截止，不能再申请。",
        "Withdrawals of the round {round_code} closed at {closes_at}.",
    ),
    "withdrawal_already_open": ErrorText(
        _K.CONFLICT,
        "该选课已有未办结的退课申请，请等待结果。",
        "A withdrawal of this selection is open already. Wait for its outcome.",
    ),
    "batch_too_large": ErrorText(
        _K.TOO_LARGE,
        "一次最多 {limit} 个学生课程组合，请分批办理。",
        "At most {limit} pairs of student and course at once. Split the batch.",
    ),
    # Catalogue, programmes, rounds
    "course_code_taken": ErrorText(
        _K.CONFLICT, "课程代码已被使用，请换一个。", "This course code is in use. Choose another."
    ),
    "course_not_draft": ErrorText(
        _K.CONFLICT,
        "课程已发布，只能修改名称；学分与学历层次不可更改。",
        "The course is published: only its name can change, not credits or levels.",
    ),
    "programme_code_taken": ErrorText(
        _K.CONFLICT,
        "培养方案代码已被使用，请换一个，或为原方案建立新版本。",
        "This programme code is in use. Choose another, or make a new version of that programme.",
    ),
    "programme_not_draft": ErrorText(
        _K.CONFLICT,
        "培养方案已发布，不可修改；请建立新版本供后续学习批次使用。",
        "The programme is published and never changes. Make a new version for later intakes.",
    ),
    "programme_version_exists": ErrorText(
        _K.CONFLICT,
        "相同五要素且起始学习批次为 {from_intake} 的培养方案已发布，请调整起始学习批次。",
        "A programme with these elements from {from_intake} on is published. Choose another first intake.",
    ),
    "selection_round_code_taken": ErrorText(
        _K.CONFLICT,
        "选课批次代码已被使用，请换一个。",
        "This selection round code is in use. Choose another.",
    ),
    "terms_overlap": ErrorText(
        _K.CONFLICT,
        "学期日期与 {name} 重叠，请调整起止日期。",
        "The dates overlap with the term {name}. Change them.",
    ),
}
