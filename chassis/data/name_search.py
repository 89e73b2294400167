"""Search of people by any part of their names and by the beginnings of their numbers, quick over a million of them and
for whoever sees only some.

Beside the table of people stands one of grams: each one, two and three characters of a name that follow each other,
with the scope columns and the id of the row. It has the row scope of the table that it serves, and only the triggers of
that table write it. A search compares grams for being equal: that is leakproof, so an index answers it under row
security too, which it could not for `LIKE`, `lower` or arrays. Other tables' lists look people up by their own
`student_id` and join nothing.

Grams are made of what is compared: characters that look alike are one (`contracts.text.characters.ALIKE`), small and
capital letters too, as PostgreSQL knows them. Who changes that table makes the grams anew in a migration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Select,
    Table,
    Text,
    Uuid,
    false,
    func,
    select,
    true,
    union_all,
)

from chassis.data.pages import PART_OF, begins, contains, looking_alike
from chassis.data.row_scope import scope_of_another, table_scope
from chassis.data.triggers import Function, Trigger
from contracts.text import cleaning
from contracts.text.characters import ALIKE

_LONGEST: Final = 3
"""Characters of a gram. A longer part is found by its grams, and then looked for in the names that have them all."""
_MOST_LOOKED_UP: Final = 4
"""Grams of a long part. More would hardly find fewer people."""
_HAS_DIGIT = re.compile("[0-9]").search

_DECLARED: dict[Table, PeopleSearch] = {}
"""By the table of grams."""


@dataclass(frozen=True, slots=True)
class PeopleSearch:
    """How the rows of a table of people are found. `person` in its conditions is the column of any table that holds
    the id of one, also the table's own."""

    people: Table
    name: str
    number: str
    grams: Table

    def named(self, person: ColumnElement[Any], text: str | None) -> ColumnElement[bool]:
        """Whose name has `text` somewhere in it, upper and lower case alike. No condition for None; nobody has what
        nothing is left of when it is cleaned as names are."""
        if text is None:
            return true()
        return person.in_(self._named(plain)) if (plain := _plain(text)) else false()

    def numbered(self, person: ColumnElement[Any], text: str | None) -> ColumnElement[bool]:
        """Whose number begins with `text`, upper and lower case alike. No condition for None."""
        if text is None:
            return true()
        own = person is self.people.c.id
        return begins(self.people.c[self.number], text) if own else person.in_(self._numbered(text))

    def found(self, person: ColumnElement[Any], text: str | None) -> ColumnElement[bool]:
        """Who is meant by `text`, a name or a number: what has a digit is the beginning of a number, what has letters
        that numbers have may be either, anything else is part of a name. No condition for None."""
        if text is None or _HAS_DIGIT(cleaning.number(text)):
            return self.numbered(person, text)
        plain = _plain(text)
        if not plain or not plain.isascii():
            return self.named(person, text)
        return person.in_(union_all(self._named(plain), self._numbered(text)))

    def _named(self, plain: str) -> Select[Any]:
        gram, *more = _looked_up(plain)
        named = select(_person(self.grams)).where(self.grams.c.gram == func.lower(gram))
        for gram in more:
            other = self.grams.alias()
            named = named.join(other, _person(other) == _person(self.grams)).where(other.c.gram == func.lower(gram))
        if len(plain) > _LONGEST:
            named = named.join(self.people, self.people.c.id == _person(self.grams))
            named = named.where(contains(self.people.c[self.name], plain))
        return named

    def _numbered(self, text: str) -> Select[Any]:
        return select(self.people.c.id).where(begins(self.people.c[self.number], text))


def found_by_name(people: Table, name: str, number: str) -> PeopleSearch:
    """Declare that rows of `people`, whose row scope is declared, are found by their columns `name` and `number`. The
    grams of `students` are in the table `student_grams`, for whom `id` is the `student_id`."""
    compared = dict.fromkeys(column for column in table_scope(people).columns.values() if column != "id")
    scoped = {column: bool(people.c[column].nullable) for column in compared}
    grams = grams_table(people.metadata, people.name, scoped)
    grams.c.gram.info[PART_OF] = name
    scope_of_another(grams, people, {"id": person_column(people.name)})
    search = _DECLARED[grams] = PeopleSearch(people, name, number, grams)
    return search


def grams_table(metadata: MetaData, people: str, scoped: Mapping[str, bool]) -> Table:
    """The table of grams for a table of people; `scoped` are the columns that its row scope compares, and whether they
    can be empty. By the primary key a list asks of each row whether its person is found; by the index who sees some
    rows finds them among their own."""
    person = person_column(people)
    table = grams_name(people)
    return Table(
        table,
        metadata,
        Column("gram", Text(collation="C"), nullable=False),
        Column(person, Uuid, nullable=False),
        *(Column(column, Uuid, nullable=nullable) for column, nullable in scoped.items()),
        PrimaryKeyConstraint("gram", person),
        *([Index(f"ix_{table}_scope", "gram", *scoped, person)] if scoped else []),
    )


