"""People who work the whole time while a system is replaced under them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from contracts.courses.states import SelectionState
from contracts.exams.states import RegistrationState
from contracts.registry.views import StudentView
from launcher.story.cohort import sheet_rows
from launcher.story.school import School
from launcher.story.stage import Stage
from tests.end_to_end.flow import COURSES, Flow, Works
from tests.waiting import eventually

STUDENTS = 3
"""Each round's: one keeps all courses, one gets a course's money back, one is refused that."""
ENOUGH = 300
"""Students of whom rows are made up; more than any run can use."""


class Rounds:
    """Round after round, a few students go all the way from import to refund, until `stop`.

    Requests are repeated as any client repeats them; whatever else goes wrong ends the work, and `stop` raises it.
    """

    def __init__(self, stage: Stage, school: School, password: str) -> None:
        point = school.points[0]
        staff = school.staff
        self._people = [point.registrar, point.cashier, staff.registrar, staff.exams, staff.cashier, staff.refunds]
        self._password = password
        self._flow = Flow(stage, school, point, _side_by_side)
        self._rows: Iterator[dict[str, str]] = iter(sheet_rows(stage, point, ENOUGH))
        self._students: list[StudentView] = []
        self._stopping = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="rounds", daemon=True)
        self.done = 0

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def wait_for(self, more: int, seconds: float = 120) -> None:
        """Wait until so many more rounds are done from beginning to end. Raises what went wrong."""
        wanted = self.done + more + 1  # the one under way began earlier
        eventually(lambda: self.done >= wanted or not self._thread.is_alive(), "rounds of work", seconds)
        self._raise()

    def stop(self) -> None:
        """Finish the round under way; raises what went wrong in any."""
        self._stopping.set()
        self._thread.join()
        self._raise()

    def check(self) -> None:
        """Every student of every round has exactly what came of it, and nothing else."""
        pairs = len(self._students) * COURSES
        selected = Counter({SelectionState.SELECTED: pairs - self.done, SelectionState.WITHDRAWN: self.done})
        self._flow.wait_selections(self._students, selected)
        registered = {RegistrationState.REGISTERED: pairs - self.done, RegistrationState.CANCELLED: self.done}
        self._flow.wait_seats(self._students, Counter(registered))

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._round()
                self.done += 1
        except BaseException as failure:
            self._failure = failure

    def _raise(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _round(self) -> None:
        flow = self._flow
        for person in self._people:  # tokens that live through the round
            person.client.sign_in(person.username, self._password)
        students = flow.bring_in(list(islice(self._rows, STUDENTS)))
        slips = flow.remit(flow.select(students))
        flow.approve(slips, students)
        agreed, rejected = flow.ask_to_withdraw(students[:2])
        flow.agree([agreed, rejected])
        flow.review([agreed], [rejected])
        flow.refund([agreed])
        self._students += students


def _side_by_side(works: Works) -> list[Any]:
    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(lambda work: work(), works))
