"""A gateway in this process, with everything behind it faked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from chassis.provisioning.broker import broker_url, provision_broker
from contracts.permissions import PERMISSIONS
from gateway.app import Dependencies, create_app
from gateway.calls import Calls
from gateway.grants import AskedGrants
from gateway.rates import Rates
from gateway.revocations import RevocationList
from gateway.routes import tasks
from gateway.streams import Hub
from gateway.tokens import Tokens
from tests.gateway.broker import PASSWORDS
from tests.gateway.broker import SERVICES as ON_THE_BROKER
from tests.gateway.fakes import PERMISSION, ROUTES, SERVICES, FakeBackend, FakeStore, Issuer, scope_of
from tests.gateway.live import Client, do


@pytest.fixture(autouse=True)
def library_permissions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up permission, held by some of the real roles."""
    monkeypatch.setattr("gateway.tokens.scope_of", scope_of)
    monkeypatch.setattr("gateway.tokens.PERMISSIONS", PERMISSIONS | {PERMISSION})


@dataclass
class Gateway:
    """The application and what stands around it."""

    client: Client
    backend: FakeBackend
    store: FakeStore
    issuer: Issuer
    revocations: RevocationList
    hub: Hub
    tokens: Tokens

    def bearer(self, **claims: object) -> dict[str, str]:
        """Headers of somebody who is signed in."""
        return {"Authorization": f"Bearer {self.issuer.token(**claims)}"}  # type: ignore[arg-type]


def make_gateway(
    rates: Rates | None = None, services: Sequence[str] = SERVICES, in_flight: int = 64, **options: object
) -> Gateway:
    """A gateway of the made-up library, unless `options` name other routes."""
    options = {"routes": (*ROUTES, *tasks.ROUTES), **options}
    issuer, revocations, hub = Issuer(), RevocationList(), Hub(streams=8, per_user=2)
    revocations.complete = True
    backend, store = FakeBackend(), FakeStore()
    calls = Calls(backend, [*services, "identity"], in_flight)
    tokens = Tokens(issuer.public_key, revocations, AskedGrants(calls))
    dependencies = Dependencies(
        calls=calls,
        services=services,
        tokens=tokens,
        files=store,
        hub=hub,
        rates=rates or Rates(),
        **options,  # type: ignore[arg-type]
    )
    client = Client(create_app(dependencies))
    return Gateway(client, backend, store, issuer, revocations, hub, tokens)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = make_gateway()
    yield made
    do(made.hub.close)


@pytest.fixture
def broker_address(amqp_admin_url: str, management_url: str, vhost: str) -> str:
    """Where a gateway finds its broker."""
    provision_broker(amqp_admin_url, management_url, vhost, ON_THE_BROKER, PASSWORDS)
    return broker_url(amqp_admin_url, vhost, "gateway", PASSWORDS["gateway"])
