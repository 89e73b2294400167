"""What the school sets: in range, from an instant on, for a reason, by one of those who try at once, for ever kept."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field
from sqlalchemy import insert, select, text
from sqlalchemy.exc import ProgrammingError

from chassis.base.context import Context, system_context
from chassis.base.ids import new_id
from chassis.data.tables import service_metadata
from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness, acting
from chassis.work.school_settings import setting, shared_rows
from contracts.common import ListAuditEntries, of_service
from contracts.errors import FieldError
from contracts.settings import (
    ChangeSetting,
    ListSettingChanges,
    ListSettings,
    RevokeSettingChange,
    Setting,
    SettingUnit,
    SettingView,
)
from contracts.types import Money, ShortText
from tests.harnesses import HarnessOf
from tests.racing import codes, race

BAG_SIZE = Setting("bag_size", Annotated[int, Field(strict=True, ge=1, le=100)], default=30)
REMINDER = Setting("reminder", Annotated[int, Field(strict=True, ge=0, le=30)], default=7, unit=SettingUnit.DAYS)
DEPOSIT = Setting("deposit", Money, default=Decimal("0.00"))
MOTTO = Setting("motto", ShortText, default="学而不厌", shared=True)
ELSEWHERE = Setting("elsewhere", ShortText, default="别处")


class Office(Service):
    name = "office"
    metadata = service_metadata("office")
    settings: ClassVar[tuple[Setting[Any], ...]] = (BAG_SIZE, REMINDER, DEPOSIT, MOTTO)


@pytest.fixture
def office(built_of: HarnessOf) -> ServiceHarness:
    return built_of(Office)


@pytest.fixture
def clerk() -> Context:
    return acting(name="考务甲")


def change(name: str, value: Any, version: int = 1, **fields: Any) -> ChangeSetting:
    command = of_service("office", ChangeSetting)
    return command(name=name, value=value, version=version, **{"reason": "标准袋改为 25 份", **fields})


def shown(office: ServiceHarness, name: str = "bag_size") -> SettingView:
    listed = office.ask(of_service("office", ListSettings)(), acting()).items
    return next(each for each in listed if each.name == name)


def holds(office: ServiceHarness, declared: Setting[Any], who: Context | None = None) -> Any:
    return office.database.run(who or acting(), lambda uow: setting(uow, declared))


def test_the_default_holds_until_somebody_enters_a_value(office: ServiceHarness, clerk: Context) -> None:
    assert holds(office, BAG_SIZE) == 30
    first = shown(office)
    assert (first.value, first.default, first.effective_from, first.version) == (30, 30, None, 1)
    assert (first.value_schema["minimum"], first.value_schema["maximum"]) == (1, 100)
    assert shown(office, "reminder").unit is SettingUnit.DAYS
    changed = office.run(change("bag_size", 25), clerk)
    assert (changed.value, changed.effective_from, changed.version) == (25, office.clock.now(), 2)
    assert holds(office, BAG_SIZE) == 25


def test_a_value_is_of_its_type_when_it_is_read(office: ServiceHarness, clerk: Context) -> None:
    office.run(change("deposit", "12.50"), clerk)
    office.run(change("motto", "  诲人 不倦 "), clerk)
    assert holds(office, DEPOSIT) == Decimal("12.50")
    assert holds(office, MOTTO) == "诲人 不倦", "cleaned by its kind"


WRONG = [
    ("bag_size", 0, "number_too_small"),
    ("bag_size", 101, "number_too_large"),
    ("bag_size", "25", "field_wrong_type"),
    ("bag_size", 2.5, "field_wrong_type"),
    ("bag_size", None, "field_wrong_type"),
    ("bag_size", [25], "field_wrong_type"),
    ("deposit", 12.5, "field_wrong_type"),
    ("deposit", "-1", "number_too_small"),
    ("motto", "", "field_too_short"),
    ("motto", "长" * 61, "field_too_long"),
]


@pytest.mark.parametrize(("name", "value", "code"), WRONG)
def test_what_is_out_of_range_is_refused_at_its_field(
    office: ServiceHarness, clerk: Context, name: str, value: Any, code: str
) -> None:
    refused = office.refusal(change(name, value), clerk)
    assert refused.code == "validation_failed"
    assert [(error.path, error.code) for error in refused.errors] == [("value", code)]
    assert shown(office, name).version == 1


def test_a_setting_that_the_service_does_not_have_is_not_found(office: ServiceHarness, clerk: Context) -> None:
    assert office.refusal(change("grace_days", 5), clerk).code == "not_found"


def test_whoever_saw_an_older_version_is_refused(office: ServiceHarness, clerk: Context) -> None:
    office.run(change("bag_size", 25), clerk)
    for version in (1, 3):
        assert office.refusal(change("bag_size", 20, version), clerk).code == "stale_version"
    assert office.run(change("bag_size", 20, 2), clerk).version == 3
    assert shown(office, "reminder").version == 1, "each is counted by itself"


def test_of_several_who_change_a_setting_at_once_one_wins(office: ServiceHarness) -> None:
    values = range(10, 16)
    outcomes = race(*(lambda value=value: office.run(change("bag_size", value), acting()) for value in values))  # type: ignore[misc]
    assert sorted(codes(outcomes)) == ["done", *["stale_version"] * 5]
    winner = next(each for each in outcomes if isinstance(each, SettingView))
    assert (shown(office).value, shown(office).version) == (winner.value, 2)


# --- from an instant on ---


def planned(office: ServiceHarness, clerk: Context, days: int = 7, version: int = 1, value: int = 25) -> SettingView:
    later = office.clock.now() + timedelta(days=days)
    view: SettingView = office.run(change("bag_size", value, version, effective_from=later), clerk)
    return view


def test_a_planned_value_is_seen_before_and_holds_from_its_instant_on(office: ServiceHarness, clerk: Context) -> None:
    view = planned(office, clerk)
    assert (view.value, [each.value for each in view.planned], view.version) == (30, [25], 2)
    office.clock.advance(timedelta(days=7) - timedelta(microseconds=1))
    assert (holds(office, BAG_SIZE), shown(office).value) == (30, 30)
    office.clock.advance(timedelta(microseconds=1))
    assert (holds(office, BAG_SIZE), shown(office).value, shown(office).planned) == (25, 25, ())


def test_what_is_entered_meanwhile_holds_until_the_planned_value_does(office: ServiceHarness, clerk: Context) -> None:
    planned(office, clerk, days=7, value=25)
    planned(office, clerk, days=3, version=2, value=40)
    office.run(change("bag_size", 35, 3), clerk)
    assert [each.value for each in shown(office).planned] == [40, 25], "the next first"
    held = []
    for _ in range(3):
        held.append(holds(office, BAG_SIZE))
        office.clock.advance(timedelta(days=4))
    assert held == [35, 40, 25]


def test_of_two_values_from_the_same_instant_the_one_entered_last_holds(office: ServiceHarness, clerk: Context) -> None:
    office.run(change("bag_size", 25), clerk)
    office.run(change("bag_size", 20, 2), clerk)
    assert holds(office, BAG_SIZE) == 20


def test_nothing_is_set_for_the_past(office: ServiceHarness, clerk: Context) -> None:
    past = office.clock.now() - timedelta(seconds=1)
    refused = office.refusal(change("bag_size", 25, effective_from=past), clerk)
    assert refused.errors == (FieldError("effective_from", "instant_past"),)


def revoke(view: SettingView, **fields: Any) -> RevokeSettingChange:
    values = {"change_id": view.planned[0].id, "version": view.version, "reason": "延期", **fields}
    return of_service("office", RevokeSettingChange)(**values)


def test_a_planned_value_can_be_taken_back_before_it_holds(office: ServiceHarness, clerk: Context) -> None:
    view = planned(office, clerk)
    taken_back = office.run(revoke(view), clerk)
    assert (taken_back.planned, taken_back.version) == ((), 3)
    office.clock.advance(timedelta(days=30))
    assert holds(office, BAG_SIZE) == 30
    assert office.refusal(revoke(view, version=3), clerk).code == "not_found", "it is taken back already"


def test_what_holds_already_is_not_taken_back(office: ServiceHarness, clerk: Context) -> None:
    view = planned(office, clerk)
    assert office.refusal(revoke(view, version=1), clerk).code == "stale_version"
    assert office.refusal(revoke(view, change_id=new_id()), clerk).code == "not_found"
    office.clock.advance(timedelta(days=7))
    assert office.refusal(revoke(view), clerk).code == "setting_in_effect"
    assert holds(office, BAG_SIZE) == 25


def test_either_a_change_is_revoked_or_another_one_is_entered(office: ServiceHarness, clerk: Context) -> None:
    view = planned(office, clerk)
    outcomes = race(lambda: office.run(revoke(view), acting()), lambda: office.run(change("bag_size", 20, 2), acting()))
    assert sorted(codes(outcomes)) == ["done", "stale_version"]


# --- what is kept ---


def test_the_history_tells_every_value_who_entered_it_and_why(office: ServiceHarness, clerk: Context) -> None:
    office.run(change("bag_size", 25), clerk)
    view = planned(office, clerk, version=2, value=20)
    office.clock.advance(timedelta(hours=1))
    office.run(revoke(view), acting(name="考务乙"))
    office.run(change("motto", "诲人不倦"), clerk)
    history = of_service("office", ListSettingChanges)
    newest, *_ = office.ask(history(), acting()).items
    assert newest.name == "motto"
    last, first = office.ask(history(name="bag_size", sort="-effective_from"), acting()).items
    assert (first.value, first.reason, first.entered_by, first.entered_by_name, first.revoked_at) == (
        25,
        "标准袋改为 25 份",
        clerk.actor.user_id,
        "考务甲",
        None,
    )
    assert (last.value, last.revoked_by_name, last.revoked_reason, last.revoked_at) == (
        20,
        "考务乙",
        "延期",
        office.clock.now(),
    )


def test_the_audit_trail_tells_what_was_changed(office: ServiceHarness, clerk: Context) -> None:
    view = planned(office, clerk)
    office.run(revoke(view), clerk)
    entries = office.ask(of_service("office", ListAuditEntries)(object_type="school_settings", sort="at"), acting())
    entered, revoked = sorted(entries.items, key=lambda each: each.action, reverse=True)
    assert (entered.action, entered.before) == ("set", {"value": 30})
    assert entered.after is not None
    assert (entered.after["name"], entered.after["value"], entered.after["reason"]) == (
        "bag_size",
        25,
        "标准袋改为 25 份",
    )
    assert (revoked.action, revoked.object_id, revoked.after) == ("revoke", view.planned[0].id, {"reason": "延期"})


def test_others_are_told_of_what_is_shared_and_of_nothing_else(office: ServiceHarness, clerk: Context) -> None:
    office.run(change("bag_size", 25), clerk)
    office.run(change("motto", "诲人不倦"), clerk)
    ids = [row.id for row in office.rows(select(office.table("school_settings").c.id))]
    told = office.database.run(system_context(), lambda uow: shared_rows(uow, ids))
    assert [row.name for row in told] == ["motto"]


@pytest.mark.parametrize("kind", ["school", "system"])
def test_what_was_entered_is_changed_and_erased_by_nobody(office: ServiceHarness, clerk: Context, kind: str) -> None:
    office.run(change("bag_size", 25), clerk)
    for statement in ("UPDATE school_settings SET value = '1'", "DELETE FROM school_settings"):
        with pytest.raises(Exception, match="not_found"):
            office.database.run(acting(scope=kind), lambda uow, statement=statement: uow.execute(text(statement)))
    assert holds(office, BAG_SIZE) == 25


@pytest.mark.parametrize("kind", ["point", "course", "student"])
def test_everybodys_commands_read_them_and_only_the_schools_change_them(
    office: ServiceHarness, clerk: Context, kind: str
) -> None:
    office.run(change("bag_size", 25), clerk)
    somebody = acting(scope=kind)
    assert holds(office, BAG_SIZE, somebody) == 25
    assert office.refusal(change("bag_size", 20, 2), somebody).code == "not_found"
    assert shown(office).version == 2


def test_a_setting_of_nobody_is_a_mistake_of_the_program(office: ServiceHarness) -> None:
    with pytest.raises(ProgrammingError, match="shared_settings"):
        holds(office, ELSEWHERE)


def test_a_revocation_has_no_value_and_a_value_revokes_nothing(office: ServiceHarness) -> None:
    row = {"id": new_id(), "name": "bag_size", "revision": 2, "effective_from": office.clock.now(), "reason": "无"}
    with office.owner_connection() as connection, pytest.raises(Exception, match="ck_school_settings_value"):
        connection.execute(
            insert(office.table("school_settings")).values(**row, entered_by_name="x", entered_at=office.clock.now())
        )


NO_SETTINGS = {
    "a default out of range": lambda: Setting("x", Annotated[int, Field(ge=1)], default=0),
    "one that can be empty": lambda: Setting("x", int | None, default=1),
}


@pytest.mark.parametrize("made", NO_SETTINGS.values(), ids=NO_SETTINGS)
def test_a_declaration_that_makes_no_sense_is_refused_where_it_stands(made: Any) -> None:
    with pytest.raises((TypeError, Exception), match=r"validation_failed|can be empty"):
        made()
