"""What `docs/security.md` says can be looked up: its tests are there, every number of the standard has one answer, its
counts are those of its rows, and no table with people in it is left out."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from chassis.data.tables import service_metadata
from chassis.declaring.service import load
from chassis.papers.quota import AREA
from chassis.papers.store import INCOMING
from launcher.paths import service_names

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
LEVELS = dict(line.split() for line in (Path(__file__).parent / "asvs_levels.txt").read_text().splitlines())
"""OWASP ASVS 5.0.0: number → level, of levels 1 and 2."""

_NUMBER = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
_STATES = {"✔", "○", "–"}

PERSONAL = {
    *("username", "gender", "mobile", "email", "phone", "id_number", "birth_on", "ethnicity"),
    *("political_status", "home_address", "postal_address", "employer", "student_number", "payer_name"),
    *("bank_reference", "owner_id"),
    *("user_id", "student_id", "created_by", "created_by_name", "entered_by", "reviewed_by", "academic_reviewer_id"),
    *("selected_by", "requested_by", "uploaded_by", "actor_id", "actor_name", "client", "password_hash"),
    # What may hold any of them: bodies, answers, arguments, what a row was like.
    *("information", "before", "after", "arguments", "answer", "body", "message", "last_seen"),
}  # fmt: skip
"""Columns that tell of somebody. A table that has one is on the page."""


def section(title: str) -> str:
    """The page from a heading to the next of its rank."""
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of all rows of a section's tables, headings left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heads = {n - 1 for n, line in enumerate(lines) if line.startswith("| ---")}
    kept = [line for n, line in enumerate(lines) if n not in heads and not line.startswith("| ---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in kept]


ANSWERS = rows(section("The standard, number by number"))


@cache
def functions(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    return frozenset(
        node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
    )


def missing_tests(text: str) -> Iterator[str]:
    """Tests named in the text that are not there."""
    for file, name in _TEST.findall(text):
        if not (ROOT / file).exists() or (name and name not in functions(ROOT / file)):
            yield f"{file}::{name}"


def personal_tables() -> Iterator[str]:
    """`service.table`, or `table` for those that every service has, of each that tells of somebody."""
    of_every_service = service_metadata("any").tables
    for service in service_names():
        for table in load(f"services.{service}.service").metadata.tables.values():
            if any(column.name in PERSONAL for column in table.columns):
                yield table.name if table.name in of_every_service else f"{service}.{table.name}"


def named_tables(text: str) -> set[str]:
    """The tables that the first cells of the section's rows name."""
    return {code for cells in rows(text) for code in re.findall(r"`([a-z_.]+)`", cells[0])}


def test_every_test_that_the_page_names_is_there() -> None:
    assert sorted(set(missing_tests(PAGE))) == []


@pytest.mark.parametrize("text", ["`tests/no/such.py::test_a`", "`tests/architecture/test_docs.py::test_no_such_test`"])
def test_a_test_that_is_not_there_is_found(text: str) -> None:
    assert list(missing_tests(text))


def test_every_number_of_both_levels_has_one_answer_and_no_other_number_has_one() -> None:
    answered = Counter(number for cells in ANSWERS for number in _NUMBER.findall(cells[0]))
    assert answered == Counter(LEVELS.keys())


def test_an_answer_is_met_open_or_of_no_concern_and_says_why() -> None:
    assert {cells[1] for cells in ANSWERS} == _STATES
    assert [cells[0] for cells in ANSWERS if len(cells) != 4 or len(cells[2]) < 20] == []


def test_what_is_open_says_what_is_wanted() -> None:
    without = [cells[0] for cells in ANSWERS if cells[1] == "○" and "Wanted:" not in cells[2]]
    assert without == ["14.2.4"]  # refers to the table of personal data, where each open row says it


def test_the_counts_are_those_of_the_rows() -> None:
    counted = Counter((number.partition(".")[0], cells[1]) for cells in ANSWERS for number in _NUMBER.findall(cells[0]))
    told = {cells[0].partition(".")[0]: [int(cell) for cell in cells[1:]] for cells in rows(section("At a glance"))}
    assert told.pop("all") == [sum(n for (_, state), n in counted.items() if state == s) for s in ("✔", "○", "–")]
    assert told == {chapter: [counted[chapter, s] for s in ("✔", "○", "–")] for chapter, _ in counted}


def test_every_table_with_people_in_it_is_on_the_page() -> None:
    assert sorted(set(personal_tables()) - named_tables(section("Personal data"))) == []


def test_every_row_of_personal_data_says_what_how_secret_how_long_and_who_erases_it() -> None:
    kept = section("Personal data").partition("| where |")[2]
    assert [cells[0] for cells in rows("| where |" + kept) if len(cells) != 5 or cells[2][:1] not in set("SPK")] == []


def test_every_part_of_the_store_is_on_the_page() -> None:
    stored = {code for cells in rows(section("Personal data")) for code in re.findall(r"below `(\w+)/`", cells[0])}
    assert stored == {INCOMING, AREA}


def test_every_table_on_the_page_is_there() -> None:
    there = {
        name
        for service in service_names()
        for table in load(f"services.{service}.service").metadata.tables
        for name in (table, f"{service}.{table}")
    }
    assert sorted(named_tables(section("Personal data")) - there) == []
