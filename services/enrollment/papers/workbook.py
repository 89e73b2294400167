"""The columns of the workbook from which application forms are imported (ENR-9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from chassis.papers.spreadsheets import Column, calendar_day, columns, member_of, typed
from chassis.rules.columns import CONTACT, ELEMENTS, MOBILE, PERSON, POINT
from contracts.base import Contract
from contracts.types import (
    Code,
    DocumentNumber,
    Gender,
    IdKind,
    Level,
    PersonName,
    PriorLevel,
    ShortText,
    Text,
)
from contracts.words import by_word, member_word

APPLICATIONS: Final = columns(
    "application_import",
    Column("admission_round_code", typed(Code), help="已发布并在开放时间内的招生批次。", example="ZS202609"),
    POINT,
    *PERSON,
    Column("card_address", typed(Text), required=False, width=30),
    *ELEMENTS,
    replace(MOBILE, required=True),
    *CONTACT,
    Column(
        "prior_level",
        member_of(PriorLevel),
        choices=tuple(by_word(PriorLevel)),
        help="报读专升本须为专科或以上。",
        example=member_word(PriorLevel.JUNIOR_COLLEGE).zh,
    ),
    Column("prior_school", typed(ShortText), width=24, example="某某职业技术学院"),
    Column("prior_major", typed(ShortText), required=False),
    Column("prior_graduated_on", calendar_day, example="2018-06-30"),
    Column("prior_certificate_number", typed(Code), width=22),
    Column("prior_name_then", typed(PersonName), required=False, help="与现姓名不同时填写。"),
    Column("prior_id_number_then", typed(DocumentNumber), required=False, width=22, help="与现证件号码不同时填写。"),
)


class Entry(Contract):
    """A row as it was read: a field is None where its cell is empty or wrong."""

    admission_round_code: str | None
    teaching_point_code: str | None
    name: str | None
    gender: Gender | None
    id_kind: IdKind | None
    id_number: str | None
    birth_on: date | None
    ethnicity: str | None
    political_status: str | None
    card_address: str | None
    level: Level | None
    student_type: str | None
    student_source: str | None
    major_code: str | None
    schooling_length: str | None
    mobile: str | None
    email: str | None
    phone: str | None
    home_address: str | None
    postal_address: str | None
    postcode: str | None
    employer: str | None
    prior_level: PriorLevel | None
    prior_school: str | None
    prior_major: str | None
    prior_graduated_on: date | None
    prior_certificate_number: str | None
    prior_name_then: str | None
    prior_id_number_then: str | None
