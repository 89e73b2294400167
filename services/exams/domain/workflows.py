"""The states of registrations and rounds, and who moves them on."""

from __future__ import annotations

from chassis.work.workflow import SYSTEM, Step, Workflow, acting_under
from contracts.exams.events import RegistrationRefused, ResitsClosing
from contracts.exams.states import ExamRoundStatus, RegistrationState
from services.exams.domain.registrations import HoldState

PENDING_PAYMENT, CLOSING, REGISTERED, ARRANGED, SUSPENDED, SAT, ABSENT, CANCELLED, LAPSED = RegistrationState

POINT = acting_under("exams.register_resits")
ARRANGER = acting_under("exams.publish_arrangement")
INVIGILATOR = acting_under("exams.record_attendance")

REGISTRATION = Workflow(
    "registration",
    PENDING_PAYMENT,
    (
        # A resit until it is paid. Finance decides between paying and cancelling.
        Step(PENDING_PAYMENT, "cancel", POINT, CLOSING, ResitsClosing),
        Step(PENDING_PAYMENT, "close", SYSTEM, CLOSING, ResitsClosing),
        Step(CLOSING, "stand", SYSTEM, PENDING_PAYMENT),
        *(
            step
            for unpaid in (PENDING_PAYMENT, CLOSING)
            for step in (
                Step(unpaid, "close_cancelled", SYSTEM, CANCELLED),
                Step(unpaid, "close_lapsed", SYSTEM, LAPSED),
                Step(unpaid, "register", SYSTEM, REGISTERED),
                Step(unpaid, "hold", SYSTEM, SUSPENDED),
                Step(unpaid, "lapse", SYSTEM, LAPSED, RegistrationRefused),
                Step(unpaid, "leave", SYSTEM, CANCELLED, RegistrationRefused),
            )
        ),
        # Held while a withdrawal is with finance or the student is suspended; freed, or ended by it.
        Step(REGISTERED, "hold", SYSTEM, SUSPENDED),
        Step(ARRANGED, "hold", SYSTEM, SUSPENDED),
        Step(SUSPENDED, "release", SYSTEM, REGISTERED),
        Step(SUSPENDED, "take_seat", SYSTEM, ARRANGED),
        Step(SUSPENDED, "lapse", SYSTEM, LAPSED, RegistrationRefused),
        *(
            step
            for paid in (REGISTERED, ARRANGED, SUSPENDED)
            for step in (
                Step(paid, "withdraw", SYSTEM, CANCELLED),
                Step(paid, "leave", SYSTEM, CANCELLED),
            )
        ),
        # The arrangement fixes who sits; the day itself decides the rest.
        Step(REGISTERED, "arrange", ARRANGER, ARRANGED),
        Step(SUSPENDED, "pass_over", ARRANGER, LAPSED, RegistrationRefused),
        Step(ARRANGED, "sit", INVIGILATOR, SAT),
        Step(ARRANGED, "miss", INVIGILATOR, ABSENT),
    ),
)

# What a withdrawal wants of a registration; finance decides about the withdrawal.
HOLD = Workflow(
    "withdrawal_hold",
    HoldState.HELD,
    (
        Step(HoldState.HELD, "refuse", SYSTEM, HoldState.REFUSED),
        Step(HoldState.HELD, "release", SYSTEM, HoldState.RELEASED),
        Step(HoldState.HELD, "withdraw", SYSTEM, HoldState.WITHDRAWN),
    ),
)

EXAM_ROUND = Workflow(
    "exam_round",
    ExamRoundStatus.DRAFT,
    (Step(ExamRoundStatus.DRAFT, "publish", acting_under("exams.manage_rounds"), ExamRoundStatus.PUBLISHED),),
    column="status",
)
