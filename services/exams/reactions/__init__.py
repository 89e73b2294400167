"""What other services' events make exams do."""

from services.exams.reactions.bills import (
    on_bill_cancellation_refused,
    on_billing_refused,
    on_bills_cancelled,
)
from services.exams.reactions.payments import on_bills_paid
from services.exams.reactions.students import (
    on_student_left,
    on_student_resumed,
    on_student_suspended,
    on_student_transferred,
)
from services.exams.reactions.withdrawals import (
    on_withdrawals_approved,
    on_withdrawals_rejected,
    on_withdrawals_sent_to_finance,
)

__all__ = [
    "on_bill_cancellation_refused",
    "on_billing_refused",
    "on_bills_cancelled",
    "on_bills_paid",
    "on_student_left",
    "on_student_resumed",
    "on_student_suspended",
    "on_student_transferred",
    "on_withdrawals_approved",
    "on_withdrawals_rejected",
    "on_withdrawals_sent_to_finance",
]
