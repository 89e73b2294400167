"""A build of the console as it is sent: every file in memory, with what it is in brotli and gzip."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_ENCODINGS = {".br": "br", ".gz": "gzip"}
"""What stands beside a file, the smallest first."""
_IDENTITY = "identity"
INDEX = "/index.html"
LASTING = "/assets/"
"""Where files are whose names follow from their content."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the build."""

    content_type: str
    lasting: bool
    """Whether another content would have another name."""
    _bodies: Mapping[str, bytes]
    """Encoding → content, the smallest first."""
    _digest: str = field(default="", init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_digest", hashlib.sha256(self._bodies[_IDENTITY]).hexdigest()[:32])

    def body(self, accepted: str) -> tuple[str | None, bytes]:
        """The content that a client is sent, with its encoding: the smallest that `Accept-Encoding` allows."""
        weights = dict(_weights(accepted))
        for encoding, content in self._bodies.items():
            if encoding != _IDENTITY and weights.get(encoding, weights.get("*", 0.0)) > 0:
                return encoding, content
        return None, self._bodies[_IDENTITY]

    def tag(self, encoding: str | None) -> str:
        """What this content has no other content in common with, in quotes."""
        return f'"{self._digest}-{encoding or _IDENTITY}"'


class Build:
    """All files below a folder."""

    def __init__(self, folder: Path) -> None:
        """Raises `OSError` when there is no build, `ValueError` for a file of a kind that no browser is sent."""
        self.assets = {f"/{path.relative_to(folder).as_posix()}": _read(path, folder) for path in _files(folder)}
        if INDEX not in self.assets:
            raise FileNotFoundError(2, "no build of the console", str(folder))


def _files(folder: Path) -> Iterator[Path]:
    """Those that are sent. What tools leave for tools is hidden."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and path.suffix not in _ENCODINGS:
            yield path


def _read(path: Path, folder: Path) -> Asset:
    if path.suffix not in _TYPES:
        raise ValueError(f"{path.relative_to(folder)}: a file of this kind is not served")
    beside = {encoding: path.with_name(path.name + ending) for ending, encoding in _ENCODINGS.items()}
    bodies = {encoding: file.read_bytes() for encoding, file in beside.items() if file.exists()}
    lasting = f"/{path.relative_to(folder).as_posix()}".startswith(LASTING)
    return Asset(_TYPES[path.suffix], lasting, {**bodies, _IDENTITY: path.read_bytes()})


def _weights(header: str) -> Iterator[tuple[str, float]]:
    """`br;q=0.5, gzip` → each with its weight (RFC 9110 §12.5.3). One that is no number counts as not wanted."""
    for part in header.lower().split(","):
        encoding, _, parameter = part.partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            weight = float(value) if name == "q" else 1.0
        except ValueError:
            weight = 0.0
        yield encoding.strip(), weight
