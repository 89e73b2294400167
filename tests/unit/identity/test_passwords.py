"""Passwords: what is kept, and what is too easy."""

from types import SimpleNamespace

import pytest
from argon2 import extract_parameters

from services.identity.domain import passwords


def test_only_the_password_itself_matches_its_hash() -> None:
    kept = passwords.hashed("correct-horse")
    assert kept.startswith("$argon2id$")
    assert passwords.matches(kept, "correct-horse")
    assert not passwords.matches(kept, "correct-horsf")


def test_nothing_matches_where_there_is_no_hash_or_a_broken_one() -> None:
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches("rubbish", "rubbish")


WORDS = ["xz.zhao", "赵欣", "13912345678", "zhao"]


@pytest.mark.parametrize(
    "easy",
    [
        "aaaaaaaa", "12345678", "87654321", "abcdefgh", "xz.zhao-1", "ababab99", "11112222", "password1", "P@ssw0rd",
        "1qaz2wsx", "qwertyuiop", "a123456789", "iloveyou1", "19900101", "woaini1314", "woaini520", "qq123456",
        "jiaowu123", "guokai2026", "我是赵欣-2026年", "x13912345678!", "XZ.ZHAO-und-mehr", "admin1234",
    ],
)  # fmt: skip
def test_common_passwords_and_those_made_of_the_account_are_too_easy(easy: str) -> None:
    assert passwords.too_easy(easy, WORDS)


@pytest.mark.parametrize(
    "good", ["correct-horse", "青山依旧在-几度夕阳红", "p7#kk2!qz", "kj3-mmw-9xq", "R7uZ_pe3-QkV0aLwx"]
)
def test_other_passwords_are_not(good: str) -> None:
    assert not passwords.too_easy(good, WORDS)


def test_what_a_stranger_knows_of_an_account_is_no_part_of_its_password() -> None:
    account = SimpleNamespace(username="xz.zhao", name="赵欣", mobile=None, email="zhao@example.edu.cn")
    assert passwords.words_about(account) == ["xz.zhao", "赵欣", "zhao"]


def test_one_time_passwords_differ_and_have_no_letter_that_is_read_for_another() -> None:
    made = {passwords.one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("01ilo")


def test_a_password_of_nobody_takes_as_long_to_refuse_as_one_of_somebody() -> None:
    parameters = extract_parameters(passwords.NOBODY)
    assert parameters == extract_parameters(passwords.hashed("whatever"))
    assert not passwords.matches(None, "whatever")
