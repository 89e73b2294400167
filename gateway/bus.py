"""The gateway on the bus: calls by RPC, revocations and hints by events."""

from __future__ import annotations

from functools import partial
from typing import Any

from nameko.extensions import DependencyProvider

from chassis.base.context import Context
from chassis.base.settings import Settings, settings
from chassis.messages.publisher import TransientPublisher
from chassis.messages.rpc import Replies, RpcClient
from chassis.messages.wire import read_warily, use_orjson
from chassis.papers.quota import Limits
from chassis.papers.store import FileStore
from contracts.base import Operation
from contracts.errors import ServiceError
from gateway.app import Dependencies, create_app
from gateway.calls import Calls
from gateway.grants import AskedGrants
from gateway.listener import Listener
from gateway.notices import tell
from gateway.process import GatewayProcess, WebService
from gateway.rates import Rates
from gateway.revocations import RevocationList
from gateway.routes import SERVICES
from gateway.settings import GatewaySettings
from gateway.streams import Hub
from gateway.sync import RevocationSync
from gateway.tokens import Tokens

_BACKEND = "GATEWAY_BACKEND"  # key of the container's configuration
_PUBLISHER = "CHASSIS_PUBLISHER"


class BusBackend:
    """Calls services over the broker, once the container has its reply queue."""

    def __init__(self) -> None:
        self.client: RpcClient | None = None

    def call(self, operation: type[Operation], payload: dict[str, Any], context: Context) -> dict[str, Any]:
        """See `chassis.messages.rpc.RpcClient.call`."""
        if self.client is None:
            raise ServiceError("service_unavailable", service=operation.service)
        return self.client.call(operation, payload, context)


class Bus(DependencyProvider):  # type: ignore[misc]
    """Owns the reply queue; all requests share its one consumer."""

    replies = Replies()

    def start(self) -> None:
        config = self.container.config
        config[_BACKEND].client = RpcClient(self.replies, config[_PUBLISHER])


class Gateway(WebService):
    """HTTP in front, the bus behind."""

    bus = Bus()


def run() -> int:
    """Serve until told to stop. The exit code is 0 after a clean stop."""
    use_orjson()
    read_warily()
    config, limits = settings(), GatewaySettings()
    backend, revocations = BusBackend(), RevocationList()
    calls = Calls(backend, SERVICES, limits.in_flight)
    hub = Hub(limits.streams, limits.streams_per_user)
    tokens = Tokens(config.token_public_key, revocations, AskedGrants(calls))
    dependencies = Dependencies(
        calls=calls,
        tokens=tokens,
        files=FileStore(config.files_url, Limits(limits.uploads_of_person, limits.uploads_of_point)),
        hub=hub,
        rates=Rates(limits.user_rate, limits.address_rate),
        requests=limits.requests,
        trusted_proxies=limits.trusted_proxies,
    )
    sync = RevocationSync(backend, revocations, tokens.trust)
    listener = Listener(config.broker_url.get_secret_value(), revocations, sync.wake, partial(tell, hub))
    process = GatewayProcess(
        create_app(dependencies),
        hub,
        config.http_address,
        Gateway,
        _container_config(config, backend),
        background=(sync, listener),
        checks={"broker": lambda: listener.connected, "revocations": lambda: revocations.complete},
        entrance=config.http_entrance,
    )
    return process.run(config.metrics_host, config.metrics_port)


def _container_config(config: Settings, backend: BusBackend) -> dict[str, Any]:
    url = config.broker_url.get_secret_value()
    return {
        "AMQP_URI": url,
        "HEARTBEAT": 30,
        "serializer": "json",
        _PUBLISHER: TransientPublisher(url),
        _BACKEND: backend,
    }