def grams_name(people: str) -> str:
    """`students` → `student_grams`."""
    return f"{people.removesuffix('s')}_grams"


def person_column(people: str) -> str:
    """`students` → `student_id`."""
    return f"{people.removesuffix('s')}_id"


def name_functions(metadata: MetaData) -> Iterator[Function]:
    """The functions that make grams and keep them."""
    searches = _searches(metadata)
    if searches:
        yield NAME_GRAMS
    for search in searches:
        yield keeping_function(search.people.name, search.name, _scoped(search.grams))


def name_triggers(metadata: MetaData) -> Iterator[Trigger]:
    """The triggers of tables of people that keep their grams."""
    for search in _searches(metadata):
        yield from keeping_triggers(search.people.name)


def _searches(metadata: MetaData) -> list[PeopleSearch]:
    return [_DECLARED[table] for table in metadata.sorted_tables if table in _DECLARED]


def _scoped(grams: Table) -> tuple[str, ...]:
    return tuple(column.name for column in grams.c if not column.primary_key)


def _person(grams: Any) -> ColumnElement[Any]:
    return next(column for column in grams.c if column.primary_key and column.name != "gram")


def _plain(text: str) -> str:
    return looking_alike(cleaning.part_of_person_name(text))


def _looked_up(plain: str) -> list[str]:
    """The grams that together cover the text, or its beginning and its end."""
    if len(plain) <= _LONGEST:
        return [plain]
    last = len(plain) - _LONGEST
    starts = [*range(0, last, _LONGEST)][: _MOST_LOOKED_UP - 1]
    return list(dict.fromkeys(plain[start : start + _LONGEST] for start in (*starts, last)))


# -- what keeps the grams ---------------------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_TYPED, _MEANT = _quoted("".join(ALIKE)), _quoted("".join(ALIKE.values()))

# Most names have none of what looks alike: one look spares them going through a thousand characters. Cut first, then
# made small, as the text of a search is. `SET search_path` would keep PostgreSQL from working it into the statement.
NAME_GRAMS: Final = Function(
    "name_grams(text)",
    f"""
CREATE OR REPLACE FUNCTION name_grams(name text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(substr(plain, first, length))
    FROM (SELECT CASE WHEN name COLLATE "C" ~ '^[\\u4e00-\\u9fffa-zA-Z \\u00b7]*$' THEN name
                 ELSE translate(name, {_TYPED}, {_MEANT}) END) AS names (plain),
        generate_series(1, {_LONGEST}) AS length, generate_series(1, char_length(plain) + 1 - length) AS first
$$
""",
)
"""Every part of a name of up to three characters, as it is compared; some may come twice."""


def keeping_function(people: str, name: str, scoped: tuple[str, ...]) -> Function:
    """What the triggers of `people` call. A statement's rows are taken together, and of an update those alone that
    differ in what the grams hold."""
    grams, person = grams_name(people), person_column(people)
    columns = ", ".join(("id", *scoped, name))
    function = f"keep_{grams}()"
    return Function(
        function,
        f"""
CREATE OR REPLACE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        {_removing(grams, person, f"SELECT {columns} FROM old_rows", name)};
    ELSIF TG_OP = 'INSERT' THEN
        {adding(grams, person, f"SELECT {columns} FROM new_rows", name, scoped)};
    ELSE
        {_removing(grams, person, f"SELECT {columns} FROM old_rows EXCEPT SELECT {columns} FROM new_rows", name)};
        {adding(grams, person, f"SELECT {columns} FROM new_rows EXCEPT SELECT {columns} FROM old_rows", name, scoped)};
    END IF;
    RETURN NULL;
END $$
""",
    )


def keeping_triggers(people: str) -> Iterator[Trigger]:
    """One for each kind of statement: each sees its rows together, before, after or both."""
    old, new = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
    for event, rows in {"INSERT": new, "UPDATE": f"{old} {new}", "DELETE": old}.items():
        definition = (
            f"AFTER {event} ON {people} REFERENCING {rows} FOR EACH STATEMENT"
            f" EXECUTE FUNCTION keep_{grams_name(people)}()"
        )
        yield Trigger(people, f"keep_{grams_name(people)}_{event.lower()}", definition)


def adding(grams: str, person: str, rows: str, name: str, scoped: tuple[str, ...]) -> str:
    """The SQL that adds the grams of `rows`, a SELECT of people; those that are there stay."""
    columns = "".join(f", {column}" for column in scoped)
    return (
        f"INSERT INTO {grams} (gram, {person}{columns})"
        f" SELECT made, id{columns} FROM ({rows}) AS r, name_grams(r.{name}) AS made ON CONFLICT DO NOTHING"
    )


def _removing(grams: str, person: str, rows: str, name: str) -> str:
    return (
        f"DELETE FROM {grams} g USING ({rows}) AS r, name_grams(r.{name}) AS made"
        f" WHERE g.gram = made AND g.{person} = r.id"
    )
