"""What the national verification of the prior education said, entered for one form (ENR-4)."""

from __future__ import annotations

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import refuse
from chassis.work.rows import locked, refuse_stale
from contracts.enrollment.commands import RecordPriorEducationCheck
from contracts.enrollment.views import ApplicationDetails
from services.enrollment.queries.applications import application_details
from services.enrollment.steps.prior_checks import against_checking, keep_checks
from services.enrollment.tables import applications


def record_prior_education_check(command: RecordPriorEducationCheck, uow: UnitOfWork) -> ApplicationDetails:
    """Keep a result. Who was admitted by what is false is admitted no more. Raises `application_decided`,
    `decides_own_request`, `stale_version`."""
    before = locked(uow, applications, command.application_id)
    refuse(against_checking(uow, before, command.check))
    refuse_stale(before, command.version)
    keep_checks(uow, {before.id: before}, {before.id: command.check})
    return application_details(uow, before.id)
