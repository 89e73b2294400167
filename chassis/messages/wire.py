"""What crosses the bus: one serialiser, and reading that believes and unpacks nothing."""

from typing import Any, Final

import orjson
from amqp import method_framing
from amqp.basic_message import Message
from kombu import compression, serialization

UNREADABLE: Final = "x-unreadable"
"""Stands in the headers of a message whose properties can't be read, in place of all of them."""


class WaryMessage(Message):  # type: ignore[misc]
    """A message from the broker. A client may put into its properties what the library fails over (text that is none,
    times that no calendar has); that must not cost the connection, and with it everybody else's messages."""

    def _load_properties(self, class_id: int, buf: bytes, offset: int) -> int:
        try:
            read: int = super()._load_properties(class_id, buf, offset)
        except Exception:
            self.properties = {"application_headers": {UNREADABLE: "yes"}}
            return offset
        return read


def read_warily() -> None:
    """Let amqp and kombu hand over messages as they are. Nobody here compresses; a header that says so would have
    kombu inflate a body a thousandfold before anybody could ask whom it is from. Harmless to call again."""
    method_framing.Message = WaryMessage
    compression._decoders.clear()


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
