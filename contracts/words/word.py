"""What a word is: a short label in Chinese and in English."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.errors import Language

Words = Mapping[str, tuple[str, str]]
"""Key → (Chinese, English)."""


@dataclass(frozen=True, slots=True)
class Word:
    """A label for people, in both languages."""

    zh: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en
