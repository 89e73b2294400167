"""What finance is told to do."""

from services.finance.commands.refunds import confirm_refunds, fail_refund, retry_refund
from services.finance.commands.remittances import (
    approve_remittance,
    attach_receipt,
    book_late_remittance,
    create_remittance,
    reject_remittance,
    revoke_remittance,
)
from services.finance.commands.reviews import approve_withdrawal_reviews, reject_withdrawal_reviews
from services.finance.commands.standards import (
    create_fee_standard,
    create_refund_rule,
    delete_fee_standard,
    delete_refund_rule,
    end_fee_standard,
    update_finance_settings,
)

__all__ = [
    "approve_remittance",
    "approve_withdrawal_reviews",
    "attach_receipt",
    "book_late_remittance",
    "confirm_refunds",
    "create_fee_standard",
    "create_refund_rule",
    "create_remittance",
    "delete_fee_standard",
    "delete_refund_rule",
    "end_fee_standard",
    "fail_refund",
    "reject_remittance",
    "reject_withdrawal_reviews",
    "retry_refund",
    "revoke_remittance",
    "update_finance_settings",
]
