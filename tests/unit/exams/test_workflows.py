"""Every state, action and actor of the workflows of registrations and holds."""

from chassis.base.context import system_context
from chassis.testing.harness import acting
from contracts.exams.states import RegistrationState
from services.exams.domain.registrations import HoldState
from services.exams.domain.workflows import HOLD, REGISTRATION
from tests.workflows import Allowed, walk

ACTORS = {
    "system": system_context(),
    "applicant": acting("exams.register_resits"),
    "arranger": acting("exams.publish_arrangement"),
    "invigilator": acting("exams.record_attendance"),
    "reader": acting("exams.read_registrations"),
}
UNPAID_STEPS = {
    "close_cancelled": "cancelled",
    "close_lapsed": "lapsed",
    "register": "registered",
    "hold": "suspended",
    "lapse": "lapsed",
    "leave": "cancelled",
}
PAID_STEPS = {"withdraw": "cancelled", "leave": "cancelled"}
REGISTERING: Allowed = {
    ("pending_payment", "cancel"): ("closing", "applicant"),
    ("pending_payment", "close"): ("closing", "system"),
    ("closing", "stand"): ("pending_payment", "system"),
    ("registered", "hold"): ("suspended", "system"),
    ("registered", "arrange"): ("arranged", "arranger"),
    ("arranged", "hold"): ("suspended", "system"),
    ("arranged", "sit"): ("sat", "invigilator"),
    ("arranged", "miss"): ("absent", "invigilator"),
    ("suspended", "release"): ("registered", "system"),
    ("suspended", "take_seat"): ("arranged", "system"),
    ("suspended", "lapse"): ("lapsed", "system"),
    ("suspended", "pass_over"): ("lapsed", "arranger"),
    **{(s, action): (to, "system") for s in ("pending_payment", "closing") for action, to in UNPAID_STEPS.items()},
    **{
        (s, action): (to, "system")
        for s in ("registered", "arranged", "suspended")
        for action, to in PAID_STEPS.items()
    },
}


HOLDING: Allowed = {
    ("held", "refuse"): ("refused", "system"),
    ("held", "release"): ("released", "system"),
    ("held", "withdraw"): ("withdrawn", "system"),
}


def test_each_actor_takes_exactly_the_steps_of_the_table() -> None:
    walk(REGISTRATION, RegistrationState, ACTORS, REGISTERING)


def test_a_hold_is_decided_once_and_by_no_person() -> None:
    walk(HOLD, HoldState, ACTORS, HOLDING)
