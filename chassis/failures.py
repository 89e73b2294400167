"""Failures that the chassis treats in their own way."""


class NotYet(Exception):
    """Raised by a reaction when something that the event needs has not arrived: the event is tried again for a day.

    `code` says what is missing, for whoever looks at the parked events.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
