"""Reading a storage card block by block, whatever it answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.device.events import CardKind
from services.device.domain.contents import CardFailed, build_stream, parse_stream, read_storage_card
from services.device.domain.made_up import MadeUpCards
from services.device.notices import NOTICES
from tests.device.virtual_card import storage_card

CONTENTS = MadeUpCards(5).make(CardKind.RESIDENT)
STREAM = build_stream(CONTENTS)


def test_a_storage_card_is_read_in_six_blocks() -> None:
    asked: list[bytes] = []
    card = storage_card(STREAM)

    contents = read_storage_card(lambda command: (asked.append(command), card(command))[1])

    assert contents == CONTENTS
    assert asked == [bytes([0xFF, 0xB0, block, 0, 0]) for block in range(6)]


def test_a_bank_card_is_told_from_an_identity_card() -> None:
    with pytest.raises(CardFailed, match="not_an_identity_card"):
        read_storage_card(lambda _: b"\x6d\x00")


def test_another_storage_card_is_told_from_an_identity_card() -> None:
    with pytest.raises(CardFailed, match="not_an_identity_card"):
        read_storage_card(storage_card(b"\x04\xa1" * 700))


def test_a_block_that_fails_later_may_be_tried_again() -> None:
    card = storage_card(STREAM)

    with pytest.raises(CardFailed, match="card_unreadable") as failed:
        read_storage_card(lambda command: b"\x63\x00" if command[2] == 3 else card(command))

    assert failed.value.again


@pytest.mark.parametrize("length", [0, 3, 100, 1283, 1285])
def test_a_stream_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(CardFailed):
        parse_stream((STREAM + b"x")[:length])


@given(st.lists(st.binary(max_size=300), max_size=10), st.booleans())
def test_no_card_keeps_the_reader_busy_for_ever_or_breaks_it(answers: list[bytes], begins_well: bool) -> None:
    script = ([STREAM[:256] + b"\x90\x00"] if begins_well else []) + answers
    calls = iter(script)

    with pytest.raises(CardFailed) as failed:
        read_storage_card(lambda _: next(calls, b""))

    assert failed.value.notice in NOTICES


@given(st.integers(0, 255))
def test_a_card_that_always_answers_little_is_given_up(size: int) -> None:
    with pytest.raises(CardFailed):
        read_storage_card(lambda _: STREAM[:size] + b"\x90\x00")
