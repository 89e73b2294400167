"""`python -m gateway`: serve the API until told to stop."""

from chassis.base import loading

if __name__ == "__main__":
    loading.begin()

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from chassis.base.settings import settings
from chassis.papers.quota import Limits as UploadLimits
from chassis.papers.store import FileStore
from chassis.running.logging import configure, get_logger
from contracts.identity.events import AccessRevoked, NoticesKept
from gateway.app import Dependencies, create_app
from gateway.bus import Bus
from gateway.calls import Calls
from gateway.console.build import Build
from gateway.grants import AskedGrants
from gateway.guards import Places
from gateway.notices import tell
from gateway.process import GatewayProcess, raise_file_limit
from gateway.proxies import Proxies
from gateway.rates import Rates
from gateway.revocations import RevocationList
from gateway.routes import SERVICES
from gateway.settings import GatewaySettings
from gateway.streams import Hub
from gateway.sync import RevocationSync
from gateway.tokens import Tokens
from gateway.wire.limits import Limits


def main(_arguments: Sequence[str] = ()) -> int:
    """Serve until told to stop. The exit code is 0 after a clean stop, 1 when the address can't be had."""
    loading.done()
    configure("gateway", "gateway", settings().log_format)
    try:
        return run()
    except OSError as error:
        get_logger("gateway").error("could_not_start", reason=error.strerror or type(error).__name__)
        return 1


def run() -> int:
    """Put everything together and serve."""
    config, own = settings(), GatewaySettings()
    proxies = Proxies(own.trusted_proxies)
    hub, revocations = Hub(own.streams, own.streams_per_user), RevocationList()

    def heard(event: AccessRevoked | NoticesKept) -> None:
        if isinstance(event, AccessRevoked):
            revocations.apply(event.revocations)
        else:
            tell(hub, event)

    bus = Bus(config.broker_url.get_secret_value(), heard, lambda: sync.wake())
    calls = Calls(bus, SERVICES, own.in_flight)
    tokens = Tokens(config.token_public_key, revocations, AskedGrants(calls))
    sync = RevocationSync(bus, revocations, tokens.trust)
    dependencies = Dependencies(
        calls=calls,
        tokens=tokens,
        files=FileStore(config.files_url, UploadLimits(own.uploads_of_person, own.uploads_of_point)),
        hub=hub,
        rates=Rates(own.user_rate, own.address_rate),
        places=Places(own.requests, own.requests_of_one),
        proxies=proxies,
        console=Build(Path(own.console)) if own.console else None,
    )
    process = GatewayProcess(
        create_app(dependencies),
        hub,
        config.http_address,
        Limits(
            backlog=config.http_backlog,
            connections=raise_file_limit(own.connections),
            connections_of_address=own.connections_of_address,
            keep_alive_seconds=own.keep_alive,
            drain_seconds=own.drain,
        ),
        trusted=proxies.__contains__,
        background=(bus.run, sync.run),
        checks={"broker": lambda: bus.connected, "revocations": lambda: revocations.complete},
        entrance=config.http_entrance,
        hung_after=config.hung_after,
    )
    return process.run(config.metrics_host, config.metrics_port)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # threads that wait for the object store are not waited for
