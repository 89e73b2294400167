"""The routes of messages that did not get where they should, the same for every service."""

from contracts.common import of_service
from contracts.parked import DropMessages, ListParkedMessages, ListReturnedMessages, ReplayMessages
from gateway.route import Route, get, post

_READ, _MANAGE = "messages.read", "messages.manage"


def messages_of(service: str) -> tuple[Route, ...]:
    """What a service could not handle or send, and what is done about it."""
    path = f"/messages/{service}"
    return (
        get(path, of_service(service, ListParkedMessages), _READ),
        get(f"{path}/returned", of_service(service, ListReturnedMessages), _READ),
        post(f"{path}/replay", of_service(service, ReplayMessages), _MANAGE),
        post(f"{path}/drop", of_service(service, DropMessages), _MANAGE),
    )
