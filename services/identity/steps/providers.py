"""What providers of unified sign-in are asked: where people are sent, and whom they stand for who come back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote_plus
from uuid import UUID

import jwt
from sqlalchemy import Row

from chassis.base.settings import settings
from contracts.errors import ServiceError
from contracts.identity.unified import CALLBACK, SignInProviderKind
from contracts.text import cleaning
from services.identity.domain import cas, openid
from services.identity.domain.unified import with_query
from services.identity.steps import outside, provider_secrets

_KNOWN_FOR: Final = 600.0
"""Seconds after which a provider is asked anew what it says of itself, and for its keys."""
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as it is asked."""

    id: UUID
    kind: SignInProviderKind
    address: str
    client_id: str
    client_secret: str | None
    name_attribute: str | None

    @property
    def scope(self) -> str:
        """What is asked for beside the subject: the name, where the school wants to see it."""
        return "openid profile" if self.name_attribute else "openid"


@dataclass(frozen=True, slots=True)
class Start:
    """What was begun, and what is to come back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a provider stands for, and where they sign out there."""

    subject: str
    name: str | None
    sign_out: str | None


def provider_of(row: Row[Any]) -> Provider:
    """A row of the table with its secret opened. Raises `sign_in_provider_off` where the key that sealed it is gone:
    the school has to enter it again."""
    secret = None
    if row.client_secret is not None:
        secret = provider_secrets.opened(row.id, row.client_secret)
        if secret is None:
            raise ServiceError("sign_in_provider_off")
    return Provider(row.id, SignInProviderKind(row.kind), row.address, row.client_id or "", secret, row.name_attribute)


def callback_of(kind: SignInProviderKind, state: str | None = None) -> str:
    """Where a provider sends people: CAS gives back nothing of ours but this address, so the state stands in it."""
    address = settings().public_url.rstrip("/") + CALLBACK
    return with_query(address, state=state) if kind is SignInProviderKind.CAS and state is not None else address


def page_of(provider: Provider, start: Start) -> str:
    """Where the browser goes to sign in. Raises `sign_in_provider_unreachable`, and NotBelieved."""
    callback = callback_of(provider.kind, start.state)
    if provider.kind is SignInProviderKind.CAS:
        return cas.sign_in_address(provider.address, callback)
    secrets = {"state": start.state, "nonce": start.nonce, "verifier": start.verifier}
    return openid.authorization_address(_metadata(provider), provider.client_id, provider.scope, callback, **secrets)


def person_with_code(provider: Provider, start: Start, code: str, iss: str | None, now: datetime) -> Person:
    """Who signed in at a provider that speaks OpenID Connect.

    Raises `sign_in_provider_refused`, `sign_in_provider_unreachable`, and NotBelieved.
    """
    metadata = _metadata(provider)
    if iss is not None and iss != metadata.issuer:  # RFC 9207: the answer is another provider's
        raise openid.NotBelieved("issuer")
    token = _id_token(provider, metadata, start, code)
    expected = openid.Expected(metadata.issuer, provider.client_id, start.nonce, now)
    try:
        claims = openid.claims_of(token, _keys(metadata.jwks_uri), expected)
    except openid.UnknownKey:
        claims = openid.claims_of(token, _keys(metadata.jwks_uri, anew=True), expected)
    name = claims.get(provider.name_attribute) if provider.name_attribute else None
    back = openid.sign_out_address(metadata, provider.client_id, _signed_out())
    return _person(claims["sub"], name, back)


def person_with_ticket(provider: Provider, start: Start, ticket: str) -> Person:
    """Who signed in at a provider that speaks CAS. Raises as `person_with_code`."""
    service = callback_of(provider.kind, start.state)
    found = cas.validated(outside.get(cas.validation_address(provider.address, service, ticket)).body)
    if found is None:
        raise ServiceError("sign_in_provider_refused")
    back = cas.sign_out_address(provider.address, _signed_out())
    return _person(found.user, found.first(provider.name_attribute), back)


def _id_token(provider: Provider, metadata: openid.Metadata, start: Start, code: str) -> Any:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_of(provider.kind),
        "code_verifier": start.verifier,
        "client_id": provider.client_id,
    }
    credentials = None
    if provider.client_secret is not None and metadata.secret_in_body:
        form["client_secret"] = provider.client_secret
    elif provider.client_secret is not None:  # RFC 6749, 2.3.1: both are encoded first
        credentials = (quote_plus(provider.client_id), quote_plus(provider.client_secret))
    answer = outside.post(metadata.token_endpoint, form, credentials)
    if answer.status != 200:
        raise ServiceError("sign_in_provider_refused")
    said = answer.json
    return said.get("id_token") if isinstance(said, dict) else None


def _person(subject: Any, name: Any, sign_out: str | None) -> Person:
    """Raises NotBelieved for a subject that can't be one (Core 1.0, 2: at most 255 characters)."""
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise openid.NotBelieved("bad_subject")
    shown = cleaning.title(name)[:_LONGEST_NAME] if isinstance(name, str) else ""
    return Person(subject, shown or None, sign_out)


def _signed_out() -> str:
    return settings().public_url.rstrip("/") + "/sign-in"


# --- what a provider says of itself, remembered for a while by this process ---

_remembered: dict[str, tuple[float, Any]] = {}


def _metadata(provider: Provider) -> openid.Metadata:
    address = provider.address.rstrip("/") + "/.well-known/openid-configuration"
    found: openid.Metadata = _known(address, lambda said: openid.metadata_of(said, provider.address))
    return found


def _keys(address: str, *, anew: bool = False) -> jwt.PyJWKSet:
    found: jwt.PyJWKSet = _known(address, openid.key_set, anew=anew)
    return found


def _known(address: str, read: Callable[[Any], Any], *, anew: bool = False) -> Any:
    asked_at, found = _remembered.get(address, (-_KNOWN_FOR, None))
    if anew or time.monotonic() - asked_at >= _KNOWN_FOR:
        answer = outside.get(address)
        if answer.status != 200:
            raise ServiceError("sign_in_provider_unreachable")
        found = read(answer.json)
        _remembered[address] = (time.monotonic(), found)
    return found
