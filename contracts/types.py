"""The small types that fields are made of: each with its bounds, so that bad input stops at the door.

Dates, instants, money and commands' numbers are strict: `"5"` is no number, `5` no date, `1.5` no money.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from contracts.base import Contract, View
from contracts.field_problem import FieldProblemError
from contracts.text import cleaning
from contracts.text.kinds import Cleaned, TextKind, check_person_name

# --- money and numbers ---

_DECIMAL = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,4})?")
_CENT = Decimal("0.01")
_TENTH = Decimal("0.1")


def _decimal_text(value: Any) -> Any:
    """Only text: a JSON number has gone through binary floating point in somebody's client already."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise FieldProblemError("field_wrong_type", expected="string")
    if not _DECIMAL.fullmatch(value):
        raise FieldProblemError("field_bad_format")
    return value


Money = Annotated[
    Decimal,
    BeforeValidator(_decimal_text),
    Field(ge=0, max_digits=12, decimal_places=2),
    AfterValidator(lambda value: value.quantize(_CENT)),
    PlainSerializer(str, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,10}(\.[0-9]{1,2})?$", "examples": ["385.00"]}),
]
"""An amount in yuan, two decimal places, never negative; text in JSON."""

SignedMoney = Annotated[
    Decimal,
    BeforeValidator(_decimal_text),
    Field(max_digits=12, decimal_places=2),
    AfterValidator(lambda value: value.quantize(_CENT)),
    PlainSerializer(str, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]{1,10}(\.[0-9]{1,2})?$", "examples": ["-385.00"]}),
]
"""A balance or a ledger entry in yuan; debit positive, credit negative."""

Credits = Annotated[
    Decimal,
    BeforeValidator(_decimal_text),
    Field(ge=0, le=999, decimal_places=1),
    AfterValidator(lambda value: value.quantize(_TENTH)),
    PlainSerializer(str, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9])?$", "examples": ["4.0"]}),
]
"""Academic credits, one decimal place; text in JSON."""

Percent = Annotated[int, Field(strict=True, ge=0, le=100, examples=[50])]
Longitude = Annotated[
    float, Field(strict=True, ge=-180, le=180, description="Degrees east (WGS 84).", examples=[117.28])
]
Latitude = Annotated[float, Field(strict=True, ge=-90, le=90, description="Degrees north (WGS 84).", examples=[34.2])]
Version = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=2_000_000_000,
        description="The version that was seen; refused when someone has changed the row meanwhile.",
        examples=[1],
    ),
]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
TermNumber = Annotated[int, Field(strict=True, ge=1, le=20, examples=[1])]
Flag = Annotated[bool, Field(strict=True)]

# --- days and instants ---

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*")
# Outside these years arithmetic with offsets can leave the calendar.
_YEARS = range(1900, 2200)


