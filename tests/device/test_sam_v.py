"""A SAM_V reader on a serial line: everything that can happen at the counter."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from contracts.device.events import CardKind
from services.device.domain.frames import Command
from services.device.domain.made_up import MadeUpCards
from services.device.domain.statuses import Status
from services.device.drivers.base import CardContents, CardFound, ReaderGone, ReaderReady, Trouble
from services.device.drivers.sam_v import SamVDriver, SamVOptions
from services.device.notices import NOTICES
from tests.device.sam_v_reader import SamVReader, answer
from tests.device.watching import Watched, watching
from tests.waiting import eventually

CARD = MadeUpCards(21).make(CardKind.RESIDENT)
OTHER = MadeUpCards(22).make(CardKind.HONG_KONG_MACAO_TAIWAN_PERMIT)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[SamVReader]:
    reader = SamVReader(tmp_path / "reader")
    yield reader
    reader.unplug()


@pytest.fixture
def watched(reader: SamVReader) -> Iterator[Watched]:
    with watching(driver(reader.port)) as watched:
        assert watched.next() == ReaderReady(str(reader.port))
        yield watched


def driver(port: Path) -> SamVDriver:
    return SamVDriver(
        SamVOptions(port=str(port), poll_seconds=0.02, answer_seconds=0.3, read_seconds=0.6, retry_seconds=0.1)
    )


def polls(reader: SamVReader, times: int = 3) -> None:
    """Wait until the driver has looked for a card that often more."""
    before = reader.asked.count(Command.FIND_CARD)
    eventually(lambda: reader.asked.count(Command.FIND_CARD) >= before + times, "the driver polls")


def test_a_card_is_read(reader: SamVReader, watched: Watched) -> None:
    reader.insert(CARD)

    assert watched.next() == CardFound(str(reader.port))
    assert watched.next() == CardContents(str(reader.port), CARD)
    assert Command.SELECT_CARD in reader.asked


def test_a_card_that_stays_is_read_once_and_the_next_one_too(reader: SamVReader, watched: Watched) -> None:
    reader.insert(CARD)
    watched.until(CardContents)
    polls(reader)
    assert watched.nothing()

    reader.remove()
    polls(reader)
    reader.insert(OTHER)

    assert watched.until(CardContents).contents == OTHER


def test_a_reader_that_finds_the_same_card_again_and_again_reads_it_once(reader: SamVReader, watched: Watched) -> None:
    reader.insert(CARD)
    watched.until(CardContents)
    reader.next_answers[Command.FIND_CARD] = [answer(Status.CARD_FOUND, bytes(4))] * 5
    polls(reader, 6)

    assert watched.nothing()


def test_the_address_written_after_a_move_comes_along(reader: SamVReader, watched: Watched) -> None:
    moved = replace(CARD, newest_address="样本市新路9号".ljust(35).encode("utf-16-le"))
    reader.insert(moved)

    assert watched.until(CardContents).contents == moved


def test_a_reader_that_cannot_tell_the_newest_address_spoils_nothing(reader: SamVReader, watched: Watched) -> None:
    reader.next_answers[Command.READ_NEWEST_ADDRESS] = [b""]
    reader.insert(CARD)

    assert watched.until(CardContents).contents == CARD


@pytest.mark.parametrize(
    ("status", "notice"),
    [
        (Status.WRONG_CARD, "not_an_identity_card"),
        (Status.READER_REJECTED_CARD, "card_rejected"),
        (Status.CARD_REJECTED_READER, "card_rejected"),
    ],
)
def test_a_card_that_will_never_be_read_is_told_at_once(
    reader: SamVReader, watched: Watched, status: Status, notice: str
) -> None:
    reader.next_answers[Command.READ_CARD] = [answer(status)]
    reader.insert(CARD)

    assert watched.until(Trouble) == Trouble(notice, str(reader.port))
    # It lies there still, and is not complained about again and again; the next card is read.
    polls(reader)
    assert watched.nothing()
    reader.remove()
    polls(reader)
    reader.insert(OTHER)
    assert watched.until(CardContents).contents == OTHER


def test_an_unknown_status_is_told_with_its_value(reader: SamVReader, watched: Watched) -> None:
    reader.next_answers[Command.READ_CARD] = [answer(0xEE)]
    reader.insert(CARD)

    assert watched.until(Trouble) == Trouble("reader_status_unknown", str(reader.port), "EE")


def test_a_read_that_fails_once_is_tried_again(reader: SamVReader, watched: Watched) -> None:
    reader.next_answers[Command.READ_CARD] = [answer(Status.READ_FAILED)]
    reader.insert(CARD)

    assert watched.until(CardContents).contents == CARD


def test_an_unreadable_card_is_given_up(reader: SamVReader, watched: Watched) -> None:
    reader.next_answers[Command.READ_CARD] = [answer(Status.READ_FAILED)] * 3
    reader.insert(CARD)

    assert watched.until(Trouble) == Trouble("card_unreadable", str(reader.port))


def test_a_card_pulled_out_half_way_is_told_as_that(reader: SamVReader, watched: Watched) -> None:
    reader.next_answers[Command.READ_CARD] = [answer(Status.READ_FAILED)]
    reader.next_answers[Command.FIND_CARD] = [answer(Status.CARD_FOUND, bytes(4)), answer(Status.NO_CARD)]
    reader.insert(CARD)

    assert watched.until(Trouble) == Trouble("card_removed_too_soon", str(reader.port))


@pytest.mark.parametrize(
    "damage", [b"\x00\xff" * 20, answer(Status.OK)[:-1] + b"\x00", answer(Status.FRAME_CHECKSUM_WRONG)]
)
def test_a_disturbed_line_is_asked_again(reader: SamVReader, watched: Watched, damage: bytes) -> None:
    reader.next_answers[Command.SELECT_CARD] = [damage]
    reader.insert(CARD)

    assert watched.until(CardContents).contents == CARD


def test_noise_before_an_answer_does_no_harm(reader: SamVReader, watched: Watched) -> None:
    reader.next_answers[Command.SELECT_CARD] = [b"\xaa\xaa\xaa\x00noise" + answer(Status.OK, bytes(8))]
    reader.insert(CARD)

    assert watched.until(CardContents).contents == CARD


def test_a_reader_unplugged_and_back_goes_on(reader: SamVReader, watched: Watched) -> None:
    reader.unplug()

    assert watched.next() == ReaderGone(str(reader.port))
    assert watched.next() == Trouble("serial_port_unavailable", str(reader.port))

    reader.plug_in()
    assert watched.next() == ReaderReady(str(reader.port))
    reader.insert(CARD)
    assert watched.until(CardContents).contents == CARD


def test_a_reader_that_hangs_is_told_and_used_again_when_it_answers(reader: SamVReader, watched: Watched) -> None:
    reader.next_answers[Command.READ_CARD] = [b""]
    reader.insert(CARD)

    assert watched.until(ReaderGone)
    assert watched.next() == Trouble("reader_not_answering", str(reader.port))
    assert watched.until(CardContents).contents == CARD


@pytest.mark.parametrize(
    ("status", "notice"),
    [
        (Status.SELF_TEST_FAILED, "reader_self_test_failed"),
        (Status.NOT_AUTHORISED, "reader_not_authorised"),
    ],
)
def test_a_sick_module_is_told_once(tmp_path: Path, status: Status, notice: str) -> None:
    reader = SamVReader(tmp_path / "reader")
    reader.module_status = status
    with watching(driver(reader.port)) as watched:
        assert watched.next() == Trouble(notice, str(reader.port))
        eventually(lambda: reader.asked.count(Command.STATUS) >= 3, "tried again")
        assert watched.nothing()
        reader.module_status = Status.OK
        assert watched.next() == ReaderReady(str(reader.port))
    reader.unplug()


def test_a_port_that_is_not_there_is_waited_for(tmp_path: Path) -> None:
    port = tmp_path / "reader"
    with watching(driver(port)) as watched:
        assert watched.next() == Trouble("serial_port_unavailable", str(port))
        reader = SamVReader(port)
        assert watched.next() == ReaderReady(str(port))
    reader.unplug()


def test_a_port_that_another_program_uses_is_left_to_it(reader: SamVReader, watched: Watched) -> None:
    with watching(driver(reader.port)) as second:
        assert second.next() == Trouble("serial_port_unavailable", str(reader.port))
    reader.insert(CARD)

    assert watched.until(CardContents).contents == CARD


def test_the_port_is_opened_at_the_wire_speed_and_writing_to_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[object, ...]] = []

    def refuse(*arguments: object, write_timeout: float, **_: object) -> None:
        opened.append(arguments)
        assert write_timeout > 0
        raise OSError

    monkeypatch.setattr("serial.serial_for_url", refuse)
    with watching(SamVDriver(SamVOptions(port="COM3", baud_rate=57600))) as watched:
        watched.until(Trouble)

    assert opened[0] == ("COM3", 57600)


pieces = st.one_of(
    st.binary(max_size=40),
    st.builds(answer, st.integers(0, 255), st.binary(max_size=60)),
    st.builds(answer, st.just(Status.OK), st.binary(min_size=1284, max_size=1284)),
)


class _FuzzedLine:
    """A serial line on which anything may come."""

    def __init__(self, script: list[bytes], at_end: threading.Event) -> None:
        self._script = iter(script)
        self._waiting = b""
        self._at_end = at_end

    def __enter__(self) -> "_FuzzedLine":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    @property
    def in_waiting(self) -> int:
        return len(self._waiting)

    def reset_input_buffer(self) -> None:
        self._waiting = b""

    def write(self, _: bytes) -> None:
        try:
            self._waiting = next(self._script)
        except StopIteration:
            self._at_end.set()

    def read(self, count: int) -> bytes:
        piece, self._waiting = self._waiting[:count], self._waiting[count:]
        return piece


@hypothesis_settings(deadline=2000)
@given(st.lists(pieces, max_size=30))
def test_nothing_on_the_line_breaks_the_driver_or_keeps_it_waiting(script: list[bytes]) -> None:
    stop = threading.Event()
    line = _FuzzedLine([answer(Status.OK), answer(Status.CARD_FOUND), *script], at_end=stop)
    options = SamVOptions(
        port="fuzz", poll_seconds=0.0001, answer_seconds=0.001, read_seconds=0.001, retry_seconds=0.0001
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("serial.serial_for_url", lambda *_, **__: line)
        for signal in SamVDriver(options).watch(stop):
            if isinstance(signal, Trouble):
                assert signal.notice in NOTICES
