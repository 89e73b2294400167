"""Keys of tokens as text."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from chassis.base.pem import new_private_key, private_blocks, private_keys, public_keys, public_pem

OF_ANOTHER_KIND = generate_private_key(SECP256R1())
PRIVATE = OF_ANOTHER_KIND.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = OF_ANOTHER_KIND.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
KINDS = ["nothing", "broken off", "another kind", "another kind beside one"]


def test_keys_after_one_another_are_read_in_their_order() -> None:
    first, second = new_private_key(), new_private_key()
    assert private_blocks(first + second) == [first, second]
    public = [public_pem(key) for key in private_keys(first + second)]
    assert public == [public_pem(private_keys(key)[0]) for key in (first, second)]
    assert [key.public_bytes_raw() for key in public_keys("\n".join(public))] == [
        key.public_key().public_bytes_raw() for key in private_keys(first + second)
    ]


@pytest.mark.parametrize("text", ["", "-----BEGIN PRIVATE KEY-----", PRIVATE, new_private_key() + PRIVATE], ids=KINDS)
def test_what_is_no_private_key_of_tokens_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="private key for tokens"):
        private_keys(text)


@pytest.mark.parametrize(
    "text", ["", "-----BEGIN PUBLIC KEY-----", PUBLIC, public_pem(*private_keys(new_private_key())) + PUBLIC], ids=KINDS
)
def test_what_is_no_public_key_of_tokens_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="public key for tokens"):
        public_keys(text)
