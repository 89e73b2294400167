"""Passwords: what is kept, what is too easy, and when an account waits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain import passwords

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def test_only_the_password_itself_matches_its_hash() -> None:
    kept = passwords.hashed("correct-horse")
    assert kept.startswith("$argon2id$")
    assert passwords.matches(kept, "correct-horse")
    assert not passwords.matches(kept, "correct-horsf")


def test_nothing_matches_where_there_is_no_hash_or_a_broken_one() -> None:
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches("rubbish", "rubbish")


@pytest.mark.parametrize("easy", ["aaaaaaaa", "12345678", "87654321", "abcdefgh", "xz.zhao-1", "ababab99", "11112222"])
def test_easy_passwords_are_noticed(easy: str) -> None:
    assert passwords.too_easy(easy, "xz.zhao")


@pytest.mark.parametrize("good", ["correct-horse", "青山依旧在-几度夕阳红", "p7#kk2!qz"])
def test_other_passwords_are_not(good: str) -> None:
    assert not passwords.too_easy(good, "xz.zhao")


def test_one_time_passwords_differ_and_have_no_letter_that_is_read_for_another() -> None:
    made = {passwords.one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("01ilo")


@given(st.lists(st.integers(0, 3600), max_size=12))
def test_an_account_waits_exactly_while_five_failures_lie_within_a_quarter_of_an_hour(ago: list[int]) -> None:
    failed = [NOW - timedelta(seconds=seconds) for seconds in ago]
    recent = sorted(seconds for seconds in ago if seconds < 900)
    wait = passwords.seconds_to_wait(failed, NOW)
    assert (wait > 0) == (len(recent) >= 5)
    if wait > 1:
        later = NOW + timedelta(seconds=wait)
        assert passwords.seconds_to_wait(failed, later) == 0
        assert passwords.seconds_to_wait(failed, later - timedelta(seconds=1)) > 0
