"""One service's database goes back to a backup while the others stay: what heals by itself, and what is listed.

The steps are those of docs/operations.md, "Repairing".
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from rich.console import Console

from contracts.courses.queries import ListSelections
from contracts.registry.commands import SuspendStudent
from contracts.registry.queries import GetStudent
from contracts.registry.views import StudentView
from launcher import copies
from launcher.reconcile.checking import lasting, reconcile
from launcher.reconcile.copies import compare_copies
from launcher.reconcile.disagreement import Disagreement
from launcher.story.cohort import sheet_rows
from launcher.story.people import administrator
from launcher.story.school import School, set_up
from launcher.story.stage import Stage
from launcher.system import System
from tests.end_to_end.flow import Flow, Works
from tests.restore import backup
from tests.whole_system import NO_LIMITS

pytestmark = [pytest.mark.xdist_group("restore"), pytest.mark.timeout(420)]

PASSWORD = "made-up-horse-42"


@dataclass
class Place:
    """A running system with people who work on it, and backups."""

    system: System
    admin_url: str
    folder: Path
    stage: Stage
    school: School
    flow: Flow
    rows: Iterator[dict[str, str]]
    known: set[tuple[str, str, UUID | None]] = field(default_factory=set)
    """Disagreements that an earlier restore left."""

    def work(self, students: int = 2) -> list[StudentView]:
        """Students are imported, select, pay and have their exams: all must go as always."""
        point, staff = self.school.points[0], self.school.staff
        for person in (point.registrar, point.cashier, staff.registrar, staff.exams, staff.cashier):
            person.client.sign_in(person.username, PASSWORD)
        found = self.flow.bring_in(list(islice(self.rows, students)))
        self.flow.approve(self.flow.remit(self.flow.select(found)), found)
        return found

    def back_up(self, service: str) -> None:
        """Keep a service's database as it is now."""
        backup.dump(self.admin_url, self.system.database(service), self.folder / service)

    def restore(self, service: str) -> None:
        """The service's processes stop; its database goes back; provisioning; start; all copies anew."""
        names = [name for name in self.system.processes if name.split("-")[0] == service]
        for name in names:
            self.system.processes[name].stop()
        backup.put_back(self.admin_url, self.system.database(service), self.folder / service)
        self.system.provision_databases()
        for name in names:
            self.system.start(name)
        self.system.wait_ready()
        with self.system.databases() as databases:
            for database in databases.values():
                assert copies.rebuild(database, seconds=60), database.service.name

    def new_disagreements(self) -> list[Disagreement]:
        """What `reconcile` lists now and did not list before."""
        with self.system.databases() as databases:
            found = reconcile(databases, patience=8).disagreements
        new = [each for each in found if each.key not in self.known]
        self.known |= {each.key for each in new}
        return new

    def differing_copies(self) -> list[Disagreement]:
        """What `reconcile --copies` lists."""
        with self.system.databases() as databases:
            return lasting(lambda: compare_copies(databases), patience=15)

    def selections_of(self, students: Sequence[StudentView]) -> set[UUID]:
        """The ids of all their selections."""
        ids = {student.id for student in students}
        selections = self.school.points[0].registrar.client.pages(ListSelections())
        return {each.id for each in selections if each.student_id in ids}


def _side_by_side(works: Works) -> list[Any]:
    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(lambda work: work(), works))


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, postgres_admin_url: str, amqp_admin_url: str, management_url: str
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("restore")
    prefix = f"back{secrets.token_hex(4)}"
    system = System(folder / "state", postgres_admin_url, amqp_admin_url, management_url, prefix, variables=NO_LIMITS)
    try:
        system.up()
        stage = Stage(system.gateway_url, Console(quiet=True))
        school = set_up(stage, administrator(system), PASSWORD, points=1)
        flow = Flow(stage, school, school.points[0], _side_by_side)
        rows = iter(sheet_rows(stage, school.points[0], 100))
        yield Place(system, postgres_admin_url, folder, stage, school, flow, rows)
    finally:
        system.down()
        system.destroy()


def test_finance_goes_back_the_copies_heal_and_exactly_the_lost_bills_are_listed(place: Place) -> None:
    place.work()
    assert place.new_disagreements() == []
    assert place.differing_copies() == []
    place.back_up("finance")
    lost = place.selections_of(place.work())
    ask_for_suspension(place, place.work(1)[0])  # a change of a row that finance has a copy of

    place.restore("finance")

    assert place.differing_copies() == [], "finance's copies have what was missed, others' no more what is lost"
    listed = place.new_disagreements()
    assert {each.id for each in listed if each.subject == "selection"} >= lost
    assert all(each.id is not None for each in listed), "only single things differ: the ledger is still zero"
    place.work()
    assert place.new_disagreements() == [], "what comes after the restore is right"
    assert place.differing_copies() == []


def test_registry_goes_back_and_nobody_knows_its_lost_students_any_more(place: Place) -> None:
    place.work()
    place.new_disagreements()
    place.back_up("registry")
    lost = place.work()

    place.restore("registry")

    assert place.differing_copies() == []
    listed = [each.code for each in place.new_disagreements()]
    assert listed == ["account_without_record"] * len(lost), "all else is what it was"
    place.work()
    assert place.new_disagreements() == []
    assert place.differing_copies() == []


def test_a_row_that_went_back_to_an_older_version_goes_back_in_the_copies_too(place: Place) -> None:
    (student,) = place.work(1)
    place.back_up("registry")
    ask_for_suspension(place, student)

    place.restore("registry")

    assert place.differing_copies() == []


def ask_for_suspension(place: Place, student: StudentView) -> None:
    """Raise the version of a student's record."""
    registrar = place.school.staff.registrar
    version = registrar.send(GetStudent(student_id=student.id)).version
    registrar.send(SuspendStudent(student_id=student.id, version=version, from_on=place.stage.today, reason="因病休养"))
    assert place.differing_copies() == [], "everybody has heard of it"
