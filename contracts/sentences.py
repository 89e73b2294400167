"""What a refusal says to people: its sentence in their language, with words in the place of names of the code."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from contracts.errors import Language, Named, error_text
from contracts.words import action_word, plain_word, service_word, state_word, value_word
from contracts.words.word import Word


class _Filled(dict[str, Any]):
    """A missing param must not turn a refusal into a failure: it shows as a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


def describe(code: str, params: Mapping[str, Any], language: Language = "zh") -> str:
    """The sentence for people, its placeholders filled. A name that has no word stands there as it is."""
    text = error_text(code)
    filled = _Filled({name: value for name, value in params.items() if value is not None})
    workflow = str(params.get("workflow"))
    filled |= {
        name: _said(whose, filled[name], workflow, language) for name, whose in text.told.items() if name in filled
    }
    return (text.en if language == "en" else text.zh).format_map(filled)


def _said(whose: type[StrEnum] | Named, value: Any, workflow: str, language: Language) -> str:
    """The words of one name or of each of a list."""
    if isinstance(value, list | tuple):
        between = "、" if language == "zh" else ", "
        return between.join(_said(whose, each, workflow, language) for each in value)
    word = _word(whose, str(value), workflow)
    return word[language] if word else str(value)


def _word(whose: type[StrEnum] | Named, value: str, workflow: str) -> Word | None:
    match whose:
        case Named.ACTION:
            return action_word(value, workflow)
        case Named.STATE:
            return state_word(value, workflow)
        case Named.SERVICE:
            return service_word(value)
        case Named.FIELD:
            return plain_word(value)
        case _:
            return value_word(whose, value)
