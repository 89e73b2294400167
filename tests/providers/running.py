"""Starts them, on ports of their own, until a block ends."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from contracts.identity.unified import CALLBACK
from launcher import node
from launcher.ports import any_free
from tests.lying_provider import CLIENT, SECRET

FOLDER = Path(__file__).parent


@contextmanager
def openid_connect(public_url: str, log: Path) -> Iterator[str]:
    """OpenID Connect for the system at this address; answers the issuer."""
    with log.open("a") as output:
        assert node.have_packages(FOLDER, output), log.read_text()[-2000:]
    port = any_free(set())
    issuer = f"http://127.0.0.1:{port}"
    settings = {
        "issuer": issuer,
        "port": port,
        "client": CLIENT,
        "secret": SECRET,
        "callback": public_url + CALLBACK,
        "signedOut": f"{public_url}/sign-in",
    }
    with _running(node.node(str(FOLDER / "openid.mjs"), json.dumps(settings)), log):
        yield issuer


@contextmanager
def cas(public_url: str, log: Path) -> Iterator[str]:
    """CAS for the system at this address; answers the server's address."""
    port = any_free(set())
    script = str(FOLDER / "cas.py")
    with _running([sys.executable, script, str(log.parent), str(port), public_url + CALLBACK], log):
        yield f"http://127.0.0.1:{port}/cas"


@contextmanager
def _running(command: Sequence[str], log: Path) -> Iterator[None]:
    """A process of FOLDER that has said that it listens."""
    with log.open("a") as output:
        process = subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=output, text=True)
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        while said and said.strip() != "listening":
            said = process.stdout.readline()
        assert said, log.read_text()[-2000:]
        yield
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
