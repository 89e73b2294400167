"""What finance keeps: fees and rules, bills, payments of them, refunds, and the ledger."""

from services.finance.tables.bills import billings, bills, transfers
from services.finance.tables.copies import courses, students
from services.finance.tables.fees import fee_standards, finance_settings, refund_rules
from services.finance.tables.ledger import ledger_entries, ledger_transactions
from services.finance.tables.payments import payment_lines, remittances, suspense_items
from services.finance.tables.refunds import refunds, withdrawal_reviews
from services.finance.tables.shared import metadata

__all__ = [
    "billings",
    "bills",
    "courses",
    "fee_standards",
    "finance_settings",
    "ledger_entries",
    "ledger_transactions",
    "metadata",
    "payment_lines",
    "refund_rules",
    "refunds",
    "remittances",
    "students",
    "suspense_items",
    "transfers",
    "withdrawal_reviews",
]
