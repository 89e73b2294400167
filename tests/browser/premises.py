"""Where browser tests play: the running school, its people by what they do, and new students for every test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from contracts.courses.commands import ApproveWithdrawals, RequestWithdrawals, SelectCoursesInBatch
from contracts.courses.queries import ListCohort, ListSelections
from contracts.courses.states import SelectionState
from contracts.courses.views import WithdrawalResults
from contracts.enrollment.commands import UpdateAdmissionRound
from contracts.enrollment.queries import GetAdmissionRound, GetProgrammeChoices, ListAdmissionRounds
from contracts.enrollment.views import AdmissionRoundDetails, ApplicationDetails
from contracts.finance.queries import GetWithdrawalReview, ListBills
from contracts.finance.states import BillStatus, ReviewState
from contracts.finance.views import BillView
from contracts.permissions import Role
from contracts.registry.commands import ImportStudents
from contracts.registry.queries import GetStudentImportTemplate, ListStudents
from contracts.registry.views import StudentView
from contracts.types import Level
from launcher import school
from launcher.made_up import MadeUpStudent, MadeUpStudents
from launcher.story.admitting import application_form
from launcher.story.cohort import sheet_rows
from launcher.story.people import Person, administrator_password
from launcher.story.school import elements
from launcher.story.selecting import pay
from launcher.story.stage import wait, wait_for_copies
from launcher.story.workbooks import filled
from tests.end_to_end.scenery import PASSWORD, STUDENTS, Scene

SheetRow = dict[str, str]
TOGETHER = 8
"""Students who come in by one import, which takes as long as one of a single student."""


@dataclass
class Premises:
    """The school of the scene, as people see it in a browser."""

    scene: Scene
    _known: int = field(default=STUDENTS)
    """Students of the first point that are there already."""
    _fresh: list[StudentView] = field(default_factory=list)
    """Who came in and was not handed out yet."""

    _applicants: MadeUpStudents = field(default_factory=lambda: MadeUpStudents("applicants"))

    @property
    def url(self) -> str:
        """Where the console is."""
        return self.scene.system.gateway_url

    def people(self) -> Mapping[str, Person]:
        """Who works here, by what they do."""
        staff, point = self.scene.school.staff, self.scene.here.point
        return {
            "system administrator": self.scene.school.administrator,
            "registrar": staff.registrar,
            "second registrar": staff.reviewing_registrar,
            "exams officer": staff.exams,
            "cashier": staff.cashier,
            "refunds officer": staff.refunds,
            "admissions": self.scene.others[Role.SCHOOL_ADMISSIONS],
            "course lead": self.scene.lead,
            "point's administrator": point.administrator,
            "point's registrar": point.registrar,
            "point's cashier": point.cashier,
            "student": self.scene.here.student,
        }

    def password(self, title: str) -> str:
        """What they sign in with."""
        return administrator_password(self.scene.system) if title == "system administrator" else PASSWORD

    # -- what a test begins with, which is not what it is about --

    def rows(self, count: int) -> list[SheetRow]:
        """Rows of a workbook, of students whom nobody knows yet."""
        rows = sheet_rows(self.scene.stage, self.scene.here.point, self._known + count)[self._known :]
        self._known += count
        return rows

    def workbook(self, rows: Sequence[SheetRow]) -> bytes:
        """The template with these rows."""
        template = self.scene.here.point.registrar.client.download(GetStudentImportTemplate())
        return filled(template, rows)

    def newcomers(self, count: int) -> list[StudentView]:
        """Students of the first point who have done nothing yet, and may select. Some come in together."""
        if len(self._fresh) < count:
            self._fresh += self.enrolled(self.rows(max(count, TOGETHER)))
        taken, self._fresh = self._fresh[:count], self._fresh[count:]
        return taken

    def enrolled(self, rows: Sequence[SheetRow]) -> list[StudentView]:
        """The students of these rows, who have come in."""
        registrar = self.scene.here.point.registrar
        registrar.send_to_the_end(ImportStudents(file=registrar.client.upload("new.xlsx", self.workbook(rows))))
        numbers = {row["学号"] for row in rows}
        stage = self.scene.stage
        cohort = ListCohort(intake=stage.intake, **elements(stage).model_dump())
        known = lambda: {each.student_number for each in registrar.client.pages(cohort)}  # noqa: E731
        wait("the cohort", known, lambda seen: numbers <= seen)
        return [each for each in registrar.client.pages(ListStudents()) if each.student_number in numbers]

    @cached_property
    def admission_round(self) -> AdmissionRoundDetails:
        """The round that is open, in which the first point has two programmes, of different levels."""
        stage, point, officer = self.scene.stage, self.scene.here.point, self.people()["admissions"]
        registrar, courses = self.scene.school.staff.registrar, self.scene.school.courses
        command = school.programme(
            f"{stage.run}-GQZ",
            stage.named("大数据与会计(高起专)"),
            stage.intake,
            {"专业核心课": [course.details.id for course in courses[:4]]},
            **{**elements(stage).model_dump(), "level": Level.JUNIOR_COLLEGE, "major_code": "530302"},
            major_name="大数据与会计",
        )
        school.publish_programme(registrar, command, [point.view.id])
        [open_] = officer.client.pages(ListAdmissionRounds(open_now=True))
        round_: AdmissionRoundDetails = officer.send(GetAdmissionRound(admission_round_id=open_.id))
        fields = round_.model_dump(include=UpdateAdmissionRound.model_fields.keys() - {"teaching_point_ids"})
        levels = (Level.TOP_UP_BACHELOR, Level.JUNIOR_COLLEGE)
        changed = UpdateAdmissionRound(**{**fields, "admission_round_id": round_.id, "levels": levels})
        made: AdmissionRoundDetails = officer.send(changed)
        asked = GetProgrammeChoices(admission_round_id=made.id)
        wait("both programmes", lambda: point.registrar.send(asked).level, lambda seen: len(seen) == len(levels))
        return made

    def applicant(self) -> MadeUpStudent:
        """Somebody whom nobody knows yet, and who wants to study."""
        return self._applicants.make()

    def applied(self, person: MadeUpStudent) -> ApplicationDetails:
        """The form that the first point has entered for somebody."""
        form = application_form(self.scene.stage, self.admission_round, person)
        entered: ApplicationDetails = wait_for_copies(
            lambda: self.scene.here.point.registrar.send(form), "teaching_point_not_enabled"
        )
        return entered

    def billed(self, students: Sequence[StudentView], courses: int = 1) -> list[BillView]:
        """Their open bills, after they have selected so many courses."""
        point, school = self.scene.here.point, self.scene.school
        chosen = school.courses[:courses]
        point.registrar.send(
            SelectCoursesInBatch(
                selection_round_id=school.selection_round.id,
                student_ids=tuple(student.id for student in students),
                course_ids=tuple(course.details.id for course in chosen),
            )
        )
        ids, unpaid = {student.id for student in students}, ListBills(status=BillStatus.UNPAID)
        return wait(
            "bills",
            lambda: [bill for bill in point.cashier.client.pages(unpaid) if bill.student_id in ids],
            lambda seen: len(seen) == len(students) * courses * 2,
        )

    def paid(self, students: Sequence[StudentView], courses: int = 1) -> list[BillView]:
        """Their bills, after the school has had the money: they are registered for their exams."""
        bills = self.billed(students, courses)
        pay(self.scene.stage, self.scene.school, self.scene.here.point, bills)
        ids = {student.id for student in students}
        mine = [ListSelections(student_id=id_, state=SelectionState.SELECTED) for id_ in ids]
        client = self.scene.here.point.registrar.client
        wait("learning opens", lambda: [client.count(each) for each in mine], lambda seen: set(seen) == {courses})
        return bills

    def withdrawing(self, students: Sequence[StudentView]) -> list[UUID]:
        """Withdrawals from all that they have paid, which nobody has decided about."""
        registrar = self.scene.here.point.registrar
        mine = [ListSelections(student_id=student.id) for student in students]
        selections = tuple(each.id for query in mine for each in registrar.client.pages(query))
        asked: WithdrawalResults = registrar.send(RequestWithdrawals(selection_ids=selections, reason="工作调动"))
        return [result.withdrawal_id for result in asked.results if result.withdrawal_id]

    def withdrawing_in_finance(self, students: Sequence[StudentView]) -> list[UUID]:
        """Withdrawals that the registrar has agreed to."""
        ids = self.withdrawing(students)
        self.scene.school.staff.registrar.send(ApproveWithdrawals(withdrawal_ids=tuple(ids)))
        self.wait_for_reviews(ids)
        return ids

    def wait_for_reviews(self, withdrawals: Sequence[UUID]) -> None:
        """Until finance can decide about withdrawals that the registrar has agreed to."""
        officer = self.scene.school.staff.refunds
        for id_ in withdrawals:
            look = GetWithdrawalReview(withdrawal_id=id_)
            wait_for_copies(
                lambda look=look: wait(
                    "finance's review", lambda: officer.send(look), lambda seen: seen.state is ReviewState.PENDING
                ),
                "not_found",
            )
