"""What may be handed to a colleague, and what it reaches there."""

from datetime import date, timedelta

import pytest

from chassis.base.ids import new_id
from contracts.identity.views import RoleGrant
from contracts.permissions import Module, Role
from services.identity.domain.delegating import LONGEST, against_giving, own, reach

TODAY = date(2026, 9, 1)
ME, POINT = new_id(), new_id()
COURSES = tuple(sorted(new_id() for _ in range(2)))
FINANCE = (RoleGrant(role=Role.SCHOOL_FINANCE),)
STAFF = (RoleGrant(role=Role.TEACHING_POINT_STAFF, modules=(Module.COURSES,)),)


def test_what_is_ones_own_may_be_handed_on_but_not_the_making_of_users() -> None:
    assert "finance.review_remittances" in own(FINANCE)
    assert "courses.select" in own(STAFF)
    assert "finance.remit" not in own(STAFF), "the module was not granted"
    assert "identity.manage_users" not in own((RoleGrant(role=Role.SYSTEM_ADMIN),))
    assert own((RoleGrant(role=Role.STUDENT),)) == frozenset()


@pytest.mark.parametrize(
    ("wanted", "days", "code"),
    [
        (["finance.review_remittances"], 0, None),
        (["finance.review_remittances", "finance.manage_refunds"], LONGEST.days, None),
        (["finance.review_remittances"], LONGEST.days + 1, "delegation_too_long"),
        (["finance.review_remittances"], -1, "delegation_until_past"),
        (["finance.review_remittances", "exams.manage_rounds"], 1, "permission_not_own"),
        (["no.such_thing"], 1, "permission_not_own"),
    ],
)
def test_giving_is_refused_with_its_reason(wanted: list[str], days: int, code: str | None) -> None:
    reason = against_giving(wanted, FINANCE, TODAY + timedelta(days=days), TODAY)
    assert (reason.code if reason else None) == code


def test_it_reaches_what_it_reaches_in_its_givers_hands() -> None:
    admin = RoleGrant(role=Role.TEACHING_POINT_ADMIN)
    lead = RoleGrant(role=Role.COURSE_LEAD, course_ids=COURSES)
    registrar = RoleGrant(role=Role.SCHOOL_REGISTRAR)
    read = "courses.read_selections"
    assert reach(read, (admin,), ME, POINT) == (read, "point", (POINT,))
    assert reach(read, (lead,), ME, None) == (read, "course", COURSES)
    assert reach(read, (lead, registrar), ME, None) == (read, "school", ())
    assert reach(read, (RoleGrant(role=Role.SYSTEM_ADMIN),), ME, None) is None
