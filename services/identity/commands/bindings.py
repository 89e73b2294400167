"""Whose account is whose at a provider (IDN-2): the school says so."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select, update

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import add, locked
from contracts.base import Done
from contracts.identity.states import WaysIn
from contracts.identity.unified import BindUser, ChangeLocalSignIn, UnbindUser, UserBindingView
from services.identity.domain.unified import local_sign_in_usual, ways_in
from services.identity.steps import local_sign_in
from services.identity.steps.notices import tell_user
from services.identity.steps.revoking import revoke_users
from services.identity.steps.views import BINDING_COLUMNS, binding_view, grants_of
from services.identity.tables.unified import sign_in_providers, unbound_subjects, user_bindings
from services.identity.tables.users import users


def bind_user(command: BindUser, uow: UnitOfWork) -> UserBindingView:
    """Bind a user to a provider's subject. Raises `not_found`, `last_local_sign_in`; by their constraints
    `subject_bound`, `user_bound`."""
    uow.one(select(sign_in_providers.c.id).where(sign_in_providers.c.id == command.sign_in_provider_id))
    user = local_sign_in.held(uow, command.user_id)
    roles = [grant.role for grant in grants_of(uow, [user.id])[user.id]]
    local = local_sign_in_usual(roles) if command.local_sign_in is None else command.local_sign_in
    subject = {"sign_in_provider_id": command.sign_in_provider_id, "subject": command.subject}
    binding = add(uow, user_bindings, {**subject, "user_id": user.id, "reason": command.reason}, "bind")
    _set_bound(uow, user.id, bound=True)
    local_sign_in.allow(uow, user, command.reason, allowed=local)
    tried = unbound_subjects.c
    here = (tried.sign_in_provider_id == command.sign_in_provider_id) & (tried.subject == command.subject)
    uow.execute(delete(unbound_subjects).where(here))
    tell_user(uow, user.id, "user_binding", "bind", ways_in(local=local))
    return _view(uow, binding.id)


def change_local_sign_in(command: ChangeLocalSignIn, uow: UnitOfWork) -> UserBindingView:
    """Let the own password open a bound account, or no more. Raises `stale_version`, `last_local_sign_in`."""
    binding = locked(uow, user_bindings, command.user_binding_id, command.version)
    user, local = local_sign_in.held(uow, binding.user_id), command.local_sign_in
    local_sign_in.allow(uow, user, command.reason, allowed=local)
    tell_user(uow, user.id, "user_binding", "change_local_sign_in", ways_in(local=local))
    return _view(uow, binding.id)


def unbind_user(command: UnbindUser, uow: UnitOfWork) -> Done:
    """Undo a binding: whoever is signed in by it is not any more. Raises `stale_version`."""
    binding = locked(uow, user_bindings, command.user_binding_id, command.version)
    user = locked(uow, users, binding.user_id)
    uow.execute(delete(user_bindings).where(user_bindings.c.id == binding.id))
    was = {name: binding._mapping[name] for name in ("sign_in_provider_id", "subject", "user_id")}
    uow.audit(user_bindings, binding.id, "unbind", before=was, after={"reason": command.reason})
    _set_bound(uow, user.id, bound=False)
    local_sign_in.allow(uow, user, command.reason, allowed=True)
    revoke_users(uow, users.c.id == user.id, end_sessions=True)
    tell_user(uow, user.id, "user_binding", "unbind", WaysIn.PASSWORD)
    return Done()


def _set_bound(uow: UnitOfWork, user_id: UUID, *, bound: bool) -> None:
    uow.execute(update(users).where(users.c.id == user_id).values(bound=bound))


def _view(uow: UnitOfWork, binding_id: UUID) -> UserBindingView:
    return binding_view(uow.one(BINDING_COLUMNS.where(user_bindings.c.id == binding_id)))
