"""What things cost in the school: standards that changed over the years, and what follows from them by the rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from chassis.base.clock import local_date
from chassis.work.reasons import Reason
from contracts.types import EducationLevel, FeeKind
from services.finance.domain.pricing import Chargeable, PriceList, Standard
from tests.performance.large_school.catalogue import Rows, courses
from tests.performance.large_school.majors import OPEN, programmes
from tests.performance.large_school.size import Size, id_at

_PERIODS: Final = (
    (date(2010, 1, 1), date(2019, 12, 31), Decimal(0)),
    (date(2020, 1, 1), date(2022, 12, 31), Decimal(10)),
    (date(2023, 1, 1), None, Decimal(20)),
)
_AMOUNTS: Final = {
    (EducationLevel.UNDERGRADUATE, FeeKind.CREDIT, None): Decimal(90),
    (EducationLevel.UNDERGRADUATE, FeeKind.EXAM, None): Decimal(35),
    (EducationLevel.JUNIOR_COLLEGE, FeeKind.CREDIT, None): Decimal(75),
    (EducationLevel.JUNIOR_COLLEGE, FeeKind.EXAM, None): Decimal(30),
    (EducationLevel.UNDERGRADUATE, FeeKind.CREDIT, "合作单位"): Decimal(80),
}
_RULES: Final = (
    (FeeKind.CREDIT, 30, 100),
    (FeeKind.CREDIT, None, 50),
    (FeeKind.EXAM, 30, 100),
    (FeeKind.EXAM, None, 0),
)


def standards(size: Size) -> list[Standard]:
    """The school's fee standards, of all times."""
    at = size.intakes[0].entered_at
    return [
        Standard(
            id=id_at(at, 0x60, 10 * period + number),
            education_level=level,
            kind=kind,
            amount=amount + rise if kind is FeeKind.CREDIT else amount,
            student_type=None,
            student_source=source,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        for period, (valid_from, valid_until, rise) in enumerate(_PERIODS)
        for number, ((level, kind, source), amount) in enumerate(_AMOUNTS.items())
    ]


def tables(size: Size) -> Iterator[tuple[str, str, Rows]]:
    """Service, table and rows."""
    at = size.intakes[0].entered_at
    stamps = {"version": 1, "created_at": at, "updated_at": at}
    columns = ("id", "education_level", "kind", "amount", "student_type", "student_source", "valid_from", "valid_until")
    rows = [{name: getattr(each, name) for name in columns} for each in standards(size)]
    yield "finance", "fee_standards", [{**row, **stamps} for row in rows]
    rules = [
        {"id": id_at(at, 0x61, number), "kind": kind, "within_days": days, "percent": percent, **stamps}
        for number, (kind, days, percent) in enumerate(_RULES)
    ]
    yield "finance", "refund_rules", rules


def students_of_kinds(size: Size) -> list[tuple[str, str]]:
    """The pairs of student type and source that there are, the usual one first."""
    pairs = dict.fromkeys([(OPEN, OPEN), *((each.student_type, each.student_source) for each in programmes(size))])
    return list(pairs)


def levels_of_courses() -> list[tuple[EducationLevel, ...]]:
    """The sets of education levels that courses are for."""
    return list(dict.fromkeys(course.education_levels for course in courses()))


def prices(size: Size) -> Iterator[tuple[Any, ...]]:
    """Levels, kind of student and round, by their numbers; then standard and yuan of a credit, and of an exam."""
    known = PriceList(standards(size))
    for intake in size.intakes:
        for kind, (type_, source) in enumerate(students_of_kinds(size)):
            for number, levels in enumerate(levels_of_courses()):
                due = Chargeable(levels, type_, source, local_date(intake.opens_at), Decimal(1), with_exam=True)
                charges = known.charges(due)
                assert not isinstance(charges, Reason), charges
                by_kind = {charge.kind: charge for charge in charges}
                credit, exam = by_kind[FeeKind.CREDIT], by_kind[FeeKind.EXAM]
                yield number, kind, intake.number, credit.standard_id, credit.amount, exam.standard_id, exam.amount
