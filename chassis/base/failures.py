"""Failures that the chassis treats in their own way."""

from contracts.errors import ErrorKind, ServiceError


class RefusedButKept(Exception):
    """Raised by a command that refuses and yet wants what it wrote kept, such as the count of failed sign-ins.

    The transaction is committed; the caller gets `refusal`.
    """

    def __init__(self, refusal: ServiceError) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class NotYet(Exception):
    """Raised by a reaction when something that the event needs has not arrived: the event is tried again for a day.

    `code` says what is missing, for whoever looks at the parked events.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooSlow(Exception):
    """Raised where something was to be read in a given time, and was not."""


def passes(refusal: ServiceError) -> bool:
    """Whether a refusal is about the moment and not about the work: the same may succeed a little later."""
    return refusal.kind is ErrorKind.UNAVAILABLE or refusal.code == "command_in_progress"
