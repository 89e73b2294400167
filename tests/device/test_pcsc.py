"""The real PC/SC stack: pcscd, a virtual reader, an emulated card, and the agent up to a queue on RabbitMQ."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from smartcard import scard

from contracts.device.events import CardKind, CardRead
from services.device.domain.contents import build_stream
from services.device.domain.made_up import MadeUpCards
from services.device.drivers import pcsc as pcsc_module
from services.device.drivers.base import CardContents, CardFound, CardRemoved, ReaderGone, ReaderReady, Trouble
from services.device.drivers.pcsc import PcscDriver, PcscOptions
from services.device.settings import ReaderSettings
from tests.device.broker import Broker
from tests.device.conftest import Notices, make_settings, running
from tests.device.pcsc_stack import READER, PcscStack
from tests.device.virtual_card import storage_card
from tests.device.watching import Watched, watching
from tests.waiting import eventually

pytestmark = pytest.mark.xdist_group("pcsc")

SLOT, SECOND_SLOT = f"{READER} 00 00", f"{READER} 00 01"
CARD = MadeUpCards(31).make(CardKind.RESIDENT)
OPTIONS = PcscOptions(readers=("00 00",), retry_seconds=0.1)


@pytest.fixture
def watched(pcsc: PcscStack) -> Iterator[Watched]:
    with watching(PcscDriver(OPTIONS)) as watched:
        assert watched.next() == ReaderReady(SLOT)
        yield watched


def test_a_card_is_read_when_it_comes_and_missed_when_it_goes(pcsc: PcscStack, watched: Watched) -> None:
    pcsc.insert(storage_card(build_stream(CARD)))

    assert watched.next() == CardFound(SLOT)
    assert watched.next() == CardContents(SLOT, CARD)
    pcsc.remove()
    assert watched.next() == CardRemoved(SLOT)


def test_a_card_that_lay_there_before_is_read(pcsc: PcscStack) -> None:
    pcsc.insert(storage_card(build_stream(CARD)))

    with watching(PcscDriver(OPTIONS)) as watched:
        assert watched.until(CardContents).contents == CARD


def test_a_card_that_stays_is_read_once(pcsc: PcscStack, watched: Watched) -> None:
    commands: list[bytes] = []
    card = storage_card(build_stream(CARD))
    pcsc.insert(lambda command: (commands.append(command), card(command))[1])
    watched.until(CardContents)

    pcsc.remove()

    assert watched.next() == CardRemoved(SLOT)
    assert len(commands) == 6


def test_cards_on_two_readers_are_told_apart(pcsc: PcscStack) -> None:
    other = MadeUpCards(33).make(CardKind.HONG_KONG_MACAO_TAIWAN_PERMIT)
    with watching(PcscDriver(PcscOptions(retry_seconds=0.1))) as watched:
        assert {watched.next(), watched.next()} == {ReaderReady(SLOT), ReaderReady(SECOND_SLOT)}
        pcsc.insert(storage_card(build_stream(CARD)))
        pcsc.second_slot.insert(storage_card(build_stream(other)))
        read = [watched.until(CardContents), watched.until(CardContents)]
        assert {signal.reader: signal.contents for signal in read} == {SLOT: CARD, SECOND_SLOT: other}
        pcsc.second_slot.remove()
        assert watched.until(CardRemoved) == CardRemoved(SECOND_SLOT)


def test_a_card_pulled_out_half_way_is_told_and_the_next_is_read(pcsc: PcscStack, watched: Watched) -> None:
    card = storage_card(build_stream(CARD))

    def pulled_at_block_three(command: bytes) -> bytes:
        if command[2] == 3:
            pcsc.slot.pull.set()
        return card(command)

    pcsc.insert(pulled_at_block_three)
    assert watched.until(Trouble) == Trouble("card_removed_too_soon", SLOT)
    pcsc.remove()
    assert watched.until(CardRemoved)

    pcsc.insert(card)
    assert watched.until(CardContents).contents == CARD


def test_an_unreadable_card_is_given_up_after_three_tries(pcsc: PcscStack, watched: Watched) -> None:
    card = storage_card(build_stream(CARD))
    failures: list[bytes] = []

    def scratched(command: bytes) -> bytes:
        if command[2] == 2:
            failures.append(command)
            return b"\x63\x00"
        return card(command)

    pcsc.insert(scratched)

    assert watched.until(Trouble) == Trouble("card_unreadable", SLOT)
    assert len(failures) == 3


def test_a_wrong_card_is_told(pcsc: PcscStack, watched: Watched) -> None:
    pcsc.insert(lambda _: b"\x6a\x82")

    assert watched.until(Trouble) == Trouble("not_an_identity_card", SLOT)


def test_a_reader_unplugged_and_back_goes_on(pcsc: PcscStack, watched: Watched) -> None:
    pcsc.stop()
    assert watched.next() == ReaderGone(SLOT)
    assert watched.next() == Trouble("pcsc_service_away")
    pcsc.start(with_reader=False)
    assert watched.next() == Trouble("no_reader")
    pcsc.stop()
    pcsc.start()
    assert watched.until(ReaderReady) == ReaderReady(SLOT)

    pcsc.insert(storage_card(build_stream(CARD)))
    assert watched.until(CardContents).contents == CARD


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_service_that_restarts_while_a_card_lies_there_goes_on(
    pcsc: PcscStack, watched: Watched, how: signal.Signals
) -> None:
    pcsc.insert(storage_card(build_stream(CARD)))
    watched.until(CardContents)

    pcsc.stop(how)
    assert watched.next() == CardRemoved(SLOT)
    assert watched.next() == ReaderGone(SLOT)
    assert watched.next() == Trouble("pcsc_service_away")
    pcsc.start()
    assert watched.next() == ReaderReady(SLOT)

    pcsc.remove()
    pcsc.insert(storage_card(build_stream(CARD)))
    assert watched.until(CardContents).contents == CARD


@pytest.mark.parametrize("kind", CardKind)
def test_every_kind_of_card_reaches_a_queue_on_the_broker(
    pcsc: PcscStack, broker: Broker, say: Notices, tmp_path: Path, kind: CardKind
) -> None:
    contents = MadeUpCards(32).make(kind)
    settings = make_settings(
        tmp_path / "state", broker, readers=(ReaderSettings(driver="pcsc", options=OPTIONS.model_dump()),)
    )
    with running(settings, say):
        say.wait_for("reader_ready")
        pcsc.insert(storage_card(build_stream(contents)))
        say.wait_for("reading_delivered")

    (message,) = broker.take()
    event = message.event()
    assert isinstance(event, CardRead)
    assert (event.reader, event.card.kind, event.portrait) == (SLOT, kind, contents.portrait)
    assert event.card.problems == ()


def test_a_card_of_an_unknown_kind_is_told_and_not_sent(
    pcsc: PcscStack, broker: Broker, say: Notices, tmp_path: Path
) -> None:
    stream = bytearray(build_stream(CARD))
    stream[4 + 248 : 4 + 250] = "Z".encode("utf-16-le")
    settings = make_settings(
        tmp_path / "state", broker, readers=(ReaderSettings(driver="pcsc", options=OPTIONS.model_dump()),)
    )
    with running(settings, say):
        say.wait_for("reader_ready")
        pcsc.insert(storage_card(bytes(stream)))
        say.wait_for("card_kind_unknown")
        pcsc.remove()
        pcsc.insert(storage_card(build_stream(CARD)))
        say.wait_for("reading_delivered")

    assert len(broker.take()) == 1


class _ScriptedPcsc:
    """Stands in for the PC/SC library where the virtual reader can't play the part."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names = ["A"]
        self.connect_code = scard.SCARD_S_SUCCESS
        self.establish_code = scard.SCARD_S_SUCCESS
        self.state = scard.SCARD_STATE_EMPTY
        ok = scard.SCARD_S_SUCCESS
        for name, function in {
            "SCardEstablishContext": lambda _: (self.establish_code, 1),
            "SCardReleaseContext": lambda _: ok,
            "SCardListReaders": lambda *_: (ok, self.names) if self.names else (scard.SCARD_E_NO_READERS_AVAILABLE, []),
            "SCardGetStatusChange": self._changes,
            "SCardConnect": lambda *_: (self.connect_code, 1, 1),
            "SCardTransmit": lambda _card, _protocol, command: (
                ok,
                list(storage_card(build_stream(CARD))(bytes(command))),
            ),
            "SCardDisconnect": lambda *_: ok,
        }.items():
            monkeypatch.setattr(pcsc_module.scard, name, function)

    def _changes(
        self, _context: int, _wait: int, known: list[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int, list[int]]]]:
        changed = [
            (name, self.state | (scard.SCARD_STATE_CHANGED if self.state != state else 0), []) for name, state in known
        ]
        return scard.SCARD_S_SUCCESS, changed


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> _ScriptedPcsc:
    return _ScriptedPcsc(monkeypatch)


