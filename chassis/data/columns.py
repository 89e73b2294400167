"""The pieces that tables are made of."""

from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, Table, Uuid, func, text

_LEAVING: Final = "leaving"


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


def found_by_beginning(table: str, column: str, *, unique: bool = False) -> Index:
    """An index for those who look for the beginning of a number, as `chassis.data.pages.begins` does: in the order of
    the characters' codes, whatever the database's is. `unique`: it also keeps numbers apart, so that no second index of
    them is needed where nobody looks for a whole number otherwise."""
    kind = "uq" if unique else "ix"
    return Index(f"{kind}_{table}_{column}_begins", text(f'{column} COLLATE "C"'), unique=unique)


def leaving(table: Table, *columns: str) -> None:
    """Declare columns that the database still has, for processes of the version before, and that this one neither reads
    nor writes: `select(table)` does not name them. The next release drops them, and takes this line away. Raises
    ValueError for one that the table declares."""
    if declared := set(columns) & set(table.c.keys()):
        raise ValueError(f"{table.name} declares what leaves it: {', '.join(sorted(declared))}")
    table.info[_LEAVING] = frozenset(columns)


def leaving_of(table: Table) -> frozenset[str]:
    """The columns that leave a table."""
    found: frozenset[str] = table.info.get(_LEAVING, frozenset())
    return found
