"""Bad input stops at the door: each small type, what it takes and what it refuses."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.types import (
    Code,
    Credits,
    Day,
    Email,
    FewIds,
    Ids,
    Instant,
    IntakeCode,
    MajorCode,
    ManyIds,
    MobileNumber,
    Money,
    Note,
    SchoolingLength,
    ShortText,
    SignedMoney,
    Username,
    Version,
)

GOOD = [
    (Money, "385", Decimal("385.00")),
    (Money, "0.5", Decimal("0.50")),
    (SignedMoney, "-385.00", Decimal("-385.00")),
    (Credits, "4", Decimal("4.0")),
    (Day, "2026-02-28", date(2026, 2, 28)),
    (Instant, "2026-09-01T08:00:00+08:00", datetime(2026, 9, 1, tzinfo=UTC)),
    (ShortText, "  两端空格  ", "两端空格"),
    (Note, "一行\n又一行", "一行\n又一行"),
    (MobileNumber, "13912345678", "13912345678"),
    (MajorCode, "020301K", "020301K"),
    (SchoolingLength, "2.5", "2.5"),
    (IntakeCode, "202609", "202609"),
    (Email, "a.b@mail.example.com", "a.b@mail.example.com"),
    (Version, 3, 3),
]
BAD = [
    *[
        (Money, value)
        for value in (1, 1.5, "-1", "1.234", "1e3", "NaN", "Infinity", "１", "99999999999", "", True, None)
    ],
    *[(SignedMoney, value) for value in (1.5, "1e3", "--1", "+1")],
    *[(Credits, value) for value in ("0.25", "1000", 4, "-1")],
    *[(Day, value) for value in (0, 20260901, "20260901", "2026-02-30", "2026-09-01T00:00:00", "0001-01-01", "")],
    *[
        (Instant, value)
        for value in (0, "1700000000", "2026-09-01", "2026-09-01T08:00:00", "0001-01-01T00:00:00+14:00")
    ],
    *[(ShortText, value) for value in ("", "   ", "\x00", "x" * 61, 5, "\ud800")],
    *[(Note, value) for value in ("", "\x00", "x" * 501)],
    *[(MobileNumber, value) for value in ("1391234567", "23912345678", "139123456789", "13912345678转8")],
    *[(Code, value) for value in ("", "-a", "a/b", "x" * 21, "课程")],
    *[(IntakeCode, value) for value in ("202613", "2026", "199909")],
    *[(SchoolingLength, value) for value in ("1", "8.5", "2.25", 2.5)],
    *[(Username, value) for value in ("ab", "a b c", "张三丰", "x" * 41)],
    *[(Email, value) for value in ("a", "a@b", "a@b@c.de", "a b@c.de")],
    *[(Version, value) for value in ("1", 0, 1.0, True, 3_000_000_000)],
]


@pytest.mark.parametrize(("kind", "value", "meant"), GOOD)
def test_a_good_value_is_taken(kind: Any, value: Any, meant: Any) -> None:
    assert TypeAdapter(kind).validate_python(value) == meant


@pytest.mark.parametrize(("kind", "value"), BAD)
def test_a_bad_value_is_refused(kind: Any, value: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(("kind", "most"), [(FewIds, 50), (Ids, 500), (ManyIds, 5000)])
def test_a_list_of_ids_has_no_doubles_and_an_end(kind: Any, most: int) -> None:
    ids = [str(uuid4()) for _ in range(most + 1)]
    adapter = TypeAdapter(kind)
    assert len(adapter.validate_python(ids[:most])) == most
    for bad in ([], ids, [ids[0], ids[0]], [ids[0], ids[0].upper()], ids[0]):
        with pytest.raises(ValidationError):
            adapter.validate_python(bad)


@given(st.decimals(min_value=0, max_value=Decimal("9999999999.99"), places=2))
def test_money_survives_the_wire_to_the_cent(amount: Decimal) -> None:
    adapter = TypeAdapter(Money)
    assert adapter.validate_python(adapter.dump_python(amount, mode="json")) == amount


@given(st.datetimes(timezones=st.timezones()).filter(lambda moment: 1900 < moment.year < 2190))
def test_an_instant_keeps_its_moment(moment: datetime) -> None:
    adapter = TypeAdapter(Instant)
    taken = adapter.validate_python(moment)
    assert taken == moment.astimezone(UTC)
    assert taken.utcoffset() == UTC.utcoffset(None)
    assert adapter.validate_python(adapter.dump_python(taken, mode="json")) == taken
