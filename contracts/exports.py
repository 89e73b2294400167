"""What every export of a list asks for beside the list's own filters.

class ExportBills(BillFilters, Export, answers=TaskView):
    \"\"\"Bills as a file, as a task.\"\"\"
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import Command, SortKey
from contracts.stored import Stored
from contracts.text.kinds import TextKind

FieldName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"),
    Stored(TextKind.WORD),
    Field(examples=["student_number"]),
]


class ExportFormat(StrEnum):
    """What a list goes out as."""

    XLSX = "xlsx"
    CSV = "csv"


class Export(Command):
    """A list as a file: exactly the rows, filters and order that its query answers, all pages of it."""

    sort: SortKey = None
    columns: Annotated[tuple[FieldName, ...], Field(min_length=1, max_length=60)] | None = Field(
        default=None,
        description="Fields of the list that become columns, in this order; without it, those that the list is mostly"
        " read by.",
        examples=[["student_number"]],
    )
    format: ExportFormat = Field(
        default=ExportFormat.XLSX,
        description="A workbook, or CSV: UTF-8 with a mark, by which Excel knows it.",
    )
