"""Standards never overlap, rules are one a line, and what bills were made by stays."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from chassis.testing.harness import ServiceHarness
from contracts.finance.commands import (
    CreateFeeStandard,
    CreateRefundRule,
    DeleteFeeStandard,
    DeleteRefundRule,
    EndFeeStandard,
)
from contracts.finance.events import FeeStandardState
from contracts.finance.queries import ListFeeStandards, ListRefundRules
from contracts.finance.views import FeeStandardView
from contracts.types import EducationLevel, FeeKind
from services.finance.service import Finance
from tests.builders import finance as build
from tests.racing import codes, race


@pytest.fixture
def finance(harness_of: Callable[..., ServiceHarness]) -> ServiceHarness:
    return harness_of(Finance)


def standard(
    valid_from: date = date(2026, 1, 1), valid_until: date | None = None, **fields: object
) -> CreateFeeStandard:
    values = {
        "education_level": EducationLevel.UNDERGRADUATE,
        "kind": FeeKind.CREDIT,
        "amount": Decimal("100.00"),
        "valid_from": valid_from,
        "valid_until": valid_until,
    }
    return CreateFeeStandard.model_validate({**values, **fields})


def test_two_standards_may_follow_each_other_but_not_share_a_day(finance: ServiceHarness) -> None:
    finance.run(standard(valid_until=date(2026, 8, 31)), build.STANDARDS)
    shared_day = standard(date(2026, 8, 31))
    assert finance.refusal(shared_day, build.STANDARDS).code == "fee_standards_overlap"
    finance.run(standard(date(2026, 9, 1)), build.STANDARDS)


def test_a_narrower_standard_may_stand_beside_a_general_one(finance: ServiceHarness) -> None:
    finance.run(standard(), build.STANDARDS)
    finance.run(standard(student_type="开放教育"), build.STANDARDS)
    finance.run(standard(student_source="开放教育"), build.STANDARDS)
    assert finance.refusal(standard(student_type="开放教育"), build.STANDARDS).code == "fee_standards_overlap"


def test_of_two_people_setting_the_same_standard_at_once_one_wins(finance: ServiceHarness) -> None:
    outcomes = codes(race(*[lambda: finance.run(standard(), build.STANDARDS)] * 4))
    assert sorted(outcomes) == ["done"] + ["fee_standards_overlap"] * 3


def test_ending_a_standard_makes_room_for_the_next(finance: ServiceHarness) -> None:
    made: FeeStandardView = finance.run(standard(), build.STANDARDS)
    too_early = EndFeeStandard(fee_standard_id=made.id, version=1, valid_until=date(2025, 12, 31))
    assert finance.refusal(too_early, build.STANDARDS).errors[0].code == "window_reversed"
    finance.run(EndFeeStandard(fee_standard_id=made.id, version=1, valid_until=date(2026, 8, 31)), build.STANDARDS)
    finance.run(standard(date(2026, 9, 1)), build.STANDARDS)
    longer = EndFeeStandard(fee_standard_id=made.id, version=2, valid_until=date(2026, 9, 30))
    assert finance.refusal(longer, build.STANDARDS).code == "fee_standards_overlap"
    assert finance.ask(ListFeeStandards(on=date(2026, 9, 1)), build.STANDARDS).total == 1


def test_a_deleted_standard_is_told_as_a_tombstone_and_its_days_are_free(finance: ServiceHarness) -> None:
    made: FeeStandardView = finance.run(standard(), build.STANDARDS)
    finance.run(DeleteFeeStandard(fee_standard_id=made.id, version=1), build.STANDARDS)
    *_, last = finance.published(FeeStandardState)
    assert [(item.id, item.deleted, item.version) for item in last.items] == [(made.id, True, 2)]
    finance.run(standard(), build.STANDARDS)
    again = DeleteFeeStandard(fee_standard_id=made.id, version=2)
    assert finance.refusal(again, build.STANDARDS).code == "not_found"


def test_a_standard_with_bills_cannot_be_deleted(finance: ServiceHarness) -> None:
    build.standards(finance)
    build.select_for(finance, build.student(finance))
    wanted = ListFeeStandards(education_level=EducationLevel.UNDERGRADUATE, kind=FeeKind.CREDIT)
    (used,) = finance.ask(wanted, build.STANDARDS).items
    command = DeleteFeeStandard(fee_standard_id=used.id, version=used.version)
    assert finance.refusal(command, build.STANDARDS).code == "still_in_use"


def test_rules_are_unique_by_kind_and_days_also_without_days(finance: ServiceHarness) -> None:
    for days in (30, None):
        rule = CreateRefundRule(kind=FeeKind.CREDIT, within_days=days, percent=50)
        made = finance.run(rule, build.STANDARDS)
        assert finance.refusal(rule, build.STANDARDS).code == "refund_rule_exists"
    stale = DeleteRefundRule(refund_rule_id=made.id, version=made.version + 1)
    assert finance.refusal(stale, build.STANDARDS).code == "stale_version"
    finance.run(DeleteRefundRule(refund_rule_id=made.id, version=made.version), build.STANDARDS)
    assert finance.ask(ListRefundRules(), build.STANDARDS).total == 1
