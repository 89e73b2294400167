"""What a request says of who sends it, before anybody has looked whether it is true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from falcon.asgi import Request


@dataclass(slots=True)
class Caller:
    """`peer` is who holds the other end of the connection, `headers` are by their names in lower case. `user_id` is who
    the token speaks for, also of a request that is refused afterwards."""

    peer: str
    headers: Mapping[str, str]
    user_id: UUID | None = None

    @classmethod
    def of(cls, req: Request) -> Caller:
        """As the server tells it."""
        client = req.scope.get("client") or ("", 0)
        return cls(str(client[0]), req.headers)
