"""A running system differs for moments; only what stays is a disagreement."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from rich.console import Console

from contracts.courses.states import SelectionState
from contracts.exams.states import RegistrationState
from contracts.finance.states import BillStatus
from launcher.reconcile.checking import settle, show
from launcher.reconcile.statements import Statements
from tests.builders.statements import FactsBuilder


def _world(seat: bool = True) -> FactsBuilder:
    world = FactsBuilder()
    paid = BillStatus.PAID
    world.selection(SelectionState.SELECTED, credit=paid, exam=paid, seat=RegistrationState.REGISTERED)
    if not seat:
        world.registrations.clear()
    return world


def _looks(*seen: Statements) -> Callable[[], Statements]:
    looks: Iterator[Statements] = iter(seen)
    last = seen[-1]
    return lambda: next(looks, last)


def test_a_registration_that_comes_a_moment_later_is_no_disagreement() -> None:
    world = _world()
    late = Statements(world.statements().selections, world.statements().bills, (), world.ledger)
    assert settle(_looks(late, late, world.statements()), patience=5, every=0).clean


def test_a_registration_that_does_not_come_is_one() -> None:
    result = settle(_looks(_world(seat=False).statements()), patience=0.05, every=0)
    assert [each.code for each in result.disagreements] == ["registration_count"]


def test_differences_that_take_turns_are_traffic_and_no_disagreement() -> None:
    one, other = _world(seat=False).statements(), _world(seat=False).statements()
    assert settle(_looks(one, other), patience=5, every=0).clean


def test_what_is_printed_names_each_disagreement() -> None:
    statements = _world(seat=False).statements()
    console = Console(record=True, width=200, file=io.StringIO())
    show(settle(_looks(statements), patience=0, every=0), console)
    text = console.export_text()
    assert "1 disagreements" in text
    assert str(statements.selections[0].id) in text
    assert "0 registrations instead of 1" in text
