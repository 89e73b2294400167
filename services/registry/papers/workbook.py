"""The columns of the workbook from which student records are imported."""

from __future__ import annotations

from datetime import date
from typing import Final

from chassis.papers.spreadsheets import Column, calendar_day, choice, columns, typed
from chassis.rules.columns import CONTACT, ELEMENTS, INTAKE, MOBILE, PERSON, POINT
from contracts.base import Contract
from contracts.types import Code, Gender, IdKind, Level, PersonName, ShortText, StudentNumber
from contracts.words import truth_word

YES_NO: Final = {truth_word(value).zh: value for value in (True, False)}

STUDENTS: Final = columns(
    "student_import",
    Column("student_number", typed(StudentNumber), width=20, example="2632030906100001"),
    *PERSON,
    POINT,
    INTAKE,
    *ELEMENTS,
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
    MOBILE,
    *CONTACT,
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
