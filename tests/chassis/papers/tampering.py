"""Tables that somebody has tampered with: what programs write, with parts swapped, cut, repeated, inflated."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from datetime import date

import xlsxwriter
from openpyxl import Workbook

from tests.chassis.papers.lists import GOOD, HEADER, text
from tests.chassis.papers.tables import ods, ods_row, saved, xls

Parts = dict[str, bytes]
Chance = random.Random

ROWS = 30
_HUGE = 3_000_000
_UPLOAD = 20_000_000


def _rows() -> list[list[str]]:
    return [HEADER, *([f"李{number}", f"26331{number:05}", *GOOD[2:]] for number in range(ROWS))]


def _by_openpyxl() -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in _rows():
        sheet.append(row)
    sheet.cell(3, 4).value, sheet.cell(3, 4).number_format = date(1998, 5, 20), "yyyy-mm-dd"
    sheet.merge_cells("C5:C7")
    sheet.row_dimensions[9].hidden = True
    sheet.column_dimensions["F"].hidden = True
    book.create_sheet("另一张").append(HEADER)
    return saved(book).getvalue()


def _by_xlsxwriter() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(_rows()):
            sheet.write_row(number, 0, row)
        sheet.write_number(2, 3, 35935, book.add_format({"num_format": 31}))
        sheet.write_formula(3, 4, "=A1", None, "")
        sheet.write_rich_string(4, 0, "李", book.add_format({"bold": True}), "一")
        sheet.merge_range(5, 2, 6, 2, "13912345678")
    return file.getvalue()


def _opendocument() -> bytes:
    hidden = ods_row(*GOOD, attributes="table:visibility='collapse' table:number-rows-repeated='2'")
    columns = "<table:table-column table:number-columns-repeated='6'/>"
    return ods(columns, *(ods_row(*row) for row in _rows()), hidden).getvalue()


def _by_xlwt() -> bytes:
    return xls(*_rows(), styles={(2, 3): "yyyy-mm-dd"}, hidden=[4], beside=[HEADER]).getvalue()


def _text() -> bytes:
    return text(*_rows(), encoding="gb18030").getvalue()


MADE: dict[str, Callable[[], bytes]] = {
    "openpyxl": _by_openpyxl,
    "xlsxwriter": _by_xlsxwriter,
    "ods": _opendocument,
    "xlwt": _by_xlwt,
    "csv": _text,
}


# -- of bytes --


def _cut(held: bytes, at: int, chance: Chance) -> bytes:
    return held[:at]


def _doubled(held: bytes, at: int, chance: Chance) -> bytes:
    return held[:at] + held[: chance.randrange(len(held))] + held[at:]


def _overwritten(held: bytes, at: int, chance: Chance) -> bytes:
    new = chance.randbytes(chance.randrange(1, 40))
    return held[:at] + new + held[at + len(new) :]


def _shifted(held: bytes, at: int, chance: Chance) -> bytes:
    return held[:at] + chance.randbytes(chance.randrange(1, 5)) + held[at + chance.randrange(5) :]


def _swapped(held: bytes, at: int, chance: Chance) -> bytes:
    other = chance.randrange(len(held))
    first, second = sorted((at, other))
    size = min(512, second - first, len(held) - second)
    moved = held[second : second + size] + held[first + size : second] + held[first : first + size]
    return held[:first] + moved + held[second + size :]


def _larger(held: bytes, at: int, chance: Chance) -> bytes:
    digit = str(chance.randrange(10)).encode()
    return held.replace(digit, chance.choice([b"99999999999", b"-1", b"1e308", b"0", b""]), chance.randrange(1, 20))


def _inflated(held: bytes, at: int, chance: Chance) -> bytes:
    filling = chance.choice([b"\x00", b" ", "长".encode(), b"<a>", b"A1", b'"', b",", b"&amp;"])
    return held[:at] + filling * chance.randrange(1_000, _HUGE) + held[at:]


def _repeated(held: bytes, at: int, chance: Chance) -> bytes:
    """A piece of it many times: rows, cells, sectors."""
    size = chance.randrange(1, 2_000)
    return held[:at] + held[at : at + size] * chance.randrange(2, max(3, _HUGE // size)) + held[at + size :]


OF_BYTES = (_cut, _doubled, _overwritten, _shifted, _swapped, _larger, _inflated, _repeated)


# -- of archives --


def _bytes_of_a_part(parts: Parts, chance: Chance) -> None:
    name = chance.choice(list(parts))
    if held := parts[name]:
        parts[name] = chance.choice(OF_BYTES)(held, chance.randrange(len(held)), chance)


def _an_element_many_times(parts: Parts, chance: Chance) -> None:
    """A whole element, from a sign `<` to one that ends the same: what is well-formed stays so."""
    name = chance.choice(list(parts))
    held = parts[name]
    for tag in chance.sample(
        [b"<row", b"<c ", b"<si>", b"<xf ", b"<table:table-row", b"<table:table-cell", b"<sheet "], 7
    ):
        begin = held.find(tag)
        word = tag.strip(b"< >")
        end = held.find(b"</" + word + b">", begin) + len(word) + 3
        if begin >= 0 and end > begin:
            parts[name] = (
                held[:begin] + held[begin:end] * chance.randrange(2, max(3, _HUGE // (end - begin))) + held[end:]
            )
            return


def _parts_swapped(parts: Parts, chance: Chance) -> None:
    one, other = chance.choice(list(parts)), chance.choice(list(parts))
    parts[one], parts[other] = parts[other], parts[one]


def _a_part_gone(parts: Parts, chance: Chance) -> None:
    del parts[chance.choice(list(parts))]


def _a_part_called_otherwise(parts: Parts, chance: Chance) -> None:
    name = chance.choice(list(parts))
    parts[chance.choice([name.upper(), name.replace("/", "\\"), f"/{name}", f"../{name}"])] = parts.pop(name)


def _entities(parts: Parts, chance: Chance) -> None:
    name = chance.choice(list(parts))
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    parts[name] = laughs + parts[name].replace("李".encode(), b"&b;")


def _nested(parts: Parts, chance: Chance) -> None:
    name = chance.choice(list(parts))
    deep = chance.randrange(1_000, 200_000)
    parts[name] = parts[name].replace(b"</", b"<x>" * deep + b"</x>" * deep + b"</", 1)


def _a_bomb(parts: Parts, chance: Chance) -> None:
    parts[chance.choice(["xl/media/image1.png", chance.choice(list(parts))])] = bytes(chance.randrange(1, 200) << 20)


def _a_long_text(parts: Parts, chance: Chance) -> None:
    """One text that all cells share, or that one holds."""
    name = chance.choice(list(parts))
    long = ("长" * chance.randrange(10, 400_000)).encode()
    parts[name] = parts[name].replace("李".encode(), long, chance.randrange(1, 3))


OF_PARTS = (
    _bytes_of_a_part, _bytes_of_a_part, _bytes_of_a_part, _bytes_of_a_part, _an_element_many_times,
    _an_element_many_times, _parts_swapped, _a_part_gone, _a_part_called_otherwise, _entities, _nested, _a_bomb,
    _a_long_text,
)  # fmt: skip


def _packed(parts: Parts, chance: Chance) -> bytes:
    method = chance.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2])
    if sum(map(len, parts.values())) > _UPLOAD:  # nobody can send so much
        method = zipfile.ZIP_DEFLATED
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as packed:
        for name, held in parts.items():
            packed.writestr(name, held)
    return file.getvalue()


def _directory_that_lies(content: bytes, chance: Chance) -> bytes:
    """The list of parts says another size, or that a part is encrypted."""
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"PK\x05\x06"))
    if at < 0:
        return content
    place, value = chance.choice([(24, struct.pack("<I", chance.randrange(2**32))), (20, bytes(4)), (8, b"\x01\x00")])
    return content[: at + place] + value + content[at + place + len(value) :]


def tampered(seed: int, maker: str | None = None) -> tuple[str, bytes]:
    """A table by its number, always the same: who had made it (any, unless told), and its bytes now."""
    chance = random.Random(seed)
    maker = maker or chance.choice(list(MADE))
    content = MADE[maker]()
    if not content.startswith(b"PK"):
        for _ in range(chance.choice([1, 1, 1, 2, 3])):
            content = chance.choice(OF_BYTES)(content, chance.randrange(len(content)), chance) or content[:1]
        return maker, content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        if parts:
            chance.choice(OF_PARTS)(parts, chance)
    content = _packed(parts, chance)
    spoil = chance.randrange(12)
    if spoil == 0:
        return maker, _directory_that_lies(content, chance)
    if spoil == 1:
        return maker, chance.choice(OF_BYTES)(content, chance.randrange(len(content)), chance)
    return maker, content
