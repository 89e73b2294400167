"""A function a kind of text. Each takes any text, never fails, and leaves alone what it has cleaned."""

import re
import unicodedata

from contracts.text import characters as ch

_LINE_TABLE = ch.INVISIBLE | ch.SPACES | ch.WIDE_SPACE | ch.LINE_ENDS_AS_SPACES | ch.RADICALS
_FREE_TABLE = ch.INVISIBLE | ch.SPACES | ch.LINE_ENDS | ch.RADICALS
_TITLE_TABLE = _LINE_TABLE | ch.VARIANTS | ch.DOTS | ch.FULL_WIDTH_WORDS
_PERSON_TABLE = _LINE_TABLE | ch.VARIANTS | ch.DOTS | ch.FULL_WIDTH
_IDENTIFIER_TABLE = _LINE_TABLE | ch.VARIANTS | ch.FULL_WIDTH | ch.HYPHENS
_NUMBER_TABLE = {code: None if meant == " " else meant for code, meant in _IDENTIFIER_TABLE.items()} | {ord(" "): None}

# Most texts are of this kind and clean already: one look is all that they cost.
_PLAIN_NAME = re.compile("[\u4e00-\u9fff\u00b7]+|[A-Za-z]+(?: [A-Za-z]+)*").fullmatch
_PLAIN_NUMBER = re.compile(r"[!-~]+").fullmatch
_PLAIN_LINE = re.compile("{0}+(?: {0}+)*".format("[!-~\u4e00-\u9fff（）：，、。；]")).fullmatch
_NOT_COMPATIBILITY = re.compile(f"[^{ch.COMPATIBILITY}]+")
_BETWEEN_HAN = re.compile(f"(?<=[{ch.HAN}]) (?=[{ch.HAN}])| ?· ?")
_STOP_BETWEEN_HAN = re.compile(rf"(?<=[{ch.HAN}]) ?\. ?(?=[{ch.HAN}])")
_STOP_IN_PART = re.compile(rf"(?:(?<=[{ch.HAN}])|^) ?\. ?(?=[{ch.HAN}])|(?<=[{ch.HAN}]) ?\. ?$")
_LINE_ENDING = re.compile(r"\r\n?")
_SPACE_AT_END = re.compile(r"[ \u3000]+$", re.MULTILINE)


def person_name(text: str) -> str:
    """A person's name: one dot, no space between Han characters or around the dot, plain Latin letters."""
    return text if _PLAIN_NAME(text) else _person_name(text, _STOP_BETWEEN_HAN)


def part_of_person_name(text: str) -> str:
    """The same for what is searched: the full stop at its edge may be the dot between two parts."""
    return text if _PLAIN_NAME(text) else _person_name(text, _STOP_IN_PART)


def title(text: str) -> str:
    """The name of a thing, in one line: single spaces, one dot, plain letters and digits."""
    return text if _PLAIN_LINE(text) else _one_line(text, _TITLE_TABLE)


def number(text: str) -> str:
    """A number or code that people read out: no spaces at all, plain characters."""
    return text if _PLAIN_NUMBER(text) else _composed(text.translate(_NUMBER_TABLE))


def identifier(text: str) -> str:
    """What somebody signs in or is written to with: plain characters, no space around. One inside is for the checks."""
    return text if _PLAIN_NUMBER(text) else _one_line(text, _IDENTIFIER_TABLE)


def free_text(text: str) -> str:
    """What people write: as it is, without what can't be seen; lines end with a line feed."""
    if _PLAIN_LINE(text):
        return text
    return _SPACE_AT_END.sub("", _composed(_LINE_ENDING.sub("\n", text).translate(_FREE_TABLE))).strip()


def free_line(text: str) -> str:
    """The same in one line."""
    return text if _PLAIN_LINE(text) else _one_line(text, _LINE_TABLE)


def document_number(text: str) -> str:
    """The same in capital letters, as the check digit X is printed."""
    return number(text).upper()


def mobile(text: str) -> str:
    """A mobile number as phones copy it: hyphens and the country's code +86 go."""
    digits = number(text).replace("-", "")
    return re.sub(r"^(?:\+|00)?86(?=1[0-9]{10}$)", "", digits)


def phone(text: str) -> str:
    """A phone number: parts that spaces or brackets set apart are joined by hyphens."""
    plain = re.sub(r"[ ()-]+", "-", identifier(text))
    return plain.strip("-")


def _person_name(text: str, stop: re.Pattern[str]) -> str:
    line = _one_line(text, _PERSON_TABLE)
    return _BETWEEN_HAN.sub(lambda found: found[0].strip(), stop.sub(ch.MIDDLE_DOT, line)).strip()


def _one_line(text: str, table: ch.Table) -> str:
    return " ".join(_composed(text.translate(table)).split())


def _composed(text: str) -> str:
    """Letters and their accents as one character (NFC), compatibility ideographs as they are."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return _NOT_COMPATIBILITY.sub(lambda part: unicodedata.normalize("NFC", part[0]), text)
