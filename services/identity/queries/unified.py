"""Unified sign-in (IDN-2): what people may sign in by, and whose account is whose there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select

from chassis.data.lists import Listing
from chassis.data.pages import matches
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import Reader
from contracts.base import Page
from contracts.identity.states import SignInProviderStatus
from contracts.identity.unified import (
    GetBoundProvider,
    GetSignInOptions,
    ListSignInProviders,
    ListUnboundSubjects,
    ListUserBindings,
    SignInOption,
    SignInOptions,
    SignInProviderView,
    UnboundSubjectView,
    UserBindingView,
)
from services.identity.steps.views import BINDING_COLUMNS, binding_view, provider_view
from services.identity.tables.unified import sign_in_providers, unbound_subjects, user_bindings
from services.identity.tables.users import user_search


def get_sign_in_options(query: GetSignInOptions, uow: UnitOfWork) -> SignInOptions:
    """The providers in use, by name."""
    p = sign_in_providers.c
    rows = uow.rows(select(sign_in_providers).where(p.status == SignInProviderStatus.ENABLED).order_by(p.name))
    return SignInOptions(items=tuple(map(_option, rows)))


def get_bound_provider(query: GetBoundProvider, uow: UnitOfWork) -> SignInOption:
    """The acting user's, whose binding is out of their own sight. Raises `not_found`."""
    mine = user_bindings.c.user_id == uow.acting_user
    return _option(uow.one(select(sign_in_providers).join(user_bindings).where(mine)))


def _option(row: Row[Any]) -> SignInOption:
    return SignInOption(sign_in_provider_id=row.id, name=row.name, password_address=row.password_address)


PROVIDERS = Listing[SignInProviderView](
    ListSignInProviders, sign_in_providers, views=lambda uow, rows: (provider_view(row) for row in rows)
)


def list_sign_in_providers(query: ListSignInProviders, uow: UnitOfWork) -> Page[SignInProviderView]:
    """All of them, also those out of use."""
    return PROVIDERS.page(query, uow)


def _called(text: str, uow: Reader) -> ColumnElement[bool]:
    """By what the user is called here or there."""
    return or_(
        user_search.found(user_bindings.c.user_id, text),
        matches(text, numbers=[user_bindings.c.subject]),
    )


BINDINGS = Listing[UserBindingView](
    ListUserBindings,
    user_bindings,
    shown=lambda: BINDING_COLUMNS,
    views=lambda uow, rows: map(binding_view, rows),
    filters={"search": _called},
)


def list_user_bindings(query: ListUserBindings, uow: UnitOfWork) -> Page[UserBindingView]:
    """Bindings, the newest first."""
    return BINDINGS.page(query, uow)


def _subjects() -> Select[tuple[object, ...]]:
    provider = sign_in_providers.c.name.label("provider_name")
    here = sign_in_providers.c.id == unbound_subjects.c.sign_in_provider_id
    return select(unbound_subjects, provider).outerjoin(sign_in_providers, here)


SUBJECTS = Listing[UnboundSubjectView](ListUnboundSubjects, unbound_subjects, shown=_subjects)


def list_unbound_subjects(query: ListUnboundSubjects, uow: UnitOfWork) -> Page[UnboundSubjectView]:
    """Who came and is bound to nobody, the last first."""
    return SUBJECTS.page(query, uow)
