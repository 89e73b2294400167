"""How a service asks for a copy of another one's rows, and the owner sends all of them."""

from uuid import UUID

from pydantic import AwareDatetime

from contracts.base import Event

# Requests for copies and their answers go round everybody's own exchange: only who asked gets the answer.
COPIES_EXCHANGE = "jiaowu.copies"


class CopyRequested(Event, owner="copies", version=1):
    """A consumer asks the owner of a kind of state to send all of it, to this consumer only. The answer goes to who
    sent the message: `reply_to` is not believed."""

    kind: str
    reply_to: str
    request_id: UUID
    requested_at: AwareDatetime


class CopyCompleted(Event, owner="copies", version=1):
    """The owner has sent everything that was asked for; `count` says how many items that were."""

    kind: str
    request_id: UUID
    count: int


def copy_request_key(kind: str) -> str:
    """Where the owner of a kind of state listens for requests. The kind is the state's `type_name`."""
    return f"requested.{kind}"


def copy_reply_key(consumer: str) -> str:
    """Where a consumer hears the items it asked for, and their completion."""
    return f"reply.{consumer}"
