"""A virtual host on a real RabbitMQ: a station's user with the rights the contract grants, and a receiver's queue."""

import json
import secrets
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from amqp import Connection

from contracts.base import Envelope
from contracts.device.stations import READINGS_EXCHANGE, READINGS_KEY, STATION_RIGHTS

QUEUE = "readings"
PASSWORD = "station-password"


class Broker:
    """Made through the management interface by an administrator."""

    def __init__(self, amqp_url: str, management_url: str) -> None:
        self._amqp, parts = urlsplit(amqp_url), urlsplit(management_url)
        self._api = f"{parts.scheme}://{parts.hostname}:{parts.port}/api"
        self._session = requests.Session()
        self._session.auth = (parts.username or "", parts.password or "")
        name = secrets.token_hex(4)
        self.vhost, self.station, self.password = f"device-{name}", f"station-{name}", PASSWORD
        self.put(f"vhosts/{self.vhost}")
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self.put(f"permissions/{self.vhost}/{self._amqp.username}", **everything)
        self.add_station(self.station)
        self.reset()

    @property
    def url(self) -> str:
        """Where a station connects."""
        return f"amqp://127.0.0.1:{self.port}/{self.vhost}"

    @property
    def port(self) -> int:
        return self._amqp.port or 5672

    def put(self, path: str, **body: Any) -> None:
        """One call of the management interface."""
        self._session.put(f"{self._api}/{path}", json=body, timeout=10).raise_for_status()

    def delete(self, path: str) -> None:
        """One call of the management interface; what is not there needs no deletion."""
        answer = self._session.delete(f"{self._api}/{path}", timeout=10)
        if answer.status_code != requests.codes.not_found:
            answer.raise_for_status()

    def add_station(self, name: str) -> None:
        """Register a station: a user with the rights of the contract and nothing else."""
        rights = STATION_RIGHTS
        self.put(f"users/{name}", password=self.password, tags="")
        self.put(
            f"permissions/{self.vhost}/{name}",
            configure=rights.configure, write=rights.write, read=rights.read,
        )  # fmt: skip
        self.put(
            f"topic-permissions/{self.vhost}/{name}",
            exchange=rights.topic_exchange, write=rights.topic_write, read=rights.topic_read,
        )  # fmt: skip

    def reset(self) -> None:
        """The exchange and one empty queue behind it."""
        self.put(f"exchanges/{self.vhost}/{READINGS_EXCHANGE}", type="topic", durable=True)
        self.delete(f"queues/{self.vhost}/{QUEUE}")
        self.put(f"queues/{self.vhost}/{QUEUE}", durable=True)
        answer = self._session.post(
            f"{self._api}/bindings/{self.vhost}/e/{READINGS_EXCHANGE}/q/{QUEUE}",
            json={"routing_key": READINGS_KEY},
            timeout=10,
        )
        answer.raise_for_status()

    def close_connections(self) -> int:
        """Have the broker throw the station out, and say how many connections that were."""
        closed = 0
        for connection in self._session.get(f"{self._api}/connections", timeout=10).json():
            if connection.get("user") == self.station:
                self.delete(f"connections/{quote(connection['name'])}")
                closed += 1
        return closed

    def remove(self) -> None:
        """Leave nothing behind."""
        self.delete(f"users/{self.station}")
        self.delete(f"vhosts/{self.vhost}")

    def connect(self, user: str | None = None, password: str | None = None) -> Connection:
        """A plain AMQP connection, as the administrator unless told otherwise."""
        connection = Connection(
            host=f"127.0.0.1:{self.port}",
            userid=user or self._amqp.username,
            password=password or (PASSWORD if user else self._amqp.password),
            virtual_host=self.vhost,
            confirm_publish=True,
        )
        connection.connect()
        return connection

    def take_all(self) -> list[Any]:
        """Every message that is in the queue now, oldest first, acknowledged."""
        messages = []
        with self.connect() as connection:
            channel = connection.channel()
            while (message := channel.basic_get(QUEUE, no_ack=True)) is not None:
                messages.append(message)
        return messages

    def take(self) -> list[Envelope]:
        """The envelopes that are in the queue now."""
        return [Envelope.model_validate(json.loads(message.body)) for message in self.take_all()]