def _day_text(value: Any) -> Any:
    """pydantic would take numbers and times as days too."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise FieldProblemError("field_bad_format")
    return value


def _instant_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise FieldProblemError("field_bad_format")
    return value


_Dated = TypeVar("_Dated", bound=date)


def sane_year(value: _Dated) -> _Dated:
    """The day or instant, refused (`field_bad_format`) outside the years that a record may name."""
    if value.year not in _YEARS:
        raise FieldProblemError("field_bad_format")
    return value


def _as_utc(value: datetime) -> datetime:
    return sane_year(value).astimezone(UTC)


Day = Annotated[date, BeforeValidator(_day_text), AfterValidator(sane_year), Field(examples=["2026-09-01"])]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_instant_text),
    AfterValidator(_as_utc),
    Field(examples=["2026-09-01T08:00:00+08:00"]),
]
"""A point in time with its offset; kept as UTC."""

# --- text: cleaned by its kind (contracts.text), then measured ---

_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


def _line(longest: int) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=longest, pattern=_LINE)


_TITLE = Cleaned(TextKind.TITLE, cleaning.title)
_NUMBER = Cleaned(TextKind.NUMBER, cleaning.number)
_IDENTIFIER = Cleaned(TextKind.IDENTIFIER, cleaning.identifier)

Label = Annotated[str, _line(20), _TITLE, Field(examples=["开放教育"])]
ShortText = Annotated[str, _line(60), _TITLE]
Text = Annotated[str, _line(200), _TITLE]
Note = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, pattern=_LINES),
    Cleaned(TextKind.FREE_TEXT, cleaning.free_text),
    Field(examples=["材料不全，请补充后重新提交"]),
]
FileName = Annotated[str, _line(200), Cleaned(TextKind.FREE_TEXT, cleaning.free_line)]
SearchText = Annotated[
    str,
    _line(60),
    Cleaned(TextKind.FREE_TEXT, cleaning.free_line),
    Field(description="Part of a name or number.", examples=["计算机"]),
]
"""What is looked for, whatever kinds of text it is looked for in: `chassis.data.pages.matches` cleans it for each."""
PersonName = Annotated[
    str,
    _line(40),
    Cleaned(TextKind.PERSON_NAME, cleaning.person_name),
    AfterValidator(check_person_name),
    Field(examples=["张晓明"]),
]
Code = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,19}$"), _NUMBER, Field(examples=["50397"])
]
Key = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$"), _NUMBER, Field(examples=["bills"])
]
"""A name that the system itself gives: of a table, an action, a kind of task."""
MajorCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4,6}[TK]{0,2}$"), _NUMBER, Field(examples=["080901"])]
MobileNumber = Annotated[
    str,
    StringConstraints(pattern=r"^1[3-9][0-9]{9}$"),
    Cleaned(TextKind.NUMBER, cleaning.mobile),
    Field(examples=["13912345678"]),
]
PhoneNumber = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9][0-9-]{6,17}[0-9]$"),
    Cleaned(TextKind.NUMBER, cleaning.phone),
    Field(examples=["025-86265500"]),
]
Email = Annotated[
    str,
    StringConstraints(
        max_length=100,
        pattern=r"^[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$",
    ),
    _IDENTIFIER,
    Field(examples=["zhang@example.com"]),
]
IntakeCode = Annotated[
    str,
    StringConstraints(pattern=r"^20[0-9]{2}(0[1-9]|1[0-2])$"),
    _NUMBER,
    Field(description="Intake, year and month.", examples=["202609"]),
]
StudentNumber = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9]{4,20}$"), _NUMBER, Field(examples=["2632030906100001"])
]
NumberBeginning = Annotated[str, _line(30), _NUMBER, Field(examples=["26320309"])]
EthnicityCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{2}$"),
    _NUMBER,
    Field(description="Ethnic group, code of GB/T 3304.", examples=["01"]),
]
DocumentNumber = Annotated[str, _line(30), Cleaned(TextKind.NUMBER, cleaning.document_number)]
TeachingPointCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4,8}$"), _NUMBER]
SchoolingLength = Annotated[
    str,
    StringConstraints(pattern=r"^(1\.5|[2-7](\.5)?|8)$"),
    _NUMBER,
    Field(description="Regular years of study.", examples=["2.5"]),
]
Username = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]{2,39}$"), _IDENTIFIER, Field(examples=["xz.li"])
]

# --- ids and lists of them ---

Id = Annotated[UUID, Field(examples=["0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f"])]
"""A UUIDv7, made by the service that owns the row."""

_T = TypeVar("_T")


def _without_doubles(values: tuple[_T, ...]) -> tuple[_T, ...]:
    if len(set(values)) != len(values):
        raise FieldProblemError("list_has_doubles")
    return values


FewIds = Annotated[tuple[Id, ...], Field(min_length=1, max_length=50), AfterValidator(_without_doubles)]
Ids = Annotated[tuple[Id, ...], Field(min_length=1, max_length=500), AfterValidator(_without_doubles)]
ManyIds = Annotated[tuple[Id, ...], Field(min_length=1, max_length=5000), AfterValidator(_without_doubles)]
Unique = AfterValidator(_without_doubles)

# --- words of the field ---


class Level(StrEnum):
    """层次: what a student studies for."""

    JUNIOR_COLLEGE = "junior_college"  # 高起专
    TOP_UP_BACHELOR = "top_up_bachelor"  # 专升本
    BACHELOR = "bachelor"  # 高起本


class EducationLevel(StrEnum):
    """学历: what fees are set by. Courses of 专升本 and 高起本 are 本科."""

    UNDERGRADUATE = "undergraduate"  # 本科
    JUNIOR_COLLEGE = "junior_college"  # 专科


class FeeKind(StrEnum):
    """费用类型."""

    CREDIT = "credit"  # 学分费
    EXAM = "exam"  # 考试费


class ExamKind(StrEnum):
    """How a final is sat."""

    PAPER = "paper"  # 纸考
    COMPUTER = "computer"  # 机考


class Gender(StrEnum):
    """性别, GB/T 2261.1: the codes that a record may have."""

    MALE = "male"
    FEMALE = "female"


class IdKind(StrEnum):
    """证件类型. The rules of resident ID numbers apply to `resident` only."""

    RESIDENT = "resident"
    HK_MACAO_TAIWAN = "hk_macao_taiwan"
    FOREIGN_PERMANENT_RESIDENT = "foreign_permanent_resident"
    PASSPORT = "passport"
    OFFICER = "officer"
    SOLDIER = "soldier"


class PriorEducationCheck(StrEnum):
    """前置学历审核."""

    UNCHECKED = "unchecked"
    VERIFIED = "verified"
    MISMATCH = "mismatch"
    FALSE = "false"


class PriorLevel(StrEnum):
    """前置学历层次, lowest first."""

    UPPER_SECONDARY = "upper_secondary"  # 高中
    VOCATIONAL_SECONDARY = "vocational_secondary"  # 中专、中职、技校
    JUNIOR_COLLEGE = "junior_college"  # 专科
    BACHELOR = "bachelor"  # 本科
    POSTGRADUATE = "postgraduate"  # 研究生


class EnrolmentStatus(StrEnum):
    """学籍状态. Only `active` may select courses or register for exams."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"
    GRADUATED = "graduated"
    COMPLETED_WITHOUT_DIPLOMA = "completed_without_diploma"
    ADMISSION_DEFERRED = "admission_deferred"
    ADMISSION_FORFEITED = "admission_forfeited"
    ADMISSION_CANCELLED = "admission_cancelled"
    EXPIRED = "expired"


class FiveElements(Contract):
    """五要素: what, with the intake, identifies exactly one programme version."""

    level: Level = Field(description="What the student studies for.")
    student_type: Label = Field(default="开放教育", description="Student type.")
    student_source: Label = Field(default="开放教育", description="Student source.")
    major_code: MajorCode = Field(description="Code of the major.")
    schooling_length: SchoolingLength = Field(description="Regular years of study.")


class FileReference(View):
    """An uploaded file as the file store knows it. Made by the gateway from the bytes, never by a client."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    name: FileName
    size: Annotated[int, Field(strict=True, ge=0)]
    media_type: Annotated[str, StringConstraints(max_length=100)]
