"""Rules of exam registrations (报考): what a paid fee gives, what a hold may do, and where a freed candidate stands.

The registration row decides between sitting and withdrawing; everybody else asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from chassis.base.clock import shown
from chassis.work.reasons import Reason
from contracts.common import ClosingReason
from contracts.exams.states import ExamRoundStatus, RegistrationEnd, RegistrationState
from contracts.types import EnrolmentStatus

S = RegistrationState

UNPAID: Final = (S.PENDING_PAYMENT, S.CLOSING)
PAID: Final = (S.REGISTERED, S.ARRANGED, S.SUSPENDED)
LIVE: Final = (*UNPAID, *PAID)
OVER: Final = (S.SAT, S.ABSENT)
ENDED: Final = (S.CANCELLED, S.LAPSED)


class HoldState(StrEnum):
    """What became of a withdrawal's wish to hold a registration."""

    HELD = "held"
    REFUSED = "refused"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Seating:
    """What a paid exam fee gives. `against` says why there is no seat for it; then the fee goes back."""

    state: RegistrationState
    action: str
    ended_by: RegistrationEnd | None = None
    against: Reason | None = None


def seat(*, status: str, hold: HoldState | None, arranged: bool, is_resit: bool, round_code: str) -> Seating:
    """Where a registration stands once its exam fee is paid.

    `hold` is that of the selection's newest withdrawal, `arranged` says that the round's arrangement is published.
    Eligibility was fixed when the course was selected: paying after registration closed does no harm, paying after
    the arrangement does. The fee of a student who has left goes back by a withdrawal, that of a resit at once.
    """
    if hold is HoldState.WITHDRAWN:
        return Seating(S.CANCELLED, "withdraw", RegistrationEnd.WITHDRAWN)
    if status not in (EnrolmentStatus.ACTIVE, EnrolmentStatus.SUSPENDED):
        gone = Reason("student_not_active", {"status": status}) if is_resit else None
        return Seating(S.CANCELLED, "leave", RegistrationEnd.STUDENT_LEFT, gone)
    if arranged:
        against = Reason("arrangement_published", {"exam_round_code": round_code})
        return Seating(S.LAPSED, "lapse", RegistrationEnd.ARRANGEMENT_PUBLISHED, against)
    if hold is HoldState.HELD or status == EnrolmentStatus.SUSPENDED:
        return Seating(S.SUSPENDED, "hold")
    return Seating(S.REGISTERED, "register")


def against_hold(state: str, *, started: bool) -> Reason | None:
    """Why a registration can't be held any more. `started`: the session has begun."""
    begun = state == S.ARRANGED and started
    return Reason("exam_already_sat") if state in OVER or begun else None


@dataclass(frozen=True, slots=True)
class Freed:
    """Where a registration goes when the last hold on it ends: the workflow's action, and its end if it is one."""

    action: str
    ended_by: RegistrationEnd | None = None


def free(*, still_suspended: bool, round_arranged: bool, has_seat: bool, started: bool) -> Freed | None:
    """What to do with a registration of which a hold has ended; None: it stays held, as the student is suspended.

    Before the arrangement it is registered as before. Afterwards only who had a seat takes it again, and only until
    the session begins: seats are never dealt anew, so for the others it is too late and the fee goes back.
    """
    if still_suspended:
        return Freed("lapse", RegistrationEnd.STUDENT_SUSPENDED) if round_arranged and not has_seat else None
    if not round_arranged:
        return Freed("release")
    if has_seat and not started:
        return Freed("take_seat")
    return Freed("lapse", RegistrationEnd.ARRANGEMENT_PUBLISHED)


CLOSED_BY: Final[dict[str, tuple[str, RegistrationEnd]]] = {
    ClosingReason.CANCELLED: ("close_cancelled", RegistrationEnd.CANCELLED),
    ClosingReason.LAPSED: ("close_lapsed", RegistrationEnd.UNPAID),
    ClosingReason.STUDENT_LEFT: ("close_cancelled", RegistrationEnd.STUDENT_LEFT),
    ClosingReason.STUDENT_SUSPENDED: ("close_cancelled", RegistrationEnd.STUDENT_SUSPENDED),
}
"""Why an unpaid resit is closed → the workflow's action once finance has cancelled the bill, and the recorded end."""


@dataclass(frozen=True, slots=True)
class ResitSituation:
    """What is known of a wished resit. `newest_state` is that of the newest registration of this student's exam of
    the course, ended ones apart; `repeats_newest`: it is the one to be repeated."""

    student_status: str
    course_code: str
    round_code: str
    round_status: str
    opens_at: datetime
    closes_at: datetime
    now: datetime
    course_in_round: bool
    newest_state: str
    newest_in_round: bool
    repeats_newest: bool

    @property
    def round_open(self) -> bool:
        """Whether one can register for the round now."""
        return self.round_status == ExamRoundStatus.PUBLISHED and self.opens_at <= self.now < self.closes_at


def against_resit(resit: ResitSituation) -> list[Reason]:
    """Every reason against a resit: only a missed exam is repeated, once, in an open round that has the course."""
    registered = resit.newest_in_round and resit.newest_state in LIVE
    needed = resit.repeats_newest and resit.newest_state == S.ABSENT
    reasons = {
        "student_not_active": resit.student_status != EnrolmentStatus.ACTIVE,
        "exam_registration_not_open": not resit.round_open,
        "course_not_in_exam_round": not resit.course_in_round,
        "already_registered": registered,
        "resit_not_needed": not needed and not registered,
    }
    evidence = {
        "course_code": resit.course_code,
        "exam_round_code": resit.round_code,
        "opens_at": shown(resit.opens_at),
        "closes_at": shown(resit.closes_at),
        "state": resit.newest_state,
        "status": resit.student_status,
    }
    return [Reason(code, evidence) for code, applies in reasons.items() if applies]
