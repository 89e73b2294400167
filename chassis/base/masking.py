"""What is shown of a number to those who don't need it."""

from typing import Final

_RESIDENT: Final = 18


def mask(number: str) -> str:
    """A number of a document as those see it who don't need it: enough to recognise, not enough to use. Of a resident
    number the first six characters and the last two, of others two and two; of what has no more than these none."""
    ahead = 6 if len(number) == _RESIDENT else 2
    hidden = max(len(number) - ahead - 2, 0)
    return f"{number[:ahead]}{'*' * hidden}{number[-2:]}" if hidden else "*" * len(number)
