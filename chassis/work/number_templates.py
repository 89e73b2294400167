"""What numbers that people read look like, as data: a student number, a slip's, a certificate's.

    SLIP = NumberTemplate("remittance_slip", (Text("HK"), Day("%Y%m"), Serial(6)), dense=False)

is HK202611000001, HK202611000002 … `chassis.work.numbers` gives them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from contracts.errors import ServiceError

_TEXT = re.compile(r"[A-Z0-9-]+")
_VALUE = re.compile(r"[A-Z0-9]+")
_DAY = re.compile(r"(%[Yymd])+")


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in every number, as `HK`."""

    text: str

    def __post_init__(self) -> None:
        if not _TEXT.fullmatch(self.text):
            raise ValueError(f"{self.text!r} is not of capital letters, digits and hyphens")


@dataclass(frozen=True, slots=True)
class Part:
    """What whoever asks for a number says, as a teaching point's code: always so many characters. Fewer digits get
    zeros before them."""

    name: str
    width: int

    def fitted(self, value: str) -> str:
        """The value as it stands in numbers. Raises ServiceError `number_part_does_not_fit`."""
        fitted = value.zfill(self.width) if value.isdigit() else value
        if len(fitted) != self.width or not _VALUE.fullmatch(fitted):
            raise ServiceError("number_part_does_not_fit", part=self.name, width=self.width)
        return fitted


@dataclass(frozen=True, slots=True)
class Day:
    """The day in Shanghai on which the number is given, or of it the year, the month: `%Y`, `%y`, `%m`, `%d`."""

    format: str

    def __post_init__(self) -> None:
        if not _DAY.fullmatch(self.format):
            raise ValueError(f"{self.format!r} is not of %Y, %y, %m and %d")


@dataclass(frozen=True, slots=True)
class Serial:
    """What is counted up, from `first` to `last` (by default as far as its digits go) for every beginning anew."""

    width: int
    first: int = 1
    last: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.highest < 10**self.width:
            raise ValueError(f"{self.first} to {self.highest} is no range of {self.width} digits")

    @property
    def highest(self) -> int:
        """The last one that is given."""
        return 10**self.width - 1 if self.last is None else self.last


@dataclass(frozen=True, slots=True)
class NumberTemplate:
    """How a kind of number is built: parts, then the serial. `name` is what it is counted under, for ever.

    `dense` numbers have no gaps: a transaction that fails gives its number back, and who asks meanwhile waits for it.
    Others may have some, and nobody waits.
    """

    name: str
    parts: tuple[Text | Part | Day | Serial, ...]
    dense: bool

    def __post_init__(self) -> None:
        if [isinstance(part, Serial) for part in self.parts] != [*(False for _ in self.parts[1:]), True]:
            raise ValueError(f"{self.name} does not end in its one serial")

    @property
    def serial(self) -> Serial:
        """Its last part."""
        return next(part for part in self.parts if isinstance(part, Serial))

    def beginning(self, today: date, values: Mapping[str, str]) -> str:
        """What stands before the serial. Raises ServiceError `number_part_does_not_fit`, KeyError for a value that the
        template has and nobody gave."""
        return "".join(self._written(part, today, values) for part in self.parts)

    @staticmethod
    def _written(part: Text | Part | Day | Serial, today: date, values: Mapping[str, str]) -> str:
        match part:
            case Text():
                return part.text
            case Part():
                return part.fitted(values[part.name])
            case Day():
                return today.strftime(part.format)
            case Serial():
                return ""

    def number(self, beginning: str, serial: int) -> str:
        """The whole number."""
        return f"{beginning}{serial:0{self.serial.width}d}"
