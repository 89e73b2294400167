"""Passwords and keys that are made once."""

import jwt
import pytest

from launcher.secrets import Secrets


def test_a_password_stays_the_same_and_differs_by_name(tmp_path):
    first = Secrets(tmp_path / "secrets").password("courses")
    again = Secrets(tmp_path / "secrets")
    assert again.password("courses") == first
    assert again.password("finance") != first
    assert len(first) >= 32


def test_only_the_owner_can_read_them(tmp_path):
    secrets = Secrets(tmp_path / "secrets")
    secrets.password("courses")
    secrets.token_keys()
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o600}


def test_what_the_private_key_signs_the_public_key_verifies(tmp_path):
    private, public = Secrets(tmp_path / "secrets").token_keys()
    token = jwt.encode({"sub": "someone"}, private, algorithm="EdDSA")
    assert jwt.decode(token, public, algorithms=["EdDSA"]) == {"sub": "someone"}
    _, another = Secrets(tmp_path / "other").token_keys()
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, another, algorithms=["EdDSA"])
