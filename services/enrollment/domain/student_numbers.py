"""What student numbers look like (ENR-8), as the school writes it down:

    {year}{point:4}{season}{level:01,02,03}{serial:5}

is 26 3203 09 02 00001: of the intake year and month two digits each, the point's code in four, the level in the
school's own codes (高起专, 专升本, 高起本 in this order), and a serial of five digits, counted for each beginning anew.
`{serial:5:101}` begins at 101. Capital letters and digits between the braces stand in every number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

from chassis.work.number_templates import NumberTemplate, Part, Serial, Text
from contracts.field_problem import FieldProblemError
from contracts.text import cleaning
from contracts.text.kinds import Cleaned, TextKind
from contracts.types import Level

NAME: Final = "student_number"
"""What they are counted under."""
DEFAULT: Final = "{year}{point:4}{season}{level:01,02,03}{serial:5}"
LONGEST: Final = 20
"""Characters of a student number: it is a username too."""

_PIECE = re.compile(r"\{(?P<name>[a-z]+)(?::(?P<how>[A-Z0-9,:]+))?\}|(?P<text>[A-Z0-9]+)")
_LEVELS: Final = tuple(Level)


@dataclass(frozen=True, slots=True)
class StudentNumbers:
    """A template that was read: how numbers are built, and the school's code of each level."""

    template: NumberTemplate
    level_codes: dict[str, str]

    def values(self, intake: str, point_code: str, level: str) -> dict[str, str]:
        """What `next_numbers` wants for somebody of this intake, point and level."""
        return {
            "year": intake[2:4],
            "season": intake[4:],
            "point": point_code,
            "level": self.level_codes[level],
        }


def read_template(text: str, *, dense: bool = False) -> StudentNumbers:
    """Read what the school wrote. Raises FieldProblemError `number_template_unreadable`, `number_template_ambiguous`
    where numbers of different points, intakes or levels could be the same, `field_too_long` above 20 characters.
    How they are counted (`dense`) is no part of what is written down: all of one name count alike."""
    parts: list[Text | Part | Serial] = []
    codes: dict[str, str] = {}
    at = 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            raise FieldProblemError("number_template_unreadable")
        at = piece.end()
        parts.append(Text(piece["text"]) if piece["text"] else _part(piece["name"], piece["how"] or "", codes))
    names = [part.name for part in parts if isinstance(part, Part)]
    if sorted(names) != ["level", "point", "season", "year"]:
        raise FieldProblemError("number_template_ambiguous")
    try:
        template = NumberTemplate(NAME, tuple(parts), dense=dense)
    except ValueError:  # the serial stands elsewhere than at the end, or is not there
        raise FieldProblemError("number_template_unreadable") from None
    if _width(template) > LONGEST:
        raise FieldProblemError("field_too_long", max_length=LONGEST)
    return StudentNumbers(template, codes)


def _part(name: str, how: str, codes: dict[str, str]) -> Part | Serial:
    try:
        match name:
            case "year" | "season" if not how:
                return Part(name, 2)
            case "point":
                return Part(name, _between(int(how), 4, 8))
            case "level":
                given = how.split(",")
                if len(given) == len({*given}) == len(_LEVELS) and _are_alike(given):
                    codes.update(zip(_LEVELS, given, strict=True))
                    return Part(name, len(given[0]))
            case "serial":
                width, _, first = how.partition(":")
                return Serial(_between(int(width), 3, 8), int(first or 1))
    except ValueError:
        pass
    raise FieldProblemError("number_template_unreadable")


def _are_alike(codes: list[str]) -> bool:
    return all(map(str.isalnum, codes)) and len({*map(len, codes)}) == 1


def _between(number: int, lowest: int, highest: int) -> int:
    if not lowest <= number <= highest:
        raise ValueError(number)
    return number


def _width(template: NumberTemplate) -> int:
    return sum(len(part.text) if isinstance(part, Text) else getattr(part, "width", 0) for part in template.parts)


def _readable(text: str) -> str:
    read_template(text)
    return text


StudentNumberTemplate = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    Cleaned(TextKind.FREE_TEXT, cleaning.free_line),
    AfterValidator(_readable),
]
