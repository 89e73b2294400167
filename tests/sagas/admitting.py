"""Points that enter forms, and the school that admits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.base.context import Context
from contracts.enrollment.commands import (
    AdmitApplications,
    CancelAdmissions,
    EnterApplication,
    RecordPriorEducationCheck,
    RejectApplications,
    ResendApplications,
    WithdrawApplications,
)
from contracts.enrollment.queries import GetApplication
from contracts.enrollment.views import ApplicationDetails
from contracts.types import PriorEducationCheck
from tests.builders import enrollment as forms
from tests.builders.people import in_person
from tests.sagas.paying import Paying
from tests.sagas.people import ADMISSIONS, OTHER_ADMISSIONS
from tests.sagas.stage import Student


class Admitting(Paying):
    """From a form to a student."""

    def form(self, **fields: Any) -> EnterApplication:
        """A form of a made-up person, not entered yet."""
        return forms.form(self.site.admission_round, **fields)

    def enters(self, form: EnterApplication | None = None, *, by: Context | None = None) -> UUID:
        """A point enters a form, of somebody unless told of whom; the form."""
        view: ApplicationDetails = self.do(form or self.form(), by or self.east)
        return view.id

    def admits(self, application: UUID, by: Context = ADMISSIONS) -> None:
        """The school admits."""
        self.do(AdmitApplications(application_ids=(application,)), by)

    def rejects(self, application: UUID, by: Context = OTHER_ADMISSIONS) -> None:
        """The school does not admit."""
        self.do(RejectApplications(application_ids=(application,), note="材料不全"), by)

    def cancels_admission(self, application: UUID, by: Context = OTHER_ADMISSIONS) -> None:
        """The school takes an admission back."""
        self.do(CancelAdmissions(application_ids=(application,), note="入学资格审查不合格"), by)

    def verifies(self, application: UUID, check: PriorEducationCheck, by: Context = OTHER_ADMISSIONS) -> None:
        """The school records what the national verification said."""
        version = self.application(application).version
        self.do(RecordPriorEducationCheck(application_id=application, version=version, check=check), by)

    def enters_and_admits(
        self, form: EnterApplication | None = None, *, by: Context | None = None
    ) -> tuple[UUID, Student]:
        """Somebody is admitted; the form and the student."""
        application = self.enters(form, by=by)
        self.admits(application)
        return application, self.admitted(application)

    def resends(self, application: UUID, by: Context | None = None) -> None:
        """The point sends a rejected form again."""
        self.do(ResendApplications(application_ids=(application,)), by or self.east)

    def takes_back(self, application: UUID, by: Context | None = None) -> None:
        """The point takes a form back."""
        self.do(WithdrawApplications(application_ids=(application,)), by or self.east)

    def application(self, application: UUID) -> ApplicationDetails:
        """A form as enrollment shows it."""
        found: ApplicationDetails = self.ask(GetApplication(application_id=application))
        return found

    def admitted(self, application: UUID) -> Student:
        """The student whom a form has made."""
        view = self.application(application)
        assert view.student_id is not None
        assert view.student_number is not None
        return Student(view.student_id, view.student_number, in_person(view.student_id, name="学生本人"))

    def expects_application(self, application: UUID, /, **expected: Any) -> None:
        """Compare what is named of a form: `state`, `recorded`, `refusal`."""
        view = self.application(application)
        refusal = view.refusal and view.refusal.code
        self._compare({"state": view.state, "recorded": view.recorded_at is not None, "refusal": refusal}, expected)
