"""Who may be given which role, and what a token says of it."""

from typing import Any

import pytest

from chassis.base.ids import new_id
from chassis.work.reasons import Reason
from contracts.identity.views import RoleGrant
from contracts.permissions import POINT_ROLES, ROLE_SCOPES, Role, ScopeKind
from services.identity.domain.roles import access_grant, against_grants, permissions


def grant(role: Role, **limits: Any) -> RoleGrant:
    if role is Role.TEACHING_POINT_STAFF:
        limits.setdefault("modules", ("courses",))
    if role is Role.COURSE_LEAD:
        limits.setdefault("course_ids", (new_id(),))
    return RoleGrant(role=role, **limits)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("of_point", [True, False])
@pytest.mark.parametrize("by_point", [True, False])
def test_each_role_fits_its_kind_of_account_and_a_point_grants_only_its_own(
    role: Role, of_point: bool, by_point: bool
) -> None:
    grantable = role is not Role.STUDENT and (role in POINT_ROLES) == of_point and (role in POINT_ROLES or not by_point)
    if grantable:
        assert against_grants([grant(role)], of_point=of_point, by_point=by_point) is None
        return
    reason = against_grants([grant(role)], of_point=of_point, by_point=by_point)
    assert reason is not None
    assert reason.code.startswith("role_")


def test_staff_need_modules_and_leads_need_courses() -> None:
    for empty, code, of_point in (
        (RoleGrant(role=Role.TEACHING_POINT_STAFF), "role_needs_modules", True),
        (RoleGrant(role=Role.COURSE_LEAD), "role_needs_courses", False),
    ):
        assert against_grants([empty], of_point=of_point, by_point=False) == Reason(code)


def test_a_token_names_the_ids_that_a_role_is_held_for() -> None:
    user, point, student, course = (new_id() for _ in range(4))
    wanted = {
        ScopeKind.SCHOOL: (),
        ScopeKind.POINT: (point,),
        ScopeKind.STUDENT: (student,),
        ScopeKind.TUTOR: (user,),
        ScopeKind.COURSE: (course,),
    }
    for role in Role:
        limits = {"course_ids": (course,)} if role is Role.COURSE_LEAD else {}
        name, kind, ids, _ = access_grant(grant(role, **limits), user, point, student)
        assert (name, kind) == (role, ROLE_SCOPES[role])
        assert ids == wanted[kind]


def test_of_two_roles_the_wider_scope_of_a_permission_counts() -> None:
    both = permissions([grant(Role.STUDENT), grant(Role.SCHOOL_REGISTRAR)])
    assert both["courses.read_selections"] is ScopeKind.SCHOOL
    assert permissions([grant(Role.STUDENT)])["courses.read_selections"] is ScopeKind.STUDENT


def test_staff_have_the_permissions_of_their_modules_only() -> None:
    allowed = permissions([grant(Role.TEACHING_POINT_STAFF, modules=("finance",))])
    assert "finance.remit" in allowed
    assert not any(name.startswith("courses.") for name in allowed)
