"""Anybody does anything at any time, and news travel as they like: in the end everything agrees all the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from chassis.testing.world import World
from contracts.base import PageQuery
from contracts.courses.queries import ListSelections, ListWithdrawals
from contracts.errors import ServiceError
from contracts.finance.queries import ListRemittances
from contracts.registry.queries import ListStatusChanges
from tests.builders.school import OPENED_ON
from tests.sagas import closing
from tests.sagas.conftest import Opened
from tests.sagas.school import School
from tests.sagas.stage import Student

STEPS = 40
TRIES = 4
"""Ideas that people have before they give up: most of what can be tried is not possible at the moment."""
BROKEN = {"internal_error", "command_in_progress", "validation_failed"}
"""Codes with which nothing that people may try is refused here."""


class Walk:
    """One walk of chance through a school: the same seed is the same walk."""

    def __init__(self, school: School, seed: int) -> None:
        self.school = school
        self.chance = random.Random(seed)
        self.students: list[Student] = [school.student(point) for point in ("east", "east", "west")]
        self.form, admitted = school.enters_and_admits()
        self.students.append(admitted)
        self.done = 0

    def take_step(self) -> None:
        """Do something, or let news be late, or let what was late arrive."""
        luck = self.chance.random()
        if luck < 0.06:
            lateness = self.chance.random()
            self.school.world.hold(lambda service, envelope: self.chance.random() < lateness)
        elif luck < 0.14:
            self._everything_arrives()
        elif luck < 0.17:
            self._everything_arrives()  # what is late for a day is given up, and left to people
            self.school.world.advance(timedelta(hours=self.chance.choice((1, 20, 24 * 4))))
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
        for _ in range(TRIES):
            action, *arguments = self.chance.choice(self._ideas())
            try:
                action(*arguments)
            except ServiceError as refusal:
                if refusal.code in BROKEN:
                    raise
            except (IndexError, ValidationError):
                pass  # there is nothing to do it with
            else:
                self.done += 1
                return

    def _ideas(self) -> list[tuple[Callable[..., object], *tuple[object, ...]]]:
        school, student = self.school, self.chance.choice(self.students)
        course = self.chance.choice(("maths", "english", "ethics"))
        rare = self.chance.random() < 0.15
        return [
            *[(school.selects, student, course)] * 5,
            *[(self._of_selection, school.remits, "pending_payment")] * 5,
            *[(self._of_slip, school.finance_approves, "pending")] * 5,
            *[(self._of_selection, school.requests_withdrawal, "selected")] * 4,
            *[(self._of_withdrawal, school.registrar_approves, "pending_academic")] * 4,
            *[(self._of_withdrawal, school.finance_agrees, "pending_finance")] * 2,
            *[(school.cashier_pays_out,)] * 2,
            (self._of_selection, school.cancels, "pending_payment"),
            (self._of_slip, school.finance_rejects, "pending"),
            (self._of_slip, school.point_revokes, "pending"),
            (self._of_slip, school.finance_books_late, self.chance.choice(("rejected", "revoked"))),
            (self._of_withdrawal, school.registrar_rejects, "pending_academic"),
            (self._of_withdrawal, school.applicant_revokes, "pending_academic"),
            (self._of_withdrawal, school.finance_disagrees, "pending_finance"),
            (school.bank_fails,),
            (school.cashier_tries_again,),
            (school.transfers, student, self.chance.choice(("east", "west"))),
            (school.asks_for_transfer, student, self.chance.choice(("east", "west"))),
            *[(self._of_change, school.second_person_approves, "first_review_passed")] * 2,
            (self._of_change, school.second_person_rejects, "first_review_passed"),
            (self._of_change, school.revokes_change, self.chance.choice(("first_review_passed", "pending_clearance"))),
            (school.resumes, student),
            *[(school.suspends, student)] * rare,
            *[(school.removes, student)] * rare,
            *[(school.cancels_admission, self.form)] * rare,
            *[(school.publishes_arrangement,)] * rare,
        ]

    def _of(self, query: type[PageQuery], action: Callable[..., object], state: str) -> None:
        """Take an action with something that is in the right state for it, and sometimes with anything."""
        filters = {"state": state} if self.chance.random() < 0.85 else {}
        found = self.school.ask(query(size=200, **filters)).items
        action(found[self.chance.randrange(max(1, len(found)))].id)

    def _of_selection(self, action: Callable[..., object], state: str) -> None:
        self._of(ListSelections, action, state)

    def _of_slip(self, action: Callable[..., object], state: str) -> None:
        self._of(ListRemittances, action, state)

    def _of_withdrawal(self, action: Callable[..., object], state: str) -> None:
        self._of(ListWithdrawals, action, state)

    def _of_change(self, action: Callable[..., object], state: str) -> None:
        self._of(ListStatusChanges, action, state)


@settings(
    max_examples=3,
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
    assert walk.done > STEPS / 4, "nothing much happened"
