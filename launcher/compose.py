"""The environment that docker-compose.yml asks for: fresh passwords and a token key pair."""

import re
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from launcher.paths import ROOT
from launcher.secrets import Secrets

REQUIRED = re.compile(r"\$\{(JIAOWU_\w+):\?")


def environment() -> Iterator[str]:
    """A line for every secret that the compose file can't do without, in the form of an .env file."""
    names = sorted(set(REQUIRED.findall((ROOT / "docker-compose.yml").read_text())))
    with tempfile.TemporaryDirectory() as folder:
        private, public = Secrets(Path(folder)).token_keys()
    keys = {"JIAOWU_TOKEN_PRIVATE_KEY": private, "JIAOWU_TOKEN_PUBLIC_KEY": public}
    for name in names:
        value = keys.get(name) or secrets.token_urlsafe(24)
        yield f'{name}="{value.replace(chr(10), chr(92) + "n")}"'
