"""Who may do what: roles, permissions, and the one table between them.

A permission names an action in a service (`courses.select`). A role grants it over a kind of scope: the whole
school, the actor's teaching point, own courses, own students, the student's own record. An actor's grant for
a permission is the widest that any role gives. Every table's row policies keep the actor inside it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Role(StrEnum):
    """The roles that a person may hold; one may hold several."""

    TEACHING_POINT_ADMIN = "teaching_point_admin"
    TEACHING_POINT_STAFF = "teaching_point_staff"
    SCHOOL_ADMISSIONS = "school_admissions"
    SCHOOL_REGISTRAR = "school_registrar"
    SCHOOL_EXAMS = "school_exams"
    SCHOOL_FINANCE = "school_finance"
    COURSE_LEAD = "course_lead"
    ACADEMIC_TUTOR = "academic_tutor"
    COURSE_TUTOR = "course_tutor"
    STUDENT = "student"
    SYSTEM_ADMIN = "system_admin"


class ScopeKind(StrEnum):
    """Whose rows a grant reaches, widest first. `OWN` is the actor's own account."""

    SCHOOL = "school"
    POINT = "point"
    COURSE = "course"
    TUTOR = "tutor"
    STUDENT = "student"
    OWN = "own"


_WIDTH = {kind: place for place, kind in enumerate(ScopeKind)}

ROLE_PERMISSIONS: Mapping[Role, Mapping[str, ScopeKind]] = {role: {} for role in Role}


def permissions_of(roles: Iterable[Role]) -> dict[str, ScopeKind]:
    """What the roles allow together: of two grants for one permission the wider scope counts."""
    granted: dict[str, ScopeKind] = {}
    for role in roles:
        for permission, kind in ROLE_PERMISSIONS[role].items():
            if permission not in granted or _WIDTH[kind] < _WIDTH[granted[permission]]:
                granted[permission] = kind
    return granted


def all_permissions() -> frozenset[str]:
    """Every permission that some role grants."""
    return frozenset(name for table in ROLE_PERMISSIONS.values() for name in table)
