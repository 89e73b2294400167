"""Every state, action and actor of finance's workflows."""

from collections.abc import Iterable

import pytest

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.testing.harness import acting
from chassis.work.workflow import Workflow
from contracts.finance.states import BillStatus, RefundState, RemittanceState, ReviewState, TransferState
from services.finance.domain.workflows import BILL, REFUND, REMITTANCE, REVIEW, TRANSFER
from tests.workflows import ANYONE, AUTHOR, Allowed, walk

ACADEMIC = new_id()
ACTORS = {
    "system": system_context(),
    "point": acting("finance.remit"),
    "who filled in the slip": acting("finance.remit", user_id=AUTHOR),
    "reviewer": acting("finance.review_remittances"),
    "own reviewer": acting("finance.review_remittances", user_id=AUTHOR),
    "second reviewer": acting("finance.review_withdrawals"),
    "applicant reviewing": acting("finance.review_withdrawals", user_id=AUTHOR),
    "academic reviewer": acting("finance.review_withdrawals", user_id=ACADEMIC),
    "cashier": acting("finance.manage_refunds"),
}

# A bill follows what was checked elsewhere: its payment, its selection, its refund.
BILLING: Allowed = {
    ("unpaid", "remit"): ("remitting", ANYONE),
    ("unpaid", "pay"): ("paying", ANYONE),
    ("unpaid", "cancel"): ("cancelled", ANYONE),
    ("unpaid", "settle"): ("paid", ANYONE),
    ("remitting", "settle"): ("paid", ANYONE),
    ("remitting", "release"): ("unpaid", ANYONE),
    ("paying", "settle"): ("paid", ANYONE),
    ("paying", "release"): ("unpaid", ANYONE),
    ("paid", "refund"): ("refunding", ANYONE),
    ("refunding", "refund_paid"): ("refunded", ANYONE),
    ("refunding", "refund_failed"): ("paid", ANYONE),
}
REMITTING: Allowed = {
    ("pending", "approve"): ("approved", "reviewer"),
    ("pending", "reject"): ("rejected", "reviewer"),
    ("pending", "revoke"): ("revoked", "point", "who filled in the slip"),
    ("rejected", "book_late"): ("booked_late", "reviewer"),
    ("revoked", "book_late"): ("booked_late", "reviewer"),
}
REVIEWING: Allowed = {
    ("waiting_for_hold", "hold"): ("pending", "system"),
    ("waiting_for_hold", "refuse_hold"): ("rejected", "system"),
    ("pending", "approve"): ("approved", "second reviewer"),
    ("pending", "reject"): ("rejected", "second reviewer"),
    ("approved", "refunded"): ("refunded", ANYONE),
}
REFUNDING: Allowed = {
    ("pending", "confirm"): ("completed", "cashier"),
    ("pending", "fail"): ("failed", "cashier"),
    ("failed", "retry"): ("pending", "cashier"),
}
TRANSFERRING: Allowed = {
    ("waiting", "clear"): ("cleared", ANYONE),
    ("waiting", "revoke"): ("revoked", "system"),
    ("waiting", "finish"): ("done", "system"),
    ("cleared", "revoke"): ("revoked", "system"),
    ("cleared", "finish"): ("done", "system"),
}
OWN_SLIP = {(action, "own reviewer"): "decides_own_request" for action in ("approve", "reject", "book_late")}
TWICE = {
    (action, who): code
    for action in ("approve", "reject")
    for who, code in (("applicant reviewing", "decides_own_request"), ("academic reviewer", "same_reviewer"))
}


@pytest.mark.parametrize(
    ("workflow", "states", "allowed", "refused"),
    [
        (BILL, BillStatus, BILLING, {}),
        (REMITTANCE, RemittanceState, REMITTING, OWN_SLIP),
        (REVIEW, ReviewState, REVIEWING, TWICE),
        (REFUND, RefundState, REFUNDING, {}),
        (TRANSFER, TransferState, TRANSFERRING, {}),
    ],
    ids=lambda value: value.name if isinstance(value, Workflow) else "",
)
def test_every_state_action_and_actor_is_as_the_regulation_says(
    workflow: Workflow, states: Iterable[str], allowed: Allowed, refused: dict[tuple[str, str], str]
) -> None:
    walk(workflow, states, ACTORS, allowed, refused=refused, academic_reviewer_id=ACADEMIC)
