"""uv is told what pip is told: indexes, certificates, proxies. It reads none of pip's files and variables itself.

Standard library only: the bootstrap needs it before anything is installed.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

# pip's sections, what counts more coming later: files for everything, files for `pip install`, PIP_ variables.
SECTIONS = ("global", "install", ":env:")
# How uv's variable is called, and what stands between several values.
VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "client-cert": ("SSL_CLIENT_CERT", " "),
    "proxy": ("ALL_PROXY", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "no-cache-dir": ("UV_NO_CACHE", " "),
}
TRUE = ("1", "true", "yes", "on", "y", "t")
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def from_pip(listing: str, variables: Mapping[str, str]) -> dict[str, str]:
    """uv's variables for what `pip config list` tells; those that are set already stay as they are.

    Like pip, uv takes a package from whichever index has what the lock names, and trusts the certificates that the
    system trusts.
    """
    found = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    for bundle in ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):  # pip heeds both, the latter more
        if path := variables.get(bundle):
            found["SSL_CERT_FILE"] = path
    if SYSTEM_CERTIFICATES.exists():
        found["UV_SYSTEM_CERTS"] = "true"
    for name, value in _settings(listing):
        if name in VARIABLES:
            variable, between = VARIABLES[name]
            found[variable] = between.join(value.split())
    return {name: value for name, value in found.items() if name not in variables}


def flags_from_pip(listing: str) -> list[str]:
    """uv's flags for what it has no variables for."""
    return ["--no-index"] if dict(_settings(listing)).get("no-index", "").lower() in TRUE else []


def _settings(listing: str) -> Iterator[tuple[str, str]]:
    """Each option with its value, what counts more coming later."""
    lines = [line.partition("=") for line in listing.splitlines()]
    for section in SECTIONS:
        for key, _, value in lines:
            if key.startswith(f"{section}."):
                yield key.removeprefix(f"{section}."), str(ast.literal_eval(value))