def test_one_reader_may_vanish_while_another_stays(scripted: _ScriptedPcsc) -> None:
    scripted.names = ["A", "B"]
    with watching(PcscDriver(PcscOptions())) as watched:
        assert {watched.next(), watched.next()} == {ReaderReady("A"), ReaderReady("B")}
        scripted.names = ["B"]
        assert watched.next() == ReaderGone("A")
        scripted.names = ["A", "B"]
        assert watched.next() == ReaderReady("A")


def test_a_card_exchanged_between_two_looks_is_read_again(scripted: _ScriptedPcsc) -> None:
    scripted.state = scard.SCARD_STATE_PRESENT | 1 << 16
    with watching(PcscDriver(PcscOptions())) as watched:
        watched.until(CardContents)
        scripted.state = scard.SCARD_STATE_PRESENT | 3 << 16
        assert watched.next() == CardRemoved("A")
        assert watched.next() == CardFound("A")
        assert isinstance(watched.next(), CardContents)


def test_another_program_using_the_card_does_not_read_it_again(scripted: _ScriptedPcsc) -> None:
    scripted.state = scard.SCARD_STATE_PRESENT | 1 << 16
    with watching(PcscDriver(PcscOptions())) as watched:
        watched.until(CardContents)
        scripted.state |= scard.SCARD_STATE_INUSE
        scripted.names = []
        assert watched.next() == CardRemoved("A")
        assert watched.next() == ReaderGone("A")


