"""Postings: whatever happens to money, its entries make zero, and what is undone leaves nothing."""

from collections import Counter
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.finance.states import AccountKind, PostingKind
from contracts.types import FeeKind
from services.finance.domain.bookkeeping import ACCOUNTS, Posting, entries

OLD, NEW = UUID(int=1), UUID(int=2)
AMOUNTS = st.decimals("0.01", "9999999.99", places=2)


def balance(*postings: Posting) -> Counter[tuple[AccountKind, UUID]]:
    """What the accounts hold after these postings; accounts at zero are left out."""
    total: Counter[tuple[AccountKind, UUID]] = Counter()
    for posting in postings:
        for entry in entries(posting):
            total[entry.account, entry.teaching_point_id] += entry.amount  # type: ignore[assignment]
    return Counter({key: value for key, value in total.items() if value})


def test_every_kind_of_posting_has_its_accounts() -> None:
    assert set(ACCOUNTS) == set(PostingKind)


@given(st.sampled_from(PostingKind), AMOUNTS, st.none() | st.sampled_from(FeeKind))
def test_every_posting_makes_zero(kind: PostingKind, amount: Decimal, fee: FeeKind | None) -> None:
    lines = list(entries(Posting(kind, amount, NEW, fee=fee, from_teaching_point_id=OLD)))
    assert sum(entry.amount for entry in lines) == 0
    assert all(entry.amount for entry in lines)


@given(AMOUNTS, st.sampled_from(FeeKind))
def test_what_is_undone_leaves_nothing(amount: Decimal, fee: FeeKind) -> None:
    def post(kind: PostingKind) -> Posting:
        return Posting(kind, amount, NEW, fee=fee)

    assert not balance(post(PostingKind.BILL_ISSUED), post(PostingKind.BILL_CANCELLED))
    assert not balance(post(PostingKind.REFUND_DECIDED), post(PostingKind.REFUND_FAILED))
    paid_and_back = (PostingKind.BILL_ISSUED, PostingKind.PAYMENT, PostingKind.REFUND_DECIDED, PostingKind.REFUND_PAID)
    assert not balance(*map(post, paid_and_back))


@given(AMOUNTS)
def test_money_in_suspense_goes_back_without_a_trace(amount: Decimal) -> None:
    kinds = (PostingKind.SUSPENSE_PAYMENT, PostingKind.REFUND_DECIDED, PostingKind.REFUND_PAID)
    assert not balance(*(Posting(kind, amount, NEW) for kind in kinds))


def test_a_moved_bill_is_owed_at_the_new_point_alone() -> None:
    issued = Posting(PostingKind.BILL_ISSUED, Decimal(400), OLD, fee=FeeKind.CREDIT)
    moved = Posting(PostingKind.BILL_MOVED, Decimal(400), NEW, fee=FeeKind.CREDIT, from_teaching_point_id=OLD)
    owed = {point: amount for (account, point), amount in balance(issued, moved).items() if account == "receivable"}
    assert owed == {NEW: Decimal(400)}
