"""Prices: the narrowest standard of the day, of both levels the cheaper one, for each kind of fee by itself."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.base.ids import new_id
from chassis.work.reasons import Reason
from contracts.types import EducationLevel, FeeKind
from services.finance.domain.pricing import Charge, Chargeable, PriceList, Standard

DAY = date(2026, 9, 15)
UNDERGRADUATE, JUNIOR = EducationLevel.UNDERGRADUATE, EducationLevel.JUNIOR_COLLEGE
BOTH = (UNDERGRADUATE, JUNIOR)


def standard(
    amount: str, kind: FeeKind = FeeKind.CREDIT, level: EducationLevel = UNDERGRADUATE, **other: object
) -> Standard:
    general = Standard(new_id(), level, kind, Decimal(amount), None, None, date(2026, 1, 1), None)
    return replace(general, **other)  # type: ignore[arg-type]


DUE = Chargeable((UNDERGRADUATE,), "开放教育", "社会", DAY, Decimal("4.0"), with_exam=False)


def amounts(due: Chargeable, *standards: Standard) -> dict[FeeKind, Decimal]:
    charges = PriceList(standards).charges(due)
    assert not isinstance(charges, Reason), charges
    return {charge.kind: charge.amount for charge in charges}


def test_the_credit_fee_is_by_credit_and_the_exam_fee_by_exam() -> None:
    due = replace(DUE, with_exam=True)
    charged = amounts(due, standard("110.50"), standard("60", FeeKind.EXAM))
    assert charged == {FeeKind.CREDIT: Decimal("442.00"), FeeKind.EXAM: Decimal("60.00")}


def test_a_resit_has_no_credit_fee() -> None:
    due = replace(DUE, credits=None, with_exam=True)
    assert amounts(due, standard("60", FeeKind.EXAM)) == {FeeKind.EXAM: Decimal("60.00")}


@pytest.mark.parametrize(
    ("amount", "credits_", "due"), [("33.33", "1.5", "50.00"), ("0.01", "0.1", "0.01"), ("110.01", "4.5", "495.05")]
)
def test_amounts_are_to_the_cent_half_up_and_never_nothing(amount: str, credits_: str, due: str) -> None:
    assert amounts(replace(DUE, credits=Decimal(credits_)), standard(amount)) == {FeeKind.CREDIT: Decimal(due)}


def test_both_days_of_a_standard_belong_to_it() -> None:
    first = standard("100", valid_from=DAY - timedelta(days=9), valid_until=DAY)
    later = standard("200", valid_from=DAY + timedelta(days=1))
    assert amounts(DUE, first, later)[FeeKind.CREDIT] == 400
    assert amounts(replace(DUE, on=DAY + timedelta(days=1)), first, later)[FeeKind.CREDIT] == 800


def test_the_narrowest_standard_that_fits_is_charged_even_when_it_is_dearer() -> None:
    general, by_source = standard("100"), standard("110", student_source="社会")
    by_type, by_both = (
        standard("120", student_type="开放教育"),
        standard("130", student_type="开放教育", student_source="社会"),
    )
    other = standard("1", student_type="成人教育")
    price = {
        len(standards): amounts(DUE, other, *standards)[FeeKind.CREDIT]
        for standards in (
            [general],
            [general, by_source],
            [general, by_source, by_type],
            [general, by_source, by_type, by_both],
        )
    }
    assert price == {1: 400, 2: 440, 3: 480, 4: 520}


def test_a_course_of_both_levels_is_charged_at_the_cheaper_one_for_each_kind_by_itself() -> None:
    due = replace(DUE, education_levels=BOTH, with_exam=True)
    charged = amounts(
        due,
        standard("100"),
        standard("90", level=JUNIOR),
        standard("50", FeeKind.EXAM),
        standard("60", FeeKind.EXAM, JUNIOR),
    )
    assert charged == {FeeKind.CREDIT: Decimal("360.00"), FeeKind.EXAM: Decimal("50.00")}


def missing(kind: str) -> Reason:
    return Reason("fee_standard_missing", {"kind": kind, "on": "2026-09-15"})


def test_one_missing_fee_makes_the_whole_impossible_and_is_named() -> None:
    due = replace(DUE, with_exam=True)
    assert PriceList([standard("100")]).charges(due) == missing("exam")
    assert PriceList([standard("100", level=JUNIOR)]).charges(DUE) == missing("credit")


STANDARDS = st.builds(
    Standard,
    id=st.uuids(),
    education_level=st.sampled_from(EducationLevel),
    kind=st.sampled_from(FeeKind),
    amount=st.decimals("0.01", "999", places=2),
    student_type=st.sampled_from([None, "开放教育", "成人教育"]),
    student_source=st.sampled_from([None, "社会", "在职"]),
    valid_from=st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3)),
    valid_until=st.none() | st.dates(DAY, DAY + timedelta(days=3)),
)


@given(st.lists(STANDARDS, max_size=8), st.decimals("0.1", "20", places=1))
def test_who_may_choose_of_both_levels_never_pays_more_than_who_may_not(
    standards: list[Standard], credits_: Decimal
) -> None:
    prices = PriceList(standards)
    either = prices.charges(replace(DUE, credits=credits_, education_levels=BOTH))
    for level in BOTH:
        one = prices.charges(replace(DUE, credits=credits_, education_levels=(level,)))
        if not isinstance(one, Reason):
            assert not isinstance(either, Reason)
            assert either[0].amount <= one[0].amount


@given(st.lists(STANDARDS, max_size=8))
def test_what_is_charged_is_by_a_standard_in_force_for_the_student(standards: list[Standard]) -> None:
    charges = PriceList(standards).charges(DUE)
    by_id = {standard.id: standard for standard in standards}
    if isinstance(charges, Reason):
        assert not any(
            s.fits("开放教育", "社会", DAY) and s.education_level == UNDERGRADUATE and s.kind == FeeKind.CREDIT
            for s in standards
        )
    else:
        used: Charge = charges[0]
        assert by_id[used.standard_id].fits("开放教育", "社会", DAY)
