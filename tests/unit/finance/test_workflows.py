"""Every state, action and person of finance's workflows."""

from uuid import UUID

import pytest

from chassis.base.context import Actor, Context
from chassis.work.workflow import Workflow
from contracts.errors import ServiceError
from contracts.finance.states import BillStatus, RefundState, RemittanceState, ReviewState
from services.finance.domain.workflows import (
    BILL,
    MANAGE_REFUNDS,
    REFUND,
    REMIT,
    REMITTANCE,
    REVIEW,
    REVIEW_REMITTANCES,
    REVIEW_WITHDRAWALS,
)

ENTERED_BY, ACADEMIC, SOMEBODY = UUID(int=1), UUID(int=2), UUID(int=3)

# The regulation, written a second time: state → action → state.
EXPECTED: dict[str, dict[str, dict[str, str]]] = {
    "bill": {
        "unpaid": {"remit": "remitting", "pay": "paying", "cancel": "cancelled", "settle": "paid"},
        "remitting": {"settle": "paid", "release": "unpaid"},
        "paying": {"settle": "paid", "release": "unpaid"},
        "paid": {"refund": "refunding"},
        "refunding": {"refund_paid": "refunded", "refund_failed": "paid"},
    },
    "remittance": {
        "pending": {"approve": "approved", "reject": "rejected", "revoke": "revoked"},
        "rejected": {"book_late": "booked_late"},
        "revoked": {"book_late": "booked_late"},
    },
    "withdrawal_review": {
        "waiting_for_hold": {"hold": "pending", "refuse_hold": "rejected"},
        "pending": {"approve": "approved", "reject": "rejected"},
        "approved": {"refunded": "refunded"},
    },
    "refund": {"pending": {"confirm": "completed", "fail": "failed"}, "failed": {"retry": "pending"}},
}
STATES = {"bill": BillStatus, "remittance": RemittanceState, "withdrawal_review": ReviewState, "refund": RefundState}
WORKFLOWS = (BILL, REMITTANCE, REVIEW, REFUND)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_every_state_and_action_leads_where_the_regulation_says(workflow: Workflow) -> None:
    for state in STATES[workflow.name]:
        for action in workflow.actions:
            step = workflow.step(state, action)
            expected = EXPECTED[workflow.name].get(state, {}).get(action)
            assert (step.next if step else None) == expected, (state, action)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_every_state_of_the_contract_can_be_reached(workflow: Workflow) -> None:
    assert set(workflow.states) == {str(state) for state in STATES[workflow.name]}


def attempt(workflow: Workflow, state: str, action: str, permission: str | None, user_id: UUID | None) -> str:
    row = {"state": state, "entered_by": ENTERED_BY, "academic_reviewer_id": ACADEMIC}
    try:
        return workflow.allowed(row, action, Context(actor=Actor(user_id), permission=permission)).next
    except ServiceError as error:
        return error.code


@pytest.mark.parametrize(
    ("workflow", "state", "action", "permission"),
    [
        (REMITTANCE, "pending", "approve", REVIEW_REMITTANCES),
        (REMITTANCE, "pending", "reject", REVIEW_REMITTANCES),
        (REMITTANCE, "pending", "revoke", REMIT),
        (REMITTANCE, "rejected", "book_late", REVIEW_REMITTANCES),
        (REMITTANCE, "revoked", "book_late", REVIEW_REMITTANCES),
        (REVIEW, "waiting_for_hold", "hold", None),
        (REVIEW, "waiting_for_hold", "refuse_hold", None),
        (REVIEW, "pending", "approve", REVIEW_WITHDRAWALS),
        (REVIEW, "pending", "reject", REVIEW_WITHDRAWALS),
        (REFUND, "pending", "confirm", MANAGE_REFUNDS),
        (REFUND, "pending", "fail", MANAGE_REFUNDS),
        (REFUND, "failed", "retry", MANAGE_REFUNDS),
    ],
)
def test_only_the_one_permission_opens_a_step(
    workflow: Workflow, state: str, action: str, permission: str | None
) -> None:
    for other in (None, REMIT, REVIEW_REMITTANCES, REVIEW_WITHDRAWALS, MANAGE_REFUNDS):
        outcome = attempt(workflow, state, action, other, None if other is None else SOMEBODY)
        assert outcome == (EXPECTED[workflow.name][state][action] if other == permission else "forbidden")


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_nobody_reviews_what_they_entered_or_have_reviewed_before(action: str) -> None:
    assert attempt(REMITTANCE, "pending", action, REVIEW_REMITTANCES, ENTERED_BY) == "decides_own_request"
    assert attempt(REVIEW, "pending", action, REVIEW_WITHDRAWALS, ENTERED_BY) == "decides_own_request"
    assert attempt(REVIEW, "pending", action, REVIEW_WITHDRAWALS, ACADEMIC) == "same_reviewer"


def test_the_point_may_take_back_its_own_slip() -> None:
    assert attempt(REMITTANCE, "pending", "revoke", REMIT, ENTERED_BY) == "revoked"
