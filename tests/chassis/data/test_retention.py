"""Rows are let go when their time is over, some at a time, and counted; what is not over stays."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated, Any

import pytest
from pydantic import Field
from sqlalchemy import Column, String, Table, insert, select

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.data import retention
from chassis.data.columns import id_column, instant
from chassis.data.retention import kept_for, let_go, retentions
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness
from contracts.settings import Setting, SettingUnit
from tests.erased import let_go_of
from tests.harnesses import HarnessOf

metadata = service_metadata("porter")
visits = Table("visits", metadata, id_column(), Column("state", String(9)), instant("left_at"))
scope(visits)
kept_for(visits, timedelta(days=3), since="left_at", only=visits.c.state == "over")
cards = Table(
    "cards", metadata, id_column(), Column("name", String(9)), Column("number", String(9)), instant("read_at")
)
scope(cards)
kept_for(cards, timedelta(minutes=15), since="read_at", blank=("name", "number"))
KEPT = Setting("letters_kept_days", Annotated[int, Field(strict=True, ge=1, le=30)], default=7, unit=SettingUnit.DAYS)
letters = Table("letters", metadata, id_column(), instant("read_at"))
scope(letters)
kept_for(letters, KEPT, since="read_at")


class Porter(Service):
    name = "porter"
    metadata = metadata


@pytest.fixture
def porter(built_of: HarnessOf) -> ServiceHarness:
    return built_of(Porter)


def put(porter: ServiceHarness, table: Table, ago: timedelta, times: int = 1, **values: Any) -> None:
    at = porter.clock.now() - ago
    [column] = {"left_at", "read_at"} & set(table.c.keys())
    rows = [{"id": new_id(), column: at, **values} for _ in range(times)]
    porter.database.run(system_context(), lambda uow: uow.execute(insert(table), rows))


def run(porter: ServiceHarness) -> int:
    return porter.database.run(system_context(), let_go)


def test_what_has_outlived_its_time_goes_and_the_rest_stays(porter: ServiceHarness) -> None:
    put(porter, visits, timedelta(days=3, seconds=1), 2, state="over")
    put(porter, visits, timedelta(days=2, hours=23), state="over")
    put(porter, visits, timedelta(days=30), state="there")
    assert run(porter) == 2
    assert run(porter) == 0
    assert sorted(row.state for row in porter.rows(select(visits.c.state))) == ["over", "there"]
    assert let_go_of(porter) == [("visits", False, 2)]


def test_rows_can_stay_without_what_they_told(porter: ServiceHarness) -> None:
    put(porter, cards, timedelta(minutes=16), name="张三", number="1")
    put(porter, cards, timedelta(minutes=16), name=None, number="2")
    put(porter, cards, timedelta(minutes=14), name="李四", number="3")
    assert run(porter) == 2
    assert run(porter) == 0, "what is blank already is not blanked again"
    left = porter.rows(select(cards.c.name, cards.c.number).order_by(cards.c.number.nulls_first()))
    assert [tuple(row) for row in left] == [(None, None), (None, None), ("李四", "3")]
    assert let_go_of(porter) == [("cards", True, 2)]


def test_many_go_some_at_a_time_and_are_counted_together_by_the_day(
    porter: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 4)
    put(porter, visits, timedelta(days=9), 10, state="over")
    assert [run(porter) for _ in range(4)] == [4, 4, 2, 0]
    assert let_go_of(porter) == [("visits", False, 10)]
    put(porter, visits, timedelta(days=9), state="over")
    porter.clock.advance(timedelta(days=1))
    assert run(porter) == 1
    assert let_go_of(porter) == [("visits", False, 1), ("visits", False, 10)]


def test_the_school_may_set_how_long(porter: ServiceHarness) -> None:
    put(porter, letters, timedelta(days=8), 2)
    put(porter, letters, timedelta(days=6))
    assert run(porter) == 2
    days = {KEPT: 5}
    assert porter.database.run(system_context(), partial(let_go, days=lambda uow, period: days[period])) == 1


def test_a_row_that_somebody_works_with_is_left_for_the_next_time(porter: ServiceHarness) -> None:
    put(porter, visits, timedelta(days=9), 2, state="over")
    [held, _] = porter.rows(select(visits))
    with porter.database.unit_of_work(system_context()) as uow:
        uow.one(select(visits).where(visits.c.id == held.id).with_for_update())
        assert run(porter) == 1
    assert run(porter) == 1


def test_a_column_that_is_not_there_is_refused_at_once() -> None:
    with pytest.raises(KeyError):
        kept_for(visits, timedelta(days=1), since="gone_at")
    assert len(retentions(visits)) == 1
