"""Few threads do steps at once, and nobody who is at one for long keeps the others out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from chassis.running.hands import Hands

NEVER, AT_ONCE = 3600.0, 0.0


@pytest.fixture
def stopping() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@contextmanager
def in_a_place(hands: Hands, stopping: threading.Event, *, at_a_step: bool) -> Iterator[None]:
    """Somebody else has a place."""
    there, may_go = threading.Event(), threading.Event()

    def stay() -> None:
        with hands.place(stopping):
            if at_a_step:
                hands.begin()
            there.set()
            may_go.wait(20)

    thread = threading.Thread(target=stay)
    thread.start()
    assert there.wait(20)
    try:
        yield
    finally:
        may_go.set()
        thread.join(20)


def waits(hands: Hands, stopping: threading.Event) -> threading.Thread:
    def stay() -> None:
        with hands.place(stopping):
            pass

    thread = threading.Thread(target=stay)
    thread.start()
    return thread


@pytest.mark.parametrize(("at_a_step", "patience"), [(False, AT_ONCE), (True, NEVER)], ids=["looks", "is quick"])
def test_who_looks_for_a_step_or_has_just_begun_one_has_the_place_alone(
    stopping: threading.Event, at_a_step: bool, patience: float
) -> None:
    hands = Hands(1, patience)
    with in_a_place(hands, stopping, at_a_step=at_a_step):
        other = waits(hands, stopping)
        other.join(0.05)
        assert other.is_alive()
    other.join(20)
    assert not other.is_alive()


def test_who_is_at_a_step_for_long_lets_another_in(stopping: threading.Event) -> None:
    hands = Hands(1, AT_ONCE)
    with in_a_place(hands, stopping, at_a_step=True):
        other = waits(hands, stopping)
        other.join(20)
        assert not other.is_alive()


def test_nobody_waits_any_more_when_all_are_to_stop(stopping: threading.Event) -> None:
    hands = Hands(1, NEVER)
    with in_a_place(hands, stopping, at_a_step=True):
        other = waits(hands, stopping)
        stopping.set()
        other.join(20)
        assert not other.is_alive()
