"""What every text of a contract is declared with: its kind, and how it is cleaned where it comes in."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from contracts.field_problem import FieldProblemError
from contracts.text.characters import HAN

Clean = Callable[[str], str]


class TextKind(StrEnum):
    """What a text is. The first five come from people."""

    PERSON_NAME = "person_name"
    TITLE = "title"  # the name of a thing, a place, a school
    NUMBER = "number"  # of a student, a phone, a document; a code
    FREE_TEXT = "free_text"
    IDENTIFIER = "identifier"  # a username, an e-mail address
    WORD = "word"  # of ours: a code, a state, the name of a table
    SENTENCE = "sentence"  # of ours, for people
    SECRET = "secret"  # passwords and tokens: taken as they are, to the last space


@dataclass(frozen=True, slots=True)
class Cleaned:
    """In an annotation, after the limits: the text is cleaned first, then measured."""

    kind: TextKind
    by: Clean

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._clean, handler(source))

    def _clean(self, value: Any) -> Any:
        return self.by(value) if isinstance(value, str) else value


_PLAIN_NAME = re.compile("[A-Za-z\u4e00-\u9fff][A-Za-z\u4e00-\u9fff ·]*").fullmatch
_HAN = re.compile(f"[{HAN}]").fullmatch
_SIGNS = frozenset(" ·'‘’ʼ`-‐.,、()")


def check_person_name(name: str) -> str:
    """Refuse what is no name: raises `name_has_other_signs` (a formula, an error of Excel), `name_without_letters`."""
    if _PLAIN_NAME(name):
        return name
    if not all(map(_belongs, name)):
        raise FieldProblemError("name_has_other_signs")
    if not any(map(_is_letter, name)):
        raise FieldProblemError("name_without_letters")
    return name


def _is_letter(character: str) -> bool:
    return character.isalpha() or _HAN(character) is not None


def _belongs(character: str) -> bool:
    is_accent = unicodedata.category(character).startswith("M")
    return is_accent or character.isalnum() or character in _SIGNS or _is_letter(character)
