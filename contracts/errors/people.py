"""What can be wrong with what is told of a person and of what they are to study: common to who enters people. ID numbers:
GB 11643-1999, docs/formats.md."""

from contracts.errors import ErrorKind, ErrorText

_K = ErrorKind

TEXTS = {
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
    "birth_date_required": ErrorText(
        _K.INVALID,
        "非身份证证件须填写出生日期。",
        "Give the birth date: this kind of ID does not tell it.",
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
    "teaching_point_not_enabled": ErrorText(
        _K.REFUSED,
        "该教学点已停用，请选择其他教学点。",
        "This teaching point is disabled. Choose another.",
    ),
    "id_number_taken": ErrorText(
        _K.CONFLICT,
        "该证件号码在同一层次已有在籍或休学的学生，不能重复建立。",
        "There is an active or suspended student of this level with this ID number.",
    ),
    "student_number_taken": ErrorText(
        _K.CONFLICT, "学号已被使用，请核对。", "This student number is in use. Check it."
    ),
}
