"""What a call to a service is, by whatever library it is made.

A request is `{"args": [payload], "kwargs": {"context": …}}`; the reply is `{"answer": …}` or `{"error": …}`. Both are
transient and unconfirmed: when one is lost the caller's deadline passes, and it may ask again with the same key.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chassis.base import metrics
from chassis.base.context import Context, to_wire
from chassis.messages.wire import encode
from contracts.base import Operation, method_name, service_name
from contracts.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Call:
    """A call with a deadline."""

    service: str
    key: str
    payload: dict[str, Any]
    context: Context

    def body(self) -> bytes:
        """The message."""
        return encode({"args": [self.payload], "kwargs": {"context": {**to_wire(self.context), "operation": self.key}}})

    def seconds_left(self) -> float:
        """Until the deadline."""
        return self.context.seconds_left() or 0.0

    def expiration(self) -> str:
        """In how many milliseconds the broker may drop the message."""
        return str(max(1, int(self.seconds_left() * 1000)))


@contextmanager
def calling(operation: type[Operation], payload: dict[str, Any], context: Context) -> Iterator[Call]:
    """The call to make, counted by how it ends.

    Raises ServiceError `deadline_exceeded` where the context's deadline is over already, or it has none.
    """
    service, method = service_name(operation), method_name(operation)
    call = Call(service, f"{service}.{method}", payload, context)
    started = time.perf_counter()
    try:
        if call.seconds_left() <= 0:
            raise ServiceError("deadline_exceeded")
        yield call
    except ServiceError as error:
        metrics.rpc_call(service, method, error.code, time.perf_counter() - started)
        raise
    metrics.rpc_call(service, method, "ok", time.perf_counter() - started)


def answer_in(reply: dict[str, Any]) -> dict[str, Any]:
    """What a service answered. Raises ServiceError: its refusal."""
    if "error" in reply:
        raise ServiceError.from_wire(reply["error"])
    answer: dict[str, Any] = reply["answer"]
    return answer
