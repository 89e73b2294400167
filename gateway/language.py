"""Which of our two languages a caller prefers (RFC 9110 §12.5.4, matching by RFC 4647)."""

from functools import lru_cache

from contracts.errors import Language

_LANGUAGES: tuple[Language, Language] = ("zh", "en")
_DEFAULT = _LANGUAGES[0]
_LONGEST_HEADER = 500


@lru_cache(maxsize=512)
def preferred(header: str | None) -> Language:
    """`Accept-Language` → `zh` or `en`. Chinese when nothing is asked for, or nothing that we speak."""
    if not header or len(header) > _LONGEST_HEADER:
        return _DEFAULT
    ranges = [_range(part) for part in header.split(",")]
    named = [language for tag, quality in ranges for language in _LANGUAGES if tag == language and quality]
    # Of those that are wanted as much it is the first.
    return max((*named, *_LANGUAGES), key=lambda language: _quality(language, ranges))


def _range(part: str) -> tuple[str, float]:
    """`en-GB;q=0.8` → (`en`, 0.8). A weight that is no weight counts as not wanted."""
    tag, _, parameter = part.partition(";")
    language = tag.strip().lower().partition("-")[0]
    name, _, value = parameter.strip().lower().partition("=")
    if not parameter.strip():
        return language, 1.0
    try:
        quality = float(value) if name.strip() == "q" else 0.0
    except ValueError:
        quality = 0.0
    return language, quality if 0 <= quality <= 1 else 0.0


def _quality(language: str, ranges: list[tuple[str, float]]) -> float:
    named = [quality for tag, quality in ranges if tag == language]
    return max(named or [quality for tag, quality in ranges if tag == "*"], default=0.0)
