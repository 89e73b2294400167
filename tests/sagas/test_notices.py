"""What people are told of what several services decide together: each outcome once, by whom they asked (sagas 3.10)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.tables.notices import notices
from tests.builders.people import of_point
from tests.sagas.people import ACCOUNTANT, REGISTRAR
from tests.sagas.school import School
from tests.sagas.stage import Student


def told(school: School, subject: UUID, *columns: str) -> list[tuple[Any, ...]]:
    """What was told of one row, in the order in which it was decided."""
    wanted = select(*(notices.c[name] for name in columns)).where(notices.c.subject_id == subject)
    return [tuple(row) for row in school.world.identity.rows(wanted.order_by(notices.c.decided_at, notices.c.step_id))]


def actions(school: School, subject: UUID) -> list[tuple[Any, ...]]:
    return told(school, subject, "service", "action", "state")


def whom(school: School, subject: UUID) -> set[tuple[Any, ...]]:
    return set(told(school, subject, "student_id", "tells_student", "teaching_point_id", "applicant_id", "actor_id"))


def withdrawing(school: School, student: Student) -> UUID:
    return school.requests_withdrawal(school.selects_and_pays(student))


def test_both_reviews_and_the_refund_of_a_withdrawal_are_told_as_the_withdrawals(school: School) -> None:
    student = school.student()
    withdrawal = withdrawing(school, student)
    assert actions(school, withdrawal) == [], "asking is no decision"
    school.registrar_approves(withdrawal)
    school.finance_agrees(withdrawal)
    school.after(minutes=1)
    school.cashier_pays_out()
    assert actions(school, withdrawal) == [
        ("courses", "approve", "pending_finance"),
        ("courses", "finance_approve", "finance_approved"),
        ("courses", "refund", "refunded"),
    ]
    addressed = (student.id, True, school.site.east, school.east.actor.user_id)
    assert whom(school, withdrawal) == {(*addressed, REGISTRAR.actor.user_id), (*addressed, None)}


def test_a_rejection_is_told_once_whichever_review_it_is(school: School) -> None:
    first = withdrawing(school, school.student())
    school.registrar_rejects(first)
    assert actions(school, first) == [("courses", "reject", "academic_rejected")]
    second = withdrawing(school, school.student())
    school.registrar_approves(second)
    school.finance_disagrees(second)
    assert actions(school, second)[1:] == [("courses", "finance_reject", "finance_rejected")]


def test_what_the_applicant_takes_back_is_told_to_nobody(school: School) -> None:
    withdrawal = withdrawing(school, school.student())
    school.applicant_revokes(withdrawal)
    assert actions(school, withdrawal) == []


def test_who_asked_hears_when_somebody_else_takes_it_back(school: School) -> None:
    student = school.student()
    withdrawal = withdrawing(school, student)
    school.applicant_revokes(withdrawal, by=of_point(school.site.east))
    assert actions(school, withdrawal) == [("courses", "revoke", "revoked")]
    assert set(told(school, withdrawal, "tells_student", "teaching_point_id", "applicant_id")) == {
        (False, None, school.east.actor.user_id)
    }


def test_a_slip_is_told_to_its_point_by_its_number(school: School) -> None:
    slip = school.remits(school.selects(school.student()))
    school.finance_approves(slip)
    ((number, action, point, student, actor),) = told(
        school, slip, "number", "action", "teaching_point_id", "student_id", "actor_id"
    )
    assert (number, action) == (school.slip(slip).number, "approve")
    assert (point, student, actor) == (school.site.east, None, ACCOUNTANT.actor.user_id)


def test_a_transfer_is_told_when_it_is_approved_and_to_both_points_when_it_takes_effect(school: School) -> None:
    student = school.student("east")
    slip = school.remits(school.selects(student))
    change = school.transfers(student, to="west")
    school.after(minutes=1)
    school.finance_approves(slip)
    east, west = school.site.east, school.site.west
    assert set(told(school, change, "state", "teaching_point_id", "tells_student")) == {
        ("pending_clearance", east, True),
        ("approved", east, True),
        ("approved", west, False),
    }
    assert set(told(school, change, "student_id")) == {(student.id,)}
    applicants = {row[0] for row in told(school, change, "applicant_id")}
    assert applicants == {None, whose(school, change)}, "who entered it hears of both"


def whose(school: School, change: UUID) -> Any:
    """Who entered a status change."""
    table = school.world.registry.table("status_changes")
    ((requested_by,),) = school.world.registry.rows(select(table.c.requested_by).where(table.c.id == change))
    return requested_by


def test_leaving_is_told_when_it_is_approved_and_not_when_it_is_asked_for(school: School) -> None:
    student = school.student()
    school.removes(student)
    table = notices.c
    rows = school.world.identity.rows(
        select(table.workflow, table.action, table.state, table.teaching_point_id).where(table.student_id == student.id)
    )
    assert [tuple(row) for row in rows] == [("status_change", "approve", "approved", school.site.east)]
