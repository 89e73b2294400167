"""OpenID Connect Core 1.0 as the relying party: what a provider says of itself, where people are sent, and whether an
ID token is to be believed. The signature is PyJWT's matter."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import jwt
from pydantic import BaseModel, ValidationError

from contracts.identity.unified import ProviderAddress
from services.identity.domain.unified import with_query

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""With public keys alone: neither `none` nor HMAC, whose key is the client's secret."""
CLOCK_SKEW: Final = 60
"""Seconds that the provider's clock may differ from ours."""
_CLAIMS: Final = ["iss", "sub", "aud", "exp", "iat"]


class NotBelieved(Exception):
    """What a provider answered does not hold; `reason` is a word for log and trail."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownKey(NotBelieved):
    """The key is none of those that we know of the provider: it may have a new one."""

    def __init__(self) -> None:
        super().__init__("unknown_key")


class Metadata(BaseModel):
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: ProviderAddress
    token_endpoint: ProviderAddress
    jwks_uri: ProviderAddress
    end_session_endpoint: ProviderAddress | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)

    @property
    def secret_in_body(self) -> bool:
        """Whether it takes the client's secret in the form alone."""
        return "client_secret_basic" not in self.token_endpoint_auth_methods_supported


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token has to say."""

    issuer: str
    client_id: str
    nonce: str
    now: datetime


def metadata_of(document: Any, issuer: str) -> Metadata:
    """What a provider says of itself, which has to be the issuer that was asked. Raises NotBelieved."""
    try:
        metadata = Metadata.model_validate(document)
    except ValidationError:
        raise NotBelieved("bad_discovery") from None
    if metadata.issuer != issuer:
        raise NotBelieved("wrong_issuer")
    return metadata


def authorization_address(metadata: Metadata, client_id: str, scope: str, callback: str, **secrets: str) -> str:
    """Where the browser goes; `secrets` are `state`, `nonce` and the `verifier` of PKCE (RFC 7636)."""
    challenge = urlsafe_b64encode(sha256(secrets.pop("verifier").encode()).digest()).decode().rstrip("=")
    return with_query(
        metadata.authorization_endpoint,
        response_type="code",
        client_id=client_id,
        scope=scope,
        redirect_uri=callback,
        code_challenge=challenge,
        code_challenge_method="S256",
        **secrets,
    )


def sign_out_address(metadata: Metadata, client_id: str, back: str) -> str | None:
    """Where people sign out at the provider (RP-Initiated Logout 1.0); None where it has no such page."""
    if metadata.end_session_endpoint is None:
        return None
    return with_query(metadata.end_session_endpoint, client_id=client_id, post_logout_redirect_uri=back)


def key_set(document: Any) -> jwt.PyJWKSet:
    """The provider's public keys. Raises NotBelieved."""
    try:
        return jwt.PyJWKSet.from_dict(document)
    except (jwt.PyJWTError, AttributeError, KeyError, TypeError, ValueError):
        raise NotBelieved("bad_keys") from None


def claims_of(token: Any, keys: jwt.PyJWKSet, expected: Expected) -> Mapping[str, Any]:
    """What an ID token says (Core 1.0, 3.1.3.7). Raises NotBelieved, and UnknownKey for a key that is not there."""
    try:
        header = jwt.get_unverified_header(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            _key_of(header, keys),
            algorithms=ALGORITHMS,
            audience=expected.client_id,
            issuer=expected.issuer,
            options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except NotBelieved:
        raise
    except jwt.PyJWTError as error:
        raise NotBelieved(_REASONS.get(type(error), "bad_token")) from None
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise NotBelieved("bad_token") from None
    _check(claims, expected)
    return claims


_REASONS: Final[Mapping[type[Exception], str]] = {
    jwt.InvalidSignatureError: "signature",
    jwt.InvalidAudienceError: "audience",
    jwt.InvalidIssuerError: "issuer",
    jwt.InvalidAlgorithmError: "algorithm",
}


def _key_of(header: Mapping[str, Any], keys: jwt.PyJWKSet) -> Any:
    """The key that a token names, or the only one where it names none."""
    signing = [key for key in keys.keys if key.public_key_use in (None, "sig")]
    named = [key for key in signing if key.key_id == header.get("kid")] if "kid" in header else signing
    if len(named) != 1:
        raise UnknownKey
    return named[0].key


def _check(claims: Mapping[str, Any], expected: Expected) -> None:
    """What PyJWT does not look at, or by its own clock."""
    now = expected.now.timestamp()
    if not _is_instant(claims["exp"]) or claims["exp"] <= now - CLOCK_SKEW:
        raise NotBelieved("expired")
    if not _is_instant(claims["iat"]) or claims["iat"] > now + CLOCK_SKEW:
        raise NotBelieved("not_yet")
    many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if many else expected.client_id) != expected.client_id:
        raise NotBelieved("audience")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), expected.nonce.encode()):
        raise NotBelieved("nonce")


def _is_instant(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
