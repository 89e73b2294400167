"""Ethnic groups, programmes, status changes and their workflow."""

from __future__ import annotations

from datetime import date
from itertools import product
from uuid import UUID

import pytest

from chassis.base.context import Context, system_context
from chassis.testing.harness import acting
from chassis.work.reasons import Reason
from contracts.errors import ServiceError
from contracts.registry.states import StatusChangeKind, StatusChangeState
from contracts.types import EnrolmentStatus, Level
from services.registry.domain.ethnicities import ETHNICITIES, ethnicity_code
from services.registry.domain.programmes import Elements, Programme, find_programme
from services.registry.domain.status_changes import (
    against_change,
    last_day_of_suspension,
    leads_to_degree,
    resumes_too_early,
    status_after,
)
from services.registry.domain.workflows import STATUS_CHANGE

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
ELEMENTS = Elements(Level.TOP_UP_BACHELOR, "开放教育", "开放教育", "080901", "2.5")


def test_the_table_of_ethnic_groups_has_all_56_and_the_two_others() -> None:
    assert len(ETHNICITIES) == 58
    assert (ETHNICITIES["01"], ETHNICITIES["46"], ETHNICITIES["56"]) == ("汉", "德昂", "基诺")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("汉族", "01"),
        ("汉", "01"),
        ("01", "01"),
        ("1", "01"),
        ("基诺族", "56"),
        ("其他", "97"),
        ("57", None),
        ("火星族", None),
    ],
)
def test_an_ethnic_group_is_given_by_name_or_code(text: str, code: str | None) -> None:
    assert ethnicity_code(text) == code


def programme(number: int = 1, **other: object) -> Programme:
    fields = {
        "id": UUID(int=number),
        "elements": ELEMENTS,
        "major_name": "计算机科学与技术",
        "status": "published",
        "from_intake": "202503",
        "until_intake": None,
        "teaching_point_ids": frozenset({HERE}),
    }
    return Programme(**{**fields, **other})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ([programme()], 1),
        ([programme(until_intake="202609")], 1),
        ([programme(until_intake="202603"), programme(2, from_intake="202609")], 2),
        ([], None),
        ([programme(), programme(2)], None),
        ([programme(status="draft")], None),
        ([programme(status="retired")], None),
        ([programme(until_intake="202603")], None),
        ([programme(from_intake="202703")], None),
        ([programme(teaching_point_ids=frozenset({ELSEWHERE}))], None),
        ([programme(elements=Elements(Level.BACHELOR, "开放教育", "开放教育", "080901", "2.5"))], None),
    ],
)
def test_exactly_one_published_programme_fits_or_none(known: list[Programme], found: int | None) -> None:
    fitting = find_programme(known, ELEMENTS, "202609", HERE)
    assert (fitting and fitting.id) == (found and UUID(int=found))


POSSIBLE = {
    ("suspend", "active"): "suspended",
    ("resume", "suspended"): "active",
    ("leave_school", "active"): "left",
    ("leave_school", "suspended"): "left",
    ("transfer_teaching_point", "active"): "active",
}


@pytest.mark.parametrize(("kind", "status"), list(product(StatusChangeKind, EnrolmentStatus)))
def test_each_change_is_possible_from_the_statuses_of_the_table_only(
    kind: StatusChangeKind, status: EnrolmentStatus
) -> None:
    if after := POSSIBLE.get((kind, status)):
        assert against_change(kind, status, change_open=False) is None
        assert status_after(kind, status) == after
        assert against_change(kind, status, change_open=True) == Reason("another_change_open")
    else:
        refused = Reason("status_change_not_possible", {"status": status})
        assert against_change(kind, status, change_open=False) == refused


def test_a_suspension_ends_the_day_before_study_goes_on() -> None:
    assert last_day_of_suspension(date(2027, 3, 1)) == date(2027, 2, 28)
    for resumed_on, too_early in ((date(2026, 9, 1), True), (date(2026, 8, 1), True), (date(2026, 9, 2), False)):
        assert resumes_too_early(date(2026, 9, 1), resumed_on) is too_early


def test_only_bachelor_levels_lead_to_a_degree() -> None:
    assert [level for level in Level if leads_to_degree(level)] == [Level.TOP_UP_BACHELOR, Level.BACHELOR]


ACTORS: dict[str, Context] = {
    "system": system_context(),
    "registrar": acting("registry.change_status"),
    "reader": acting("registry.read_status_changes"),
}
STEPS = {
    ("pending_clearance", "approve"): ("system", "approved"),
    ("pending_clearance", "revoke"): ("registrar", "revoked"),
}


@pytest.mark.parametrize(("state", "action", "name"), list(product(StatusChangeState, STATUS_CHANGE.actions, ACTORS)))
def test_each_actor_takes_exactly_the_steps_of_the_table(state: StatusChangeState, action: str, name: str) -> None:
    who, following = STEPS.get((state, action), (None, None))
    row = {"state": state}
    if who == name:
        assert STATUS_CHANGE.allowed(row, action, ACTORS[name]).next == following
    else:
        with pytest.raises(ServiceError, match="forbidden" if who else "step_not_allowed"):
            STATUS_CHANGE.allowed(row, action, ACTORS[name])
