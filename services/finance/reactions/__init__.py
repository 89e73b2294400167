"""What other services' events make finance do."""

from services.finance.reactions.billing import on_courses_selected, on_resits_registered
from services.finance.reactions.closing import on_resits_closing, on_selections_closing
from services.finance.reactions.transfers import on_student_transferred, on_transfer_requested, on_transfer_revoked
from services.finance.reactions.withdrawals import (
    on_registration_hold_refused,
    on_registration_refused,
    on_registrations_held,
    on_withdrawals_sent_to_finance,
)

__all__ = [
    "on_courses_selected",
    "on_registration_hold_refused",
    "on_registration_refused",
    "on_registrations_held",
    "on_resits_closing",
    "on_resits_registered",
    "on_selections_closing",
    "on_student_transferred",
    "on_transfer_requested",
    "on_transfer_revoked",
    "on_withdrawals_sent_to_finance",
]
