"""Anybody does anything at any time, and news travel as they like: in the end everything agrees all the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from chassis.testing import World
from contracts.courses.queries import ListSelections, ListWithdrawals
from contracts.errors import ServiceError
from contracts.finance.queries import ListRemittances
from contracts.registry.queries import ListStatusChanges
from contracts.registry.states import StatusChangeState
from tests.builders.school import OPENED_ON
from tests.sagas import closing
from tests.sagas.conftest import Opened
from tests.sagas.people import OTHER_ACCOUNTANT, OTHER_REGISTRAR
from tests.sagas.school import School
from tests.sagas.stage import Student

STEPS = 40
BROKEN = {"internal_error", "command_in_progress", "validation_failed"}
"""Codes with which nothing that people may try is refused here."""


class Walk:
    """One walk of chance through a school: the same seed is the same walk."""

    def __init__(self, school: School, seed: int) -> None:
        self.school = school
        self.chance = random.Random(seed)
        self.students: list[Student] = [school.student(point) for point in ("east", "east", "west")]
        self.done = 0

    def take_step(self) -> None:
        """Do something, or let news be late, or let what was late arrive."""
        luck = self.chance.random()
        if luck < 0.10:
            lateness = self.chance.random()
            self.school.world.hold(lambda service, envelope: self.chance.random() < lateness)
        elif luck < 0.20:
            self._everything_arrives()
        elif luck < 0.25:
            self.school.world.advance(timedelta(hours=self.chance.choice((1, 30, 24 * 7))))
        else:
            self._do_something()

    def end(self) -> None:
        """Everything arrives, and what is asked again some time later is asked again."""
        self._everything_arrives()
        self.school.world.advance(timedelta(days=1))
        closing.check(self.school.world)

    def _everything_arrives(self) -> None:
        self.school.world.release()
        self.school.world.clock.advance(timedelta(minutes=10))
        self.school.world.settle()

    def _do_something(self) -> None:
        action, *arguments = self.chance.choice(self._ideas())
        try:
            action(*arguments)
            self.done += 1
        except ServiceError as refusal:
            if refusal.code in BROKEN:
                raise
        except (IndexError, ValidationError):
            pass  # there is nothing yet to do it with

    def _ideas(self) -> list[tuple[Callable[..., object], *tuple[object, ...]]]:
        school, student = self.school, self.chance.choice(self.students)
        course = self.chance.choice(("maths", "english", "ethics"))
        return [
            *[(school.selects, student, course)] * 4,
            *[(self._of_selection, school.remits)] * 3,
            *[(self._of_slip, school.finance_approves)] * 4,
            *[(self._of_selection, school.requests_withdrawal)] * 3,
            *[(self._of_withdrawal, school.registrar_approves)] * 3,
            *[(self._of_withdrawal, school.finance_agrees)] * 2,
            (self._of_selection, school.cancels),
            (self._of_slip, school.finance_rejects),
            (self._of_slip, school.point_revokes),
            (self._of_slip, school.finance_books_late),
            (self._of_withdrawal, school.registrar_rejects, OTHER_REGISTRAR),
            (self._of_withdrawal, school.applicant_revokes),
            (self._of_withdrawal, school.finance_disagrees, OTHER_ACCOUNTANT),
            (school.cashier_pays_out,),
            (school.bank_fails,),
            (school.cashier_tries_again,),
            (school.suspends, student),
            (school.resumes, student),
            (school.transfers, student, self.chance.choice(("east", "west"))),
            (self._revokes_a_transfer,),
            *[(school.removes, student)] * (self.chance.random() < 0.2),
            *[(school.publishes_arrangement,)] * (self.chance.random() < 0.2),
        ]

    def _one_of(self, found: tuple[object, ...]) -> UUID:
        return found[self.chance.randrange(len(found))].id if found else [][0]  # type: ignore[attr-defined]

    def _of_selection(self, action: Callable[..., object], *more: object) -> None:
        action(self._one_of(self.school.ask(ListSelections(size=200)).items), *more)

    def _of_slip(self, action: Callable[..., object], *more: object) -> None:
        action(self._one_of(self.school.ask(ListRemittances(size=200)).items), *more)

    def _of_withdrawal(self, action: Callable[..., object], *more: object) -> None:
        action(self._one_of(self.school.ask(ListWithdrawals(size=200)).items), *more)

    def _revokes_a_transfer(self) -> None:
        waiting = ListStatusChanges(state=StatusChangeState.PENDING_CLEARANCE)
        self.school.revokes_transfer(self._one_of(self.school.ask(waiting).items))


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_whatever_people_do_in_whatever_order_news_arrive_everything_agrees(opened: Opened, seed: int) -> None:
    harnesses, site, first_day = opened
    first_day.restore()
    world = World(*harnesses, shuffle=seed)
    world.clock.set(OPENED_ON)
    walk = Walk(School(world, site), seed)
    for _ in range(STEPS):
        walk.take_step()
    walk.end()
