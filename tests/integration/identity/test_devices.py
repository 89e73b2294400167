"""Known devices: let through while others guess, with counts of their own."""

from datetime import timedelta

import pytest

from chassis.testing.harness import ServiceHarness, acting
from contracts.identity.commands import ChangePassword, IssueOneTimePasswords, SignIn
from contracts.identity.views import CreatedUser
from services.identity.domain.guessing import LIMITS, Limit, Source
from tests.builders import people
from tests.builders.identity import PASSWORD, from_address, signed_in, user

STRANGER, HOME = from_address("203.0.113.7"), from_address("198.51.100.20")
WRONG = SignIn(username="yl.zhao", password="wrong-password")
RIGHT = SignIn(username="yl.zhao", password=PASSWORD)
OTHER_PASSWORD = "another-horse-43"


@pytest.fixture
def owner(identity: ServiceHarness) -> CreatedUser:
    created = user(identity)
    signed_in(identity, created)
    return created


def on(device: str | None, command: SignIn = RIGHT) -> SignIn:
    return command.model_copy(update={"device_token": device})


def guess(identity: ServiceHarness, times: int = 5, command: SignIn = WRONG) -> list[str]:
    return [identity.refusal(command, STRANGER).code for _ in range(times)]


def test_a_known_device_comes_in_from_the_very_address_of_who_guesses(identity, owner) -> None:  # type: ignore[no-untyped-def]
    """As one of hundreds behind one address."""
    device = identity.run(RIGHT, STRANGER).device_token
    guess(identity, 8)
    assert identity.run(on(device), STRANGER).device_token
    assert identity.refusal(RIGHT, STRANGER).code == "account_waits"


def test_a_known_device_has_a_count_of_its_own(identity, owner) -> None:  # type: ignore[no-untyped-def]
    device = identity.run(RIGHT, HOME).device_token
    assert guess(identity, 6, on(device, WRONG)) == ["bad_credentials"] * 5 + ["account_waits"]
    renewed = identity.run(RIGHT, HOME).device_token
    assert identity.run(on(renewed), HOME).access_token


def test_a_device_is_known_to_its_own_account_alone_and_for_half_a_year(identity, owner) -> None:  # type: ignore[no-untyped-def]
    device = identity.run(RIGHT, HOME).device_token
    signed_in(identity, user(identity, "other"))
    of_other = identity.run(SignIn(username="other", password=PASSWORD), HOME).device_token
    guess(identity)
    for token in (of_other, device[:-4] + "AAAA", "dt_" + "A" * 72, None):
        assert identity.refusal(on(token), STRANGER).code == "account_waits"
    assert identity.run(on(device), STRANGER).access_token
    identity.clock.advance(timedelta(days=181))
    guess(identity)
    assert identity.refusal(on(device), STRANGER).code == "account_waits"


def test_a_device_is_unknown_once_the_password_was_changed(identity, owner) -> None:  # type: ignore[no-untyped-def]
    """Whoever knew the former one may have kept device tokens; the device on which it was changed is known."""
    kept = identity.run(RIGHT, HOME).device_token
    identity.clock.advance(timedelta(minutes=1))
    change = ChangePassword(current_password=PASSWORD, new_password=OTHER_PASSWORD, confirmation=OTHER_PASSWORD)
    me = acting(user_id=owner.user.id, scope="own", ids=[owner.user.id])
    known = identity.run(change, me).device_token
    guess(identity)
    right = SignIn(username="yl.zhao", password=OTHER_PASSWORD)
    assert identity.refusal(on(kept, right), STRANGER).code == "account_waits"
    assert identity.run(on(known, right), STRANGER).access_token


def test_a_device_is_unknown_once_the_help_desk_gave_a_password(identity, owner) -> None:  # type: ignore[no-untyped-def]
    kept = identity.run(RIGHT, HOME).device_token
    identity.clock.advance(timedelta(minutes=1))
    (issued,) = identity.run(IssueOneTimePasswords(user_ids=(owner.user.id,)), people.of_school()).items
    once = SignIn(username="yl.zhao", password=issued.password)
    assert identity.run(once, HOME).access_token
    identity.clock.advance(timedelta(seconds=1))
    guess(identity)
    assert guess(identity, 1, on(kept, WRONG)) == ["account_waits"]


def test_all_devices_of_an_account_together_have_a_hundred_guesses_a_day(identity, owner, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    assert LIMITS[Source.DEVICES] == Limit(100, timedelta(days=1))
    monkeypatch.setitem(LIMITS, Source.DEVICES, Limit(10, timedelta(days=1)))
    devices = [identity.run(RIGHT, HOME).device_token for _ in range(3)]
    assert guess(identity, 5, on(devices[0], WRONG)) == ["bad_credentials"] * 5
    assert guess(identity, 5, on(devices[1], WRONG)) == ["bad_credentials"] * 5
    assert guess(identity, 1, on(devices[2])) == ["account_waits"]
    assert identity.run(RIGHT, HOME).access_token, "from a known place it goes on"
    identity.clock.advance(timedelta(days=1, seconds=1))
    assert identity.run(on(devices[2]), STRANGER).access_token
