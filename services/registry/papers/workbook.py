"""The columns of the workbook from which student records are imported."""

from __future__ import annotations

from datetime import date
from typing import Final

from chassis.papers.spreadsheets import Column, calendar_day, choice, columns, member_of, typed
from chassis.rules.ethnicities import ethnicity_code
from contracts.base import Contract
from contracts.field_problem import FieldProblemError
from contracts.types import (
    Code,
    DocumentNumber,
    Email,
    Gender,
    IdKind,
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
from contracts.words import by_word, member_word, truth_word

YES_NO: Final = {truth_word(value).zh: value for value in (True, False)}
OPEN_EDUCATION: Final = "开放教育"
_RESIDENT: Final = member_word(IdKind.RESIDENT).zh


def _ethnicity(text: str) -> str:
    code = ethnicity_code(text)
    if code is None:
        raise FieldProblemError("ethnicity_unknown")
    return code


STUDENTS: Final = columns(
    "student_import",
    Column("student_number", typed(StudentNumber), width=20, example="2632030906100001"),
    Column("name", typed(PersonName), example="张晓明"),
    Column("gender", member_of(Gender), width=8, choices=tuple(by_word(Gender)), example=member_word(Gender.MALE).zh),
    Column(
        "id_kind",
        member_of(IdKind),
        required=False,
        choices=tuple(by_word(IdKind)),
        help=f"不填为{_RESIDENT}。",
        example=_RESIDENT,
    ),
    Column(
        "id_number",
        typed(DocumentNumber),
        width=22,
        help=f"{_RESIDENT}须为 18 位，校验位、出生日期和性别须一致。",
    ),
    Column(
        "birth_on",
        calendar_day,
        required=False,
        help=f"{_RESIDENT}可不填，其他证件必填。",
        example="1998-05-20",
    ),
    Column("ethnicity", _ethnicity, width=10, help="名称或 GB/T 3304 两位代码。", example="汉族"),
    Column("political_status", typed(Label), required=False, example="群众"),
    Column(
        "teaching_point_code",
        typed(Code),
        required=False,
        help="教学点导入时可不填，学校导入时必填。",
        example="3203",
    ),
    Column("intake", typed(IntakeCode), width=10, help="年份和月份。", example="202609"),
    Column(
        "level",
        member_of(Level),
        width=10,
        choices=tuple(by_word(Level)),
        example=member_word(Level.TOP_UP_BACHELOR).zh,
    ),
    Column("student_type", typed(Label), required=False, help=f"不填为{OPEN_EDUCATION}。", example=OPEN_EDUCATION),
    Column("student_source", typed(Label), required=False, help=f"不填为{OPEN_EDUCATION}。", example=OPEN_EDUCATION),
    Column("major_code", typed(MajorCode), width=12, example="080901"),
    Column("schooling_length", typed(SchoolingLength), width=8, help="年数。", example="2.5"),
    Column(
        "enrolled_on",
        calendar_day,
        required=False,
        help="不填为学习批次当月第一天。",
        example="2026-09-01",
    ),
    Column(
        "degree_intent", choice(YES_NO), required=False, width=10, choices=tuple(YES_NO), example=truth_word(False).zh
    ),
    Column("mobile", typed(MobileNumber), required=False, example="13912345678"),
    Column("email", typed(Email), required=False, width=24, example="zhang@example.com"),
    Column("phone", typed(PhoneNumber), required=False),
    Column("home_address", typed(Text), required=False, width=30),
    Column("postal_address", typed(Text), required=False, width=30),
    Column("postcode", typed(Code), required=False, width=10),
    Column("employer", typed(ShortText), required=False, width=24),
    Column("prior_level", typed(ShortText), required=False),
    Column("prior_school", typed(ShortText), required=False, width=24),
    Column("prior_major", typed(ShortText), required=False),
    Column("prior_graduated_on", calendar_day, required=False),
    Column("prior_certificate_number", typed(Code), required=False, width=22),
    Column("prior_name_then", typed(PersonName), required=False, help="与现姓名不同时填写。"),
)


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
