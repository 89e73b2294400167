"""Writes workbooks: lists, templates to fill in, and refused rows with their reasons.

No cell is ever a formula, whatever its text begins with; long numbers stay text; characters that XML does not know
are left out.
"""

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from chassis.papers.cell_texts import EXACT_BELOW, excel_text, local_time, plain
from chassis.papers.spreadsheets import REASONS, ROW_NUMBER, BadRow, Column
from contracts.errors import Language
from contracts.words import document_word, label, truth_word

_HEADER_FONT = Font(bold=True)
_HEADER_FILL = PatternFill("solid", fgColor="FFDDEBF7")
_REQUIRED_FILL = PatternFill("solid", fgColor="FFFCE4D6")
_WRONG_FILL = PatternFill("solid", fgColor="FFFFC7CE")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_TEXT = "@"
_WHOLE = re.compile(r'(?:[^"\\_*\[\]]|"[^"]*"|\\.|[_*].|\[[^\]]*\])*', re.DOTALL)
"""A number format none of whose parts is broken off: Excel takes a workbook with another for damaged."""
_SHOWN_OTHERWISE = '"?"0'
"""Stands for a format of which only the beginning is known."""
_IN_MEMORY = 1024 * 1024
_PREPARED_ROWS = 5_000
# A list longer than this does not fit into a validation rule; its words are in the guide.
_MAX_LIST = 255
_MAX_PROMPT_TITLE, _MAX_PROMPT = 32, 255
"""Characters of what is shown beside a cell (Excel's limits)."""


def write_list(document: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> IO[bytes]:
    """A workbook of `rows` (field → value), one sheet called as the document is, as a temporary file to be closed."""
    workbook, sheet = _streaming(document, columns)
    for row in rows:
        sheet.append([_cell(sheet, row.get(column.field)) for column in columns])
    return _saved(workbook)


def write_bad_rows(
    document: str, columns: Sequence[Column], bad_rows: Sequence[BadRow], language: Language = "zh"
) -> IO[bytes]:
    """The refused rows as they came, in the columns of whoever sent them, with the reasons beside each and the wrong
    cells marked.

    Corrected, the workbook can be imported as it is. A temporary file, to be closed.
    """
    known = {column.title: column for column in columns}
    own = [known.get(title) or Column("", title=title) for title in bad_rows[0].texts] if bad_rows else columns
    extra = (Column("", title=ROW_NUMBER, width=8), Column("", title=REASONS, width=60))
    workbook, sheet = _streaming(document, [*own, *extra])
    for row in bad_rows:
        cells = [_given_back(sheet, row, column.title) for column in own]
        reasons = _cell(sheet, "\n".join(error.sentence(language) for error in row.errors))
        reasons.alignment = _WRAPPED
        sheet.append([*cells, _cell(sheet, row.number), reasons])
    return _saved(workbook)


def write_template(document: str, columns: Sequence[Column]) -> IO[bytes]:
    """An empty workbook to fill in: lists to choose from, required columns marked, a guide on a second sheet."""
    workbook = Workbook()
    sheet, guide = workbook.worksheets[0], workbook.create_sheet(label("guide").zh)
    sheet.title = document_word(document).zh
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        header = sheet.cell(1, place, f"{column.title}*" if column.required else column.title)
        header.font, header.fill = _HEADER_FONT, _REQUIRED_FILL if column.required else _HEADER_FILL
        sheet.column_dimensions[letter].width = column.width
        sheet.column_dimensions[letter].number_format = _TEXT
        _offer_choices(sheet, column, f"{letter}2:{letter}{_PREPARED_ROWS}")
    _write_guide(guide, columns)
    return _saved(workbook)


def _offer_choices(sheet: Any, column: Column, cells: str) -> None:
    """A list to choose from, and what to type with an example, shown beside the cell that is being filled in."""
    words = ",".join(column.choices)
    if not words or len(words) > _MAX_LIST or any("," in word or '"' in word for word in column.choices):
        rule = DataValidation(allow_blank=True)
    else:
        rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=not column.required)
        rule.error = "请从列表中选择。"
    example = f"{label('guide.example').zh}：{column.example}" if column.example else ""
    rule.promptTitle, rule.prompt = column.title[:_MAX_PROMPT_TITLE], f"{column.help}{example}"[:_MAX_PROMPT] or None
    if rule.type is None and rule.prompt is None:
        return
    rule.showInputMessage = rule.prompt is not None
    rule.add(cells)
    sheet.add_data_validation(rule)


def _write_guide(guide: Any, columns: Sequence[Column]) -> None:
    rows = [tuple(label(f"guide.{each}").zh for each in ("column", "required", "explanation", "choices", "example"))]
    for column in columns:
        required = truth_word(column.required).zh
        rows.append((column.title, required, column.help, "、".join(column.choices), column.example))
    for number, row in enumerate(rows, start=1):
        for place, text in enumerate(row, start=1):
            _fill(guide.cell(number, place), text)
            guide.cell(number, place).alignment = _WRAPPED
    for place, width in enumerate((18, 8, 50, 40, 24), start=1):
        guide.cell(1, place).font = _HEADER_FONT
        guide.column_dimensions[get_column_letter(place)].width = width
    guide.freeze_panes = "A2"


def _streaming(document: str, columns: Sequence[Column]) -> tuple[Workbook, Any]:
    """A workbook whose rows go to the disk as they come, with its header written."""
    workbook = Workbook(write_only=True)
    sheet: Any = workbook.create_sheet(document_word(document).zh)
    sheet.freeze_panes = "A2"  # this and the widths only count before the first row
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    headers = [_cell(sheet, column.title) for column in columns]
    for header in headers:
        header.font, header.fill = _HEADER_FONT, _HEADER_FILL
    sheet.append(headers)
    return workbook, sheet


def _given_back(sheet: Any, row: BadRow, title: str) -> Any:
    """A cell of a refused row as it came. A number that is not what was meant stays one, with its format: it is refused
    again, while its digits as text would be taken for right."""
    errors = {error.code: error.params for error in row.errors if error.title == title}
    cell = _cell(sheet, row.texts.get(title), wrong=bool(errors))
    for code in errors.keys() & {"cell_number_too_long", "cell_shown_otherwise"}:
        cell.value, told = Decimal(row.texts[title]), plain(str(errors[code].get("format", "0")))
        cell.number_format = told if _WHOLE.fullmatch(told) else _SHOWN_OTHERWISE
    return cell


def _cell(sheet: Any, value: Any, wrong: bool = False) -> Any:
    cell = WriteOnlyCell(sheet)
    _fill(cell, value)
    if wrong:
        cell.fill = _WRONG_FILL
    return cell


def _fill(cell: Any, value: Any) -> None:
    """Put a value into a cell: numbers as numbers while Excel can keep them, all else as text that stays text."""
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if is_number and -EXACT_BELOW < value < EXACT_BELOW:
        cell.value = value
        if isinstance(value, Decimal):
            cell.number_format = "0.00"
    elif value is not None:
        cell.value = safe_text(value)
        cell.data_type, cell.number_format = "s", _TEXT


def safe_text(value: Any) -> str:
    """A value as the text of a cell; instants in Asia/Shanghai, yes and no in Chinese."""
    if isinstance(value, bool):
        return truth_word(value).zh
    if isinstance(value, datetime):
        return local_time(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return excel_text(str(value))


def _saved(workbook: Workbook) -> IO[bytes]:
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - it is the answer
    workbook.save(file)
    file.seek(0)
    return file
