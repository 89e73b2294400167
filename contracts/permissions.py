"""Who may do what: roles, permissions, and the one table between them.

A permission names an action in a service (`courses.select`). A role grants it over a kind of scope: the whole
school, the actor's teaching point, own courses, own students, the student's own record. An actor's grant for
a permission is the widest that any role gives. Every table's row policies keep the actor inside it.
"""

from collections.abc import Collection, Iterable, Mapping
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


class Module(StrEnum):
    """What teaching-point staff are granted one by one: the services whose permissions they may use."""

    ENROLLMENT = "enrollment"
    REGISTRY = "registry"
    COURSES = "courses"
    FINANCE = "finance"
    EXAMS = "exams"


_MODULES = frozenset(Module)

POINT_ROLES = frozenset({Role.TEACHING_POINT_ADMIN, Role.TEACHING_POINT_STAFF, Role.ACADEMIC_TUTOR})
"""Roles of people who belong to a teaching point; a point's administrator grants no others."""

# What a role is held for.
ROLE_SCOPES: Mapping[Role, ScopeKind] = {
    Role.TEACHING_POINT_ADMIN: ScopeKind.POINT,
    Role.TEACHING_POINT_STAFF: ScopeKind.POINT,
    Role.SCHOOL_ADMISSIONS: ScopeKind.SCHOOL,
    Role.SCHOOL_REGISTRAR: ScopeKind.SCHOOL,
    Role.SCHOOL_EXAMS: ScopeKind.SCHOOL,
    Role.SCHOOL_FINANCE: ScopeKind.SCHOOL,
    Role.COURSE_LEAD: ScopeKind.COURSE,
    Role.ACADEMIC_TUTOR: ScopeKind.TUTOR,
    Role.COURSE_TUTOR: ScopeKind.TUTOR,
    Role.STUDENT: ScopeKind.STUDENT,
    Role.SYSTEM_ADMIN: ScopeKind.SCHOOL,
}

_ADMIN, _STAFF = Role.TEACHING_POINT_ADMIN, Role.TEACHING_POINT_STAFF
_ADMISSIONS, _REGISTRAR = Role.SCHOOL_ADMISSIONS, Role.SCHOOL_REGISTRAR
_EXAMS, _FINANCE = Role.SCHOOL_EXAMS, Role.SCHOOL_FINANCE
_LEAD, _STUDENT, _SYSTEM = Role.COURSE_LEAD, Role.STUDENT, Role.SYSTEM_ADMIN
_POINT = (_ADMIN, _STAFF)
_SCHOOL = (_ADMISSIONS, _REGISTRAR, _EXAMS, _FINANCE)

