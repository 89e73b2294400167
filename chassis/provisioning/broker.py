"""Makes everybody's place on the broker: virtual host, users with the least rights that do, exchanges, queues and
bindings. Running it again is harmless: everything becomes what the code declares."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

import requests
from kombu import Connection
from sqlalchemy.engine import make_url

from chassis.base.problems import SetUpProblem
from chassis.declaring.service import Service
from chassis.messages.broker import (
    CONNECTION_ERRORS,
    RPC_EXCHANGE,
    bind_queues,
    bindings,
    declare_queues,
    rpc_queue,
    service_queue,
)
from chassis.messages.senders import broker_user
from chassis.provisioning.damage import SETTLED, mend
from contracts.base import exchange
from contracts.copies import COPIES_EXCHANGE

NOTHING: Final = "^$"


class BrokerAwayError(SetUpProblem):
    """The broker could not be reached, or went away, while places were made on it."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"RabbitMQ could not be reached, or went away, while its users and queues were declared ({reason})."
            " What was declared stays; do the same again when it runs, and the rest is."
        )


@dataclass(frozen=True, slots=True)
class BrokerRights:
    """Patterns of the names that a user may configure, write to and read from, and per exchange the routing keys."""

    configure: str
    write: str
    read: str
    topics: Mapping[str, tuple[str, str]]


def service_rights(service: type[Service]) -> BrokerRights:
    """A service consumes its own queues, publishes its own events and asks for the copies that it keeps; it answers
    calls, and may not call anybody. It declares nothing: what is shared, nobody may change."""
    name = re.escape(service.name)
    asks = "|".join(sorted(service.copies))
    return BrokerRights(
        configure=NOTHING,
        write=f"^({name}\\.events|{RPC_EXCHANGE}|{re.escape(COPIES_EXCHANGE)})$",
        read=f"^({name}\\.(inbox|dead)|rpc-{name})$",
        topics={
            RPC_EXCHANGE: ("^[0-9a-f-]{36}$", NOTHING),
            exchange(service.name): (r"^[a-z0-9_]+\.v[0-9]+$", NOTHING),
            COPIES_EXCHANGE: (rf"^(requested\.({asks})|reply\.[a-z_]+)$" if asks else r"^reply\.[a-z_]+$", NOTHING),
        },
    )


def gateway_rights() -> BrokerRights:
    """The gateway alone may publish requests; it hears replies and revocations on queues of its own."""
    own = r"rpc\.reply-gateway-.*|gateway\..*"
    return BrokerRights(
        configure=f"^({own})$",
        write=f"^({own}|{RPC_EXCHANGE})$",
        read=rf"^({own}|{RPC_EXCHANGE}|identity\.events)$",
        topics={RPC_EXCHANGE: (r"^[a-z]+\.[a-z_]+$", "^[0-9a-f-]{36}$"), "identity.events": (NOTHING, ".*")},
    )


WATCHER = "watch"
"""The name of the account with which task processes look at the bindings. It may look and nothing else."""
WATCHER_RIGHTS = BrokerRights(configure=NOTHING, write=NOTHING, read=NOTHING, topics={})


def provision_broker(
    amqp_admin_url: str,
    management_url: str,
    vhost: str,
    services: Sequence[type[Service]],
    users: Mapping[str, str],
    *,
    renew_damaged: bool = False,
) -> None:
    """Make the virtual host, one user for each of `users` (service name, "gateway" or "watch" → password) with the
    least rights that do, and all exchanges, queues and bindings.

    `amqp_admin_url` names an administrator on the virtual host; `management_url` is `http://user:password@host:port`.
    Raises BrokerAwayError when the broker goes away meanwhile: what is done is done, and running it again does the
    rest. Raises DamagedQueuesError when the broker can't read a queue that messages may lie in, unless that is to be
    made anew (`renew_damaged`).
    """
    try:
        _provision(amqp_admin_url, management_url, vhost, services, users, renew_damaged)
    except (*CONNECTION_ERRORS, requests.RequestException) as error:
        raise BrokerAwayError(type(error).__name__) from error


