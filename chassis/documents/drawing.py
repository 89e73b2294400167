"""Draws documents: a template, texts and an instant in, a PDF out; the same in, the same bytes out.

The first document of a process takes a third of a second, for the fonts are opened; the compiler is kept, and each
further page takes some 20 ms. It is for the task process: it takes 100 MB, and holds the interpreter up.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from pydantic import BaseModel

from chassis.base.clock import local_date
from chassis.documents.codes import bar_code, qr_code
from chassis.documents.declaring import Document
from chassis.documents.fonts import fonts, refuse_undrawable
from chassis.documents.telling import Told, texts_in, told, words_of
from chassis.work.pictures import svg_of
from contracts.words import document_word, label

if TYPE_CHECKING:
    import typst

ROOT: Final = Path(__file__).resolve().parents[2]
"""What templates may read from: that of the code, where the shared style lies."""
_ARCHIVED: Final = "a-2b"
_LABELS: Final = ("number", "code", "total")
"""Words that documents of several kinds have beside those of their fields."""
_DRAWING = threading.Lock()
"""One after the other: the compiler refuses a second caller, and uses every core by itself."""


@dataclass(frozen=True, slots=True)
class School:
    """Whose documents they are; `seal` and `logo` are empty or a `SmallPicture`."""

    name: str
    english_name: str
    seal: str = ""
    logo: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """What makes an official document one of its own, and where anybody may ask whether it is genuine."""

    number: str
    code: str
    address: str
    check: str
    """The address with number and code, which the QR code holds."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What one document says, and its marks where it is official."""

    data: BaseModel
    marks: Marks | None = None


def draw(document: Document, data: BaseModel, *, school: School, at: datetime, marks: Marks | None = None) -> bytes:
    """The document as a PDF, of the instant `at`. Raises as `draw_together`."""
    return draw_together(document, [Filled(data, marks)], school=school, at=at)


def draw_together(document: Document, filled: Sequence[Filled], *, school: School, at: datetime) -> bytes:
    """Some documents as one PDF, in which each counts its own pages. At most some dozens: memory grows with them.

    Raises ServiceError as `refuse_undrawable`, and FileNotFoundError as `fonts`.
    """
    texts: dict[str, Told] = {
        "title": document_word(document.name).zh,
        "school": {"name": school.name, "english_name": school.english_name},
        "words": {**words_of(document.data)},
        "labels": {key: label(f"document.{key}").zh for key in _LABELS},
    }
    says = [told(each.data) for each in filled]
    refuse_undrawable(chain(texts_in(texts), *map(texts_in, says)))
    whole = {
        **texts,
        "day": local_date(at).isoformat(),
        "pictures": {"seal": svg_of(school.seal), "logo": svg_of(school.logo)},
        "landscape": document.landscape,
        "documents": [_one(document, data, each.marks) for data, each in zip(says, filled, strict=True)],
    }
    return _compiled(document.template, whole, at, [_ARCHIVED] if document.archived else [])


def _one(document: Document, data: dict[str, Told], marks: Marks | None) -> dict[str, Any]:
    scanned = None if document.scanned is None else str(data[document.scanned])
    return {
        "data": data,
        "scanned": None if scanned is None else {"qr": qr_code(scanned), "bars": bar_code(scanned)},
        "marks": {**asdict(marks), "qr": qr_code(marks.check)} if marks else None,
    }


def _compiled(template: Path, whole: dict[str, Any], at: datetime, standards: Sequence[str]) -> bytes:
    with _DRAWING:
        pdf = _compiler().compile(
            input=str(template),
            format="pdf",
            sys_inputs={"told": orjson.dumps(whole).decode()},
            timestamp=int(at.timestamp()),
            pdf_standards=cast(Any, [*standards]),
            pdf_tags=False,  # of a long table they are ten times as much as the table
        )
    return cast(bytes, pdf)


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    import typst  # for processes that draw

    return typst.Compiler(root=str(ROOT), font_paths=fonts(), ignore_system_fonts=True)