# Permission → the roles that have it. Over which rows is said by the role: ROLE_SCOPES.
_GRANTED_TO: Mapping[str, tuple[Role, ...]] = {
    # identity
    "identity.read_teaching_points": (_ADMIN, _STAFF, *_SCHOOL, _SYSTEM),
    "identity.manage_teaching_points": (_SYSTEM,),
    "identity.edit_point_information": (_ADMIN, _SYSTEM),
    "identity.read_users": (_ADMIN, _SYSTEM),
    "identity.manage_users": (_ADMIN, _SYSTEM),
    "identity.manage_unified_sign_in": (_SYSTEM,),
    "identity.read_settings": (*_SCHOOL, _SYSTEM),
    "identity.manage_settings": (_SYSTEM,),
    # enrollment
    "enrollment.read_rounds": (*_POINT, *_SCHOOL),
    "enrollment.manage_rounds": (_ADMISSIONS,),
    "enrollment.read_settings": (*_SCHOOL, _SYSTEM),
    "enrollment.manage_settings": (_ADMISSIONS,),
    "enrollment.read_applications": (*_POINT, _ADMISSIONS, _REGISTRAR),
    "enrollment.enter_applications": _POINT,
    "enrollment.check_prior_education": (_ADMISSIONS,),
    "enrollment.review_applications": (_ADMISSIONS,),
    # registry
    "registry.read_students": (*_POINT, *_SCHOOL, _STUDENT),
    "registry.import_students": (*_POINT, _REGISTRAR),
    "registry.change_contact": (*_POINT, _REGISTRAR),
    "registry.record_degree_intent": (*_POINT, _REGISTRAR),
    "registry.read_status_changes": (*_POINT, _REGISTRAR, _STUDENT),
    "registry.change_status": (_REGISTRAR,),
    "registry.review_status_changes": (_REGISTRAR,),
    "registry.read_documents": (*_POINT, _REGISTRAR, _STUDENT),
    "registry.issue_documents": (*_POINT, _REGISTRAR),
    "registry.withdraw_documents": (_REGISTRAR,),
    # courses
    "courses.read_catalogue": (*_POINT, *_SCHOOL, _LEAD, _STUDENT),
    "courses.manage_catalogue": (_REGISTRAR,),
    "courses.manage_rounds": (_REGISTRAR,),
    "courses.read_selections": (*_POINT, _REGISTRAR, _EXAMS, _FINANCE, _LEAD, _STUDENT),
    "courses.read_statistics": (*_POINT, _REGISTRAR, _EXAMS, _FINANCE, _LEAD),
    "courses.select": (*_POINT, _STUDENT),
    "courses.select_in_batch": _POINT,
    "courses.cancel_selections": (*_POINT, _STUDENT),
    "courses.request_withdrawals": (*_POINT, _STUDENT),
    "courses.review_withdrawals": (_REGISTRAR,),
    # finance
    "finance.read_standards": (*_POINT, _REGISTRAR, _FINANCE, _STUDENT),
    "finance.manage_standards": (_FINANCE,),
    "finance.read_settings": (*_SCHOOL, _SYSTEM),
    "finance.manage_settings": (_FINANCE,),
    "finance.read_bills": (*_POINT, _REGISTRAR, _FINANCE, _STUDENT),
    "finance.read_balance": (*_POINT, _FINANCE, _STUDENT),
    "finance.remit": _POINT,
    "finance.read_remittances": (*_POINT, _FINANCE),
    "finance.review_remittances": (_FINANCE,),
    "finance.read_reviews": (*_POINT, _REGISTRAR, _FINANCE, _STUDENT),
    "finance.review_withdrawals": (_FINANCE,),
    "finance.read_refunds": (*_POINT, _FINANCE),
    "finance.manage_refunds": (_FINANCE,),
    "finance.read_ledger": (_FINANCE,),
    # exams
    "exams.read_rounds": (*_POINT, *_SCHOOL, _LEAD, _STUDENT),
    "exams.manage_rounds": (_EXAMS,),
    "exams.read_registrations": (*_POINT, _REGISTRAR, _EXAMS, _LEAD, _STUDENT),
    "exams.register_resits": (*_POINT, _STUDENT),
    "exams.publish_arrangement": (_EXAMS,),
    "exams.record_attendance": (_EXAMS,),
    # every service
    "audit.read": (_SYSTEM,),
    "messages.read": (_SYSTEM,),
    "messages.manage": (_SYSTEM,),
    "reconciliation.read": (_SYSTEM,),
}

ROLE_PERMISSIONS: Mapping[Role, Mapping[str, ScopeKind]] = {
    role: {permission: ROLE_SCOPES[role] for permission, roles in _GRANTED_TO.items() if role in roles} for role in Role
}

PERMISSIONS = frozenset(_GRANTED_TO)
"""Every permission there is."""


def services_of_point(roles: Iterable[tuple[Role, Collection[str]]]) -> frozenset[str]:
    """The services in which somebody at a teaching point reaches its rows by roles, each with its modules: what is told
    to the point by these they are told."""
    return frozenset(
        permission.partition(".")[0]
        for role, modules in roles
        for permission in PERMISSIONS
        if scope_of(role, permission, modules) is ScopeKind.POINT
    )


def scope_of(role: Role, permission: str, modules: Collection[str] = ()) -> ScopeKind | None:
    """Over which rows a role grants a permission, or None. Point staff may use only the modules granted."""
    service = permission.partition(".")[0]
    if role is Role.TEACHING_POINT_STAFF and service in _MODULES and service not in modules:
        return None
    return ROLE_PERMISSIONS[role].get(permission)
