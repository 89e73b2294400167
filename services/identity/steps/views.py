"""The views of identity, made of rows set by set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.data.bulk import ids_in
from chassis.data.pages import as_view
from chassis.data.unit_of_work import UnitOfWork
from contracts.identity.states import FirstStep, SecondFactorState
from contracts.identity.tokens import DelegatedPermission
from contracts.identity.unified import SignInProviderKind, SignInProviderView, UserBindingView
from contracts.identity.views import AccountView, RoleGrant, UserView
from services.identity.domain.roles import permissions
from services.identity.steps.providers import callback_of
from services.identity.tables.points import teaching_points
from services.identity.tables.unified import sign_in_providers, user_bindings
from services.identity.tables.users import user_roles, users

USER_COLUMNS = select(users, teaching_points.c.name.label("teaching_point_name")).outerjoin(
    teaching_points, teaching_points.c.id == users.c.teaching_point_id
)

BINDING_COLUMNS = (
    select(
        user_bindings,
        sign_in_providers.c.name.label("provider_name"),
        users.c.username,
        users.c.name,
        users.c.local_sign_in,
    )
    .outerjoin(sign_in_providers, sign_in_providers.c.id == user_bindings.c.sign_in_provider_id)
    .outerjoin(users, users.c.id == user_bindings.c.user_id)
)


def first_steps(row: Row[Any]) -> tuple[FirstStep, ...]:
    """What the account still has to do before anything else works."""
    steps = (
        (FirstStep.CHANGE_PASSWORD, row.must_change_password and row.local_sign_in),
        (FirstStep.COMPLETE_PROFILE, not row.profile_completed),
    )
    return tuple(step for step, due in steps if due)


def steps_of_session(account: Row[Any], session: Row[Any] | None) -> tuple[FirstStep, ...]:
    """What is to be done in a session of the account before anything else works: a code before all, since who knows
    the password alone may change nothing; a new second factor when it is clear whose account it is."""
    steps = first_steps(account)
    if session is None or not session.second_factor_due or session.second_factor_at is not None:
        return steps
    has_one = account.second_factor_since is not None
    return (FirstStep.ENTER_CODE, *steps) if has_one else (*steps, FirstStep.SET_UP_SECOND_FACTOR)


def second_factor_of(account: Row[Any]) -> SecondFactorState:
    """Whether an account has a second factor."""
    return SecondFactorState.NONE if account.second_factor_since is None else SecondFactorState.SET_UP


def grants_of(uow: UnitOfWork, user_ids: Sequence[UUID]) -> dict[UUID, tuple[RoleGrant, ...]]:
    """The roles of each user, in the order of their names."""
    found: dict[UUID, tuple[RoleGrant, ...]] = dict.fromkeys(user_ids, ())
    rows = uow.rows(select(user_roles).where(ids_in(user_roles.c.user_id, user_ids)).order_by(user_roles.c.role))
    for row in rows:
        grant = RoleGrant(role=row.role, modules=tuple(row.modules), course_ids=tuple(row.course_ids))
        found[row.user_id] += (grant,)
    return found


def user_views(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> tuple[UserView, ...]:
    """Users as lists show them, from rows of `USER_COLUMNS`."""
    grants = grants_of(uow, [row.id for row in rows])
    return tuple(
        UserView(
            **{name: row._mapping[name] for name in UserView.model_fields if name in row._mapping},
            roles=grants[row.id],
            first_steps=first_steps(row),
            second_factor=second_factor_of(row),
        )
        for row in rows
    )


def user_view(uow: UnitOfWork, user_id: UUID) -> UserView:
    """One user. Raises `not_found`."""
    return user_views(uow, [uow.one(USER_COLUMNS.where(users.c.id == user_id))])[0]


def account_view(
    row: Row[Any],
    grants: tuple[RoleGrant, ...],
    delegated: Sequence[DelegatedPermission],
    session: Row[Any] | None,
) -> AccountView:
    """One's own account, from a row of `USER_COLUMNS`, as it is in this session."""
    return AccountView(
        **{name: row._mapping[name] for name in AccountView.model_fields if name in row._mapping},
        user_id=row.id,
        roles=grants,
        permissions=permissions(grants, delegated),
        first_steps=steps_of_session(row, session),
    )


def binding_view(row: Row[Any]) -> UserBindingView:
    """A binding, from a row of `BINDING_COLUMNS`."""
    return as_view(UserBindingView, row)


def provider_view(row: Row[Any]) -> SignInProviderView:
    """A provider, without its secret."""
    return as_view(
        SignInProviderView,
        row,
        has_client_secret=row.client_secret is not None,
        callback_address=callback_of(SignInProviderKind(row.kind)),
    )
