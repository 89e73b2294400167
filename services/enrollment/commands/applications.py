"""Forms: entered, corrected, sent again and taken back by the point (ENR-3..7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.numbers import next_number
from chassis.work.reasons import Reason, refuse
from chassis.work.rows import change, lock, locked, refuse_stale
from chassis.work.steps import enter_one, take
from contracts.common import RowResults
from contracts.enrollment.commands import (
    EnterApplication,
    RecordPriorEducationCheck,
    ResendApplications,
    UpdateApplication,
    WithdrawApplications,
)
from contracts.enrollment.views import ApplicationDetails
from contracts.errors import FieldError, ServiceError
from services.enrollment.domain.numbers import APPLICATION_NUMBER
from services.enrollment.domain.rounds import against_entering, against_place
from services.enrollment.domain.workflows import APPLICATION, EDITABLE
from services.enrollment.queries.applications import application_details
from services.enrollment.steps.facts import document_of, enabled_points, studying
from services.enrollment.steps.forms import form_values
from services.enrollment.steps.rounds import rounds_of
from services.enrollment.tables import applications


def enter_application(command: EnterApplication, uow: UnitOfWork) -> ApplicationDetails:
    """A form, which has passed the first review by being entered. Raises what the contract names."""
    point_id = command.teaching_point_id or uow.context.actor.teaching_point_id
    if point_id is None:
        raise ServiceError("validation_failed", [FieldError("teaching_point_id", "field_required")])
    round_ = rounds_of(uow, [command.admission_round_id]).get(command.admission_round_id)
    if round_ is None:
        raise ServiceError("not_found")
    refuse(against_entering(round_, uow.now))
    refuse(against_place(round_, point_id, command.level))
    if point_id not in enabled_points(uow, [point_id]):
        raise ServiceError("teaching_point_not_enabled")
    values = form_values(uow, command, round_.intake, point_id)
    _refuse_studying(uow, values)
    entered = {
        "id": new_id(),
        "number": next_number(uow, APPLICATION_NUMBER),
        "admission_round_id": command.admission_round_id,
        "teaching_point_id": point_id,
        "entered_by": uow.acting_user,
        "entered_by_name": uow.context.actor.name,
        "sent_at": uow.now,
        **values,
    }
    row = enter_one(uow, APPLICATION, applications, entered, "enter")
    return application_details(uow, row.id)


def update_application(command: UpdateApplication, uow: UnitOfWork) -> ApplicationDetails:
    """Correct a form that the school has not admitted. It stays where it is: a rejected one is sent again by a step."""
    before = locked(uow, applications, command.application_id)
    if before.state not in EDITABLE:
        raise ServiceError("application_decided", (), state=before.state)
    refuse_stale(before, command.version)
    values = form_values(uow, command, before.intake, before.teaching_point_id)
    round_ = rounds_of(uow, [before.admission_round_id])[before.admission_round_id]
    refuse(against_place(round_, before.teaching_point_id, command.level))
    _refuse_studying(uow, values)
    if _prior(values) != _prior(dict(before._mapping)):
        values["prior_check"] = "unchecked"  # what was verified was something else
    change(uow, applications, before, "edit", values)
    return application_details(uow, before.id)


def resend_applications(command: ResendApplications, uow: UnitOfWork) -> RowResults:
    """`rejected` → `first_review_passed`, inside the round's window."""
    found = lock(uow, applications, command.application_ids)
    rounds = rounds_of(uow, {row.admission_round_id for row in found.values()})
    taken = studying(uow, [document_of(row) for row in found.values()])
    against: dict[UUID, Reason] = {}
    for id_, row in found.items():
        reason = against_entering(rounds[row.admission_round_id], uow.now)
        if reason is None and document_of(row) in taken:
            reason = Reason("already_enrolled_at_level")
        if reason is not None:
            against[id_] = reason
    again = take(
        uow, APPLICATION, applications, command.application_ids, "resend", values={"sent_at": uow.now}, against=against
    )
    return again.results(uow, command.application_ids)


def withdraw_applications(command: WithdrawApplications, uow: UnitOfWork) -> RowResults:
    """→ `withdrawn`, before anybody was admitted."""
    taken = take(uow, APPLICATION, applications, command.application_ids, "withdraw", note=command.note)
    return taken.results(uow, command.application_ids)


def record_prior_education_check(command: RecordPriorEducationCheck, uow: UnitOfWork) -> ApplicationDetails:
    """What the verification said, before the school has admitted anybody by the form."""
    before = locked(uow, applications, command.application_id)
    if before.state not in EDITABLE:
        raise ServiceError("application_decided", (), state=before.state)
    refuse_stale(before, command.version)
    change(uow, applications, before, "check_prior_education", {"prior_check": command.check})
    return application_details(uow, before.id)


def _refuse_studying(uow: UnitOfWork, values: Mapping[str, Any]) -> None:
    document = (values["id_kind"], values["id_number"], values["level"])
    if studying(uow, [document]):
        raise ServiceError("already_enrolled_at_level")


def _prior(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("level", "school", "major", "graduated_on", "certificate_number", "name_then", "id_number_then")
    return {name: row[f"prior_{name}"] for name in names}
