"""The columns of the workbook from which student records are imported."""

from __future__ import annotations

from datetime import date
from typing import Final

from chassis.papers.spreadsheets import Column, calendar_day, choice, typed
from contracts.base import Contract
from contracts.errors.fields import FieldProblemError
from contracts.registry.states import IdKind
from contracts.types import (
    Code,
    DocumentNumber,
    Email,
    Gender,
    IntakeCode,
    Label,
    Level,
    MajorCode,
    MobileNumber,
    PersonName,
    PhoneNumber,
    SchoolingLength,
    ShortText,
    StudentNumber,
    Text,
)
from services.registry.domain.ethnicities import ethnicity_code

GENDERS: Final = {"男": Gender.MALE, "女": Gender.FEMALE}
ID_KINDS: Final = {
    "居民身份证": IdKind.RESIDENT,
    "港澳台居民通行证": IdKind.HK_MACAO_TAIWAN,
    "外国人永久居留证": IdKind.FOREIGN_PERMANENT_RESIDENT,
    "护照": IdKind.PASSPORT,
    "军官证": IdKind.OFFICER,
    "士兵证": IdKind.SOLDIER,
}
LEVELS: Final = {
    "高起专": Level.JUNIOR_COLLEGE,
    "专升本": Level.TOP_UP_BACHELOR,
    "高起本": Level.BACHELOR,
}
YES_NO: Final = {"是": True, "否": False}
OPEN_EDUCATION: Final = "开放教育"


def _ethnicity(text: str) -> str:
    code = ethnicity_code(text)
    if code is None:
        raise FieldProblemError("ethnicity_unknown")
    return code


STUDENTS: Final = (
    Column("student_number", "学号", typed(StudentNumber), width=20, example="2632030906100001"),
    Column("name", "姓名", typed(PersonName), example="张晓明"),
    Column("gender", "性别", choice(GENDERS), width=8, choices=tuple(GENDERS), example="男"),
    Column(
        "id_kind",
        "证件类型",
        choice(ID_KINDS),
        required=False,
        choices=tuple(ID_KINDS),
        help="不填为居民身份证。",
        example="居民身份证",
    ),
    Column(
        "id_number",
        "证件号码",
        typed(DocumentNumber),
        width=22,
        help="居民身份证须为 18 位，校验位、出生日期和性别须一致。",
    ),
    Column(
        "birth_on",
        "出生日期",
        calendar_day,
        required=False,
        help="居民身份证可不填，其他证件必填。",
        example="1998-05-20",
    ),
    Column("ethnicity", "民族", _ethnicity, width=10, help="名称或 GB/T 3304 两位代码。", example="汉族"),
    Column("political_status", "政治面貌", typed(Label), required=False, example="群众"),
    Column(
        "teaching_point_code",
        "教学点代码",
        typed(Code),
        required=False,
        help="教学点导入时可不填，学校导入时必填。",
        example="3203",
    ),
    Column("intake", "学习批次", typed(IntakeCode), width=10, help="年份和月份。", example="202609"),
    Column("level", "层次", choice(LEVELS), width=10, choices=tuple(LEVELS), example="专升本"),
    Column("student_type", "学生类型", typed(Label), required=False, help="不填为开放教育。", example=OPEN_EDUCATION),
    Column("student_source", "学生来源", typed(Label), required=False, help="不填为开放教育。", example=OPEN_EDUCATION),
    Column("major_code", "专业代码", typed(MajorCode), width=12, example="080901"),
    Column("schooling_length", "学制", typed(SchoolingLength), width=8, help="年数。", example="2.5"),
    Column(
        "enrolled_on",
        "入学日期",
        calendar_day,
        required=False,
        help="不填为学习批次当月第一天。",
        example="2026-09-01",
    ),
    Column("degree_intent", "申请学位", choice(YES_NO), required=False, width=10, choices=tuple(YES_NO), example="否"),
    Column("mobile", "手机号码", typed(MobileNumber), required=False, example="13912345678"),
    Column("email", "电子邮箱", typed(Email), required=False, width=24, example="zhang@example.com"),
    Column("phone", "其他电话", typed(PhoneNumber), required=False),
    Column("home_address", "家庭住址", typed(Text), required=False, width=30),
    Column("postal_address", "通讯地址", typed(Text), required=False, width=30),
    Column("postcode", "邮政编码", typed(Code), required=False, width=10),
    Column("employer", "工作单位", typed(ShortText), required=False, width=24),
    Column("prior_level", "前置学历层次", typed(ShortText), required=False),
    Column("prior_school", "前置学历毕业院校", typed(ShortText), required=False, width=24),
    Column("prior_major", "前置学历专业", typed(ShortText), required=False),
    Column("prior_graduated_on", "前置学历毕业日期", calendar_day, required=False),
    Column("prior_certificate_number", "前置学历证书编号", typed(Code), required=False, width=22),
    Column("prior_name_then", "前置学历证书姓名", typed(PersonName), required=False, help="与现姓名不同时填写。"),
)

TITLES: Final = {column.field: column.title for column in STUDENTS}


class Entry(Contract):
    """A row as it was read: a field is None where its cell is empty or wrong."""

    student_number: str | None
    name: str | None
    gender: Gender | None
    id_kind: IdKind | None
    id_number: str | None
    birth_on: date | None
    ethnicity: str | None
    political_status: str | None
    teaching_point_code: str | None
    intake: str | None
    level: Level | None
    student_type: str | None
    student_source: str | None
    major_code: str | None
    schooling_length: str | None
    enrolled_on: date | None
    degree_intent: bool | None
    mobile: str | None
    email: str | None
    phone: str | None
    home_address: str | None
    postal_address: str | None
    postcode: str | None
    employer: str | None
    prior_level: str | None
    prior_school: str | None
    prior_major: str | None
    prior_graduated_on: date | None
    prior_certificate_number: str | None
    prior_name_then: str | None
