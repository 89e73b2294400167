"""Which ID tokens are believed (OpenID Connect Core 1.0, 3.1.3.7), and what a provider may say of itself."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from services.identity.domain import openid

ISSUER, CLIENT, NONCE = "https://sso.example", "jiaowu", "n-0S6_WzA2Mj"
NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": "https://sso.example/auth",
    "token_endpoint": "https://sso.example/token",
    "jwks_uri": "https://sso.example/jwks",
}


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def keys(*names: str) -> jwt.PyJWKSet:
    """The provider's key set: RSA keys of these names, and one of an elliptic curve."""
    found: list[dict[str, Any]] = [
        {**RSAAlgorithm.to_jwk(rsa_key(name).public_key(), as_dict=True), "kid": name, "use": "sig"} for name in names
    ]
    found.append({**ECAlgorithm.to_jwk(ec_key().public_key(), as_dict=True), "kid": "curve", "use": "sig"})
    return openid.key_set({"keys": found})


def claims(**changes: Any) -> dict[str, Any]:
    said = {
        "iss": ISSUER,
        "sub": "20210417",
        "aud": CLIENT,
        "nonce": NONCE,
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(minutes=5)).timestamp()),
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def token(*, key: Any = None, algorithm: str = "RS256", kid: str | None = "one", **changes: Any) -> str:
    headers = {"kid": kid} if kid is not None else {}
    return jwt.encode(claims(**changes), rsa_key("one") if key is None else key, algorithm=algorithm, headers=headers)


def read(text: Any, known: jwt.PyJWKSet | None = None) -> Any:
    return openid.claims_of(text, known or keys("one"), openid.Expected(ISSUER, CLIENT, NONCE, NOW))


def test_a_token_that_holds_says_who_came() -> None:
    assert read(token())["sub"] == "20210417"
    assert read(token(algorithm="PS256"))["sub"] == "20210417"
    assert read(token(key=ec_key(), algorithm="ES256", kid="curve"))["sub"] == "20210417"
    assert read(token(aud=[CLIENT, "other"], azp=CLIENT))["sub"] == "20210417"


def seconds(count: int) -> int:
    return int((NOW + timedelta(seconds=count)).timestamp())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://evil.example"}, "issuer"),
        ({"iss": ISSUER + "/"}, "issuer"),
        ({"aud": "another"}, "audience"),
        ({"aud": [CLIENT, "other"]}, "audience"),
        ({"aud": [CLIENT, "other"], "azp": "other"}, "audience"),
        ({"azp": "other"}, "audience"),
        ({"exp": seconds(-60)}, "expired"),
        ({"iat": seconds(61)}, "not_yet"),
        ({"nonce": "of another start"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": None}, "bad_token"),
        ({"iat": None}, "bad_token"),
        ({"sub": None}, "bad_token"),
        ({"aud": None}, "bad_token"),
    ],
)
def test_a_token_for_another_of_another_or_of_another_time_is_not_believed(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(openid.NotBelieved) as refused:
        read(token(**changes))
    assert refused.value.reason == reason


def test_a_token_is_good_within_what_clocks_may_differ() -> None:
    assert read(token(exp=seconds(-59), iat=seconds(60)))["sub"] == "20210417"


def test_only_the_providers_public_keys_sign() -> None:
    """Neither nobody, nor the client with its secret, nor another's key of the same name, nor a key of another kind."""
    head = urlsafe_b64encode(b'{"alg":"none","kid":"one"}').decode().rstrip("=")
    unsigned = f"{head}.{token().split('.')[1]}."
    for wrong, reason in (
        (token(key=rsa_key("two")), "signature"),
        (token()[:-8] + "AAAAAAAA", "signature"),
        (token(key="secret-of-the-client-that-is-long-enough", algorithm="HS256"), "algorithm"),
        (unsigned, "algorithm"),
        (token(kid="curve"), "bad_token"),
        (None, "bad_token"),
        ("a.b", "bad_token"),
    ):
        with pytest.raises(openid.NotBelieved) as refused:
            read(wrong)
        assert refused.value.reason == reason, wrong


def test_a_key_that_nobody_knows_yet_is_told_apart_so_that_it_can_be_asked_for() -> None:
    newer = token(key=rsa_key("two"), kid="two")
    with pytest.raises(openid.UnknownKey):
        read(newer)
    assert read(newer, keys("one", "two"))["sub"] == "20210417"
    with pytest.raises(openid.UnknownKey):
        read(token(kid=None))  # there are two, and it names none


@pytest.mark.parametrize("said", [None, [], {}, {"keys": None}, {"keys": []}, {"keys": [{"kty": "RSA"}]}, "keys"])
def test_what_is_no_key_set_is_not_believed(said: Any) -> None:
    with pytest.raises(openid.NotBelieved):
        openid.key_set(said)


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://sso.example/"},
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://sso.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
    ],
)
def test_what_a_provider_says_of_itself_is_its_own_and_leads_to_safe_addresses(changes: dict[str, Any]) -> None:
    assert openid.metadata_of(METADATA, ISSUER).issuer == ISSUER
    with pytest.raises(openid.NotBelieved):
        openid.metadata_of({**METADATA, **changes}, ISSUER)


def test_people_are_sent_with_state_nonce_and_the_hash_of_a_verifier_that_stays_here() -> None:
    metadata = openid.metadata_of(METADATA, ISSUER)
    secrets = {"state": "s", "nonce": "n", "verifier": "v" * 64}
    address = openid.authorization_address(metadata, CLIENT, "openid", "https://jw.example/sign-in/unified", **secrets)
    sent = {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}
    challenge = urlsafe_b64encode(sha256(b"v" * 64).digest()).decode().rstrip("=")
    assert sent == {
        "response_type": "code",
        "client_id": CLIENT,
        "scope": "openid",
        "redirect_uri": "https://jw.example/sign-in/unified",
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    assert openid.sign_out_address(metadata, CLIENT, "https://jw.example/sign-in") is None