def _provision(
    amqp_admin_url: str,
    management_url: str,
    vhost: str,
    services: Sequence[type[Service]],
    users: Mapping[str, str],
    renew_damaged: bool,
) -> None:
    api = _Management(management_url)
    api.put(f"vhosts/{_q(vhost)}", {})
    admin = make_url(amqp_admin_url).username
    api.put(f"permissions/{_q(vhost)}/{_q(admin or 'guest')}", {"configure": ".*", "write": ".*", "read": ".*"})
    rights = {service.name: service_rights(service) for service in services}
    rights |= {"gateway": gateway_rights(), WATCHER: WATCHER_RIGHTS}
    with Connection(amqp_admin_url, virtual_host=vhost) as connection:
        declare_queues(connection, services)
        if closed := [service.name for service in services if not _is_open(api, vhost, service)]:
            time.sleep(SETTLED)
        if mend(connection, services, closed, renew_damaged):
            time.sleep(SETTLED)
        bind_queues(connection, services)
    _keep_dead_letters(api, vhost)
    for service in services:
        _drop_stale_bindings(api, vhost, service)
    for name, password in users.items():
        user = broker_user(vhost, name)
        api.put(f"users/{_q(user)}", {"password": password, "tags": "management" if name == WATCHER else ""})
        granted = rights[name]
        api.put(
            f"permissions/{_q(vhost)}/{_q(user)}",
            {"configure": granted.configure, "write": granted.write, "read": granted.read},
        )
        for exchange_name, (write, read) in granted.topics.items():
            api.put(
                f"topic-permissions/{_q(vhost)}/{_q(user)}",
                {"exchange": exchange_name, "write": write, "read": read},
            )


def broker_url(amqp_admin_url: str, vhost: str, name: str, password: str) -> str:
    """The URL with which a process of `name` connects."""
    url = make_url(amqp_admin_url)
    login = f"{quote(broker_user(vhost, name))}:{quote(password)}"
    return f"amqp://{login}@{url.host}:{url.port or 5672}/{_q(vhost)}"


def watch_url(management_url: str, vhost: str, password: str) -> str:
    """The management API as the account that may only look sees it; the path names the virtual host."""
    parts = urlsplit(management_url)
    login = f"{quote(broker_user(vhost, WATCHER))}:{quote(password)}"
    return f"{parts.scheme}://{login}@{parts.hostname}:{parts.port or 15672}/{_q(vhost)}"


def _is_open(api: _Management, vhost: str, service: type[Service]) -> bool:
    """Whether anything can have reached the service's queues: one of them hears an exchange."""
    paths = (f"queues/{_q(vhost)}/{_q(queue(service.name))}/bindings" for queue in (rpc_queue, service_queue))
    return any(bound["source"] for path in paths for bound in api.get(path, missing=[]))


def _keep_dead_letters(api: _Management, vhost: str) -> None:
    """From version 4 on the broker gives every quorum queue a delivery limit, and beyond it drops what has no queue to
    die into: here lies what died already."""
    if int(api.version().partition(".")[0]) >= 4:
        keep: dict[str, object] = {
            "pattern": r"^[a-z]+\.dead$",
            "definition": {"delivery-limit": -1},
            "apply-to": "quorum_queues",
        }
        api.put(f"policies/{_q(vhost)}/dead-letters", keep)


def _drop_stale_bindings(api: _Management, vhost: str, service: type[Service]) -> None:
    """Unbind what no code listens to any more: such events would only be parked as unknown."""
    wanted = set(bindings(service))
    queue = service_queue(service.name)
    for bound in api.get(f"queues/{_q(vhost)}/{_q(queue)}/bindings"):
        if bound["source"] and (bound["source"], bound["routing_key"]) not in wanted:
            path = f"bindings/{_q(vhost)}/e/{_q(bound['source'])}/q/{_q(queue)}/{_q(bound['properties_key'])}"
            api.delete(path)


class _Management:
    """RabbitMQ's management API."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/") + "/api/"

    def put(self, path: str, body: dict[str, object]) -> None:
        requests.put(self.url + path, json=body, timeout=30).raise_for_status()

    def get(self, path: str, missing: list[dict[str, str]] | None = None) -> list[dict[str, str]]:
        """A list; `missing`, if that is given, where there is no such thing."""
        answer = requests.get(self.url + path, timeout=30)
        if missing is not None and answer.status_code == requests.codes.not_found:
            return missing
        answer.raise_for_status()
        bound: list[dict[str, str]] = answer.json()
        return bound

    def version(self) -> str:
        """The broker's version, such as 4.0.5."""
        answer = requests.get(self.url + "overview", timeout=30)
        answer.raise_for_status()
        version: str = answer.json()["rabbitmq_version"]
        return version

    def delete(self, path: str) -> None:
        requests.delete(self.url + path, timeout=30).raise_for_status()


def _q(name: str) -> str:
    return quote(name, safe="")
