"""A function a kind of text. Each takes any text, never fails, and leaves alone what it has cleaned."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby

from contracts.text import characters as ch

Replace = Callable[[str], str]


def _replacing(*tables: ch.Table) -> Replace:
    """What `str.translate` does with these tables, quicker: few characters of a text are in them."""
    table = {chr(code): meant or "" for tab in tables for code, meant in tab.items()}
    substitute = re.compile(f"[{_members(*tables)}]").sub
    return lambda text: substitute(lambda found: table[found[0]], text)


def _ranges(characters: list[str]) -> Iterator[str]:
    for _, together in groupby(enumerate(characters), lambda pair: ord(pair[1]) - pair[0]):
        run = [re.escape(character) for _, character in together]
        yield f"{run[0]}-{run[-1]}"


def _members(*tables: ch.Table) -> str:
    """These tables' characters, for inside of a regular expression's brackets."""
    # As ranges: one by one, characters beyond U+FFFF would be compared with every character of a text.
    return "".join(_ranges(sorted(chr(code) for table in tables for code in table)))


_LINE = (ch.INVISIBLE, ch.SPACES, ch.WIDE_SPACE, ch.LINE_ENDS_AS_SPACES, ch.RADICALS)
_line = _replacing(*_LINE)
_free = _replacing(ch.INVISIBLE, ch.SPACES, ch.LINE_ENDS, ch.RADICALS)
_title = _replacing(*_LINE, ch.VARIANTS, ch.DOTS, ch.FULL_WIDTH_WORDS)
_person = _replacing(*_LINE, ch.VARIANTS, ch.DOTS, ch.FULL_WIDTH)
_identifier = _replacing(*_LINE, ch.VARIANTS, ch.FULL_WIDTH, ch.HYPHENS)

# Most texts are of this kind and clean already: one look is all that they cost.
_PLAIN_NAME = re.compile("[\u4e00-\u9fff\u00b7]+|[A-Za-z]+(?: [A-Za-z]+)*").fullmatch
_PLAIN_NUMBER = re.compile(r"[!-~]+").fullmatch
_PLAIN_LINE = re.compile("{0}+(?: {0}+)*".format("[!-~\u4e00-\u9fff（）：，、。；]")).fullmatch
_PLAIN_MOBILE = re.compile("1[0-9]{10}").fullmatch
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1[0-9]{10}$)")
_NOT_COMPATIBILITY = re.compile(f"[^{ch.COMPATIBILITY}]+")
_ESCAPED = re.compile(r"_x(?!D[89A-F])([0-9A-F]{4})_", re.IGNORECASE)
_BETWEEN_HAN = re.compile(f"(?<=[{ch.HAN}]) (?=[{ch.HAN}])| ?· ?")
_STOP_BETWEEN_HAN = re.compile(rf"(?<=[{ch.HAN}]) ?\. ?(?=[{ch.HAN}])")
_STOP_IN_PART = re.compile(rf"(?:(?<=[{ch.HAN}])|^) ?\. ?(?=[{ch.HAN}])|(?<=[{ch.HAN}]) ?\. ?$")
_LINE_ENDING = re.compile(r"\r\n?")
_WHITE = [code for code in range(0x3001) if chr(code).isspace()]
_UNSEEN = "".join(map(chr, {*_WHITE, *ch.INVISIBLE, *ch.SPACES, *ch.LINE_ENDS}))


def person_name(text: str) -> str:
    """A person's name: one dot, no space between Han characters or around the dot, plain Latin letters."""
    return text if _PLAIN_NAME(text) else _person_name(text, _STOP_BETWEEN_HAN)


def part_of_person_name(text: str) -> str:
    """The same for what is searched: the full stop at its edge may be the dot between two parts."""
    return text if _PLAIN_NAME(text) else _person_name(text, _STOP_IN_PART)


def title(text: str) -> str:
    """The name of a thing, in one line: single spaces, one dot, plain letters and digits."""
    return text if _PLAIN_LINE(text) else _one_line(text, _title)


def number(text: str) -> str:
    """A number or code that people read out: no spaces at all, plain characters."""
    return text if _PLAIN_NUMBER(text) else _composed(_identifier(text).replace(" ", ""))


def identifier(text: str) -> str:
    """What somebody signs in or is written to with: plain characters, no space around. One inside is for the checks."""
    return text if _PLAIN_NUMBER(text) else _one_line(text, _identifier)


def free_text(text: str) -> str:
    """What people write: as it is, without what can't be seen; lines end with a line feed."""
    if _PLAIN_LINE(text):
        return text
    lines = _composed(_free(_LINE_ENDING.sub("\n", text))).split("\n")
    return "\n".join(line.rstrip(" \u3000") for line in lines).strip()


def free_line(text: str) -> str:
    """The same in one line."""
    return text if _PLAIN_LINE(text) else _one_line(text, _line)


def unescaped(text: str) -> str:
    """The text of a workbook's cell: characters that XML can't hold or would change are written as `_x000D_` there
    (ECMA-376 part 1, 22.9.2.19). U+0000 is left out: it shows nothing, and no database keeps it."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)).strip("\0"), text) if "_" in text else text


def bare(text: str) -> str:
    """Any text without what can't be seen before and behind it: what a cell shows."""
    return text if _PLAIN_LINE(text) else text.strip(_UNSEEN)


def document_number(text: str) -> str:
    """The same in capital letters, as the check digit X is printed."""
    return _composed(number(text).upper())


def mobile(text: str) -> str:
    """A mobile number as phones copy it: hyphens and the country's code +86 go."""
    return text if _PLAIN_MOBILE(text) else _COUNTRY.sub("", _composed(number(text).replace("-", "")))


def phone(text: str) -> str:
    """A phone number: parts that spaces or brackets set apart are joined by hyphens."""
    plain = re.sub(r"[ ()-]+", "-", identifier(text))
    return plain.strip("-")


def _person_name(text: str, stop: re.Pattern[str]) -> str:
    line = _one_line(text, _person)
    return _BETWEEN_HAN.sub(lambda found: found[0].strip(), stop.sub(ch.MIDDLE_DOT, line)).strip()


def _one_line(text: str, replace: Replace) -> str:
    return " ".join(_composed(replace(text)).split())


def _composed(text: str) -> str:
    """Letters and their accents as one character (NFC), compatibility ideographs as they are."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return _NOT_COMPATIBILITY.sub(lambda part: unicodedata.normalize("NFC", part[0]), text)
