"""How JSON crosses the bus: one serialiser, set in one place."""

from typing import Any

import orjson
from kombu import serialization


def encode(value: Any) -> bytes:
    """A message body."""
    return orjson.dumps(value)


def use_orjson() -> None:
    """Let kombu, and so nameko, read and write `application/json` with orjson. Call it once, at the start."""
    serialization.register(
        "json",
        lambda value: encode(value).decode(),
        orjson.loads,
        content_type="application/json",
        content_encoding="utf-8",
    )
