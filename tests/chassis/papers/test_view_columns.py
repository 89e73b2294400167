"""Columns of a list: called as the words say, filled as people read."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.base.ids import new_id
from chassis.papers.view_columns import cell_text, rows_of, view_columns
from contracts.base import View
from contracts.common import Refusal
from contracts.types import Gender, Instant, Money


class SeatView(View):
    id: UUID
    student_name: str
    gender: Gender
    amount: Money
    version: int
    learning_open: bool
    birth_on: date | None
    selected_at: Instant
    refusal: Refusal | None
    kind: str
    bills: tuple[Refusal, ...] = ()


SEAT = SeatView(
    id=new_id(),
    student_name="李一",
    gender=Gender.FEMALE,
    amount=Decimal("12.50"),
    version=3,
    learning_open=True,
    birth_on=None,
    selected_at=datetime(2026, 9, 1, tzinfo=UTC),
    refusal=Refusal.of("not_found", "zh"),
    kind="x",
)
FIELDS = ("student_name", "gender", "amount", "version", "learning_open", "birth_on", "selected_at", "refusal")


def test_codes_become_words_and_all_else_stays_what_it_is() -> None:
    columns = view_columns(SeatView, FIELDS, "zh")
    assert [column.title for column in columns][:3] == ["姓名", "性别", "金额"]
    [row] = rows_of(columns, [SEAT])
    assert row[:7] == ["李一", "女", Decimal("12.50"), 3, "是", None, datetime(2026, 9, 1, tzinfo=UTC)]
    assert row[7] == Refusal.of("not_found", "zh").message


def test_titles_and_words_follow_the_language_and_columns_are_as_wide_as_their_titles() -> None:
    columns = view_columns(SeatView, ("gender", "learning_open"), "en")
    assert rows_of(columns, [SEAT]) == [["Female", "Yes"]]
    assert all(column.width > len(column.title) for column in columns)


def test_columns_are_in_the_order_asked() -> None:
    assert [c.field for c in view_columns(SeatView, ("version", "gender"), "zh")] == ["version", "gender"]


@pytest.mark.parametrize("field", ["id", "bills"])
def test_what_no_cell_can_hold_is_refused_where_it_is_declared(field: str) -> None:
    with pytest.raises((TypeError, KeyError)):
        view_columns(SeatView, (field,), "zh")


def test_a_value_of_a_filter_is_told_by_its_word() -> None:
    assert cell_text(SeatView, "gender", Gender.MALE, "zh") == "男"
    assert cell_text(SeatView, "learning_open", False, "en") == "No"
    assert cell_text(SeatView, "student_name", "李", "zh") == "李"
