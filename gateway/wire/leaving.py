"""How an answer that goes on hears that its client leaves: by events in the request's state."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

LEFT: Final = "left"
"""Set when the client says no more."""
GONE: Final = "gone"
"""Set when its connection has ended."""


def event_of(scope: Mapping[str, Any], which: str) -> asyncio.Event:
    """`LEFT` or `GONE` of a request; never set where the server tells of neither."""
    event: asyncio.Event = scope.get("state", {}).get(which) or asyncio.Event()
    return event