@pytest.mark.parametrize(
    ("code", "notice"),
    [
        (scard.SCARD_E_SHARING_VIOLATION, "reader_busy"),
        (scard.SCARD_W_REMOVED_CARD, "card_removed_too_soon"),
        (scard.SCARD_W_UNRESPONSIVE_CARD, "card_unreadable"),
        (scard.SCARD_E_PROTO_MISMATCH, "card_unreadable"),
    ],
)
def test_a_connection_that_fails_is_told_as_what_it_is(scripted: _ScriptedPcsc, code: int, notice: str) -> None:
    scripted.connect_code = code
    scripted.state = scard.SCARD_STATE_PRESENT | 1 << 16
    with watching(PcscDriver(PcscOptions())) as watched:
        assert watched.until(Trouble) == Trouble(notice, "A")


def test_missing_rights_are_told_apart_from_a_stopped_service(scripted: _ScriptedPcsc) -> None:
    scripted.establish_code = scard.SCARD_W_SECURITY_VIOLATION
    with watching(PcscDriver(PcscOptions(retry_seconds=0.01))) as watched:
        assert watched.next() == Trouble("pcsc_access_denied")
        scripted.establish_code = scard.SCARD_E_NO_SERVICE
        assert watched.next() == Trouble("pcsc_service_away")
        scripted.establish_code = scard.SCARD_S_SUCCESS
        assert watched.next() == ReaderReady("A")


def test_the_stack_takes_a_card_again_and_again(pcsc: PcscStack, watched: Watched) -> None:
    for _ in range(3):
        pcsc.insert(storage_card(build_stream(CARD)))
        watched.until(CardContents)
        pcsc.remove()
        watched.until(CardRemoved)
    eventually(watched.nothing, "all signals taken")
