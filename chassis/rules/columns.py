"""The columns by which tables tell of people, whatever they are imported for; each service takes what it needs."""

from __future__ import annotations

from typing import Final

from chassis.papers.spreadsheets import Column, calendar_day, member_of, typed
from chassis.rules.ethnicities import ethnicity_code
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
    Text,
)
from contracts.words import by_word, member_word

OPEN_EDUCATION: Final = "开放教育"
_RESIDENT: Final = member_word(IdKind.RESIDENT).zh


def _ethnicity(text: str) -> str:
    code = ethnicity_code(text)
    if code is None:
        raise FieldProblemError("ethnicity_unknown")
    return code


NAME: Final = Column("name", typed(PersonName), example="张晓明")
PERSON: Final = (
    NAME,
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
)
POINT: Final = Column(
    "teaching_point_code",
    typed(Code),
    required=False,
    help="教学点导入时可不填，学校导入时必填。",
    example="3203",
)
INTAKE: Final = Column("intake", typed(IntakeCode), width=10, help="年份和月份。", example="202609")
ELEMENTS: Final = (
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
)
MOBILE: Final = Column("mobile", typed(MobileNumber), required=False, example="13912345678")
CONTACT: Final = (
    Column("email", typed(Email), required=False, width=24, example="zhang@example.com"),
    Column("phone", typed(PhoneNumber), required=False),
    Column("home_address", typed(Text), required=False, width=30),
    Column("postal_address", typed(Text), required=False, width=30),
    Column("postcode", typed(Code), required=False, width=10),
    Column("employer", typed(ShortText), required=False, width=24),
)
"""How people are reached beside their mobile number."""
