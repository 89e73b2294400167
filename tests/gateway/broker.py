"""A real broker for gateways: who is on it, and a connection to it that can be cut."""

from __future__ import annotations

from urllib.parse import urlsplit

from chassis.data.tables import service_metadata
from chassis.declaring.service import Service
from tests.relay import Relay


class Identity(Service):
    """Who ends sessions, and who does not."""

    name = "identity"
    metadata = service_metadata("identity")


class Exams(Service):
    name = "exams"
    metadata = service_metadata("exams")


SERVICES: list[type[Service]] = [Identity, Exams]
PASSWORDS = {name: f"{name}-password" for name in ("identity", "exams", "gateway")}


class Cable(Relay):
    """A connection to the broker that can be cut."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        super().__init__(parts.port, parts.hostname)
        self.url = url.replace(f"{parts.hostname}:{parts.port}", f"127.0.0.1:{self.port}")
