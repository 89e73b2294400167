"""How much of a fee goes back when a course is withdrawn from (FIN-6): a table of rules that the school sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from contracts.types import FeeKind
from services.finance.domain.pricing import CENT


@dataclass(frozen=True, slots=True)
class RefundRule:
    """Up to `within_days` days after payment (None: at any time) `percent` of such a fee go back."""

    kind: FeeKind
    within_days: int | None
    percent: int

    def fits(self, kind: FeeKind, days: int) -> bool:
        return self.kind == kind and (self.within_days is None or days <= self.within_days)


# Until the school sets rules for a kind of fee: whoever withdraws in time gets all of it.
DEFAULT_RULES = (
    RefundRule(FeeKind.CREDIT, None, 100),
    RefundRule(FeeKind.EXAM, None, 100),
)


@dataclass(frozen=True, slots=True)
class Share:
    """What goes back of one fee, in yuan, and why: the days that count and the percent of the rule."""

    days: int
    percent: int
    amount: Decimal


def refund_share(rules: Sequence[RefundRule], kind: FeeKind, amount: Decimal, paid_on: date, asked_on: date) -> Share:
    """What of a fee of `amount` yuan goes back. The days run from payment to the request, not to its slow review.

    Of the rules that fit the one with the fewest days counts. When the school has rules for this kind of fee and none
    fits, nothing goes back.
    """
    own = [rule for rule in rules if rule.kind == kind]
    days = max((asked_on - paid_on).days, 0)
    fitting = [rule for rule in own or DEFAULT_RULES if rule.fits(kind, days)]
    rule = min(fitting, key=lambda rule: float("inf") if rule.within_days is None else rule.within_days, default=None)
    percent = rule.percent if rule is not None else 0
    return Share(days, percent, (amount * percent / 100).quantize(CENT, ROUND_HALF_UP))
