"""Versions of an event. All are read as the newest: an older one says what it is in the next one's words.

Publishers publish the newest alone; the older ones come from processes that have not moved yet, and from what they
left in an outbox, a queue or an inbox. They stand in a module of their own beside the newest, called like its module
and the version (`events_v2.py` beside `events.py`), and go when nothing of them can be on its way any more.
"""

from importlib import import_module
from importlib.util import find_spec

from contracts.base import EVENTS, Event


def newest_class(event: type[Event]) -> type[Event]:
    """The class as which events of this one are read."""
    while event.next is not None:
        event = event.next
    return event


def newest(event: Event) -> Event:
    """The event in the words of the newest version."""
    while event.next is not None:
        event = event.as_next()
    return event


def older(event: type[Event]) -> tuple[type[Event], ...]:
    """The versions before this one that are still read."""
    for version in range(1, event.version):
        module = f"{event.__module__}_v{version}"
        if find_spec(module) is not None:
            import_module(module)
    return tuple(each for each in EVENTS.values() if each is not event and newest_class(each) is event)
