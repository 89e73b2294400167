"""Rules of exam rounds (考试批次) and their sessions (场次)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.base.clock import shown
from chassis.work.reasons import Reason
from contracts.exams.states import ExamRoundStatus
from services.exams.domain.workflows import EXAM_ROUND


@dataclass(frozen=True, slots=True)
class Session:
    """When exams of a round are sat: from `starts_at` until before `ends_at`."""

    id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: Session) -> bool:
        """Whether somebody can't be in both."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def against_change(code: str, arrangement_published_at: datetime | None) -> Reason | None:
    """Nothing of a round changes once it is told who sits where."""
    if arrangement_published_at is not None:
        return Reason("arrangement_published", {"exam_round_code": code})
    return None


def against_session(session: Session, others: Sequence[Session], closes_at: datetime) -> Reason | None:
    """A session begins after registration has closed and overlaps with no other of its round."""
    if session.starts_at < closes_at:
        return Reason("session_before_close", {"closes_at": shown(closes_at)})
    for other in others:
        if other.id != session.id and session.overlaps(other):
            return Reason("sessions_overlap", {"name": other.name})
    return None


def against_window(sessions: Sequence[Session], closes_at: datetime) -> Reason | None:
    """Moving the window keeps every session after it."""
    if any(session.starts_at < closes_at for session in sessions):
        return Reason("session_before_close", {"closes_at": shown(closes_at)})
    return None


def against_arrangement(status: str, arranged_at: datetime | None, closes_at: datetime, now: datetime) -> Reason | None:
    """An arrangement is published once, of a published round, after registration."""
    if status != ExamRoundStatus.PUBLISHED or arranged_at is not None:
        state = "arrangement_published" if arranged_at is not None else status
        evidence = {"workflow": EXAM_ROUND.name, "state": state, "action": "publish_arrangement"}
        return Reason("step_not_allowed", evidence)
    if now < closes_at:
        return Reason("registration_still_open", {"closes_at": shown(closes_at)})
    return None


def candidates_with_clash(papers: Iterable[tuple[UUID, UUID]]) -> set[UUID]:
    """The students with more than one paper in one session, from (student, session) of each paper."""
    seen = Counter(papers)
    return {student for (student, _), count in seen.items() if count > 1}
