"""What documents are written in: two fonts, which have every character of U+4E00–9FEA and of extensions A to F.

The system's other fonts are never used, so a document looks the same everywhere.

What neither has is refused before anything is drawn: typst would leave a box, and say not a word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contracts.errors import ServiceError

if TYPE_CHECKING:
    import typst

FAMILIES: Final = {"Noto Serif CJK SC": "NotoSerifCJK-Regular.ttc", "HanaMinB": "HanaMinB.ttf"}
"""In the order in which a character is looked for, each with the file that says what it has."""
FILES: Final = (*FAMILIES.values(), "NotoSerifCJK-Bold.ttc")
"""All that is used. They come with Debian's packages (`launcher/needs.py`, Dockerfile)."""
FOLDER: Final = Path("/usr/share/fonts")
"""Where every Linux keeps them, each in folders of its own."""

_MOST_NAMED = 5
_PRIVATE = "Co"
# What has no picture of its own: line ends, and selectors of a variant, without which the character itself is drawn.
_NOT_DRAWN = frozenset(map(chr, (*map(ord, "\n\t"), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """The fonts, looked for once a process. Raises FileNotFoundError where this machine has not all of them."""
    import typst  # for processes that draw

    folders = sorted({file_of(name).parent for name in FILES})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[*folders])


@cache
def file_of(name: str) -> Path:
    """Where a font file is. Raises FileNotFoundError."""
    found = next(FOLDER.rglob(name), None)
    if found is None:
        raise FileNotFoundError(f"{name} is nowhere in {FOLDER}")
    return found


def refuse_undrawable(texts: Iterable[str]) -> None:
    """Raises ServiceError `document_private_characters` or `document_unknown_characters`, naming the characters, where
    one of these texts has any that an old system drew in a font of its own, or that no font has."""
    missing = undrawable(texts)
    if private := [each for each in missing if unicodedata.category(each) == _PRIVATE]:
        raise ServiceError("document_private_characters", characters=_named(private))
    if missing:
        raise ServiceError("document_unknown_characters", characters=_named(missing))


def undrawable(texts: Iterable[str]) -> list[str]:
    """The characters of these texts that no font has, in their order."""
    left = {each for text in texts for each in text} - _NOT_DRAWN
    for family in FAMILIES:
        if left:
            left -= _characters(family)
    return sorted(left)


def drawable(text: str) -> str:
    """A text in which characters that no font has are named: for who has to be told of it all the same."""
    return text.translate({ord(each): f"[{_code_point(each)}]" for each in undrawable([text])})


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"


def _named(characters: Sequence[str]) -> str:
    """By their code points; not all of them where a text is nothing else."""
    named = "、".join(map(_code_point, characters[:_MOST_NAMED]))
    return named + ("…" if len(characters) > _MOST_NAMED else "")


@cache
def _characters(family: str) -> frozenset[str]:
    """What a font has a picture of. It is read when it is first asked for: the second font hardly ever is."""
    from fontTools.ttLib import TTCollection, TTFont  # for processes that draw

    path = file_of(FAMILIES[family])
    # A collection has a face for each country.
    faces = TTCollection(path, lazy=True).fonts if path.suffix == ".ttc" else [TTFont(path, lazy=True)]
    [face] = (each for each in faces if each["name"].getDebugName(1) == family)
    # What a font has in the private areas is another's character.
    return frozenset(each for each in map(chr, face.getBestCmap()) if unicodedata.category(each) != _PRIVATE)
