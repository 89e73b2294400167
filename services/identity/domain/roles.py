"""Which roles an account may be given, by whom, and what a token says of them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from chassis.work.reasons import Reason
from contracts.identity.tokens import AccessGrant, DelegatedPermission
from contracts.identity.views import RoleGrant
from contracts.permissions import PERMISSIONS, POINT_ROLES, ROLE_SCOPES, Role, ScopeKind, scope_of


def against_grants(grants: Sequence[RoleGrant], *, of_point: bool, by_point: bool) -> Reason | None:
    """Why roles do not fit the account (`of_point`: it belongs to a teaching point), or may not be given by a point's
    administrator (`by_point`)."""
    for grant in grants:
        role = grant.role
        if role is Role.STUDENT or (by_point and role not in POINT_ROLES):
            return Reason("role_not_grantable", {"role": role})
        if role in POINT_ROLES and not of_point:
            return Reason("role_needs_teaching_point", {"role": role})
        if role not in POINT_ROLES and of_point:
            return Reason("role_not_of_teaching_point", {"role": role})
        if role is Role.TEACHING_POINT_STAFF and not grant.modules:
            return Reason("role_needs_modules")
        if role is Role.COURSE_LEAD and not grant.course_ids:
            return Reason("role_needs_courses")
    return None


def access_grant(
    grant: RoleGrant, user_id: UUID, teaching_point_id: UUID | None, student_id: UUID | None
) -> AccessGrant:
    """What a token says of one role: the ids it is held for."""
    kind = ROLE_SCOPES[grant.role]
    ids: tuple[UUID | None, ...] = {
        ScopeKind.POINT: (teaching_point_id,),
        ScopeKind.COURSE: grant.course_ids,
        ScopeKind.TUTOR: (user_id,),
        ScopeKind.STUDENT: (student_id,),
    }.get(kind, ())
    return (grant.role, kind, tuple(i for i in ids if i is not None), tuple(grant.modules))


def permissions(grants: Iterable[RoleGrant], delegated: Iterable[DelegatedPermission] = ()) -> dict[str, ScopeKind]:
    """Every permission that the grants and colleagues give together, each with its widest scope."""
    width = list(ScopeKind)
    given = [
        (permission, scope_of(grant.role, permission, grant.modules)) for grant in grants for permission in PERMISSIONS
    ]
    given += [(permission, kind) for permission, kind, _ in delegated]
    found: dict[str, ScopeKind] = {}
    for permission, kind in given:
        if kind is not None and (permission not in found or width.index(kind) < width.index(found[permission])):
            found[permission] = kind
    return dict(sorted(found.items()))
