"""Forms: entered, corrected, sent again and taken back by the point (ENR-3..7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.numbers import next_number
from chassis.work.reasons import Reason, refuse
from chassis.work.rows import change, lock, locked, refuse_stale
from chassis.work.steps import against_step, enter, take
from contracts.common import RowResults
from contracts.enrollment.commands import (
    EnterApplication,
    ResendApplications,
    UpdateApplication,
    WithdrawApplications,
)
from contracts.enrollment.views import ApplicationDetails
from contracts.errors import ServiceError
from contracts.types import PriorEducationCheck
from services.enrollment.domain.numbers import APPLICATION_NUMBER
from services.enrollment.domain.rounds import against_entering, against_place, against_resending
from services.enrollment.domain.workflows import APPLICATION, EDITABLE
from services.enrollment.queries.applications import application_details
from services.enrollment.steps.facts import document_of, enabled_points, form_of, live_forms, point_meant, studying
from services.enrollment.steps.forms import form_values
from services.enrollment.steps.rounds import rounds_of
from services.enrollment.steps.signups import completed, to_complete
from services.enrollment.tables import applications

_VERIFIED = (
    "name", "id_kind", "id_number", "prior_level", "prior_school", "prior_major", "prior_graduated_on",
    "prior_certificate_number", "prior_name_then", "prior_id_number_then",
)  # fmt: skip
"""What the national verification looks at."""
_AUDITED = ("number", "teaching_point_id", "programme_id", "intake")
"""What the trail tells of a new form: it stays for ever, so nothing of the person."""


def enter_application(command: EnterApplication, uow: UnitOfWork) -> ApplicationDetails:
    """A form, which has passed the first review by being entered; the signup that it is made of is completed by it.
    Raises what the contract names."""
    signup = to_complete(uow, command.signup_id)
    point_id = point_meant(uow, command.teaching_point_id)
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
        "sent_by": uow.acting_user,
        "sent_at": uow.now,
        **values,
    }
    [row] = enter(uow, APPLICATION, applications, [entered], "enter", audited=_AUDITED)
    completed(uow, signup, row.id)
    return application_details(uow, row.id)


def update_application(command: UpdateApplication, uow: UnitOfWork) -> ApplicationDetails:
    """Correct a form that the school has not admitted. It stays where it is: a rejected one is sent again by a step.

    Whose form it is can't be changed after the window: that would be another one. Only the school takes back that a
    prior education is untrue; what it found to be right is unchecked again when something else is told.
    """
    before = _editable(uow, command.application_id, command.version)
    values = form_values(uow, command, before.intake, before.teaching_point_id)
    round_ = rounds_of(uow, [before.admission_round_id])[before.admission_round_id]
    refuse(against_place(round_, before.teaching_point_id, command.level))
    if (values["id_kind"], values["id_number"]) != (before.id_kind, before.id_number):
        refuse(against_entering(round_, uow.now))
    _refuse_studying(uow, values)
    if before.prior_check != PriorEducationCheck.FALSE and any(values[n] != before._mapping[n] for n in _VERIFIED):
        values["prior_check"] = PriorEducationCheck.UNCHECKED
    change(uow, applications, before, "edit", {**values, "sent_by": uow.acting_user})
    return application_details(uow, before.id)


def resend_applications(command: ResendApplications, uow: UnitOfWork) -> RowResults:
    """`rejected` → `first_review_passed`, as long as the school decides about the round."""
    ids, found = command.application_ids, lock(uow, applications, command.application_ids)
    against = against_step(uow, APPLICATION, found.values(), "resend")
    against |= _against_sending(uow, [row for id_, row in found.items() if id_ not in against])
    sent = {"sent_at": uow.now, "sent_by": uow.acting_user}
    again = take(uow, APPLICATION, applications, ids, "resend", values=sent, against=against, found=found)
    return again.results(uow, ids)


def withdraw_applications(command: WithdrawApplications, uow: UnitOfWork) -> RowResults:
    """→ `withdrawn`, before anybody was admitted."""
    taken = take(uow, APPLICATION, applications, command.application_ids, "withdraw", note=command.note)
    return taken.results(uow, command.application_ids)


def _editable(uow: UnitOfWork, id_: UUID, version: int) -> Row[Any]:
    """A form that the school has not admitted, locked. Raises `application_decided`, `stale_version`."""
    row = locked(uow, applications, id_)
    if row.state not in EDITABLE:
        raise ServiceError("application_decided", (), state=row.state)
    refuse_stale(row, version)
    return row


def _against_sending(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> dict[UUID, Reason]:
    """What speaks against forms that are sent again: each thing once a document, so that of two the first is sent."""
    rounds = rounds_of(uow, {row.admission_round_id for row in rows})
    points = enabled_points(uow, {row.teaching_point_id for row in rows})
    enrolled = studying(uow, [document_of(row) for row in rows])
    live = set(live_forms(uow, [form_of(row) for row in rows]))
    against: dict[UUID, Reason] = {}
    for row in rows:
        round_ = rounds[row.admission_round_id]
        reason = against_resending(round_, uow.now) or against_place(round_, row.teaching_point_id, row.level)
        if reason is None and row.teaching_point_id not in points:
            reason = Reason("teaching_point_not_enabled")
        if reason is None and document_of(row) in enrolled:
            reason = Reason("already_enrolled_at_level")
        if reason is None and form_of(row) in live:
            reason = Reason("application_exists")
        if reason is None:
            live.add(form_of(row))
        else:
            against[row.id] = reason
    return against


def _refuse_studying(uow: UnitOfWork, values: Mapping[str, Any]) -> None:
    document = (values["id_kind"], values["id_number"], values["level"])
    if studying(uow, [document]):
        raise ServiceError("already_enrolled_at_level")
