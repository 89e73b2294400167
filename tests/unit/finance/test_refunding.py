"""What goes back of a fee, by the school's table of rules."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.types import FeeKind
from services.finance.domain.refunding import RefundRule, refund_share

PAID = date(2026, 9, 15)
RULES = (
    RefundRule(FeeKind.CREDIT, 30, 50),
    RefundRule(FeeKind.CREDIT, 7, 100),
    RefundRule(FeeKind.EXAM, None, 80),
    RefundRule(FeeKind.EXAM, 3, 100),
)


@pytest.mark.parametrize(
    ("kind", "days", "percent"),
    [
        (FeeKind.CREDIT, 0, 100),
        (FeeKind.CREDIT, 7, 100),
        (FeeKind.CREDIT, 8, 50),
        (FeeKind.CREDIT, 30, 50),
        (FeeKind.CREDIT, 31, 0),
        (FeeKind.EXAM, 3, 100),
        (FeeKind.EXAM, 4, 80),
        (FeeKind.EXAM, 3000, 80),
    ],
)
def test_of_the_rules_that_fit_the_one_with_the_fewest_days_counts(kind: FeeKind, days: int, percent: int) -> None:
    share = refund_share(RULES, kind, Decimal("200.00"), PAID, PAID + timedelta(days=days))
    assert (share.percent, share.amount, share.days) == (percent, Decimal(2 * percent), days)


def test_until_the_school_sets_rules_for_a_kind_all_of_it_goes_back() -> None:
    credit_only = [rule for rule in RULES if rule.kind is FeeKind.CREDIT]
    assert refund_share(credit_only, FeeKind.EXAM, Decimal("60.00"), PAID, PAID).amount == 60
    assert refund_share([], FeeKind.CREDIT, Decimal("60.00"), PAID, PAID + timedelta(days=99)).amount == 60


def test_a_share_is_rounded_half_up_to_the_cent() -> None:
    half = [RefundRule(FeeKind.CREDIT, None, 50)]
    assert refund_share(half, FeeKind.CREDIT, Decimal("0.01"), PAID, PAID).amount == Decimal("0.01")
    assert refund_share(half, FeeKind.CREDIT, Decimal("33.33"), PAID, PAID).amount == Decimal("16.67")


@given(
    st.lists(st.builds(RefundRule, st.sampled_from(FeeKind), st.none() | st.integers(0, 99), st.integers(0, 100))),
    st.decimals("0.01", "99999", places=2),
    st.integers(-2, 120),
)
def test_never_more_goes_back_than_was_paid(rules: list[RefundRule], amount: Decimal, days: int) -> None:
    share = refund_share(rules, FeeKind.CREDIT, amount, PAID, PAID + timedelta(days=days))
    assert 0 <= share.amount <= amount
