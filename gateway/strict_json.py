"""JSON read strictly (RFC 8259 and I-JSON, RFC 7493): what two readers could understand differently is refused.

The standard library's decoder is used because it lets every object, number and constant be looked at.
"""

import json
import math
from typing import Any

MAX_DEPTH = 24
_MAX_NUMBER_LENGTH = 32  # characters; the longest honest number is an amount of money or a version
_SAFE_INTEGER = 2**53 - 1  # the largest that every JSON reader keeps exactly


class NotStrictJson(ValueError):
    """The bytes are not one JSON value that every reader would understand in the same way."""


def loads(body: bytes) -> Any:
    """The value in `body`.

    Raises `NotStrictJson` for invalid UTF-8, repeated keys, NaN and infinities, integers beyond ±(2⁵³-1), nesting
    deeper than `MAX_DEPTH`, unpaired surrogates and NUL characters (which no database text can hold).
    """
    try:
        text = body.decode("utf-8")
        value = _decoder.decode(text)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise NotStrictJson(type(error).__name__) from None
    # Most bodies have fewer brackets than the depth allowed, and no escapes: nothing to look at again.
    if "\\u" in text or text.count("{") + text.count("[") > MAX_DEPTH:
        _inspect(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise NotStrictJson("repeated key")
    return value


def _integer(digits: str) -> int:
    if len(digits) > _MAX_NUMBER_LENGTH or abs(value := int(digits)) > _SAFE_INTEGER:
        raise NotStrictJson("integer too large")
    return value


def _float(digits: str) -> float:
    if len(digits) > _MAX_NUMBER_LENGTH or not math.isfinite(value := float(digits)):
        raise NotStrictJson("number too large")
    return value


def _constant(name: str) -> Any:
    raise NotStrictJson(name)


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant)


def _inspect(value: Any) -> None:
    level, depth = [value], 0
    while level:
        below: list[Any] = []
        for item in level:
            if isinstance(item, str):
                _check_text(item)
            elif isinstance(item, dict | list) and depth == MAX_DEPTH:
                raise NotStrictJson("too deep")
            elif isinstance(item, dict):
                below.extend(item)
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        level, depth = below, depth + 1


def _check_text(text: str) -> None:
    if "\x00" in text or (not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)):
        raise NotStrictJson("not a character")
