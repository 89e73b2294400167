"""People are found by any part of their names and by beginnings of their numbers, and nobody else's are told of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, ColumnElement, MetaData, Table, Text, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import insert as insert_or_update
from sqlalchemy.exc import DBAPIError

from chassis.base.context import SCOPE_KINDS, Context, system_context
from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.name_search import found_by_name
from chassis.data.pages import contains, looking_alike
from chassis.data.row_scope import scope, shows
from chassis.data.unit_of_work import UnitOfWork
from chassis.testing.harness import ServiceHarness, acting
from contracts.text import cleaning
from contracts.text.characters import ALIKE
from tests.chassis.choir import Choir, concerts, singer_grams, singer_search, singers
from tests.harnesses import HarnessOf

HERE, THERE = new_id(), new_id()
SYSTEM = system_context()


@pytest.fixture
def choir(built_of: HarnessOf) -> ServiceHarness:
    return built_of(Choir)


def enter(choir: ServiceHarness, *names: str, point: UUID | None = HERE, numbers: Sequence[str] = ()) -> list[UUID]:
    rows = [
        {"id": new_id(), "name": name, "number": numbers[place] if numbers else f"{place:06d}", "point": point}
        for place, name in enumerate(names)
    ]
    entering = insert(singers).values({"teaching_point_id": text(":point")})
    execute(choir, entering, [{**row, "teaching_point_id": row.pop("point")} for row in rows])
    return [row["id"] for row in rows]


def execute(choir: ServiceHarness, *statement: Any) -> None:
    choir.database.run(SYSTEM, lambda uow: uow.execute(*statement))


def found(choir: ServiceHarness, condition: ColumnElement[bool], as_: Context = SYSTEM) -> list[str]:
    wanted = select(singers.c.name).where(condition).order_by(singers.c.name)
    return choir.database.run(as_, lambda uow: [row.name for row in uow.rows(wanted)])


def named(choir: ServiceHarness, part: str, as_: Context = SYSTEM) -> list[str]:
    return found(choir, singer_search.named(singers.c.id, part), as_)


def kept(choir: ServiceHarness) -> Counter[tuple[Any, ...]]:
    with choir.owner_connection() as connection:
        return Counter(map(tuple, connection.execute(select(singer_grams))))


def needed(choir: ServiceHarness) -> Counter[tuple[Any, ...]]:
    """The grams that the rows have to have, made here, letter by letter."""
    with choir.owner_connection() as connection:
        rows = connection.execute(select(singers)).all()
    return Counter(
        {
            (plain[first : first + length].lower(), row.id, row.teaching_point_id): 1
            for row in rows
            for plain in [looking_alike(row.name)]
            for length in (1, 2, 3)
            for first in range(len(plain) + 1 - length)
        }
    )


# -- what is found ----------------------------------------------------------------------------------------------------

LETTERS = "张三李四晓明aAbBéÉ·'’（( " + "".join(list(ALIKE)[::40]) + "".join(sorted(set(ALIKE.values())))[::40]
SOME_TEXT = st.text(
    st.sampled_from(LETTERS) | st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9
)
PEOPLE = st.lists(st.text(st.sampled_from(LETTERS), min_size=1, max_size=9).filter(str.strip), min_size=1, max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(names=PEOPLE, free=SOME_TEXT, data=st.data())
@example(names=["张三张三丰", "张三丰三张"], free="张三丰三", data=None)
@example(names=["ΑΣ ΣΑς", "İi ıI", "ǅ ß ẞ"], free="σ", data=None)
def test_grams_find_whom_the_whole_name_would(choir: ServiceHarness, names: list[str], free: str, data: Any) -> None:
    execute(choir, delete(singers))
    enter(choir, *names)
    parts = [free, *names, *(name[place : place + 4] for name in names for place in (0, 1))]
    if data is not None:
        name = data.draw(st.sampled_from(names))
        parts.append(name[data.draw(st.integers(0, len(name))) :])

    def both(uow: UnitOfWork) -> list[tuple[str, set[Any], set[Any]]]:
        return [
            (
                part,
                {row.id for row in uow.rows(select(singers.c.id).where(singer_search.named(singers.c.id, part)))},
                {row.id for row in uow.rows(select(singers.c.id).where(by_whole_name(part)))},
            )
            for part in parts
        ]

    assert [each for each in choir.database.run(SYSTEM, both) if each[1] != each[2]] == []


def by_whole_name(part: str) -> ColumnElement[bool]:
    return contains(singers.c.name, looking_alike(cleaning.part_of_person_name(part)))


SPELLINGS = [
    (
        "阿卜杜拉·买买提",
        ["阿卜杜拉•买买提", "拉．买", "·买买", ".买买提", "阿卜 杜拉", "买\u200b买提", "·", "拉", "提"],
    ),
    ("张　三丰", ["张三", "三 丰", "\u202e张三丰"]),
    ("𠮷田𡈽", ["𠮷", "田𡈽"]),
    ("Ol'ga-Mária O’Neil", ["o'neil", "O‘NEIL", "ＯＬ’ga", "mária", "Ma\u0301ria", "OL'GA-MÁRIA O'NEIL"]),
    ("\uf9e1四", ["李四", "\uf9e1", "李"]),  # as typed, and found either way
    ("李四", ["\uf9e1四"]),
    ("金\uf9e1\uf9f4柳女", ["\uf90a李林\uf9c9\uf981", "金李林柳女"]),
    (
        "很长很长的一个名字来自很远很远的地方呢",
        ["很长很长的一个名字来自很远很远的地方呢", "长的一个名字来自很远很远的地方"],
    ),
]


@pytest.mark.parametrize(("name", "searches"), SPELLINGS, ids=[name for name, _ in SPELLINGS])
def test_a_name_is_found_however_it_is_spelled(choir: ServiceHarness, name: str, searches: list[str]) -> None:
    enter(choir, cleaning.person_name(name), "王五岳")
    assert [search for search in searches if named(choir, search) != [cleaning.person_name(name)]] == []


def test_a_part_whose_grams_are_all_there_but_elsewhere_is_not_found(choir: ServiceHarness) -> None:
    enter(choir, "甲乙丙丁甲乙", "乙丙丁戊甲乙丙", "甲乙丙戊乙丙丁")
    assert named(choir, "甲乙丙丁") == ["甲乙丙丁甲乙"]


@pytest.mark.parametrize("nothing", ["\u200b", "%", "_", "\\", "''", "龘"])
def test_what_no_name_has_finds_nobody(choir: ServiceHarness, nothing: str) -> None:
    enter(choir, "张三", "O'Neil")
    assert named(choir, nothing) == []


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("26", ["一", "三"]),
        ("２６\u200b3", ["一"]),
        ("6", []),
        ("r33", ["四", "五"]),
        ("r", ["r", "四", "五"]),  # also in a name
        ("R331x", ["五"]),
        ("abcdefgh", ["六"]),
        ("ABCDEfg1", []),
        ("三", ["三"]),
        ("", ["", "r", "一", "三", "五", "六", "四"]),
        (None, ["", "r", "一", "三", "五", "六", "四"]),
    ],
)
def test_what_has_a_digit_is_the_beginning_of_a_number_and_latin_letters_may_be_either(
    choir: ServiceHarness, typed: str | None, names: list[str]
) -> None:
    people = {"一": "2630001", "三": "26９", "四": "R33", "五": "r331X", "六": "abcDEFghi", "r": "9", "": "x"}
    enter(choir, *people, numbers=[cleaning.number(number) for number in people.values()])
    if typed != "":
        assert found(choir, singer_search.found(singers.c.id, typed)) == sorted(names)
    execute(choir, insert(concerts).from_select(["id", "singer_id", "teaching_point_id"], _one_concert_each()))
    if typed != "":
        assert sung_by(choir, singer_search.found(concerts.c.singer_id, typed)) == sorted(names)


def _one_concert_each() -> Any:
    return select(func.gen_random_uuid(), singers.c.id, singers.c.teaching_point_id)


def sung_by(choir: ServiceHarness, condition: ColumnElement[bool], as_: Context = SYSTEM) -> list[str]:
    wanted = select(concerts.c.singer_id).where(condition)
    ids = choir.database.run(as_, lambda uow: [row.singer_id for row in uow.rows(wanted)])
    return found(choir, ids_in(singers.c.id, ids))


def test_a_list_that_shows_the_people_beside_its_rows_finds_the_same(choir: ServiceHarness) -> None:
    enter(choir, "张三丰", "李四")
    execute(choir, insert(concerts).from_select(["id", "singer_id", "teaching_point_id"], _one_concert_each()))
    joined = select(singers.c.name).join(concerts, concerts.c.singer_id == singers.c.id)
    for typed in ("张", "张三丰", "000000"):
        wanted = joined.where(singer_search.found(concerts.c.singer_id, typed))
        assert choir.database.run(SYSTEM, lambda uow, wanted=wanted: uow.rows(wanted)) == [("张三丰",)], typed


# -- how grams are kept -----------------------------------------------------------------------------------------------

CHANGES: dict[str, Callable[[list[UUID]], Any]] = {
    "a name": lambda ids: update(singers).where(singers.c.id == ids[0]).values(name="王五岳"),
    "a name, in part": lambda ids: update(singers).where(singers.c.id == ids[0]).values(name="张三疯"),
    "a point": lambda ids: update(singers).where(singers.c.id == ids[0]).values(teaching_point_id=THERE),
    "no point any more": lambda ids: update(singers).values(teaching_point_id=None),
    "names among each other": lambda ids: update(singers).values(name=func.reverse(singers.c.name)),
    "an id": lambda ids: update(singers).where(singers.c.id == ids[0]).values(id=new_id()),
    "something else": lambda ids: update(singers).values(voice="bass"),
    "nothing": lambda ids: update(singers).where(singers.c.id == new_id()).values(name="无"),
    "who goes": lambda ids: delete(singers).where(singers.c.id == ids[1]),
    "everybody": lambda ids: delete(singers),
    "who is there already": lambda ids: (
        insert_or_update(singers)
        .values([{"id": ids[0], "name": "赵六", "number": "7"}, {"id": new_id(), "name": "钱七", "number": "8"}])
        .on_conflict_do_update(index_elements=["id"], set_={"name": "孙八", "teaching_point_id": THERE})
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_in_one_statement_the_grams_are_those_of_the_names(choir: ServiceHarness, what: str) -> None:
    ids = enter(choir, "张三张", "李四四", "\uf9e1 O’N", "张三张")
    assert kept(choir) == needed(choir) != Counter()
    execute(choir, CHANGES[what](ids))
    assert kept(choir) == needed(choir)


def test_a_change_of_something_else_writes_no_gram(choir: ServiceHarness) -> None:
    enter(choir, "张三张", "李四四")
    with choir.owner_connection() as connection:
        before = connection.execute(text("SELECT xmin::text, gram FROM singer_grams ORDER BY 2")).all()
        connection.execute(update(singers).values(voice="bass", name=singers.c.name))
        assert connection.execute(text("SELECT xmin::text, gram FROM singer_grams ORDER BY 2")).all() == before


# -- who sees what ----------------------------------------------------------------------------------------------------


def people_at_two_points(choir: ServiceHarness) -> dict[str, UUID]:
    mine = enter(choir, "张三丰", "赵敏", numbers=["26001", "26002"])
    theirs = enter(choir, "张翠山李", "龘龘龘龘", point=THERE, numbers=["26003", "R9"])
    nowhere = enter(choir, "张无忌", point=None, numbers=["26005"])
    return dict(zip(("张三丰", "赵敏", "张翠山李", "龘龘龘龘", "张无忌"), mine + theirs + nowhere, strict=True))


def test_a_point_finds_its_own_people_and_is_told_of_others_what_it_is_told_of_nobody(choir: ServiceHarness) -> None:
    people_at_two_points(choir)
    execute(choir, insert(concerts).from_select(["id", "singer_id", "teaching_point_id"], _everywhere(HERE)))
    point = acting(scope="point", ids=(HERE,))
    assert (named(choir, "张", point), named(choir, "张三", point)) == (["张三丰"], ["张三丰"])
    for theirs in ("翠", "翠山", "翠山李", "张翠山李", "龘", "无忌", "26003", "26005", "R9"):
        assert found(choir, singer_search.found(singers.c.id, theirs), point) == []
        assert sung_by(choir, singer_search.found(concerts.c.singer_id, theirs), point) == []
    assert sung_by(choir, singer_search.found(concerts.c.singer_id, "26"), point) == ["张三丰", "赵敏"]


def _everywhere(point: UUID) -> Any:
    """Everybody has sung here once."""
    return select(func.gen_random_uuid(), singers.c.id, text(f"'{point}'::uuid")).select_from(singers)


def test_who_sees_which_grams_is_who_sees_the_people(choir: ServiceHarness) -> None:
    ids = people_at_two_points(choir)
    every = set(ids.values())
    seen = {
        "school": (acting(), every),
        "system": (SYSTEM, every),
        "point": (acting(scope="point", ids=(HERE,)), {ids["张三丰"], ids["赵敏"]}),
        "another point": (acting(scope="point", ids=(new_id(),)), set()),
        "student": (acting(scope="student", ids=(ids["龘龘龘龘"],)), {ids["龘龘龘龘"]}),
        "own": (acting(scope="own", user_id=ids["赵敏"]), {ids["赵敏"]}),
        "course": (acting(scope="course", ids=(new_id(),)), set()),
        "tutor": (acting(scope="tutor", ids=(new_id(),)), set()),
    }
    for who, (context, people) in seen.items():
        for column in (singers.c.id, singer_grams.c.singer_id):
            rows = choir.database.run(context, lambda uow, column=column: uow.rows(select(column)))
            assert {row[0] for row in rows} == people, who
    assert {kind: shows(singer_grams, kind) for kind in SCOPE_KINDS} == {
        kind: shows(singers, kind) for kind in SCOPE_KINDS
    }


FORGED = [
    "INSERT INTO singer_grams VALUES ('张', gen_random_uuid(), '{point}')",
    "UPDATE singer_grams SET teaching_point_id = '{point}'",
    "UPDATE singer_grams SET gram = '赵'",
    "DELETE FROM singer_grams",
    "TRUNCATE singer_grams",
    "SELECT keep_singer_grams()",
]


@pytest.mark.parametrize("kind", SCOPE_KINDS)
@pytest.mark.parametrize("forged", FORGED)
def test_nobody_writes_grams_themselves(choir: ServiceHarness, kind: str, forged: str) -> None:
    people_at_two_points(choir)
    context = SYSTEM if kind == "system" else acting(scope=kind, ids=() if kind == "school" else (HERE,))
    statement = text(forged.format(point=HERE))

    def forge(uow: UnitOfWork) -> None:
        with pytest.raises(DBAPIError, match="permission denied"), uow.connection.begin_nested():
            uow.execute(statement)

    choir.database.run(context, forge)


def test_who_may_write_people_of_their_own_point_writes_no_grams_of_another(choir: ServiceHarness) -> None:
    ids = people_at_two_points(choir)
    point = acting(scope="point", ids=(HERE,))
    renamed = update(singers).values(name="改名")
    choir.database.run(point, lambda uow: uow.execute(renamed))
    assert named(choir, "改名") == ["改名", "改名"]
    assert kept(choir) == needed(choir)
    assert ids["张翠山李"] in {gram[1] for gram in kept(choir)}


# -- what the indexes are asked ---------------------------------------------------------------------------------------


def plan(choir: ServiceHarness, statement: Any, as_: Context) -> str:
    literal = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]

    def explain(uow: UnitOfWork) -> str:
        # Of few rows all would be read: whether an index can be asked is the question, not whether it is worth it.
        uow.execute(text("SET LOCAL enable_seqscan = off"))
        sql = str(literal).replace("%%", "%").replace("%", "%%")
        return "\n".join(row[0] for row in uow.connection.exec_driver_sql(f"EXPLAIN (COSTS off) {sql}"))

    return choir.database.run(as_, explain)


@pytest.mark.parametrize("kind", ["school", "point"])
@pytest.mark.parametrize("table", [singers.c.id, concerts.c.singer_id], ids=str)
def test_names_are_asked_of_the_grams_index_under_row_security_too(
    choir: ServiceHarness, kind: str, table: Column[Any]
) -> None:
    someone = acting(scope=kind, ids=() if kind == "school" else (HERE,))
    for part in ("张", "张三", "张三丰"):
        shown = plan(choir, select(table).where(singer_search.named(table, part)), someone)
        assert f"gram = '{part}'::text" in shown.replace("(", "").replace(")", "")
        assert "Filter: (gram" not in shown
        assert "Index Cond" in shown
        assert "ix_singer_grams_scope" in shown or "pk_singer_grams" in shown
        assert "Seq Scan" not in shown


@pytest.mark.parametrize("kind", ["school", "point"])
def test_a_number_is_a_range_of_its_index_under_row_security_too(choir: ServiceHarness, kind: str) -> None:
    someone = acting(scope=kind, ids=() if kind == "school" else (HERE,))
    enter(choir, *("张三" for _ in range(300)), point=HERE)
    execute_as_owner(choir, "ANALYZE singers")
    shown = plan(choir, select(singers).where(singer_search.numbered(singers.c.id, "000123")), someone)
    assert "ix_singers_number_begins" in shown
    assert "Index Cond: (((number)::text >= '000123'::text) AND ((number)::text < '000124'::text))" in shown


def execute_as_owner(choir: ServiceHarness, statement: str) -> None:
    with choir.owner_connection() as connection:
        connection.exec_driver_sql(statement)


def test_what_the_indexes_are_asked_is_leakproof(choir: ServiceHarness) -> None:
    """Else PostgreSQL would look at every row's scope before, or tell what it compared with."""
    asked = ("texteq", "text_ge", "text_lt", "uuid_eq")
    leakproof = text("SELECT proname FROM pg_proc WHERE proname = ANY (:asked) AND proleakproof")
    with choir.owner_connection() as connection:
        assert sorted(connection.execute(leakproof, {"asked": list(asked)}).scalars()) == sorted(asked)


def test_a_table_without_a_row_scope_is_not_searched() -> None:
    people = Table("people", MetaData(), Column("id", Text), Column("name", Text))
    with pytest.raises(LookupError, match="no row scope"):
        found_by_name(people, "name", "number")


def test_who_reads_all_people_reads_all_grams() -> None:
    people = Table("people", MetaData(), Column("id", Text), Column("name", Text), Column("number", Text))
    scope(people, read_by_all=True)
    grams = found_by_name(people, "name", "number").grams
    assert [column.name for column in grams.c] == ["gram", "people_id"]
    assert all(shows(grams, kind) for kind in SCOPE_KINDS)
