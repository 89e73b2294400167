"""SAM_V frames against the published traces, and against noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.device.domain import statuses
from services.device.domain.frames import PREAMBLE, Answer, Command, answer_frame, command_frame, take_answer
from services.device.domain.statuses import Status
from services.device.notices import NOTICES

answers = st.builds(
    Answer, st.binary(min_size=2, max_size=2), st.integers(0, 255), st.binary(max_size=2400)
)  # fmt: skip


@pytest.mark.parametrize(
    ("command", "frame"),
    [
        (Command.STATUS, "AAAAAA9669000311FFED"),
        (Command.FIND_CARD, "AAAAAA96690003200122"),
        (Command.SELECT_CARD, "AAAAAA96690003200221"),
        (Command.READ_CARD, "AAAAAA96690003300132"),
        (Command.READ_NEWEST_ADDRESS, "AAAAAA96690003300330"),
    ],
)
def test_commands_are_the_published_frames(command: Command, frame: str) -> None:
    assert command_frame(command) == bytes.fromhex(frame)


@pytest.mark.parametrize(
    ("frame", "status", "data"),
    [
        ("AAAAAA9669000400009094", Status.OK, b""),
        ("AAAAAA9669000800009F0000000097", Status.CARD_FOUND, bytes(4)),
        ("AAAAAA9669000400008084", Status.NO_CARD, b""),
        ("AAAAAA9669000C00009000000000000000009C", Status.OK, bytes(8)),
        ("AAAAAA9669000400008185", Status.SELECT_FAILED, b""),
        ("AAAAAA9669000400004145", Status.READ_FAILED, b""),
        ("AAAAAA9669000400003236", Status.READER_REJECTED_CARD, b""),
    ],
)
def test_published_answers_are_understood(frame: str, status: Status, data: bytes) -> None:
    scan = take_answer(bytes.fromhex(frame))

    assert scan.answer == Answer(b"\0\0", status, data)
    assert (scan.damaged, scan.rest) == (False, b"")


@given(answer=answers, noise=st.binary(max_size=40).filter(lambda n: b"\xaa" not in n), later=st.binary(max_size=40))
def test_an_answer_is_found_behind_noise_and_what_follows_is_kept(answer: Answer, noise: bytes, later: bytes) -> None:
    scan = take_answer(noise + answer_frame(answer) + later)

    assert scan.answer == answer
    assert scan.rest == later


@given(answer=answers, cut=st.data())
def test_an_answer_may_come_in_pieces(answer: Answer, cut: st.DataObject) -> None:
    frame = answer_frame(answer)
    at = cut.draw(st.integers(0, len(frame) - 1))

    first = take_answer(frame[:at])

    assert first.answer is None
    assert take_answer(first.rest + frame[at:]).answer == answer


@given(answer=answers, change=st.data())
def test_a_changed_byte_never_passes_as_the_same_answer(answer: Answer, change: st.DataObject) -> None:
    frame = bytearray(answer_frame(answer))
    at = change.draw(st.integers(0, len(frame) - 1))
    frame[at] ^= change.draw(st.integers(1, 255))

    assert take_answer(bytes(frame)).answer != answer


@given(
    st.lists(st.sampled_from([PREAMBLE, b"\xaa", b"\x00\x04", b"\x00\x00\x90", b"\xff\xff"]) | st.binary(max_size=9))
)
def test_noise_is_scanned_to_an_end_and_never_grows(pieces: list[bytes]) -> None:
    received = b"".join(pieces)

    scan = take_answer(received)

    assert len(scan.rest) <= len(received)
    assert scan.answer is not None or take_answer(scan.rest).answer is None


@given(st.integers(0, 255))
def test_every_status_byte_has_a_notice(status: int) -> None:
    assert statuses.notice_for(status) in NOTICES


def test_an_unknown_status_is_told_as_unknown() -> None:
    assert statuses.notice_for(0xEE) == "reader_status_unknown"


def test_nothing_of_a_card_shows_when_an_answer_is_logged() -> None:
    frame = answer_frame(Answer(b"\0\0", Status.OK, b"secret"))

    assert "secret" not in f"{take_answer(frame)!r}{take_answer(frame[:-1])!r}"
