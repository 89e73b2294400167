"""Every state, action and actor of the service's workflows."""

from collections.abc import Iterable

import pytest

from chassis.base.context import system_context
from chassis.testing.harness import acting
from chassis.work.workflow import Workflow
from contracts.courses.states import (
    AssessmentRequirementState,
    CourseStatus,
    CourseVersionStatus,
    ProgrammeStatus,
    RoundStatus,
    SelectionState,
    WithdrawalState,
)
from services.courses.domain.workflows import (
    COURSE,
    COURSE_VERSION,
    NOT_LEARNING,
    PROGRAMME,
    REQUIREMENT,
    SELECTION,
    SELECTION_ROUND,
    WITHDRAWAL,
)
from tests.workflows import AUTHOR, Allowed, walk

ACTORS = {
    "system": system_context(),
    "canceller": acting("courses.cancel_selections"),
    "applicant": acting("courses.request_withdrawals", user_id=AUTHOR),
    "registrar": acting("courses.review_withdrawals"),
    "registrar who entered it": acting("courses.review_withdrawals", user_id=AUTHOR),
    "catalogue": acting("courses.manage_catalogue"),
    "proposer": acting("courses.manage_catalogue", user_id=AUTHOR),
    "rounds": acting("courses.manage_rounds"),
    "somebody else": acting("courses.read_selections"),
}

SELECTING: Allowed = {
    ("pending_payment", "cancel"): ("closing", "canceller"),
    ("pending_payment", "close"): ("closing", "system"),
    ("pending_payment", "pay"): ("selected", "system"),
    ("pending_payment", "refuse_billing"): ("cancelled", "system"),
    ("pending_payment", "end_cancelled"): ("cancelled", "system"),
    ("pending_payment", "end_lapsed"): ("lapsed", "system"),
    ("closing", "end_cancelled"): ("cancelled", "system"),
    ("closing", "end_lapsed"): ("lapsed", "system"),
    ("closing", "stand"): ("pending_payment", "system"),
    ("closing", "pay"): ("selected", "system"),
    ("closing", "refuse_billing"): ("cancelled", "system"),
    ("selected", "withdraw"): ("withdrawn", "system"),
}
WITHDRAWING: Allowed = {
    ("pending_academic", "approve"): ("pending_finance", "registrar"),
    ("pending_academic", "reject"): ("academic_rejected", "registrar"),
    ("pending_academic", "revoke"): ("revoked", "applicant"),
    ("pending_finance", "finance_approve"): ("finance_approved", "system"),
    ("pending_finance", "finance_reject"): ("finance_rejected", "system"),
    ("pending_finance", "refund"): ("refunded", "system"),
    ("finance_approved", "refund"): ("refunded", "system"),
}
REQUIRING: Allowed = {
    ("pending", "approve"): ("approved", "catalogue"),
    ("pending", "reject"): ("rejected", "catalogue"),
    ("approved", "supersede"): ("superseded", "catalogue", "proposer"),
}
OFFERING: Allowed = {
    ("draft", "publish"): ("published", "catalogue", "proposer"),
    ("published", "retire"): ("retired", "catalogue", "proposer"),
}
USING: Allowed = {
    ("draft", "use"): ("in_use", "catalogue", "proposer"),
    ("retired", "use"): ("in_use", "catalogue", "proposer"),
    ("in_use", "retire"): ("retired", "catalogue", "proposer"),
}
PLANNING: Allowed = {("draft", "publish"): ("published", "catalogue", "proposer")}
OPENING: Allowed = {("draft", "publish"): ("published", "rounds")}
KNOWN_SO_FAR = set(ProgrammeStatus) - {ProgrammeStatus.RETIRED}
"""No command retires a programme, though the contract and its readers know the word."""
REVIEWS = ("approve", "reject")
OWN = {(action, who): "decides_own_request" for action in REVIEWS for who in ("registrar who entered it", "proposer")}


@pytest.mark.parametrize(
    ("workflow", "states", "allowed", "refused"),
    [
        (SELECTION, SelectionState, SELECTING, {}),
        (WITHDRAWAL, WithdrawalState, WITHDRAWING, {key: OWN[key] for key in OWN if key[1] != "proposer"}),
        (REQUIREMENT, AssessmentRequirementState, REQUIRING, {key: OWN[key] for key in OWN if key[1] == "proposer"}),
        (COURSE, CourseStatus, OFFERING, {}),
        (COURSE_VERSION, CourseVersionStatus, USING, {}),
        (PROGRAMME, KNOWN_SO_FAR, PLANNING, {}),
        (SELECTION_ROUND, RoundStatus, OPENING, {}),
    ],
    ids=lambda value: value.name if isinstance(value, Workflow) else "",
)
def test_every_state_action_and_actor_is_as_the_table_says(
    workflow: Workflow, states: Iterable[str], allowed: Allowed, refused: dict[tuple[str, str], str]
) -> None:
    walk(workflow, states, ACTORS, allowed, refused=refused)


def test_learning_is_closed_in_exactly_the_states_of_the_regulation() -> None:
    assert set(NOT_LEARNING) == {"pending_finance", "finance_approved", "refunded"}
