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
    "teaching_point_not_enabled": ErrorText(
        _K.REFUSED,
        "该教学点已停用，请选择其他教学点。",
        "This teaching point is disabled. Choose another.",
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
    # ID numbers: GB 11643-1999, docs/formats.md
    "id_number_wrong_length": ErrorText(
        _K.INVALID,
        "身份证号须为 18 位（或旧式 15 位），请核对。",
        "A resident ID number has 18 (or once 15) characters.",
    ),
    "id_number_bad_characters": ErrorText(
        _K.INVALID,
        "身份证号只能是数字，末位可为 X，请核对。",
        "A resident ID number has digits only, the last may be X.",
    ),
    "id_number_check_digit_wrong": ErrorText(
        _K.INVALID,
        "身份证号校验位不对，请对照证件核对每一位。",
        "The check digit does not fit. Compare every digit with the card.",
    ),
    "id_number_birth_date_wrong": ErrorText(
        _K.INVALID, "身份证号中的出生日期不存在，请核对。", "The birth date in the ID number does not exist."
    ),
    "birth_date_implausible": ErrorText(
        _K.INVALID, "出生日期不可能，请核对年份。", "This birth date can't be. Check the year."
    ),
    "enrolment_date_implausible": ErrorText(
        _K.INVALID,
        "入学日期须晚于出生日期，且不晚于一年之后，请核对年份。",
        "The day of enrolment must be after birth and within a year from now. Check the year.",
    ),
    "graduation_date_implausible": ErrorText(
        _K.INVALID,
        "前置学历毕业日期须晚于出生日期，且不晚于今天，请核对年份。",
        "The day of graduation must be after birth and not in the future. Check the year.",
    ),
    "id_number_gender_differs": ErrorText(
        _K.INVALID,
        "性别与身份证号不一致，请核对。",
        "The gender and the ID number do not agree.",
    ),
    "id_number_birth_differs": ErrorText(
        _K.INVALID,
        "出生日期与身份证号不一致，请核对。",
        "The birth date and the ID number do not agree.",
    ),
    "id_number_taken": ErrorText(
        _K.CONFLICT,
        "该证件号码在同一层次已有在籍或休学的学生，不能重复建立。",
        "There is an active or suspended student of this level with this ID number.",
    ),
    "birth_date_required": ErrorText(
        _K.INVALID,
        "非身份证证件须填写出生日期。",
        "Give the birth date: this kind of ID does not tell it.",
    ),
    "student_number_taken": ErrorText(
        _K.CONFLICT, "学号已被使用，请核对。", "This student number is in use. Check it."
    ),
    "ethnicity_unknown": ErrorText(
        _K.INVALID,
        "民族不在国家标准（GB/T 3304）中，请填写名称或两位代码。",
        "This ethnicity is not in GB/T 3304. Give its name or two-digit code.",
    ),
    "teaching_point_unknown": ErrorText(
        _K.INVALID,
        "没有可用的教学点代码 {code}，请核对。",
        "There is no usable teaching point with the code {code}.",
    ),
    "no_programme_matches": ErrorText(
        _K.INVALID,
        "五要素和学习批次没有对应的、在该教学点开设的培养方案，请核对。",
        "No programme offered at this point fits the five elements and the intake.",
    ),
}
