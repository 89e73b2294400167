"""Who is who on the broker. It lets nobody set another's `user_id` on a message and keeps it wherever the message goes,
so that a message names its sender beyond doubt: in a name of ours, whatever the users of this system are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from contracts.device.stations import STATION_PATTERN

GATEWAY = "gateway"


def broker_user(vhost: str, name: str) -> str:
    """Users belong to the broker, not to a virtual host: each system on a shared broker has users of its own."""
    return f"{vhost.strip('/') or 'jiaowu'}-{name}"


def is_station(sender: str | None) -> bool:
    """Whether a message was sent by a card reader's station. A reading that was not must be refused."""
    return sender is not None and re.fullmatch(STATION_PATTERN, sender) is not None


@dataclass(frozen=True, slots=True)
class Senders:
    """The names of one system's users. `own_user` is the one that this process signs its messages with."""

    own_user: str
    prefix: str

    @classmethod
    def at(cls, broker_url: str) -> Senders:
        """Those of the virtual host that the URL names."""
        parts = urlsplit(broker_url)
        return cls(own_user=unquote(parts.username or ""), prefix=broker_user(unquote(parts.path[1:]), ""))

    def name(self, user_id: str | None) -> str | None:
        """The sender's name: a service, `gateway` or a station. Anybody else is `user …`, which is nobody's name; None
        is a message that names no sender."""
        if user_id is None or is_station(user_id):
            return user_id
        if user_id.startswith(self.prefix) and len(user_id) > len(self.prefix):
            return user_id.removeprefix(self.prefix)
        return f"user {user_id}"
