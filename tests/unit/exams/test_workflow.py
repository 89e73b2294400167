"""Every (state, action, actor) of the registration's workflow."""

from __future__ import annotations

from itertools import product

import pytest

from chassis.base.context import Context, system_context
from chassis.testing.harness import acting
from contracts.errors import ServiceError
from contracts.exams.states import RegistrationState
from services.exams.domain.workflows import REGISTRATION

ACTORS: dict[str, Context] = {
    "system": system_context(),
    "applicant": acting("exams.register_resits"),
    "arranger": acting("exams.publish_arrangement"),
    "invigilator": acting("exams.record_attendance"),
    "reader": acting("exams.read_registrations"),
}

UNPAID_STEPS = {
    "close_cancelled": ("system", "cancelled"),
    "close_lapsed": ("system", "lapsed"),
    "register": ("system", "registered"),
    "hold": ("system", "suspended"),
    "lapse": ("system", "lapsed"),
    "leave": ("system", "cancelled"),
}
PAID_STEPS = {"withdraw": ("system", "cancelled"), "leave": ("system", "cancelled")}

# state → action → (who, next): written down once more, so that a change of the table is a decision.
EXPECTED: dict[str, dict[str, tuple[str, str]]] = {
    "pending_payment": {"cancel": ("applicant", "closing"), "close": ("system", "closing"), **UNPAID_STEPS},
    "closing": {"stand": ("system", "pending_payment"), **UNPAID_STEPS},
    "registered": {"hold": ("system", "suspended"), "arrange": ("arranger", "arranged"), **PAID_STEPS},
    "arranged": {
        "hold": ("system", "suspended"),
        "sit": ("invigilator", "sat"),
        "miss": ("invigilator", "absent"),
        **PAID_STEPS,
    },
    "suspended": {
        "release": ("system", "registered"),
        "take_seat": ("system", "arranged"),
        "lapse": ("system", "lapsed"),
        "pass_over": ("arranger", "lapsed"),
        **PAID_STEPS,
    },
}


@pytest.mark.parametrize("state", RegistrationState)
def test_each_actor_takes_exactly_the_steps_of_the_table(state: RegistrationState) -> None:
    for action, (name, context) in product(REGISTRATION.actions, ACTORS.items()):
        who, following = EXPECTED.get(state, {}).get(action, (None, None))
        if who == name:
            assert REGISTRATION.allowed({"state": state}, action, context).next == following
        else:
            code = "forbidden" if who else "step_not_allowed"
            with pytest.raises(ServiceError, match=code):
                REGISTRATION.allowed({"state": state}, action, context)


def test_the_table_knows_every_state() -> None:
    assert set(REGISTRATION.states) == set(RegistrationState)
