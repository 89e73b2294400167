"""What a template is given: texts, as people read them, and what each is called."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from chassis.documents.telling import texts_in, told, words_of
from contracts.base import Contract
from contracts.types import Gender
from tests.chassis.documents.office import CertificateData, ListData, list_data


class Everything(Contract):
    gender: Gender
    birth_on: date
    issued_at: datetime
    amount: Decimal
    count: int
    dry_run: bool
    note: str | None
    bills: tuple[CertificateData, ...]


def test_each_field_is_told_as_people_read_it() -> None:
    data = Everything(
        gender=Gender.MALE,
        birth_on=date(2000, 1, 2),
        issued_at=datetime(2026, 8, 31, 17, tzinfo=UTC),
        amount=Decimal("1234567.50"),
        count=1200,
        dry_run=True,
        note=None,
        bills=(CertificateData(student_name="李明", gender=Gender.FEMALE),),
    )
    assert told(data) == {
        "gender": "男",
        "birth_on": "2000-01-02",
        "issued_at": "2026-09-01 01:00",
        "amount": "1,234,567.50",
        "count": "1200",
        "dry_run": "是",
        "note": "",
        "bills": [{"student_name": "李明", "gender": "女"}],
    }


def test_fields_and_those_within_them_have_their_words() -> None:
    assert words_of(ListData) == {
        "payer_name": "付款人",
        "bills": "缴费单",
        "bills.number": "编号",
        "bills.amount": "金额",
    }


def test_a_field_that_nobody_named_fails() -> None:
    class Odd(Contract):
        nobody_named_this: str

    with pytest.raises(KeyError, match=r"Odd\.nobody_named_this"):
        words_of(Odd)


def test_every_text_is_found_however_deep_it_stands() -> None:
    assert list(texts_in(told(list_data(1)))) == ["某某公司", "JF000000", "1,385.50"]
