"""The postings of the ledger (FIN-7): each records one thing that happened to money, with entries that make zero.

Debit is positive, credit negative, in yuan. A fee is income when its bill is issued; who owes it is its student.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from contracts.finance.states import AccountKind as Account
from contracts.finance.states import PostingKind as Kind
from contracts.types import FeeKind

INCOME = {FeeKind.CREDIT: Account.CREDIT_FEE_INCOME, FeeKind.EXAM: Account.EXAM_FEE_INCOME}

# What is debited and what is credited. `None` stands for where the money came from: the income of the bill's fee, or
# suspense where it came for no bill.
ACCOUNTS: dict[Kind, tuple[Account | None, Account | None]] = {
    Kind.BILL_ISSUED: (Account.RECEIVABLE, None),
    Kind.BILL_CANCELLED: (None, Account.RECEIVABLE),
    Kind.BILL_MOVED: (Account.RECEIVABLE, Account.RECEIVABLE),  # of the new point, of the old point
    Kind.PAYMENT: (Account.BANK, Account.RECEIVABLE),
    Kind.SUSPENSE_PAYMENT: (Account.BANK, None),
    Kind.REFUND_DECIDED: (None, Account.REFUND_PAYABLE),
    Kind.REFUND_FAILED: (Account.REFUND_PAYABLE, None),
    Kind.REFUND_PAID: (Account.REFUND_PAYABLE, Account.BANK),
}


@dataclass(frozen=True, slots=True)
class Posting:
    """What happened: `amount` yuan of this point and student. `fee` is empty for money that came for no bill."""

    kind: Kind
    amount: Decimal
    teaching_point_id: UUID
    student_id: UUID | None = None
    fee: FeeKind | None = None
    bill_id: UUID | None = None
    suspense_id: UUID | None = None
    refund_id: UUID | None = None
    from_teaching_point_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a posting."""

    account: Account
    teaching_point_id: UUID
    amount: Decimal


def entries(posting: Posting) -> Iterator[Entry]:
    """The two lines of a posting."""
    source = INCOME[posting.fee] if posting.fee is not None else Account.SUSPENSE
    debit, credit = ACCOUNTS[posting.kind]
    point = posting.teaching_point_id
    yield Entry(debit or source, point, posting.amount)
    yield Entry(credit or source, posting.from_teaching_point_id or point, -posting.amount)
