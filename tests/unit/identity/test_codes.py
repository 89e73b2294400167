"""Codes of authenticator apps as RFC 6238 has them, and recovery codes."""

from datetime import UTC, datetime, timedelta

import pytest
from pyotp import TOTP

from chassis.base.ids import new_id
from services.identity.domain import codes

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standards_appendix(seconds: int, code: str) -> None:
    assert codes.step_of(RFC_SECRET, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_may_be_one_step_early_or_late(steps: int, counts: bool) -> None:
    now, secret = datetime(2026, 9, 1, 8, 0, 7, tzinfo=UTC), codes.new_secret()
    shown = now + timedelta(seconds=30 * steps)
    step = codes.step_of(secret, TOTP(secret).at(shown), now)
    assert step == (int(shown.timestamp()) // 30 if counts else None)


def test_another_secret_has_other_codes() -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC)
    steps = [codes.step_of(codes.new_secret(), TOTP(RFC_SECRET).at(now), now) for _ in range(3)]
    assert steps != [int(now.timestamp()) // 30] * 3


def test_recovery_codes_are_all_different_and_read_however_they_are_typed() -> None:
    me, made = new_id(), codes.new_recovery_codes()
    assert len(set(made)) == codes.RECOVERY_CODES
    for code in made:
        assert not codes.is_of_app(code)
        typed = code.replace("-", "").upper()
        assert codes.recovery_hash(me, typed) == codes.recovery_hash(me, code)
        assert codes.recovery_hash(new_id(), code) != codes.recovery_hash(me, code)
    assert codes.is_of_app("123456")
    assert not codes.is_of_app("222233334444555566667777"), "a recovery code may be of digits alone"


def test_an_app_is_told_whose_secret_it_is() -> None:
    said = codes.uri(RFC_SECRET, "yl.zhao", "开放大学")
    assert said.startswith("otpauth://totp/")
    assert f"secret={RFC_SECRET}" in said
    assert "yl.zhao" in said
