"""The rules of registrations, case by case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.work.reasons import Reason
from contracts.exams.states import RegistrationEnd, RegistrationState
from contracts.types import EnrolmentStatus
from services.exams.domain.registrations import (
    ENDED,
    LIVE,
    OVER,
    HoldState,
    ResitSituation,
    against_hold,
    against_resit,
    free,
    seat,
)

NOW, DAY = datetime(2026, 11, 1, tzinfo=UTC), timedelta(days=1)
S, E = RegistrationState, RegistrationEnd
HELD, RELEASED, WITHDRAWN, REFUSED = HoldState.HELD, HoldState.RELEASED, HoldState.WITHDRAWN, HoldState.REFUSED


@pytest.mark.parametrize(
    ("status", "hold", "arranged", "is_resit", "state", "ended_by", "against"),
    [
        ("active", None, False, False, S.REGISTERED, None, None),
        ("active", RELEASED, False, False, S.REGISTERED, None, None),
        ("active", REFUSED, False, False, S.REGISTERED, None, None),
        ("active", HELD, False, False, S.SUSPENDED, None, None),
        ("active", WITHDRAWN, False, False, S.CANCELLED, E.WITHDRAWN, None),
        ("active", None, True, False, S.LAPSED, E.ARRANGEMENT_PUBLISHED, "arrangement_published"),
        ("active", HELD, True, False, S.LAPSED, E.ARRANGEMENT_PUBLISHED, "arrangement_published"),
        ("suspended", None, False, False, S.SUSPENDED, None, None),
        ("suspended", None, True, False, S.LAPSED, E.ARRANGEMENT_PUBLISHED, "arrangement_published"),
        ("left", None, False, False, S.CANCELLED, E.STUDENT_LEFT, None),
        ("left", None, True, True, S.CANCELLED, E.STUDENT_LEFT, "student_not_active"),
        ("expired", None, False, True, S.CANCELLED, E.STUDENT_LEFT, "student_not_active"),
    ],
)
def test_a_paid_fee_gives_what_status_hold_and_arrangement_allow(
    status: str,
    hold: HoldState | None,
    arranged: bool,
    is_resit: bool,
    state: RegistrationState,
    ended_by: RegistrationEnd | None,
    against: str | None,
) -> None:
    seating = seat(status=status, hold=hold, arranged=arranged, is_resit=is_resit, round_code="KS202701")
    assert (seating.state, seating.ended_by) == (state, ended_by)
    assert (seating.against.code if seating.against else None) == against


@given(st.sampled_from(EnrolmentStatus), st.sampled_from([None, *HoldState]), st.booleans(), st.booleans())
def test_nobody_is_registered_into_a_published_arrangement_and_every_end_has_its_reason(
    status: EnrolmentStatus, hold: HoldState | None, arranged: bool, is_resit: bool
) -> None:
    seating = seat(status=status, hold=hold, arranged=arranged, is_resit=is_resit, round_code="KS202701")
    if arranged or status not in ("active", "suspended"):
        assert seating.state in ENDED
    assert (seating.ended_by is not None) == (seating.state in ENDED)


@pytest.mark.parametrize("state", RegistrationState)
@pytest.mark.parametrize("started", [False, True])
def test_a_hold_is_refused_only_once_the_exam_has_begun_or_is_over(state: RegistrationState, started: bool) -> None:
    refused = state in OVER or (state == S.ARRANGED and started)
    assert against_hold(state, started=started) == (Reason("exam_already_sat") if refused else None)


@pytest.mark.parametrize(
    ("still_suspended", "round_arranged", "has_seat", "started", "action", "ended_by"),
    [
        (False, False, False, False, "release", None),
        (False, True, False, False, "lapse", E.ARRANGEMENT_PUBLISHED),
        (False, True, True, False, "take_seat", None),
        (False, True, True, True, "lapse", E.ARRANGEMENT_PUBLISHED),
        (True, False, False, False, None, None),
        (True, True, True, False, None, None),
        (True, True, False, False, "lapse", E.STUDENT_SUSPENDED),
    ],
)
def test_a_freed_candidate_goes_back_where_a_seat_still_waits(
    still_suspended: bool,
    round_arranged: bool,
    has_seat: bool,
    started: bool,
    action: str | None,
    ended_by: RegistrationEnd | None,
) -> None:
    freed = free(still_suspended=still_suspended, round_arranged=round_arranged, has_seat=has_seat, started=started)
    assert (freed and freed.action, freed and freed.ended_by) == (action, ended_by)


def situation(**other: object) -> ResitSituation:
    good = {
        "student_status": "active",
        "course_code": "50397",
        "round_code": "KS202701",
        "round_status": "published",
        "opens_at": NOW - DAY,
        "closes_at": NOW + DAY,
        "now": NOW,
        "course_in_round": True,
        "newest_state": "absent",
        "newest_in_round": False,
        "repeats_newest": True,
    }
    return ResitSituation(**{**good, **other})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "refusals"),
    [
        ({}, []),
        ({"newest_in_round": True}, []),
        ({"student_status": "suspended"}, ["student_not_active"]),
        ({"round_status": "draft"}, ["exam_registration_not_open"]),
        ({"now": NOW - 2 * DAY}, ["exam_registration_not_open"]),
        ({"closes_at": NOW}, ["exam_registration_not_open"]),
        ({"course_in_round": False}, ["course_not_in_exam_round"]),
        ({"newest_state": "sat"}, ["resit_not_needed"]),
        ({"newest_state": "registered", "repeats_newest": False}, ["resit_not_needed"]),
        ({"repeats_newest": False}, ["resit_not_needed"]),
        *[
            ({"newest_state": state, "newest_in_round": True, "repeats_newest": False}, ["already_registered"])
            for state in LIVE
        ],
        (
            {"student_status": "left", "round_status": "draft", "course_in_round": False, "newest_state": "sat"},
            ["student_not_active", "exam_registration_not_open", "course_not_in_exam_round", "resit_not_needed"],
        ),
    ],
)
def test_a_resit_comes_back_with_every_reason_against_it(other: dict[str, object], refusals: list[str]) -> None:
    reasons = against_resit(situation(**other))
    assert [reason.code for reason in reasons] == refusals
    assert all(reason.params["exam_round_code"] == "KS202701" for reason in reasons)
