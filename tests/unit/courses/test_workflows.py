"""Every state, action and actor of the service's workflows."""

from itertools import product

import pytest

from chassis.base.context import Context, system_context
from chassis.base.ids import new_id
from chassis.testing.harness import acting
from chassis.work.workflow import Workflow
from contracts.courses.states import AssessmentRequirementState, SelectionState, WithdrawalState
from contracts.errors import ServiceError
from services.courses.domain.workflows import NOT_LEARNING, REQUIREMENT, SELECTION, WITHDRAWAL

APPLICANT = new_id()
ACTORS = {
    "system": system_context(),
    "canceller": acting("courses.cancel_selections"),
    "applicant": acting("courses.request_withdrawals", user_id=APPLICANT),
    "registrar": acting("courses.review_withdrawals"),
    "registrar who entered it": acting("courses.review_withdrawals", user_id=APPLICANT),
    "catalogue": acting("courses.manage_catalogue"),
    "proposer": acting("courses.manage_catalogue", user_id=APPLICANT),
    "somebody else": acting("courses.read_selections"),
}

# state → action → (who may, next state). What is not here is refused.
ALLOWED: dict[str, dict[tuple[str, str], tuple[set[str], str]]] = {
    "selection": {
        ("pending_payment", "cancel"): ({"canceller"}, "closing"),
        ("pending_payment", "close"): ({"system"}, "closing"),
        ("pending_payment", "pay"): ({"system"}, "selected"),
        ("pending_payment", "refuse_billing"): ({"system"}, "cancelled"),
        ("pending_payment", "end_cancelled"): ({"system"}, "cancelled"),
        ("pending_payment", "end_lapsed"): ({"system"}, "lapsed"),
        ("closing", "end_cancelled"): ({"system"}, "cancelled"),
        ("closing", "end_lapsed"): ({"system"}, "lapsed"),
        ("closing", "keep"): ({"system"}, "pending_payment"),
        ("closing", "pay"): ({"system"}, "selected"),
        ("closing", "refuse_billing"): ({"system"}, "cancelled"),
        ("selected", "withdraw"): ({"system"}, "withdrawn"),
    },
    "withdrawal": {
        ("pending_academic", "approve"): ({"registrar"}, "pending_finance"),
        ("pending_academic", "reject"): ({"registrar"}, "academic_rejected"),
        ("pending_academic", "revoke"): ({"applicant"}, "revoked"),
        ("pending_finance", "finance_approve"): ({"system"}, "finance_approved"),
        ("pending_finance", "finance_reject"): ({"system"}, "finance_rejected"),
        ("pending_finance", "refund"): ({"system"}, "refunded"),
        ("finance_approved", "refund"): ({"system"}, "refunded"),
    },
    "assessment_requirement": {
        ("pending", "approve"): ({"catalogue"}, "approved"),
        ("pending", "reject"): ({"catalogue"}, "rejected"),
        ("approved", "supersede"): ({"catalogue", "proposer"}, "superseded"),
    },
}
STATES = {
    "selection": SelectionState,
    "withdrawal": WithdrawalState,
    "assessment_requirement": AssessmentRequirementState,
}


@pytest.mark.parametrize("workflow", [SELECTION, WITHDRAWAL, REQUIREMENT], ids=lambda w: w.name)
def test_every_state_action_and_actor_is_as_the_table_says(workflow: Workflow) -> None:
    allowed = ALLOWED[workflow.name]
    for state, action, (name, actor) in product(STATES[workflow.name], workflow.actions, ACTORS.items()):
        who, next_state = allowed.get((state, action), (set(), None))
        assert _outcome(workflow, state, action, actor) == (next_state if name in who else None), (state, action, name)


def _outcome(workflow: Workflow, state: str, action: str, actor: Context) -> str | None:
    try:
        return workflow.allowed({"state": state, "entered_by": APPLICANT}, action, actor).next
    except ServiceError:
        return None


def test_the_states_of_the_contracts_are_those_of_the_tables() -> None:
    for workflow in (SELECTION, WITHDRAWAL, REQUIREMENT):
        assert set(workflow.states) == set(STATES[workflow.name])


def test_learning_is_closed_in_exactly_the_states_of_the_regulation() -> None:
    assert set(NOT_LEARNING) == {"pending_finance", "finance_approved", "refunded"}
