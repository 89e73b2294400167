"""Telling people of steps: what the workflow's table says is published in the transaction that takes them.

The fact is the service's own (`Service.decided`); identity keeps what it says (docs/developing.md). It carries ids and
names of the code: what people read is made of them when they read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.workflow import Addressees, Subject, Workflow
from contracts.notices import DecidedStep

Told = tuple[Subject, Addressees, str]
"""A row that took a step, who is told, and the state that the step led to."""


def tell(uow: UnitOfWork, flow: Workflow, steps: Iterable[Told], action: str) -> None:
    """Publish notices of these steps. Raises LookupError where the service has declared no fact for them."""
    told = [each for step in steps for each in _told(uow, flow, action, *step)]
    if not told:
        return
    if uow.service.decided is None:
        raise LookupError(f"{uow.service.name} declares no fact by which anybody is told of a {flow.name}")
    uow.publish_rows(uow.service.decided, told)


def _told(
    uow: UnitOfWork, flow: Workflow, action: str, row: Subject, addressees: Addressees, state: str
) -> Iterator[DecidedStep]:
    """One for the student, the applicant and the first teaching point together, so that who is two of these is told
    once; one for every other point."""
    actor_id, student_id = uow.context.actor.user_id, row.get("student_id")
    applicant_id = row.get(addressees.applicant) if addressees.applicant else None
    if applicant_id == actor_id:
        applicant_id = None
    points: list[UUID | None] = list(dict.fromkeys(filter(None, map(row.get, addressees.points)))) or [None]
    for place, point_id in enumerate(points):
        first = place == 0
        tells_student = first and addressees.student and student_id is not None
        asked_by = applicant_id if first else None
        if tells_student or point_id or asked_by:
            yield DecidedStep(
                id=new_id(),
                workflow=flow.name,
                action=action,
                state=state,
                subject_id=row["id"],
                number=row.get("number"),
                student_id=student_id,
                tells_student=tells_student,
                teaching_point_id=point_id,
                applicant_id=asked_by,
                actor_id=actor_id,
                at=uow.now,
            )
