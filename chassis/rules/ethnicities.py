"""Ethnic groups and their codes, GB/T 3304."""

from __future__ import annotations

from typing import Final

from contracts.text.cleaning import title
from contracts.words import ethnicities as words

ETHNICITIES: Final[dict[str, str]] = {code: zh.removesuffix("族") for code, (zh, _) in words.ETHNICITIES.items()}
"""Code → name without 族."""

_CODES: Final = {name: code for code, name in ETHNICITIES.items()}


def ethnicity_code(text: str) -> str | None:
    """The code of a group given by name (汉, 汉族) or code (01, 1); None for an unknown one."""
    said = title(text)
    if said.isascii() and said.isdigit():
        code = said.zfill(2)
        return code if code in ETHNICITIES else None
    return _CODES.get(said) or _CODES.get(said.removesuffix("族"))
