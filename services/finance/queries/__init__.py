"""What finance is asked."""

from services.finance.queries.bills import bill_items, get_bill, list_bills
from services.finance.queries.ledger import get_balance, list_ledger_entries
from services.finance.queries.proof import check_ledger, list_bill_facts
from services.finance.queries.refunds import list_refunds, list_suspense
from services.finance.queries.remittances import get_remittance, list_remittances
from services.finance.queries.reviews import get_withdrawal_review, list_withdrawal_reviews
from services.finance.queries.standards import (
    fee_standard_items,
    get_finance_settings,
    list_fee_standards,
    list_refund_rules,
)

__all__ = [
    "bill_items",
    "check_ledger",
    "fee_standard_items",
    "get_balance",
    "get_bill",
    "get_finance_settings",
    "get_remittance",
    "get_withdrawal_review",
    "list_bill_facts",
    "list_bills",
    "list_fee_standards",
    "list_ledger_entries",
    "list_refund_rules",
    "list_refunds",
    "list_remittances",
    "list_suspense",
    "list_withdrawal_reviews",
]
