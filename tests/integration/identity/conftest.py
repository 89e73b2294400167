"""The identity service, unused, with a key of its own."""

from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher

from chassis.base.settings import settings
from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness
from services.identity.domain import passwords
from services.identity.service import Identity
from services.identity.steps import providers
from tests.builders.identity import private_key
from tests.lying_provider import LyingProvider, lying_provider


@pytest.fixture
def identity(
    harness_of: Callable[[type[Service]], ServiceHarness], monkeypatch: pytest.MonkeyPatch
) -> Iterator[ServiceHarness]:
    """With passwords that cost little to hash: there are several in every test."""
    monkeypatch.setenv("JIAOWU_TOKEN_PRIVATE_KEY", private_key())
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", cheap)
    monkeypatch.setattr(passwords, "NOBODY", cheap.hash("nobody has this password"))
    settings.cache_clear()
    yield harness_of(Identity)
    settings.cache_clear()


@pytest.fixture
def lying() -> Iterator[LyingProvider]:
    """A provider of unified sign-in of which this process knows nothing yet."""
    providers._remembered.clear()
    with lying_provider() as provider:
        yield provider
