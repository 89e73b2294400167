"""How a document is declared, in its service's room `documents`, with its template beside it.

    class SlipData(Contract):
        number: StoredNumber
        amount: Money

    SLIP = Document("remittance_slip", SlipData, Path(__file__).with_suffix(".typ"))

The template gets what the data says as people read it (`chassis.documents.telling`) and what all documents share
(`style.typ`). What is `official` has a number and a code, is kept as it was issued, and anybody may ask whether it is
genuine (`chassis.documents.issued`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis.documents.telling import words_of
from chassis.work.number_templates import NumberTemplate
from contracts.base import Contract
from contracts.words import document_word

Whereabouts = Callable[[Any, Collection[UUID]], Mapping[UUID, UUID | None]]
"""In a unit of work: student → teaching point."""


@dataclass(frozen=True, slots=True)
class Official:
    """What makes a document official: its numbers, the field of its data with the holder's name, and the fields that
    anybody is shown who has its number and code. `whereabouts` locks students and tells where each is now."""

    numbers: NumberTemplate
    holder: str
    shown: Sequence[str]
    whereabouts: Whereabouts = lambda uow, student_ids: {}


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of document: its name (in `contracts.words`), the contract of its data, and its template.

    `archived` is for those that are kept for years: PDF/A-2b, which needs nothing but itself to be read. `scanned` is
    the field whose text the template may also place as a QR code or as bars, for who would have to type it.
    """

    name: str
    data: type[Contract]
    template: Path
    landscape: bool = False
    archived: bool = False
    scanned: str | None = None
    official: Official | None = None

    def __post_init__(self) -> None:
        document_word(self.name)
        words_of(self.data)  # a field without a word fails at once
        named = (self.official.holder, *self.official.shown) if self.official else ()
        if unknown := {*named, *filter(None, [self.scanned])} - self.data.model_fields.keys():
            raise TypeError(f"{self.data.__name__} has no {', '.join(sorted(unknown))}")
