"""A station's place on the broker: its user name, and the rights that let it publish its own readings only."""

import re
from dataclasses import dataclass
from datetime import timedelta

from contracts.base import exchange, routing_key
from contracts.device.events import CardRead

READING_LIFETIME = timedelta(minutes=15)
"""A reading older than this is erased wherever it is: in the agent's spool, in a queue, at its receiver."""

READINGS_EXCHANGE = exchange(CardRead.owner)
READINGS_KEY = routing_key(CardRead)

# The prefix keeps stations apart from the services' broker users: a `user_id` that does not match is no
# station.
STATION_PATTERN = r"^station-[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$"


@dataclass(frozen=True)
class StationRights:
    """Patterns as RabbitMQ takes them: what to configure, write to and read from, and the topics of an exchange."""

    configure: str
    write: str
    read: str
    topic_exchange: str
    topic_write: str
    topic_read: str


_NOTHING = "^$"
STATION_RIGHTS = StationRights(
    configure=_NOTHING,
    write=f"^{re.escape(READINGS_EXCHANGE)}$",
    read=_NOTHING,
    topic_exchange=READINGS_EXCHANGE,
    topic_write=f"^{re.escape(READINGS_KEY)}$",
    topic_read=_NOTHING,
)
"""What whoever registers a station grants its user; the broker itself ties `user_id` to who signed in."""
