"""Small pictures that are values by themselves, as the school's seal and logo."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import StringConstraints, WithJsonSchema

MOST_BYTES: Final = 48 * 1024
MOST_PIXELS: Final = 1000
"""In width and in height."""
_LONGEST: Final = MOST_BYTES // 3 * 4
_SCHEMA: Final[dict[str, Any]] = {
    "type": "string",
    "maxLength": _LONGEST,
    "contentEncoding": "base64",
    "contentMediaType": "image/png",
}

SmallPicture = Annotated[str, StringConstraints(max_length=_LONGEST), WithJsonSchema(_SCHEMA)]
"""A PNG of at most 48 KB and 1,000 × 1,000 pixels, in Base64 (RFC 4648); empty where there is none. Whether it is one
is looked at by who takes it in (`chassis.work.pictures`)."""
