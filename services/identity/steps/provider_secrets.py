"""The secrets that providers of unified sign-in know us by: sealed, each bound to its provider's row."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from chassis.data.unit_of_work import UnitOfWork
from services.identity.steps import vault
from services.identity.steps.keys import signing_key
from services.identity.tables.unified import sign_in_providers

_PURPOSE: Final = "secret of a sign-in provider"


def sealed(provider_id: UUID, secret: str) -> bytes:
    """The secret as it is kept."""
    return vault.seal(_PURPOSE, provider_id.bytes, secret.encode(), signing_key())


def opened(provider_id: UUID, kept: bytes) -> str | None:
    """A provider's secret; None where no key opens it any more."""
    secret = vault.opened(_PURPOSE, provider_id.bytes, kept)
    return None if secret is None else secret.decode()


def seal_anew(uow: UnitOfWork) -> int:
    """Seal with the key that signs now what another one has sealed; how many secrets. There are a few providers."""
    table, done = sign_in_providers, 0
    for row in uow.rows(select(table.c.id, table.c.client_secret).where(table.c.client_secret.is_not(None))):
        again = vault.sealed_anew(_PURPOSE, row.id.bytes, row.client_secret)
        if again is not None:
            same = (table.c.id == row.id) & (table.c.client_secret == row.client_secret)
            done += uow.execute(update(table).where(same).values(client_secret=again)).rowcount
    return done
