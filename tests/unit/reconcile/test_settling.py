"""A running system differs for moments; only what stays is a disagreement."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from rich.console import Console

from contracts.courses.states import SelectionState
from contracts.exams.states import RegistrationState
from contracts.finance.states import BillStatus
from launcher.reconcile.checking import settle, show
from launcher.reconcile.facts import Facts
from tests.builders.facts import FactsBuilder


def _world(seat: bool = True) -> FactsBuilder:
    world = FactsBuilder()
    paid = BillStatus.PAID
    world.selection(SelectionState.SELECTED, credit=paid, exam=paid, seat=RegistrationState.REGISTERED)
    if not seat:
        world.registrations.clear()
    return world


def _looks(*seen: Facts) -> Callable[[], Facts]:
    looks: Iterator[Facts] = iter(seen)
    last = seen[-1]
    return lambda: next(looks, last)


def test_a_registration_that_comes_a_moment_later_is_no_disagreement() -> None:
    world = _world()
    late = Facts(world.facts().selections, world.facts().bills, (), world.ledger)
    assert settle(_looks(late, late, world.facts()), patience=5, every=0).clean


def test_a_registration_that_does_not_come_is_one() -> None:
    result = settle(_looks(_world(seat=False).facts()), patience=0.05, every=0)
    assert [each.code for each in result.disagreements] == ["registration_count"]


def test_differences_that_take_turns_are_traffic_and_no_disagreement() -> None:
    one, other = _world(seat=False).facts(), _world(seat=False).facts()
    assert settle(_looks(one, other), patience=5, every=0).clean


def test_what_is_printed_names_each_disagreement() -> None:
    facts = _world(seat=False).facts()
    console = Console(record=True, width=200, file=io.StringIO())
    show(settle(_looks(facts), patience=0, every=0), console)
    text = console.export_text()
    assert "1 disagreements" in text
    assert str(facts.selections[0].id) in text
    assert "0 registrations instead of 1" in text
