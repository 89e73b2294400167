"""When a round takes forms, from whom, and until when the school decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from contracts.types import Level
from services.enrollment.domain.rounds import Round, against_entering, against_place, against_reviewing, recruits

OPENS = datetime(2026, 9, 1, tzinfo=UTC)
CLOSES, REVIEWED = OPENS + timedelta(days=10), OPENS + timedelta(days=20)
MOMENT = timedelta(microseconds=1)
HERE, ELSEWHERE = UUID(int=1), UUID(int=2)


def made(**changes: object) -> Round:
    fields = {
        "code": "ZS202609",
        "intake": "202609",
        "status": "published",
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "review_closes_at": REVIEWED,
        "levels": {Level.BACHELOR},
        "points": None,
        **changes,
    }
    return Round(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "taken"), [(OPENS - MOMENT, False), (OPENS, True), (CLOSES - MOMENT, True), (CLOSES, False)]
)
def test_forms_come_from_the_first_moment_until_before_the_last(now: datetime, taken: bool) -> None:
    assert (against_entering(made(), now) is None) == taken


def test_a_draft_takes_none() -> None:
    reason = against_entering(made(status="draft"), OPENS)
    assert reason is not None
    assert reason.code == "admission_round_closed"


@pytest.mark.parametrize(("now", "decided"), [(REVIEWED - MOMENT, True), (REVIEWED, False)])
def test_the_school_decides_until_before_the_deadline(now: datetime, decided: bool) -> None:
    assert (against_reviewing(made(), now) is None) == decided


@pytest.mark.parametrize(
    ("points", "point", "level", "code"),
    [
        (None, HERE, Level.BACHELOR, None),
        ({HERE}, HERE, Level.BACHELOR, None),
        ({HERE}, ELSEWHERE, Level.BACHELOR, "point_not_in_round"),
        (None, HERE, Level.JUNIOR_COLLEGE, "level_not_in_round"),
    ],
)
def test_points_and_levels_take_part_or_not(
    points: set[UUID] | None, point: UUID, level: Level, code: str | None
) -> None:
    reason = against_place(made(points=points), point, level)
    assert (reason and reason.code) == code


@pytest.mark.parametrize(
    ("points", "now", "does"),
    [(None, OPENS, True), ({HERE}, OPENS, True), ({ELSEWHERE}, OPENS, False), (None, CLOSES, False)],
)
def test_who_takes_part_recruits_while_forms_come(points: set[UUID] | None, now: datetime, does: bool) -> None:
    assert recruits(made(points=points), HERE, now) is does
