"""The columns of the workbook in which the national verification's results come (ENR-4)."""

from __future__ import annotations

from typing import Final

from chassis.papers.spreadsheets import Column, choice, columns, typed
from chassis.rules.columns import NAME
from contracts.base import Contract
from contracts.types import Code, DocumentNumber, IdKind, PriorEducationCheck
from contracts.words import by_word, member_word

_RESULTS: Final = {
    word: check for word, check in by_word(PriorEducationCheck).items() if check != PriorEducationCheck.UNCHECKED
}
"""Nobody is told that nothing was found out yet."""

PRIOR_CHECKS: Final = columns(
    "prior_education_check_import",
    Column("id_number", typed(DocumentNumber), width=22, help="报名表上的证件号码，或证书上的证件号码。"),
    NAME,
    Column(
        "id_kind", choice(by_word(IdKind)), required=False, choices=tuple(by_word(IdKind)), help="不填则不分证件类型。"
    ),
    Column(
        "prior_certificate_number",
        typed(Code),
        required=False,
        width=22,
        help="填写后须与报名表一致；同一人的报名表证书不同的，必须填写。",
    ),
    Column(
        "check",
        choice(_RESULTS),
        choices=tuple(_RESULTS),
        help=f"已录取的，填写“{member_word(PriorEducationCheck.FALSE).zh}”后取消入学资格。",
        example=member_word(PriorEducationCheck.VERIFIED).zh,
    ),
)


class Entry(Contract):
    """A row as it was read: a field is None where its cell is empty or wrong."""

    id_number: str | None
    name: str | None
    id_kind: IdKind | None
    prior_certificate_number: str | None
    check: PriorEducationCheck | None
