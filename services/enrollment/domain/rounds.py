"""When an admission round takes forms, from whom and for what (ENR-1, ENR-6)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.base.clock import shown
from chassis.work.reasons import Reason
from contracts.enrollment.states import AdmissionRoundStatus


@dataclass(frozen=True, slots=True)
class Round:
    """An admission round. `points` are those that take part; None: all of them."""

    code: str
    intake: str
    status: str
    opens_at: datetime
    closes_at: datetime
    review_closes_at: datetime
    levels: Collection[str]
    points: Collection[UUID] | None


def against_entering(round_: Round, now: datetime) -> Reason | None:
    """Forms are entered inside the window of a published round."""
    if round_.status == AdmissionRoundStatus.PUBLISHED and round_.opens_at <= now < round_.closes_at:
        return None
    return _closed(round_)


def recruits(round_: Round, teaching_point_id: UUID, now: datetime) -> bool:
    """Whether the point takes forms for the round now."""
    takes_part = round_.points is None or teaching_point_id in round_.points
    return takes_part and against_entering(round_, now) is None


def against_resending(round_: Round, now: datetime) -> Reason | None:
    """Whoever was rejected in time may correct and send again as long as the school decides."""
    return None if round_.opens_at <= now < round_.review_closes_at else _closed(round_)


def _closed(round_: Round) -> Reason:
    opens_at, closes_at = shown(round_.opens_at), shown(round_.closes_at)
    window = {"round_code": round_.code, "opens_at": opens_at, "closes_at": closes_at}
    return Reason("admission_round_closed", window)


def against_point(round_: Round, teaching_point_id: UUID) -> Reason | None:
    """The point takes part in the round."""
    if round_.points is None or teaching_point_id in round_.points:
        return None
    return Reason("point_not_in_round", {"round_code": round_.code})


def against_place(round_: Round, teaching_point_id: UUID, level: str) -> Reason | None:
    """The point takes part in the round, and the round is for the level."""
    if (reason := against_point(round_, teaching_point_id)) is not None:
        return reason
    if level not in round_.levels:
        return Reason("level_not_in_round", {"round_code": round_.code, "level": level})
    return None


def against_reviewing(round_: Round, now: datetime) -> Reason | None:
    """The school decides until the review of the round closes."""
    if now < round_.review_closes_at:
        return None
    return Reason("review_closed", {"round_code": round_.code, "closes_at": shown(round_.review_closes_at)})
