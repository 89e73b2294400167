"""What somebody may hand to a colleague, and what it reaches in the colleague's hands (IDN-7)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from chassis.work.reasons import Reason
from contracts.identity.tokens import DelegatedPermission, ids_of
from contracts.identity.views import RoleGrant
from contracts.permissions import Role, ScopeKind, scope_of
from services.identity.domain.roles import access_grant, permissions

LONGEST: Final = timedelta(days=366)
MOST_OPEN: Final = 100
"""That one user may have handed on, or received, at a time: all of them travel with every token."""

KEPT_TO_ONESELF: Final = frozenset(
    {"identity.manage_users", "identity.manage_unified_sign_in", "identity.manage_settings"}
)
"""Who makes users gives rights, who says which subject an account is gives it away, and who changes settings takes
second factors off: handed on, each could make others out of one."""
_WIDTH: Final = list(ScopeKind)


def own(grants: Sequence[RoleGrant]) -> frozenset[str]:
    """The permissions that somebody may hand on: those of the own roles, never what others have handed to them. A
    student's are about the own record."""
    staff = [grant for grant in grants if grant.role is not Role.STUDENT]
    return frozenset(permissions(staff)) - KEPT_TO_ONESELF


def against_giving(wanted: Iterable[str], grants: Sequence[RoleGrant], until: date, today: date) -> Reason | None:
    """Why permissions may not be handed on until a day."""
    if set(wanted) - own(grants):
        return Reason("permission_not_own")
    if until < today:
        return Reason("delegation_until_past")
    if until > today + LONGEST:
        return Reason("delegation_too_long", {"days": LONGEST.days})
    return None


def reach(
    permission: str, grants: Iterable[RoleGrant], giver_id: UUID, teaching_point_id: UUID | None
) -> DelegatedPermission | None:
    """What a permission reaches in its giver's hands, and so in the receiver's: the widest kind of scope that the
    giver's roles give, with its ids. None where the giver has it no more."""
    found: dict[ScopeKind, set[UUID]] = {}
    for grant in grants:
        kind = scope_of(grant.role, permission, grant.modules)
        if kind is not None and grant.role is not Role.STUDENT:
            given = access_grant(grant, giver_id, teaching_point_id, None)
            found.setdefault(kind, set()).update(ids_of(given, kind, giver_id))
    if not found:
        return None
    kind = min(found, key=_WIDTH.index)
    return (permission, kind, tuple(sorted(found[kind])))
