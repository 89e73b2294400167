"""The school's second review (ENR-6, ENR-8): who is admitted gets a number, and everything else follows by events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.rules.prior_education import prior_fields
from chassis.work.number_templates import NumberTemplate
from chassis.work.numbers import next_numbers
from chassis.work.reasons import Reason
from chassis.work.rows import lock
from chassis.work.school_settings import setting
from chassis.work.steps import against_step, take
from contracts.common import RowResults
from contracts.enrollment.commands import AdmitApplications, CancelAdmissions, RejectApplications
from contracts.enrollment.events import AdmittedStudent, StudentsAdmitted
from contracts.errors import ServiceError
from contracts.people import Contact, PriorEducation
from contracts.types import PriorLevel
from contracts.words import member_word
from services.enrollment.domain.pre_checks import against_admission
from services.enrollment.domain.rounds import against_reviewing
from services.enrollment.domain.settings import STUDENT_NUMBER_TEMPLATE
from services.enrollment.domain.student_numbers import read_template
from services.enrollment.domain.workflows import APPLICATION
from services.enrollment.steps.cancelling import cancel
from services.enrollment.steps.facts import Document, checked, document_of, enabled_points
from services.enrollment.steps.rounds import rounds_of
from services.enrollment.tables import applications


def admit_applications(command: AdmitApplications, uow: UnitOfWork) -> RowResults:
    """`first_review_passed` → `admitted`, each with a record's id and a student number.

    The numbers are taken last, for those alone who are admitted. One document is admitted once for a level: of two
    forms for it in one command the second is refused.
    """
    found = lock(uow, applications, command.application_ids)
    points = enabled_points(uow, {row.teaching_point_id for row in found.values()})
    # What can't be decided anyway takes no place from another form of the same person.
    against = against_step(uow, APPLICATION, found.values(), "admit")
    against |= _against_deciding(uow, _left(found, against))
    against |= _against_admitting(uow, _left(found, against), points)
    # A trial counts in its own transaction and gives its numbers back; a decision makes nobody wait for its commit.
    numbers = read_template(setting(uow, STUDENT_NUMBER_TEMPLATE), dense=command.dry_run)
    values = {
        id_: numbers.values(row.intake, points[row.teaching_point_id], row.level)
        for id_, row in _left(found, against).items()
    }
    against |= _against_numbers(uow, numbers.template, values)
    admitted = list(_left(found, against).values())
    wanted = [values[row.id] for row in admitted]
    given = {
        row.id: {
            "student_id": new_id(),
            "student_number": number,
            "admitted_at": uow.now,
            "recorded_at": None,
            "studying": True,
            "refusal": None,
        }
        for row, number in zip(admitted, next_numbers(uow, numbers.template, wanted), strict=True)
    }
    taken = take(
        uow,
        APPLICATION,
        applications,
        command.application_ids,
        "admit",
        note=command.note,
        each=given,
        against=against,
        found=found,
    )
    for id_ in taken.ids:  # the trail knows a number also when the registry has refused it
        facts = {name: given[id_][name] for name in ("student_number", "student_id")}
        uow.audit(applications, id_, "give_number", after=facts)
    uow.publish_rows(StudentsAdmitted, [_admitted(row, given[row.id]) for row in taken.rows])
    return taken.results(uow, command.application_ids)


def reject_applications(command: RejectApplications, uow: UnitOfWork) -> RowResults:
    """`first_review_passed` → `rejected`; the point reads why, corrects, and sends again."""
    ids, found = command.application_ids, lock(uow, applications, command.application_ids)
    against = _against_deciding(uow, found)
    taken = take(uow, APPLICATION, applications, ids, "reject", note=command.note, against=against, found=found)
    return taken.results(uow, ids)


def cancel_admissions(command: CancelAdmissions, uow: UnitOfWork) -> RowResults:
    """`admitted` → `admission_cancelled`: everything that came of the admission ends."""
    ids, found = command.application_ids, lock(uow, applications, command.application_ids)
    return cancel(uow, ids, found, "cancel", command.note).results(uow, ids)


def _left(found: Mapping[UUID, Row[Any]], against: Mapping[UUID, Reason]) -> dict[UUID, Row[Any]]:
    return {id_: row for id_, row in found.items() if id_ not in against}


def _against_deciding(uow: UnitOfWork, found: Mapping[UUID, Row[Any]]) -> dict[UUID, Reason]:
    rounds = rounds_of(uow, {row.admission_round_id for row in found.values()})
    reasons = {id_: against_reviewing(rounds[row.admission_round_id], uow.now) for id_, row in found.items()}
    return {id_: reason for id_, reason in reasons.items() if reason is not None}


def _against_admitting(
    uow: UnitOfWork, found: Mapping[UUID, Row[Any]], points: Mapping[UUID, str]
) -> dict[UUID, Reason]:
    seen_by_machine, reasons, seen = checked(uow, list(found.values())), dict[UUID, Reason](), set[Document]()
    for id_, row in found.items():
        reason = against_admission(seen_by_machine[id_])
        if reason is None and document_of(row) in seen:
            reason = Reason("already_enrolled_at_level")
        if reason is None and row.teaching_point_id not in points:
            reason = Reason("teaching_point_not_enabled")
        if reason is None:
            seen.add(document_of(row))
        else:
            reasons[id_] = reason
    return reasons


def _against_numbers(
    uow: UnitOfWork, template: NumberTemplate, values: Mapping[UUID, Mapping[str, str]]
) -> dict[UUID, Reason]:
    """What of a form does not fit into a number, such as a longer code of a point: the others have theirs."""
    against: dict[UUID, Reason] = {}
    for id_, own in values.items():
        try:
            template.beginning(uow.today, own)
        except ServiceError as error:
            against[id_] = Reason.of(error)
    return against


def _admitted(row: Row[Any], given: Mapping[str, Any]) -> AdmittedStudent:
    fields = {**row._mapping, **given}
    prior = prior_fields(fields)
    prior["level"] = member_word(PriorLevel(row.prior_level)).zh  # records keep it as it is written down
    return AdmittedStudent.model_validate(
        {
            **{name: fields[name] for name in AdmittedStudent.model_fields if name in fields},
            "application_id": row.id,
            "contact": {name: fields[name] for name in Contact.model_fields},
            "prior_education": {name: prior[name] for name in PriorEducation.model_fields},
        }
    )
