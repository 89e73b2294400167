"""A provider of unified sign-in that says whatever a test wants: what real ones never would. (Real ones run before a
browser, `tests/browser/test_unified.py`.)"""

from __future__ import annotations

import json
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "jiaowu", "secret_&_of_:_the_client_%"
CAS_ANSWER = '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">{}</cas:serviceResponse>'


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A key of the provider's, or of somebody else's."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class LyingProvider:
    """What it says, and what it was asked."""

    address: str
    key_name: str = "one"
    nonce: str = ""
    subject: str = "20210417"
    claims: dict[str, Any] = field(default_factory=dict)
    """Instead of the true ones."""
    discovery: dict[str, Any] = field(default_factory=dict)
    cas: str = "<cas:authenticationFailure code='INVALID_TICKET'/>"
    instead: Callable[[str], tuple[int, bytes] | None] = lambda path: None
    """What is answered at a path in place of all that."""
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    """Path, fields, and who asked by HTTP's Basic scheme."""

    def fields(self, path: str) -> dict[str, str]:
        """What it was asked there last."""
        return [fields for where, fields, _ in self.asked if where == path][-1]

    def count(self, path: str) -> int:
        return sum(where == path for where, _, _ in self.asked)

    def answer(self, path: str) -> tuple[int, bytes]:
        if instead := self.instead(path):
            return instead
        if path == "/.well-known/openid-configuration":
            endpoints = {name: f"{self.address}/{short}" for name, short in _ENDPOINTS.items()}
            return 200, json.dumps({"issuer": self.address, **endpoints, **self.discovery}).encode()
        if path == "/jwks":
            public = RSAAlgorithm.to_jwk(key(self.key_name).public_key(), as_dict=True)
            return 200, json.dumps({"keys": [{**public, "kid": self.key_name, "use": "sig"}]}).encode()
        if path == "/token":
            return 200, json.dumps({"access_token": "a", "id_token": self.id_token()}).encode()
        if path == "/p3/serviceValidate":
            return 200, CAS_ANSWER.format(self.cas).encode()
        return 404, b""

    def id_token(self) -> str:
        now = int(time.time())
        true = {"iss": self.address, "sub": self.subject, "aud": CLIENT, "nonce": self.nonce, "iat": now}
        said = {**true, "exp": now + 300, "name": "张三", **self.claims}
        signer = key(said.pop("signed_by", self.key_name))
        return jwt.encode(said, signer, algorithm="RS256", headers={"kid": self.key_name})


_ENDPOINTS = {
    "authorization_endpoint": "auth",
    "token_endpoint": "token",
    "jwks_uri": "jwks",
    "end_session_endpoint": "session/end",
}


@contextmanager
def lying_provider() -> Iterator[LyingProvider]:
    """One that listens, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            self._answer(path, query)

        def do_POST(self) -> None:
            self._answer(self.path, self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, path: str, form: str) -> None:
            scheme, _, basic = self.headers.get("Authorization", "").partition(" ")
            who = b64decode(basic).decode() if scheme == "Basic" else ""
            provider.asked.append((path, {name: value for name, [value] in parse_qs(form).items()}, who))
            status, body = provider.answer(path)
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", body.decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        provider = LyingProvider(f"http://127.0.0.1:{server.server_address[1]}")
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield provider
        server.shutdown()
