"""From the bytes of a chip to an identity card: pure functions that never fail on a strange field, but report it."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from contracts.device.events import CardKind, CardProblem, IdentityCard
from services.device.domain import id_numbers
from services.device.domain.codes import COUNTRIES, ETHNICITIES, SEXES
from services.device.domain.layouts import ENCODING, KIND_AT, KINDS, LAYOUTS, OPTIONAL, TEXT_BYTES

NEVER_EXPIRES = "长期"
_PADDING = " \u3000\0"
_UNREADABLE = "\ufffd"
_INVISIBLE = {"Cc", "Cf", "Cs"}
# A rare character of a name sits in Unicode's private area on older cards, where no font but the issuer's
# shows it, or in a newer block than this Python knows: it is kept, and a person has to look at it.
_RARE = {"Co", "Cn"}

_NUMBER_CHECKS: dict[CardKind, Callable[[str], str | None]] = {
    CardKind.RESIDENT: id_numbers.resident_problem,
    CardKind.HONG_KONG_MACAO_TAIWAN_PERMIT: id_numbers.resident_problem,
    CardKind.FOREIGN_PERMANENT_RESIDENT_2017: id_numbers.foreign_2017_problem,
    CardKind.FOREIGN_PERMANENT_RESIDENT_2023: id_numbers.foreign_2023_problem,
}

# Only these numbers have birth date and sex at known places.
_TELLING_NUMBERS = {CardKind.RESIDENT, CardKind.HONG_KONG_MACAO_TAIWAN_PERMIT}
_FORMS = {
    # Hong Kong and Macao residents' permits begin with H or M, Taiwan residents' have digits only.
    "travel_permit_number": re.compile(r"[HM]?[0-9]{8}"),
    "issue_count": re.compile(r"[0-9]{1,2}"),
    "accepting_office_code": re.compile(r"[0-9]{4}"),
}
_PERMIT_AREAS = ("810000", "820000", "830000")


class CardNotUnderstood(Exception):
    """The block is not that of a card this program knows. `code` is the notice for the person at the counter."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Problems(list[CardProblem]):
    def report(self, field: str, code: str) -> None:
        self.append(CardProblem(field=field, code=code))


def decode(block: bytes, today: date, newest_address: bytes = b"") -> IdentityCard:
    """Read the text block of any of the four kinds of card; `today` tells whether it has expired.

    Whatever a field holds, the card is returned, with the odd fields named in `problems`. Raises
    `CardNotUnderstood` when the block is of the wrong length, of an unknown kind, or names nobody.
    """
    if len(block) != TEXT_BYTES:
        raise CardNotUnderstood("card_unreadable")
    kind = KINDS.get(block[KIND_AT : KIND_AT + 2].decode(ENCODING, "replace"))
    if kind is None:
        raise CardNotUnderstood("card_kind_unknown")
    problems = _Problems()
    texts = _texts(kind, block, problems)
    if not (texts["id_number"] and (texts["name"] or texts.get("english_name"))):
        raise CardNotUnderstood("card_blank")
    values: dict[str, Any] = {field: text for field, text in texts.items() if text}
    _read_codes(values, problems)
    _read_dates(values, problems, today)
    _check_number(kind, values, problems)
    if newest_address:
        values["newest_address"] = _clean("newest_address", newest_address, problems) or None
    return IdentityCard(kind=kind, problems=tuple(problems), **values)


def _texts(kind: CardKind, block: bytes, problems: _Problems) -> dict[str, str]:
    pieces: defaultdict[str, bytes] = defaultdict(bytes)
    for place in LAYOUTS[kind]:
        pieces[place.field] += block[place.offset : place.offset + place.length]
    texts = {field: _clean(field, piece, problems) for field, piece in pieces.items()}
    for field, text in texts.items():
        if not text and field not in OPTIONAL[kind]:
            problems.report(field, "blank")
    return texts


def _clean(field: str, raw: bytes, problems: _Problems) -> str:
    text = raw.decode(ENCODING, "replace").strip(_PADDING)
    kept = "".join(c for c in text if c != _UNREADABLE and unicodedata.category(c) not in _INVISIBLE)
    if kept != text:
        problems.report(field, "unreadable_characters")
    if any(unicodedata.category(c) in _RARE for c in kept):
        problems.report(field, "rare_characters")
    return kept


def _read_codes(values: dict[str, Any], problems: _Problems) -> None:
    if (code := values.pop("sex", None)) is not None:
        if code in SEXES:
            values["sex"] = SEXES[code]
        else:
            problems.report("sex", "unknown_code")
    if (code := values.get("ethnic_code")) is not None:
        if code in ETHNICITIES:
            values["ethnicity"] = ETHNICITIES[code]
        else:
            problems.report("ethnic_code", "unknown_code")
    if values.get("nationality", "CHN") not in COUNTRIES:
        problems.report("nationality", "unknown_code")
    for field, form in _FORMS.items():
        if field in values and not form.fullmatch(values[field]):
            problems.report(field, "wrong_form")


def _read_dates(values: dict[str, Any], problems: _Problems, today: date) -> None:
    if values.get("valid_until") == NEVER_EXPIRES:
        del values["valid_until"]
        values["never_expires"] = True
    for field in ("birth_date", "valid_from", "valid_until"):
        if field in values:
            values[field] = _date(values[field])
            if values[field] is None:
                problems.report(field, "not_a_date")
    born, begins, ends = values.get("birth_date"), values.get("valid_from"), values.get("valid_until")
    if born and born > today:
        problems.report("birth_date", "in_the_future")
    if begins and begins > today:
        problems.report("valid_from", "not_yet_valid")
    if ends and ends < today:
        problems.report("valid_until", "expired")
    if begins and ends and ends < begins:
        problems.report("valid_until", "before_valid_from")


def _date(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _check_number(kind: CardKind, values: dict[str, Any], problems: _Problems) -> None:
    number = values["id_number"]
    problem = _NUMBER_CHECKS[kind](number)
    if problem:
        problems.report("id_number", problem)
        return
    if kind is CardKind.FOREIGN_PERMANENT_RESIDENT_2017 and values.get("nationality") not in (None, number[:3]):
        problems.report("nationality", "disagrees_with_id_number")
    if kind not in _TELLING_NUMBERS:
        return
    born = id_numbers.birth_date_of(number)
    if born is None:
        problems.report("id_number", "not_an_id_number")
    elif values.get("birth_date") not in (None, born):
        problems.report("birth_date", "disagrees_with_id_number")
    if values.get("sex") not in (None, id_numbers.sex_of(number)):
        problems.report("sex", "disagrees_with_id_number")
    is_permit = kind is CardKind.HONG_KONG_MACAO_TAIWAN_PERMIT
    if is_permit != number.startswith(_PERMIT_AREAS):
        problems.report("id_number", "unexpected_area")
