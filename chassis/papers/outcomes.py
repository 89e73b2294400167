"""What came of an import: kept as codes with the task, told as sentences in the language of whoever asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.papers.spreadsheets import BadRow, CellError
from contracts.common import CellRefusal, ImportOutcome, ReasonCount, RefusedRow
from contracts.errors import Language

ROWS_TOLD = 100
"""Refused rows that are told one by one; the workbook has all."""
_REASONS_TOLD = 100


def outcome_of(rows: int, bad: Sequence[BadRow], imported_before_at: str | None = None) -> dict[str, Any]:
    """What is kept of an import of so many rows; the texts of the refused ones are not."""
    count: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], CellError] = {}
    for row in bad:
        for key in {(error.title, error.code): error for error in row.errors}:
            count[key] += 1
        for error in row.errors:
            first.setdefault((error.title, error.code), error)
    return {
        "rows": rows,
        "refused": len(bad),
        "reasons": [{**first[key].to_json(), "count": n} for key, n in count.most_common(_REASONS_TOLD)],
        "refused_rows": [{**row.to_json(), "texts": {}} for row in bad[:ROWS_TOLD]],
        "imported_before_at": imported_before_at,
    }


def outcome_view(kept: Mapping[str, Any] | None, language: Language, *, with_rows: bool = True) -> ImportOutcome | None:
    """The same in a language, with the refused rows one by one or without."""
    if kept is None:
        return None
    reasons = [(CellError.from_json(reason), reason["count"]) for reason in kept["reasons"]]
    rows = [BadRow.from_json(row) for row in kept["refused_rows"]] if with_rows else []
    return ImportOutcome(
        rows=kept["rows"],
        refused=kept["refused"],
        reasons=tuple(
            ReasonCount(code=error.code, count=count, message=error.sentence(language)) for error, count in reasons
        ),
        refused_rows=tuple(
            RefusedRow(row=row.number, refusals=tuple(_refusal(error, language) for error in row.errors))
            for row in rows
        ),
        imported_before_at=kept["imported_before_at"],
    )


def _refusal(error: CellError, language: Language) -> CellRefusal:
    message = error.sentence(language)
    return CellRefusal(column=error.title or None, code=error.code, params=dict(error.params), message=message)
