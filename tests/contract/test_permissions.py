"""The table of roles and permissions keeps the organisation's rules."""

import ast
import re
from pathlib import Path

import pytest

from contracts.permissions import (
    PERMISSIONS,
    POINT_ROLES,
    ROLE_PERMISSIONS,
    ROLE_SCOPES,
    Module,
    Role,
    ScopeKind,
    scope_of,
)
from launcher.paths import service_names
from services.identity.domain.delegating import KEPT_TO_ONESELF

ROOT = Path(__file__).parents[2]


HANDED_ON = {"identity.manage_teaching_points": "names and codes of points, nobody's rights"}


def test_nothing_by_which_rights_are_given_can_be_handed_to_colleagues() -> None:
    managing = {name for name in PERMISSIONS if name.startswith("identity.manage_")}
    assert managing - KEPT_TO_ONESELF == HANDED_ON.keys()


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_a_permission_names_its_service_and_is_granted_to_somebody(permission: str) -> None:
    service, _, action = permission.partition(".")
    assert service in {*service_names(), "audit", "messages", "reconciliation"}
    assert re.fullmatch("[a-z_]+", action)
    assert any(permission in table for table in ROLE_PERMISSIONS.values())


def test_every_role_has_a_scope() -> None:
    assert ROLE_SCOPES.keys() == set(Role)


def test_nobody_of_a_teaching_point_reaches_the_whole_school() -> None:
    for role in POINT_ROLES:
        assert ScopeKind.SCHOOL not in ROLE_PERMISSIONS[role].values()


def test_students_reach_their_own_record_only() -> None:
    assert set(ROLE_PERMISSIONS[Role.STUDENT].values()) == {ScopeKind.STUDENT}


DECISIONS = sorted(p for p in PERMISSIONS if ".review_" in p or ".publish_" in p or ".manage_" in p)


@pytest.mark.parametrize("review", DECISIONS)
def test_only_the_school_decides(review: str) -> None:
    deciders = {role for role in Role if review in ROLE_PERMISSIONS[role]} - {Role.TEACHING_POINT_ADMIN}
    assert deciders <= {
        Role.SCHOOL_ADMISSIONS,
        Role.SCHOOL_REGISTRAR,
        Role.SCHOOL_EXAMS,
        Role.SCHOOL_FINANCE,
        Role.SYSTEM_ADMIN,
    }


def test_the_two_reviews_of_a_withdrawal_are_by_different_roles() -> None:
    for role in Role:
        table = ROLE_PERMISSIONS[role]
        assert not {"courses.review_withdrawals", "finance.review_withdrawals"} <= table.keys()


def test_staff_of_a_point_use_only_the_modules_granted() -> None:
    staff = Role.TEACHING_POINT_STAFF
    assert scope_of(staff, "courses.select", [Module.COURSES]) is ScopeKind.POINT
    assert scope_of(staff, "courses.select", [Module.FINANCE]) is None
    assert scope_of(staff, "courses.select") is None
    assert scope_of(staff, "identity.read_teaching_points") is ScopeKind.POINT
    assert scope_of(Role.TEACHING_POINT_ADMIN, "courses.select") is ScopeKind.POINT
    assert scope_of(Role.SCHOOL_REGISTRAR, "courses.select") is None


def test_every_permission_that_routes_and_workflows_name_is_in_the_table() -> None:
    files = [*ROOT.glob("gateway/routes/*.py"), *ROOT.glob("services/*/domain/workflows.py")]
    unknown = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z_]+\.[a-z_]+", node.value)
        and node.value not in PERMISSIONS
    ]
    assert not unknown
