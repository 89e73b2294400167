"""Filters on a real PostgreSQL mean what they say."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    create_engine,
    insert,
    literal,
    select,
)

from chassis.base.context import system_context
from chassis.data.pages import among, begins, between, equals, matches, on_days
from contracts.text import cleaning

ROWS = 57
START = datetime(2026, 9, 1, 0, 0, tzinfo=UTC)

papers = Table(
    "papers",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("grade", Integer),
    Column("created_at", DateTime(timezone=True), nullable=False),
    prefixes=["TEMPORARY"],
)


class Reader:
    """The part of a unit of work that lists use."""

    context = system_context()

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.statements = 0

    def rows(self, statement: Any) -> Sequence[Row[Any]]:
        self.statements += 1
        return self.connection.execute(statement).all()

    def scalar(self, statement: Any) -> Any:
        self.statements += 1
        return self.connection.execute(statement).scalar()


@pytest.fixture(scope="module")
def connection(postgres_admin_url: str) -> Iterator[Connection]:
    engine = create_engine(postgres_admin_url)
    with engine.connect() as connection:
        papers.create(connection)
        connection.execute(
            insert(papers),
            [
                {
                    "id": number,
                    "title": ["50%_题", "50 题", "Plain", "PLAIN"][number % 4],
                    "grade": None if number % 5 == 0 else number % 3,
                    "created_at": START + timedelta(hours=8 * (number // 3)),
                }
                for number in range(ROWS)
            ],
        )
        yield connection
    engine.dispose()


@pytest.fixture
def uow(connection: Connection) -> Reader:
    return Reader(connection)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (equals(papers.c.grade, 1), lambda n: n % 5 and n % 3 == 1),
        (equals(papers.c.grade, None), lambda n: True),
        (among(papers.c.id, [3, 4]), lambda n: n in (3, 4)),
        (among(papers.c.id, []), lambda n: False),
        (among(papers.c.id, None), lambda n: True),
        (matches("%_", titles=[papers.c.title]), lambda n: n % 4 == 0),
        (matches(" plain ", titles=[papers.c.title]), lambda n: n % 4 in (2, 3)),
        (matches("ＰＬ\u200bain", numbers=[papers.c.title]), lambda n: n % 4 in (2, 3)),
        (matches("lain", titles=[papers.c.title], numbers=[papers.c.title]), lambda n: n % 4 in (2, 3)),
        (matches("\u200b", titles=[papers.c.title], numbers=[papers.c.title]), lambda n: False),
        (matches(None, titles=[papers.c.title]), lambda n: True),
        (begins(papers.c.title, "pl"), lambda n: n % 4 in (2, 3)),
        (begins(papers.c.title, "５０%_"), lambda n: n % 4 == 0),
        (begins(papers.c.title, "lain"), lambda n: False),
        (begins(papers.c.title, None), lambda n: True),
        (between(papers.c.id, 10, 12), lambda n: 10 <= n <= 12),
        (between(papers.c.id, None, 12), lambda n: n <= 12),
        (between(papers.c.id, 10, None), lambda n: n >= 10),
        # 8 hours apart from 08:00 in Shanghai: two instants on the first day, three on every other one.
        (on_days(papers.c.created_at, date(2026, 9, 1), date(2026, 9, 1)), lambda n: n // 3 in (0, 1)),
        (on_days(papers.c.created_at, date(2026, 9, 2), date(2026, 9, 2)), lambda n: n // 3 in (2, 3, 4)),
        (on_days(papers.c.created_at, date.min, date.max), lambda n: True),
    ],
)  # fmt: skip
def test_filters_find_what_they_say(uow: Reader, condition: Any, expected: Any) -> None:
    found = {row.id for row in uow.rows(select(papers).where(condition))}
    assert found == {number for number in range(ROWS) if expected(number)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(text=st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8))
def test_whatever_is_searched_for_is_taken_literally(uow: Reader, text: str) -> None:
    found = {row.id for row in uow.rows(select(papers).where(matches(text, titles=[papers.c.title])))}
    wanted = cleaning.title(text).lower()
    titles = ["50%_题", "50 题", "Plain", "PLAIN"]
    assert found == {number for number in range(ROWS) if wanted and wanted in titles[number % 4].lower()}


SPELLINGS = [
    (cleaning.title, "titles", "\uf90a融\uff08上\uff09", ["金融(上)"]),
    (cleaning.number, "numbers", "\uf90a01", ["金0"]),
    (cleaning.title, "titles", "Ｃ＋＋程序设计（上）", ["c++", "程序设计(上)", "Ｃ＋＋", "（上"]),
    (cleaning.title, "titles", r"100%_a\b", ["%", "_", "\\", r"%_A\b"]),
    (cleaning.number, "numbers", "R３３１９", ["r33", "Ｒ３３", "33 19", "319"]),
]


@pytest.mark.parametrize(("clean", "kind", "text", "searches"), SPELLINGS)
def test_what_was_stored_is_found_however_it_is_spelled(
    uow: Reader, clean: Callable[[str], str], kind: str, text: str, searches: list[str]
) -> None:
    stored: list[ColumnElement[str]] = [literal(clean(text), Text)]
    missed = [search for search in searches if not uow.scalar(select(matches(search, **{kind: stored})))]
    assert missed == []


@pytest.mark.parametrize(
    ("number", "beginnings", "others"),
    [
        ("R33191001", ["R", "r33", "R33191001", "\uff32３３", "R 33", ""], ["R33191002", "R331910011", "331", "s"]),
        ("abCDEFgh", ["ABCDEFGH", "abcdefg", "ab"], ["abcdefgi", "abcx"]),
        ("9\U0010ffff9", ["9", "9\U0010ffff", "9\U0010ffff9"], ["9\U0010ffff8", "99"]),
        ("\ud7ff", ["\ud7ff"], ["\ue000"]),
        ("50%_", ["50%", "50%_"], ["%", "5_", "50%%"]),
    ],
)
def test_a_number_is_found_by_its_beginning(uow: Reader, number: str, beginnings: list[str], others: list[str]) -> None:
    stored: ColumnElement[str] = literal(number, Text)
    found = [each for each in (*beginnings, *others) if uow.scalar(select(begins(stored, each)))]
    assert found == beginnings


def test_a_sign_that_means_something_to_a_pattern_finds_itself_only(uow: Reader) -> None:
    stored: list[ColumnElement[str]] = [literal("1000 a/b", Text)]
    assert [sign for sign in "%_\\'" if uow.scalar(select(matches(sign, titles=stored)))] == []
