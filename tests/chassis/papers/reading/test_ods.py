"""OpenDocument sheets: what stands in a cell, what only stands beside it, what no program writes."""

from __future__ import annotations

import pytest

from chassis.papers.reading.apart import raw_rows
from tests.chassis.papers.lists import GOOD, HEADER, read, refusal, wrong
from tests.chassis.papers.tables import ods, ods_row


def held(content: str, attributes: str = "office:value-type='string'") -> str:
    """A good row that holds this as its employer."""
    cell = f"<table:table-cell {attributes}>{content}</table:table-cell>"
    return ods_row(*GOOD[:4]).replace("</table:table-row>", cell + "</table:table-row>")


RUBY = "<text:ruby><text:ruby-base>某单位</text:ruby-base><text:ruby-text>mou</text:ruby-text></text:ruby>"
FRAME = "<draw:frame><draw:text-box><text:p>旁边</text:p></draw:text-box></draw:frame>"
INSIDE = "<table:table><table:table-row><table:table-cell><text:p>里</text:p></table:table-cell></table:table-row>"


@pytest.mark.parametrize(
    ("content", "meant"),
    [
        (f"<text:p>{RUBY}</text:p>", "某单位"),
        (f"{FRAME}<text:p>某单位</text:p>", "某单位"),
        ("<office:annotation><text:p>注<text:s/></text:p></office:annotation><text:p>某单位</text:p>", "某单位"),
        ("<text:p>\n   某单位\n   第二行 </text:p>", "某单位 第二行"),
        ("<text:p>某<text:s text:c='2'/>单<text:tab/>位</text:p>", "某  单\t位"),
        ("<text:p>甲<text:line-break/>乙</text:p><text:p>丙</text:p>", "甲\n乙\n丙"),
        ("<text:p>甲 <text:span> 乙</text:span></text:p>", "甲 乙"),
        (f"{INSIDE}</table:table><text:p>某单位</text:p>", "某单位"),
    ],
    ids=["ruby", "frame", "annotation", "white space", "meant space", "lines", "spans", "table inside"],
)
def test_a_cell_holds_what_it_shows(content: str, meant: str) -> None:
    rows = list(raw_rows(ods(ods_row(*HEADER), held(content), ods_row(*GOOD))))
    assert (rows[1].cells[4].text, [row.number for row in rows]) == (meant, [1, 2, 3])


def test_what_was_changed_and_what_is_linked_are_no_lists() -> None:
    old = f"<table:table>{ods_row(*HEADER)}{ods_row('旧的', *GOOD[1:])}</table:table>"
    changed = f"<table:tracked-changes>{old}</table:tracked-changes>"
    links = f"<table:dde-links>{old}</table:dde-links>"
    (row,) = read(ods(ods_row(*HEADER), ods_row(*GOOD), before=changed, after=links))
    assert row.values["name"] == GOOD[0]


@pytest.mark.parametrize("times", ["0", "-3", "1.5", "", "x", "999999999"])
@pytest.mark.parametrize("what", ["number-columns-repeated", "number-rows-repeated"])
def test_what_is_repeated_less_than_once_makes_the_sheet_unreadable(what: str, times: str) -> None:
    row = held("<text:p>某单位</text:p>", f"office:value-type='string' table:{what}='{times}'")
    if "rows" in what:
        row = ods_row(*GOOD, attributes=f"table:{what}='{times}'")
    assert refusal(ods(ods_row(*HEADER), row)) == "workbook_unreadable"


def test_a_formula_without_its_value_is_told() -> None:
    for kind in ("", "office:value-type='float'", "office:value-type='date'"):
        (row,) = read(ods(ods_row(*HEADER), held("", f"table:formula='of:=[.Z9]' {kind}")))
        assert wrong(row) == [("单位", "cell_not_calculated")]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1998-05-20T00:00:00", "1998-05-20"),
        ("1998-05-20T00:00:00.000000000", "1998-05-20"),
        ("1998-05-20T24:00:00", "1998-05-21"),
        ("1998-05-20T00:00:00Z", "1998-05-20"),
    ],
)
def test_every_midnight_is_a_day(written: str, day: str) -> None:
    cell = f"<table:table-cell office:value-type='date' office:date-value='{written}'/>"
    line = ods_row(*GOOD[:3]).replace("</table:table-row>", cell + "</table:table-row>")
    (row,) = read(ods(ods_row(*HEADER), line))
    assert (str(row.values["born_on"]), wrong(row)) == (day, [])
