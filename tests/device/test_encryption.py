"""Readings leave the machine encrypted, and only to the broker that the configuration names."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.device.publisher import Publisher
from services.device.settings import BrokerSettings
from services.device.spool import Spool
from tests.device.conftest import Notices
from tests.waiting import eventually


def certificate(folder: Path, name: str, *addresses: str) -> tuple[Path, Path]:
    """A certificate of its own authority, for these addresses; certificate and key as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(a)) for a in addresses] or [x509.DNSName(name)]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


class TlsServer:
    """Takes TLS connections and notes how each one begins; a handshake that fails is noted as nothing."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.heard: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            line.settimeout(5)
            try:
                with self._context.wrap_socket(line, server_side=True) as tls:
                    self.heard.append(tls.recv(8))
            except OSError:
                self.heard.append(b"")


@pytest.fixture
def spool(tmp_path: Path, say: Notices) -> Iterator[Spool]:
    spool = Spool(tmp_path, bytes(32), lambda notice, count: say(notice, count=count))
    yield spool
    spool.close()


@pytest.mark.parametrize(
    ("trusted", "addresses", "speaks"),
    [
        ("own", ("127.0.0.1",), True),
        ("own", ("192.0.2.1",), False),
        ("other", ("127.0.0.1",), False),
        (None, ("127.0.0.1",), False),
    ],
    ids=["the right one", "another host's", "another authority's", "unknown to the system"],
)
def test_the_agent_speaks_only_to_a_broker_whose_certificate_fits(
    spool: Spool, say: Notices, tmp_path: Path, trusted: str | None, addresses: tuple[str, ...], speaks: bool
) -> None:
    files = {"own": certificate(tmp_path, "own", *addresses), "other": certificate(tmp_path, "other", "127.0.0.1")}
    server = TlsServer(*files["own"])
    broker = BrokerSettings(
        urls=(f"amqps://127.0.0.1:{server.port}/v",),
        password="p",
        ca_file=files[trusted][0] if trusted else None,
    )
    publisher, stop = Publisher("station-a", broker, spool, say), threading.Event()
    thread = threading.Thread(target=publisher.run, args=(stop,))
    thread.start()
    eventually(lambda: server.heard, "the agent calls")
    stop.set()
    server.close()
    thread.join(30)

    assert (server.heard[0] == b"AMQP\x00\x00\x09\x01") is speaks
    assert set(server.heard) == ({b"AMQP\x00\x00\x09\x01"} if speaks else {b""})
