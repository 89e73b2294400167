"""The providers that people sign in by (IDN-2), as the school sets them up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import add, change, locked
from contracts.errors import FieldError, ServiceError
from contracts.identity.states import SignInProviderStatus
from contracts.identity.unified import (
    CreateSignInProvider,
    DisableSignInProvider,
    EnableSignInProvider,
    SignInProviderKind,
    SignInProviderView,
    UpdateSignInProvider,
)
from services.identity.steps import provider_secrets
from services.identity.steps.views import provider_view
from services.identity.tables.unified import sign_in_providers


def create_sign_in_provider(command: CreateSignInProvider, uow: UnitOfWork) -> SignInProviderView:
    """Add a provider. Raises `sign_in_provider_name_taken` by its constraint, `validation_failed` without a client id
    where one is needed."""
    provider_id = new_id()
    values = {"id": provider_id, "kind": command.kind, **_fields(command, command.kind)}
    add(uow, sign_in_providers, values, "create")
    _keep_secret(uow, provider_id, command.client_secret)
    return _view(uow, provider_id)


def update_sign_in_provider(command: UpdateSignInProvider, uow: UnitOfWork) -> SignInProviderView:
    """Change a provider; a secret that is not given stays. Raises as `create_sign_in_provider`, `stale_version`, and
    `validation_failed` where the secret would follow to an address that it was not entered for."""
    before = locked(uow, sign_in_providers, command.sign_in_provider_id, command.version)
    fields = _fields(command, before.kind)
    has_moved = fields["address"] != before.address
    if has_moved and before.client_secret is not None and command.client_secret is None:
        raise ServiceError("validation_failed", [FieldError("client_secret", "secret_for_another_address")])
    change(uow, sign_in_providers, before, "edit", fields)
    _keep_secret(uow, before.id, command.client_secret)
    return _view(uow, before.id)


def disable_sign_in_provider(command: DisableSignInProvider, uow: UnitOfWork) -> SignInProviderView:
    """Let nobody sign in by it any more. Raises `stale_version`."""
    return _set_status(uow, command, SignInProviderStatus.DISABLED, "disable")


def enable_sign_in_provider(command: EnableSignInProvider, uow: UnitOfWork) -> SignInProviderView:
    """Let people sign in by it again. Raises `stale_version`."""
    return _set_status(uow, command, SignInProviderStatus.ENABLED, "use")


def _set_status(
    uow: UnitOfWork,
    command: DisableSignInProvider | EnableSignInProvider,
    status: SignInProviderStatus,
    action: str,
) -> SignInProviderView:
    before = locked(uow, sign_in_providers, command.sign_in_provider_id, command.version)
    change(uow, sign_in_providers, before, action, {"status": status})
    return _view(uow, before.id)


def _fields(command: CreateSignInProvider | UpdateSignInProvider, kind: str) -> dict[str, Any]:
    if kind == SignInProviderKind.OPENID_CONNECT and command.client_id is None:
        raise ServiceError("validation_failed", [FieldError("client_id", "field_required")])
    values = command.model_dump(include={"name", "client_id", "name_attribute", "password_address"})
    # CAS's pages stand below it; an issuer is compared sign by sign.
    address = command.address.rstrip("/") if kind == SignInProviderKind.CAS else command.address
    return {**values, "address": address}


def _keep_secret(uow: UnitOfWork, provider_id: UUID, secret: str | None) -> None:
    """Beside the other fields: the trail tells that it changed, and nothing of it."""
    if secret is not None:
        table = sign_in_providers
        kept = provider_secrets.sealed(provider_id, secret)
        uow.execute(table.update().where(table.c.id == provider_id).values(client_secret=kept))
        uow.audit(table, provider_id, "edit", after={"client_secret": "changed"})


def _view(uow: UnitOfWork, provider_id: UUID) -> SignInProviderView:
    return provider_view(uow.one(select(sign_in_providers).where(sign_in_providers.c.id == provider_id)))
