"""What courses does when it hears of payments, refunds, refused registrations and status changes."""

from services.courses.reactions.bills import (
    on_bill_cancellation_refused,
    on_billing_refused,
    on_bills_cancelled,
    on_bills_paid,
)
from services.courses.reactions.registrations import on_registration_refused
from services.courses.reactions.students import (
    on_student_left,
    on_student_resumed,
    on_student_suspended,
    on_student_transferred,
)
from services.courses.reactions.withdrawals import (
    on_withdrawals_approved,
    on_withdrawals_refunded,
    on_withdrawals_rejected,
)

__all__ = [
    "on_bill_cancellation_refused",
    "on_billing_refused",
    "on_bills_cancelled",
    "on_bills_paid",
    "on_registration_refused",
    "on_student_left",
    "on_student_resumed",
    "on_student_suspended",
    "on_student_transferred",
    "on_withdrawals_approved",
    "on_withdrawals_refunded",
    "on_withdrawals_rejected",
]
