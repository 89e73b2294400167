"""What courses does about students who have left, are suspended or back, or whose admission was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row

from chassis.data.unit_of_work import UnitOfWork
from contracts.common import ClosingReason
from contracts.types import EnrolmentStatus
from services.courses.steps.closing import UNPAID_SELECTIONS
from services.courses.steps.withdrawing import GONE, put_up

CLOSES: Final = {
    **dict.fromkeys(GONE, ClosingReason.STUDENT_LEFT),
    EnrolmentStatus.SUSPENDED: ClosingReason.STUDENT_SUSPENDED,
}
"""Status → why what is unpaid closes."""


def follow_status(uow: UnitOfWork, students: Sequence[Row[Any]]) -> None:
    """What is unpaid of students, who are held still, closes or may be paid again, by their newest status."""
    for status, reason in CLOSES.items():
        UNPAID_SELECTIONS.close_of(uow, [student.id for student in students if student.status == status], reason)
    UNPAID_SELECTIONS.resume(uow, [student.id for student in students if student.status == EnrolmentStatus.ACTIVE])


def give_back(uow: UnitOfWork, students: Sequence[Row[Any]]) -> None:
    """What those have paid of them whose admission was taken back is put up for withdrawal."""
    put_up(uow, [student.id for student in students if student.status == EnrolmentStatus.ADMISSION_CANCELLED])
