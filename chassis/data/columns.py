"""The pieces that tables are made of."""

from typing import Any

from sqlalchemy import CheckConstraint, Column, ColumnElement, DateTime, Index, Integer, Table, Uuid, func, text


def id_column() -> Column[Any]:
    """The primary key of a table: a UUIDv7 made before the insert."""
    return Column("id", Uuid, primary_key=True)


def instant(name: str, *, nullable: bool = False, **options: Any) -> Column[Any]:
    """An aware instant, stored in UTC."""
    return Column(name, DateTime(timezone=True), nullable=nullable, **options)


def stamps() -> tuple[Column[Any], ...]:
    """`version` (raised by a trigger in every UPDATE), `created_at` and `updated_at`."""
    return (
        Column("version", Integer, nullable=False, server_default=text("1")),
        instant("created_at", server_default=func.now()),
        instant("updated_at", server_default=func.now()),
    )


def one_of(column: str, values: type[Any] | tuple[str, ...]) -> CheckConstraint:
    """A CHECK that a text column holds one of `values` (a tuple or a StrEnum)."""
    allowed = ", ".join(f"'{value!s}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def found_by_part(name: str, column: str) -> Index:
    """An index for those who look for any three or more characters of a text, as `chassis.data.pages.matches` does. It
    helps whoever sees all rows; others' rows are few. Needs the extension pg_trgm."""
    return Index(
        name,
        column,
        postgresql_using="gin",
        postgresql_ops={column: "gin_trgm_ops"},
        postgresql_with={"fastupdate": "off"},  # what waits to be entered would make every search slow
    )


def is_found_by_part(column: ColumnElement[Any]) -> bool:
    """Whether a column has such an index."""
    if not isinstance(column, Column) or not isinstance(column.table, Table):
        return False
    uses = ((index.dialect_options["postgresql"]["using"], set(index.columns)) for index in column.table.indexes)
    return any(method == "gin" and column in columns for method, columns in uses)
